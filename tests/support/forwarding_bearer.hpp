#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/memory_bearer.hpp"

namespace attache::test_support {

/// A bearer that does all as the network in memory does it: a test overrides what it is about. `Network` is
/// net::MemoryBearer for one of its own, a reference to it for one of the test's, which must outlive it.
template <class Network>
class ForwardingBearer : public net::Bearer {
 public:
  template <class Origin>
  explicit ForwardingBearer(Origin& origin) : net_(origin) {}

  [[nodiscard]] net::MemoryBearer& net() { return net_; }

  net::asio::awaitable<net::NetResult<std::vector<net::Address>>> resolve(std::string host,
                                                                          net::Family family) override {
    return net_.resolve(std::move(host), family);
  }
  net::asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> connect(
      net::Endpoint to, std::optional<net::TlsOptions> tls) override {
    return net_.connect(to, std::move(tls));
  }
  net::NetResult<std::unique_ptr<net::Listener>> listen(std::uint16_t device_port,
                                                        std::optional<net::TlsOptions> tls) override {
    return net_.listen(device_port, std::move(tls));
  }
  net::NetResult<std::unique_ptr<net::DatagramSocket>> open_datagram(net::Family family,
                                                                     std::uint16_t device_port) override {
    return net_.open_datagram(family, device_port);
  }
  net::asio::awaitable<net::NetResult<std::unique_ptr<net::DatagramSocket>>> connect_datagram(
      net::Endpoint to, std::optional<net::TlsOptions> tls, std::uint16_t device_port) override {
    return net_.connect_datagram(to, std::move(tls), device_port);
  }
  net::asio::awaitable<net::NetResult<base::Duration>> echo(net::Address to,
                                                            net::EchoRequest request) override {
    return net_.echo(to, std::move(request));
  }
  [[nodiscard]] std::optional<net::Failure> check_up() const override { return net_.check_up(); }

 private:
  Network net_;
};

}  // namespace attache::test_support
