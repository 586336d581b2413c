#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/reason.hpp"
#include "modem/pdn.hpp"
#include "net/bearer.hpp"
#include "services/ppp/ppp_link.hpp"

namespace attache::dialects {

namespace asio = boost::asio;

class Application;

/// What the modem says of a PDN connection (`AT+CGCONTRDP`).
struct PppNetworkParameters {
  std::vector<net::Address> name_servers{};
  std::uint16_t mtu = 0;
};

/// A line for each family; that of IPv6 is the last, and its MTU counts (reference serial-modem-2.0/ppp.md
/// 3).
PppNetworkParameters parse_ppp_network(std::string_view reply, std::uint16_t fallback_mtu);

/// What PPP of an application asks of its modem and the network, by AT commands as the device does. The
/// application must outlive it.
class PppNetwork {
 public:
  explicit PppNetwork(Application& application) : application_(application) {}

  /// The PDN connection, if it has an address.
  [[nodiscard]] std::optional<modem::PdnConnection> connection(int cid) const;
  /// Asks the modem by AT+CGCONTRDP. If that fails: no name servers, and the fallback MTU of the build.
  asio::awaitable<PppNetworkParameters> parameters(int cid);
  /// Waits up to 30 s for the registration, and activates the context if need be: what stands in the way.
  /// Ends early, with nothing, when `is_over` says so.
  asio::awaitable<std::optional<base::Reason>> wait_for(int cid, std::function<bool()> is_over);
  /// What the device's end of PPP offers on that connection.
  [[nodiscard]] services::ppp::LinkSettings link_settings(const modem::PdnConnection& connection,
                                                          const PppNetworkParameters& parameters) const;

 private:
  asio::awaitable<std::optional<int>> registration_status();
  asio::awaitable<std::optional<base::Reason>> activate(int cid);

  Application& application_;
};

}  // namespace attache::dialects
