#include "control/control_client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "base/posix/file_descriptor.hpp"
#include "base/posix/private_file.hpp"
#include "base/posix/stream_socket.hpp"
#include "control/answer_text.hpp"
#include "control/control_server.hpp"

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

// Only the user who runs a device may steer it: the rights of its socket, or of the folder, say so.
base::Reason unreachable(const std::string& path, int error) {
  if (error != EACCES && error != EPERM) {
    return no_device(path, base::error_text(error));
  }
  struct stat found {};
  std::string folder = std::filesystem::path(path).parent_path().string();
  bool is_known = ::stat(path.c_str(), &found) == 0 || ::stat(folder.c_str(), &found) == 0;
  std::string owner = is_known ? base::user_name(found.st_uid) : "another user";
  base::Reason reason = base::make_reason(
      "the device cannot be steered by this user",
      fmt::format("it belongs to {}, and this program runs as {}", owner, base::user_name(::geteuid())),
      is_known ? fmt::format("run it as that user: sudo -u {} attache ctl …", owner) : std::string());
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
    return unreachable(place, errno);
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
  auto address = base::unix_address(path, path);
  if (!address) {
    return address.error();
  }
  base::FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) {
    return no_device(path, base::error_text(errno));
  }
  timeval patience{.tv_sec = patience_seconds, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(socket.get(), address->get(), address->size) != 0) {
    return unreachable(path, errno);
  }
  std::string request = fmt::format("{}\n", command);
  std::string line;
  // A server that takes no more clients has said so before it closed.
  bool sent = ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(request.size());
  int error = errno;
  if (!read_line(socket.get(), line)) {
    return no_device(path, base::error_text(sent ? errno : error));
  }
  return parse_answer(line);
}

}  // namespace attache::control
