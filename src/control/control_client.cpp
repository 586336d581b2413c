#include "control/control_client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <array>
#include <cerrno>

#include "control/answer_text.hpp"
#include "control/control_server.hpp"
#include "serial/file_descriptor.hpp"
#include "serial/stream_socket.hpp"

namespace attache::control {

namespace {

constexpr time_t patience_seconds = 10;
constexpr std::size_t longest_answer = 1024 * 1024;

base::Reason no_device(const std::string& path, std::string why) {
  base::Reason reason = base::make_reason("the device does not answer", std::move(why),
                                          "is `attache serve` running with this --state or --control?");
  reason.where = path;
  return reason;
}

// The answer up to its LF; errno tells why there is none.
bool read_line(int socket, std::string& line) {
  std::array<char, 4096> buffer{};
  while (line.size() < longest_answer) {
    ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      errno = count == 0 ? ECONNRESET : errno;
      return false;
    }
    line.append(buffer.data(), static_cast<std::size_t>(count));
    if (line.back() == '\n') {
      line.pop_back();
      return true;
    }
  }
  errno = EMSGSIZE;
  return false;
}

}  // namespace

base::Result<std::string> find_control_socket(const std::string& place) {
  struct stat found {};
  if (::stat(place.c_str(), &found) != 0) {
    return no_device(place, serial::error_text(errno));
  }
  if (S_ISDIR(found.st_mode)) {
    return find_control_socket(fmt::format("{}/{}", place, socket_name));
  }
  if (!S_ISSOCK(found.st_mode)) {
    return no_device(place, "it is neither a state folder nor a control socket");
  }
  return base::Result<std::string>{boost::system::in_place_value, place};
}

base::Result<device::SteeringAnswer> ask(const std::string& path, std::string_view command) {
  auto address = serial::unix_address(path, path);
  if (!address) {
    return address.error();
  }
  serial::FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) {
    return no_device(path, serial::error_text(errno));
  }
  timeval patience{.tv_sec = patience_seconds, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(socket.get(), address->get(), address->size) != 0) {
    return no_device(path, serial::error_text(errno));
  }
  std::string request = fmt::format("{}\n", command);
  std::string line;
  // A server that takes no more clients has said so before it closed.
  bool sent = ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(request.size());
  int error = errno;
  if (!read_line(socket.get(), line)) {
    return no_device(path, serial::error_text(sent ? errno : error));
  }
  return parse_answer(line);
}

}  // namespace attache::control
