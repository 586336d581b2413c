#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <vector>

#include "services/ppp/control_protocol.hpp"

namespace attache::services::ppp {

namespace asio = boost::asio;

/// The IP Control Protocol of RFC 1332, with the name servers of RFC 1877: the host gets the PDN's address.
class Ipcp final : public ControlProtocol {
 public:
  struct Options {
    asio::ip::address_v4 host;                         ///< The PDN's address.
    asio::ip::address_v4 own;                          ///< That of this end.
    std::vector<asio::ip::address_v4> name_servers{};  ///< The first two are given, if there are so many.
  };

  /// `owner` must outlive it, as for each ControlProtocol.
  Ipcp(Options options, Owner& owner);

 private:
  std::vector<Option> own_options() override;
  void begin() override { asks_address_ = true; }
  Verdict judge(const Option& option) override;
  void accept(const std::vector<Option>&) override {}
  void nak(const Option& option) override;
  void reject(const Option& option) override;

  Options options_;
  bool asks_address_ = true;
};

/// IPV6CP of RFC 5072: the host gets the interface identifier of the PDN's address.
class Ipv6cp final : public ControlProtocol {
 public:
  /// `host`: the PDN's address, of which the last eight bytes count.
  Ipv6cp(const asio::ip::address_v6& host, Owner& owner);

 private:
  std::vector<Option> own_options() override;
  void begin() override { asks_identifier_ = true; }
  Verdict judge(const Option& option) override;
  std::vector<Option> missing(const std::vector<Option>& given) override;
  void accept(const std::vector<Option>&) override {}
  void nak(const Option& option) override;
  void reject(const Option& option) override;

  std::string host_;  // Eight bytes.
  std::string own_;
  bool asks_identifier_ = true;
};

}  // namespace attache::services::ppp
