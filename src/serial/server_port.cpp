#include "serial/server_port.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "serial/descriptor_port.hpp"
#include "serial/owned_port.hpp"
#include "serial/path_lock.hpp"
#include "serial/port_failure.hpp"
#include "serial/stream_socket.hpp"

namespace attache::serial {

namespace {

constexpr int backlog = 8;
constexpr std::string_view refusal = "busy: another client is connected to this port\r\n";
// How long a refused client's socket stays open: closing it with unread bytes would destroy the refusal.
constexpr auto refusal_time = std::chrono::seconds(1);
// After accept(2) failed for want of descriptors or memory.
constexpr auto retry_time = std::chrono::seconds(1);

bool has_hung_up(int socket) {
  pollfd state{.fd = socket, .events = POLLRDHUP, .revents = 0};
  return ::poll(&state, 1, 0) == 1;
}

class ServerPort final : public DescriptorPort {
 public:
  ServerPort(base::Clock& clock, std::string address, FileDescriptor listener)
      : DescriptorPort(clock.context(), std::move(address)), clock_(clock), listener_(clock.context()) {
    is_tcp_ = local_address(listener.get()).family() != AF_UNIX;
    listener_.assign(listener.get());
    (void)listener.release();
  }

  /// The socket file and its lock, removed with the port.
  void guard(std::string path, PathLock lock) {
    path_ = std::move(path);
    lock_.emplace(std::move(lock));
  }

  void wait_for_clients() {
    listener_.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this(), this](boost::system::error_code error) {
                           if (error || is_closed()) {
                             return;
                           }
                           if (accept_all()) {
                             wait_for_clients();
                           } else {
                             retry_ = clock_.call_after(retry_time, [this] { wait_for_clients(); });
                           }
                         });
  }

 private:
  // False if the system cannot give us more sockets for now.
  bool accept_all() {
    while (true) {
      FileDescriptor client(
          ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (client) {
        welcome(std::move(client));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return true;
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        return false;
      }
    }
  }

  void welcome(FileDescriptor client) {
    if (is_tcp_) {
      set_tcp_options(client.get());
    }
    if (!connection()) {
      serve(std::move(client));
    } else if (!next_client_ && has_hung_up(connection()->input().native_handle())) {
      next_client_ = std::move(client);  // Its turn comes when all that the last one sent has been read.
    } else {
      turn_away(std::move(client));
    }
  }

  void serve(FileDescriptor client) {
    connect(std::make_shared<Connection>(context().get_executor(), std::move(client)));
    set_host(true);
  }

  void turn_away(FileDescriptor client) {
    (void)::send(client.get(), refusal.data(), refusal.size(), MSG_NOSIGNAL);
    ::shutdown(client.get(), SHUT_WR);
    refused_ = std::move(client);
    refused_end_ = clock_.call_after(refusal_time, [this] { refused_.reset(); });
  }

  // A client that closed its connection before anybody noticed may be waiting in the queue already.
  void look_for_host() override { accept_all(); }

  void connection_ended() override {
    set_host(false);
    disconnect();
    if (next_client_) {
      serve(std::move(next_client_));
    }
  }

  void release() override {
    boost::system::error_code ignored;
    listener_.close(ignored);
    retry_.cancel();
    refused_end_.cancel();
    refused_.reset();
    next_client_.reset();
    if (lock_) {
      ::unlink(path_.c_str());
      lock_.reset();
    }
  }

  base::Clock& clock_;
  asio::posix::stream_descriptor listener_;
  bool is_tcp_ = false;
  std::string path_;
  std::optional<PathLock> lock_;
  FileDescriptor next_client_;
  FileDescriptor refused_;
  base::Alarm refused_end_;
  base::Alarm retry_;
};

// A listening socket, or an errno value.
int listen_on(const SocketAddress& where, FileDescriptor& listener) {
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
  if (::bind(listener.get(), where.get(), where.size) != 0 || ::listen(listener.get(), backlog) != 0) {
    return errno;
  }
  return 0;
}

std::string listening_advice(int error) {
  switch (error) {
    case EADDRINUSE:
      return "choose another port, or 0 for any free one";
    case EACCES:
      return "ports below 1024 need privileges; choose a higher one, or 0 for any free one";
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return "the machine has no such address; name one of its own, such as 127.0.0.1";
    default:
      return {};
  }
}

// Whether somebody who takes no lock of ours serves the socket.
bool answers(const SocketAddress& where) {
  FileDescriptor probe = make_stream_socket(AF_UNIX);
  return probe && (::connect(probe.get(), where.get(), where.size) == 0 || errno == EAGAIN);
}

// Only the holder of the lock calls this: a socket nobody answers on has been left behind.
base::Result<void> clear_path(const std::string& address, const std::string& path,
                              const SocketAddress& where) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    return {};
  }
  if (!S_ISSOCK(found.st_mode)) {
    return port_failure(address, fmt::format("something that is no socket is at {} and is left alone", path),
                        "remove it, or choose another path");
  }
  if (answers(where)) {
    return port_failure(address, fmt::format("another program serves the socket {}", path),
                        "end that program, or choose another path");
  }
  ::unlink(path.c_str());
  return {};
}

}  // namespace

base::Result<std::unique_ptr<Port>> open_tcp_port(base::Clock& clock, const std::string& host,
                                                  std::uint16_t port) {
  std::string spec = tcp_spec(host, port);
  auto addresses = resolve_tcp(spec, host, port);
  if (!addresses) {
    return addresses.error();
  }
  AddressFailures failures(spec);
  for (const SocketAddress& where : *addresses) {
    FileDescriptor listener;
    int error = listen_on(where, listener);
    if (error == 0) {
      std::string real = "tcp:" + to_text(local_address(listener.get()));
      auto server = std::make_shared<ServerPort>(clock, std::move(real), std::move(listener));
      server->wait_for_clients();
      return std::unique_ptr<Port>(std::make_unique<OwnedPort>(std::move(server)));
    }
    failures.add(where, error, listening_advice(error));
  }
  return failures.reason();
}

base::Result<std::unique_ptr<Port>> open_unix_port(base::Clock& clock, const std::string& path) {
  std::string spec = "unix:" + path;
  auto where = unix_address(spec, path);
  if (!where) {
    return where.error();
  }
  auto lock = PathLock::acquire(spec, path);
  if (!lock) {
    return lock.error();
  }
  if (auto cleared = clear_path(spec, path, *where); !cleared) {
    return cleared.error();
  }
  FileDescriptor listener;
  if (int error = listen_on(*where, listener); error != 0) {
    return port_failure(spec, fmt::format("{}: {}", path, error_text(error)),
                        "choose a place you may write to");
  }
  auto server = std::make_shared<ServerPort>(clock, std::move(spec), std::move(listener));
  server->guard(path, std::move(*lock));
  server->wait_for_clients();
  return std::unique_ptr<Port>(std::make_unique<OwnedPort>(std::move(server)));
}

}  // namespace attache::serial
