#include "net/icmp_echo.hpp"

#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

void fuzz_icmp_echo(std::string_view input) {
  if (input.empty()) {
    return;
  }
  net::Family family = input.front() == '6' ? net::Family::ipv6 : net::Family::ipv4;
  std::string_view packet = input.substr(1);
  std::string_view message = family == net::Family::ipv4 ? net::without_ipv4_header(packet) : packet;
  must(message.size() <= packet.size(), "a message lies in its packet");
  auto reply = net::echo_reply(family, message);
  if (!reply) {
    return;
  }
  std::string request = net::echo_request(family, *reply);
  must(request.size() == message.size(), "a reply has the size of its request");
  must(request.substr(4) == message.substr(4), "a reply says what its request said");
  must(!net::echo_reply(family, request), "a request is no reply");
}

}  // namespace attache::fuzz
