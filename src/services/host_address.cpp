#include "services/host_address.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address_v4.hpp>
#include <utility>

#include "net/failure.hpp"

namespace attache::services {

bool looks_like_ipv4(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

boost::asio::awaitable<net::NetResult<net::Address>> find_ipv4(net::Bearer& bearer, std::string host) {
  if (host.empty()) {
    co_return net::make_failure(net::Errno::invalid, "no address found", "the host name is empty",
                                "give a host name or an IPv4 address");
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
  auto addresses = co_await bearer.resolve(std::move(host), net::Family::ipv4);
  if (!addresses) {
    co_return addresses.error();
  }
  co_return addresses->front();
}

}  // namespace attache::services
