#include "serial/stream_socket.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <memory>

#include "serial/port_failure.hpp"

namespace attache::serial {

base::Result<std::vector<SocketAddress>> resolve_tcp(const std::string& address, const std::string& host,
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

base::Result<SocketAddress> unix_address(const std::string& address, const std::string& path) {
  sockaddr_un name{};
  if (path.size() >= sizeof(name.sun_path)) {
    return port_failure(address,
                        fmt::format("the path has {} bytes; a unix socket's may have {}", path.size(),
                                    sizeof(name.sun_path) - 1),
                        "choose a shorter path");
  }
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, path.size());
  SocketAddress result;
  std::memcpy(&result.storage, &name, sizeof(name));
  result.size = sizeof(name);
  return result;
}

std::string to_text(const SocketAddress& address) {
  if (address.family() == AF_UNIX) {
    return reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path;
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

}  // namespace attache::serial
