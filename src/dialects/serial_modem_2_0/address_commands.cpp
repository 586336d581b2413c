#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/resolver_code.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/socket_parameters.hpp"
#include "net/bearer.hpp"
#include "net/failure.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

asio::awaitable<void> get_address(Application& application, Answer answer) {
  constexpr std::int64_t any_family = 0;
  constexpr std::size_t most_parameters = 2;
  if (answer.parameters().size() > most_parameters) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing resolved",
                                   "AT#XGETADDRINFO takes two parameters", ""));
    co_return;
  }
  std::string host(answer.parameters().text(0));
  auto wanted = answer.parameters().number(1);
  std::vector<std::string> found;
  std::optional<net::Failure> failure;
  for (net::Family family : {net::Family::ipv4, net::Family::ipv6}) {
    bool is_wanted = wanted == any_family || wanted == (family == net::Family::ipv4 ? 1 : 2);
    if (!is_wanted) {
      continue;
    }
    std::string name = host;
    auto addresses = co_await application.bearer().resolve(std::move(name), family);
    if (!addresses) {
      failure = failure ? failure : addresses.error();
      continue;
    }
    for (const net::Address& address : *addresses) {
      found.push_back(address.to_string());
    }
  }
  if (!found.empty()) {
    answer.line(fmt::format("#XGETADDRINFO: \"{}\"", fmt::join(found, " ")));
    answer.ok();
    co_return;
  }
  answer.line(failure ? fmt::format("#XGETADDRINFO: \"{}\"", resolver_word(failure->code))
                      : std::string("#XGETADDRINFO: \"not found\""));
  answer.error(failure ? failure->reason
                       : base::make_reason(base::Cause::dns_failure, "nothing resolved",
                                           "the name has no address", ""));
}

}  // namespace

void add_address_commands(Commands& commands) {
  commands.add("#XGETADDRINFO",
               {.set = get_address,
                .parameters = {at::string("host", longest_host), at::optional(at::number("family", 0, 2))}});
}

}  // namespace attache::dialects::serial_modem_2_0
