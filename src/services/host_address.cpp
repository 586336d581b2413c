#include "services/host_address.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <utility>

#include "net/failure.hpp"

namespace attache::services {

namespace {

net::Failure no_name() {
  return net::make_failure(base::Cause::bad_parameter, net::Errno::invalid, "no address found",
                           "the host name is empty", "give a host name or an address");
}

boost::asio::awaitable<net::NetResult<net::Address>> first_address(net::Bearer& bearer, std::string host,
                                                                   net::Family family) {
  auto addresses = co_await bearer.resolve(std::move(host), family);
  if (!addresses) {
    co_return addresses.error();
  }
  co_return addresses->front();
}

boost::asio::awaitable<net::NetResult<net::Address>> find_ipv6(net::Bearer& bearer, std::string host) {
  bool looks_like_ipv6 = host.find(':') != std::string::npos;
  if (host.empty()) {
    co_return no_name();
  }
  if (!looks_like_ipv6 && !looks_like_ipv4(host)) {
    auto found = co_await first_address(bearer, std::move(host), net::Family::ipv6);
    co_return found;
  }
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address_v6(host, error);
  if (error) {
    co_return net::make_failure(net::Errno::invalid, fmt::format("\"{}\" is not an IPv6 address", host),
                                looks_like_ipv6
                                    ? "a text with a colon counts as IPv6 address, and this is none"
                                    : "it looks like an IPv4 address, and IPv6 is wanted here");
  }
  co_return net::Address(address);
}

}  // namespace

net::NetResult<net::Address> own_address(std::string_view text, net::Family family, std::string what) {
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address(text, error);
  if (!error && net::family_of(address) == family) {
    return address;
  }
  return net::make_failure(
      base::Cause::not_registered_yet, net::Errno::network_unreachable, std::move(what),
      text.empty() ? std::string("the modem has no address")
                   : fmt::format("the modem's first address is {}, which is not {}", text, net::name(family)),
      "AT+CFUN=1 and wait for +CEREG: 1 or 5; AT+CGPADDR shows the address");
}

bool looks_like_ipv4(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

boost::asio::awaitable<net::NetResult<net::Address>> find_ipv4(net::Bearer& bearer, std::string host) {
  if (host.empty()) {
    co_return no_name();
  }
  if (looks_like_ipv4(host)) {
    boost::system::error_code error;
    auto address = boost::asio::ip::make_address_v4(host, error);
    if (error) {
      co_return net::make_failure(
          net::Errno::invalid, fmt::format("\"{}\" is not an address", host),
          "a text of digits and dots alone counts as IPv4 address, and this is none: four numbers "
          "from 0 to 255");
    }
    co_return net::Address(address);
  }
  auto found = co_await first_address(bearer, std::move(host), net::Family::ipv4);
  co_return found;
}

boost::asio::awaitable<net::NetResult<net::Address>> find_address(net::Bearer& bearer, std::string host,
                                                                  net::Family family) {
  return family == net::Family::ipv4 ? find_ipv4(bearer, std::move(host))
                                     : find_ipv6(bearer, std::move(host));
}

}  // namespace attache::services
