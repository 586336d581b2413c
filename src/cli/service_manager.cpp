#include "cli/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "base/posix/file_descriptor.hpp"

namespace attache::cli {

namespace {

base::Reason failure(std::string_view name, std::string_view why) {
  return base::make_reason("the service manager cannot be told",
                           fmt::format("NOTIFY_SOCKET {}: {}", name, why),
                           "run `attache serve` without NOTIFY_SOCKET, or in a unit of Type=notify");
}

}  // namespace

base::Result<void> tell_service_manager(std::string_view state) {
  const char* variable = std::getenv("NOTIFY_SOCKET");
  std::string_view name = variable != nullptr ? variable : "";
  if (name.empty()) {
    return {};
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if ((name.front() != '/' && name.front() != '@') || name.size() < 2 ||
      name.size() >= sizeof(address.sun_path)) {
    return failure(name, "neither the path of a socket nor @ and an abstract name");
  }
  std::copy(name.begin(), name.end(), address.sun_path);
  if (name.front() == '@') {
    address.sun_path[0] = '\0';
  }
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  base::FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket || ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                          reinterpret_cast<const sockaddr*>(&address), length) < 0) {
    return failure(name, base::error_text(errno));
  }
  return {};
}

}  // namespace attache::cli
