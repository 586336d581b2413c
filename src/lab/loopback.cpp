#include "lab/loopback.hpp"

#include <fmt/format.h>

namespace attache::lab {

bool machine_has_ipv6_loopback(asio::io_context& context) {
  boost::system::error_code error;
  asio::ip::tcp::socket socket(context);
  bind_one(socket, asio::ip::tcp::endpoint(asio::ip::address_v6::loopback(), 0), error);
  return !error;
}

base::Reason bind_reason(std::string_view service, const asio::ip::address& address, std::uint16_t port,
                         boost::system::error_code error) {
  auto reason =
      base::make_reason(fmt::format("the lab's {} could not get its port", service), error.message());
  reason.where = address.is_v6() ? fmt::format("[{}]:{}", address.to_string(), port)
                                 : fmt::format("{}:{}", address.to_string(), port);
  if (error == asio::error::address_in_use) {
    reason.advice =
        fmt::format("See who has it with \"ss -tulnp\", or leave --{} out: any free port is taken.", service);
  } else if (error == asio::error::access_denied) {
    reason.advice = "Ports below 1024 are for root; take a higher one.";
  }
  return reason;
}

}  // namespace attache::lab
