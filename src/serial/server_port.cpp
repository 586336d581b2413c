#include "serial/server_port.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <optional>

#include "base/posix/path_lock.hpp"
#include "base/posix/port_failure.hpp"
#include "base/posix/stream_socket.hpp"
#include "serial/acceptor.hpp"
#include "serial/descriptor_port.hpp"
#include "serial/owned_port.hpp"

namespace attache::serial {

namespace {

// Many clients at once are refused in turn; beyond a full queue the system has them knock for seconds.
constexpr int backlog = SOMAXCONN;
constexpr std::string_view refusal = "busy: another client is connected to this port\r\n";
// How long a refused client's socket stays open: closing it with unread bytes would destroy the refusal.
constexpr auto refusal_time = std::chrono::seconds(1);
// Clients that have come and gone again while the port was busy reading; more stay in the system's queue.
constexpr std::size_t most_waiting = 16;

bool has_hung_up(int socket) {
  pollfd state{.fd = socket, .events = POLLRDHUP, .revents = 0};
  return ::poll(&state, 1, 0) == 1;
}

class ServerPort final : public DescriptorPort {
 public:
  ServerPort(base::Clock& clock, std::string address, bool is_tcp)
      : DescriptorPort(clock.context(), std::move(address)), clock_(clock), is_tcp_(is_tcp) {}

  /// The socket file and its lock, removed with the port.
  void guard(std::string path, base::PathLock lock) {
    path_ = std::move(path);
    lock_.emplace(std::move(lock));
  }

  void wait_for_clients(base::FileDescriptor listener) {
    acceptor_ = Acceptor::start(context(), std::move(listener),
                                [this](base::FileDescriptor client) { welcome(std::move(client)); });
  }

 private:
  void welcome(base::FileDescriptor client) {
    if (is_tcp_) {
      base::set_tcp_options(client.get());
    }
    if (!connection()) {
      serve(std::move(client));
    } else if (all_have_hung_up()) {
      queue(std::move(client));
    } else {
      turn_away(std::move(client));
    }
  }

  // Of those who are served or wait for it.
  [[nodiscard]] bool all_have_hung_up() const {
    return has_hung_up(connection()->input().native_handle()) &&
           std::all_of(waiting_.begin(), waiting_.end(),
                       [](const base::FileDescriptor& client) { return has_hung_up(client.get()); });
  }

  // Its turn comes when all that those before it have sent has been read.
  void queue(base::FileDescriptor client) {
    waiting_.push_back(std::move(client));
    if (waiting_.size() == most_waiting) {
      acceptor_->pause();
    }
  }

  void serve(base::FileDescriptor client) {
    connect(std::make_shared<Connection>(context().get_executor(), std::move(client)));
    set_host(true);
  }

  void turn_away(base::FileDescriptor client) {
    (void)::send(client.get(), refusal.data(), refusal.size(), MSG_NOSIGNAL);
    ::shutdown(client.get(), SHUT_WR);
    refused_ = std::move(client);
    refused_end_ = clock_.call_after(refusal_time, [this] { refused_.reset(); });
  }

  // A client that closed its connection before anybody noticed may be waiting in the queue already.
  void look_for_host() override {
    if (!has_host()) {
      acceptor_->accept_waiting();
    }
  }

  void connection_ended() override {
    set_host(false);
    disconnect();
    if (!waiting_.empty()) {
      base::FileDescriptor next = std::move(waiting_.front());
      waiting_.pop_front();
      serve(std::move(next));
      acceptor_->resume();
    }
  }

  void release() override {
    acceptor_->close();
    refused_end_.cancel();
    refused_.reset();
    waiting_.clear();
    if (lock_) {
      ::unlink(path_.c_str());
      lock_.reset();
    }
  }

  base::Clock& clock_;
  bool is_tcp_;
  std::shared_ptr<Acceptor> acceptor_;
  std::string path_;
  std::optional<base::PathLock> lock_;
  std::deque<base::FileDescriptor> waiting_;
  base::FileDescriptor refused_;
  base::Alarm refused_end_;
};

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

}  // namespace

base::Result<std::unique_ptr<Port>> open_tcp_port(base::Clock& clock, const std::string& host,
                                                  std::uint16_t port) {
  std::string spec = base::tcp_spec(host, port);
  auto addresses = base::resolve_tcp(spec, host, port);
  if (!addresses) {
    return addresses.error();
  }
  base::AddressFailures failures(spec);
  for (const base::SocketAddress& where : *addresses) {
    base::FileDescriptor listener;
    int error = base::listen_on(where, backlog, listener);
    if (error == 0) {
      std::string real = "tcp:" + to_text(base::local_address(listener.get()));
      auto server = std::make_shared<ServerPort>(clock, std::move(real), true);
      server->wait_for_clients(std::move(listener));
      return std::unique_ptr<Port>(std::make_unique<OwnedPort>(std::move(server)));
    }
    failures.add(where, error, base::advice_for(error, listening_advice(error)));
  }
  return failures.reason();
}

base::Result<std::unique_ptr<Port>> open_unix_port(base::Clock& clock, const std::string& path) {
  std::string spec = "unix:" + path;
  auto where = base::unix_address(spec, path);
  if (!where) {
    return where.error();
  }
  auto lock = base::PathLock::acquire(spec, path);
  if (!lock) {
    return lock.error();
  }
  if (auto cleared = base::clear_unix_path(spec, path, *where); !cleared) {
    return cleared.error();
  }
  base::FileDescriptor listener;
  if (int error = base::listen_on(*where, backlog, listener); error != 0) {
    return base::port_failure(spec, fmt::format("{}: {}", path, base::error_text(error)),
                              base::advice_for(error, "choose a place you may write to"));
  }
  auto server = std::make_shared<ServerPort>(clock, std::move(spec), false);
  server->wait_for_clients(std::move(listener));
  server->guard(path, std::move(*lock));
  return std::unique_ptr<Port>(std::make_unique<OwnedPort>(std::move(server)));
}

}  // namespace attache::serial
