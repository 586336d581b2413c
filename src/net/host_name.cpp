#include "net/host_name.hpp"

#include <fmt/format.h>

namespace attache::net {

namespace {

// Of "//user:password@host:port/path" without what stands before the slashes.
std::string_view host_in(std::string_view authority) {
  authority = authority.substr(0, authority.find_first_of("/?#"));
  authority = authority.substr(authority.rfind('@') + 1);
  return authority.substr(0, authority.find(':'));
}

std::string give_alone(std::string_view host, std::string_view rest) {
  return host.empty() ? std::string("Give a host name or an address.")
                      : fmt::format("Give \"{}\" alone; {}.", host, rest);
}

}  // namespace

std::optional<HostNameFault> host_name_fault(std::string_view text) {
  if (text.empty()) {
    return HostNameFault{"the name is empty", "Give a host name or an address.", {}};
  }
  constexpr std::string_view border = "://";
  if (std::size_t scheme = text.find(border); scheme != std::string_view::npos) {
    std::string_view host = host_in(text.substr(scheme + border.size()));
    return HostNameFault{"it is a URL, not a host name",
                         give_alone(host, "scheme, port and path go where the command asks for them"), host};
  }
  std::string_view host = host_in(text);
  if (text.find_first_of(" \t\r\n") != std::string_view::npos) {
    return HostNameFault{"there is a blank or a line end in it", "Give the host name without them.", {}};
  }
  if (text.find_first_of("/?#@") != std::string_view::npos) {
    return HostNameFault{"it is part of a URL, not a host name",
                         give_alone(host, "the path belongs into the request"), host};
  }
  if (text.find(':') != std::string_view::npos) {
    return HostNameFault{"there is a port behind the host name",
                         give_alone(host, "the port is a parameter of its own"), host};
  }
  return std::nullopt;
}

}  // namespace attache::net
