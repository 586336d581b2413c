#include "base/posix/stream_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/posix/port_failure.hpp"
#include "base/posix/private_file.hpp"

namespace attache::base {

Result<std::vector<SocketAddress>> resolve_tcp(const std::string& address, const std::string& host,
                                               std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) {
    return port_failure(address, fmt::format("no address of {} is known: {}", host, ::gai_strerror(error)),
                        "name an address of this machine, such as 127.0.0.1 or [::1]");
  }
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, ::freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    SocketAddress& next = addresses.emplace_back();
    std::memcpy(&next.storage, entry->ai_addr, entry->ai_addrlen);
    next.size = entry->ai_addrlen;
  }
  return addresses;
}

namespace {

constexpr std::size_t longest_unix_path = sizeof(sockaddr_un::sun_path) - 1;

SocketAddress short_unix_address(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, longest_unix_path);
  SocketAddress result;
  std::memcpy(&result.storage, &name, sizeof(name));
  result.size = sizeof(name);
  return result;
}

const char* unix_path(const SocketAddress& where) {
  return reinterpret_cast<const sockaddr_un*>(&where.storage)->sun_path;
}

// The rights of a socket that has just been bound: this user gets back what the umask took.
int make_private_socket(const SocketAddress& where) {
  FileDescriptor made = open_file(unix_path(where), O_PATH | O_NOFOLLOW);
  struct stat found {};
  if (!made || ::fstat(made.get(), &found) != 0) {
    return errno;
  }
  constexpr mode_t mode = private_file_mode;
  bool is_ours = S_ISSOCK(found.st_mode) && found.st_uid == ::geteuid();
  bool needs_rights = is_ours && (found.st_mode & 07777U) != mode;
  return needs_rights && ::chmod(fmt::format("/proc/self/fd/{}", made.get()).c_str(), mode) != 0 ? errno : 0;
}

// bind(2) gives the file the rights of the socket's descriptor, less the umask: others never get any.
int listen_on_unix(int socket, const SocketAddress& where, int backlog) {
  if (::fchmod(socket, private_file_mode) != 0 || ::bind(socket, where.get(), where.size) != 0) {
    return errno;
  }
  int error = make_private_socket(where);
  if (error == 0 && ::listen(socket, backlog) != 0) {
    error = errno;
  }
  if (error != 0) {
    ::unlink(unix_path(where));
  }
  return error;
}

}  // namespace

Result<SocketAddress> unix_address(const std::string& address, const std::string& path) {
  if (path.size() <= longest_unix_path) {
    return short_unix_address(path);
  }
  std::filesystem::path place(path);
  FileDescriptor folder = open_file(place.parent_path().string(), O_PATH | O_DIRECTORY);
  if (!folder) {
    return port_failure(address, fmt::format("{}: {}", place.parent_path().string(), error_text(errno)),
                        "make the folder first, or name another");
  }
  std::string through = fmt::format("/proc/self/fd/{}/{}", folder.get(), place.filename().string());
  if (through.size() > longest_unix_path) {
    return port_failure(
        address,
        fmt::format("the path has {} bytes; a unix socket's may have {}", path.size(), longest_unix_path),
        "choose a shorter path");
  }
  SocketAddress result = short_unix_address(through);
  result.folder = std::make_shared<const FileDescriptor>(std::move(folder));
  return result;
}

std::string to_text(const SocketAddress& address) {
  if (address.family() == AF_UNIX) {
    return unix_path(address);
  }
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  ::getnameinfo(address.get(), address.size, host.data(), host.size(), service.data(), service.size(),
                NI_NUMERICHOST | NI_NUMERICSERV);
  return address.family() == AF_INET6 ? fmt::format("[{}]:{}", host.data(), service.data())
                                      : fmt::format("{}:{}", host.data(), service.data());
}

SocketAddress local_address(int socket) {
  SocketAddress address;
  address.size = sizeof(address.storage);
  ::getsockname(socket, address.get(), &address.size);
  return address;
}

std::string tcp_spec(const std::string& host, std::uint16_t port) {
  return host.find(':') == std::string::npos ? fmt::format("tcp:{}:{}", host, port)
                                             : fmt::format("tcp:[{}]:{}", host, port);
}

FileDescriptor make_stream_socket(int family) {
  return FileDescriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

int listen_on(const SocketAddress& where, int backlog, FileDescriptor& listener) {
  listener = make_stream_socket(where.family());
  if (!listener) {
    return errno;
  }
  int yes = 1;
  if (where.family() != AF_UNIX) {
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  }
  if (where.family() == AF_INET6) {
    ::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
  }
  if (where.family() == AF_UNIX) {
    return listen_on_unix(listener.get(), where, backlog);
  }
  bool listens =
      ::bind(listener.get(), where.get(), where.size) == 0 && ::listen(listener.get(), backlog) == 0;
  return listens ? 0 : errno;
}

namespace {

// Whether somebody who takes no lock of ours serves the socket.
bool answers(const SocketAddress& where) {
  FileDescriptor probe = make_stream_socket(AF_UNIX);
  return !probe || ::connect(probe.get(), where.get(), where.size) == 0 || errno == EAGAIN;
}

}  // namespace

Result<void> clear_unix_path(const std::string& address, const std::string& path,
                             const SocketAddress& where) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    return {};
  }
  if (!S_ISSOCK(found.st_mode)) {
    return port_failure(address,
                        fmt::format("there is something else at {}, not a socket; it is left alone", path),
                        "remove it, or choose another path");
  }
  if (answers(where)) {
    return port_failure(address, fmt::format("another program serves the socket {}", path),
                        "end that program, or choose another path");
  }
  ::unlink(path.c_str());
  return {};
}

void set_tcp_options(int socket) {
  auto set = [socket](int level, int name, int value) {
    ::setsockopt(socket, level, name, &value, sizeof(value));
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
}

void AddressFailures::add(const SocketAddress& where, int error, std::string advice) {
  std::string why = fmt::format("{}: {}", to_text(where), error_text(error));
  if (!reason_) {
    reason_ = port_failure(spec_, std::move(why), std::move(advice));
  } else {
    reason_->facts.emplace_back("tried", std::move(why));
  }
}

}  // namespace attache::base
