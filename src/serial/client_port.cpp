#include "serial/client_port.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

#include "base/posix/path_lock.hpp"
#include "base/posix/port_failure.hpp"
#include "base/posix/stream_socket.hpp"
#include "serial/stream_port.hpp"
#include "serial/terminal.hpp"

namespace attache::serial {

namespace {

constexpr int connect_timeout_ms = 5000;

int error_of(int socket) {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

// Waits for a connection that has been begun; 0 or an errno value.
asio::awaitable<int> end_of_connecting(base::Clock& clock, int socket) {
  asio::posix::stream_descriptor watched(clock.context(), ::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  base::Alarm alarm =
      clock.call_after(std::chrono::milliseconds(connect_timeout_ms), [&watched] { watched.cancel(); });
  boost::system::error_code error;
  co_await watched.async_wait(asio::posix::stream_descriptor::wait_write,
                              asio::redirect_error(asio::use_awaitable, error));
  co_return error ? ETIMEDOUT : error_of(socket);
}

// Connects within the time limit; 0 or an errno value.
int connect_to(const base::SocketAddress& where, base::FileDescriptor& client) {
  client = base::make_stream_socket(where.family());
  if (!client) {
    return errno;
  }
  if (::connect(client.get(), where.get(), where.size) == 0) {
    return 0;
  }
  if (errno != EINPROGRESS) {
    return errno;
  }
  pollfd state{.fd = client.get(), .events = POLLOUT, .revents = 0};
  int ready = ::poll(&state, 1, connect_timeout_ms);
  if (ready <= 0) {
    return ready == 0 ? ETIMEDOUT : errno;
  }
  return error_of(client.get());
}

std::string starting_advice(int error, const std::string& spec) {
  return error == ECONNREFUSED || error == ENOENT
             ? "nobody serves it; start the device first: attache serve --port " + spec
             : std::string();
}

}  // namespace

base::Result<std::unique_ptr<Port>> connect_pty_port(asio::io_context& context, const std::string& link) {
  std::string address = "pty:" + link;
  if (base::PathLock::is_stale(link)) {
    return base::port_failure(
        address, fmt::format("{} has been left behind by a device that is gone; nobody serves it", link),
        "start the device: attache serve --port " + address);
  }
  base::FileDescriptor stream = base::open_file(link, O_RDWR | O_NONBLOCK);
  if (!stream) {
    return base::port_failure(
        address, fmt::format("{}: {}", link, base::error_text(errno)),
        errno == ENOENT ? "start the device first: attache serve --port " + address : std::string());
  }
  // Two hosts on one line would each get a part of the answers. The lock ends with the program, however.
  if (::flock(stream.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return base::taken(address, link);
  }
  if (int error = set_raw(stream.get(), {}); error != 0) {
    return base::port_failure(address, error == ENOTTY
                                           ? fmt::format("{} is no terminal", link)
                                           : fmt::format("{}: {}", link, base::error_text(error)));
  }
  return make_stream_port(context, std::move(address), std::move(stream));
}

base::Result<std::unique_ptr<Port>> connect_tcp_port(asio::io_context& context, const std::string& host,
                                                     std::uint16_t port) {
  std::string spec = base::tcp_spec(host, port);
  auto addresses = base::resolve_tcp(spec, host, port);
  if (!addresses) {
    return addresses.error();
  }
  base::AddressFailures failures(spec);
  for (const base::SocketAddress& where : *addresses) {
    base::FileDescriptor client;
    int error = connect_to(where, client);
    if (error == 0) {
      base::set_tcp_options(client.get());
      return make_stream_port(context, std::move(spec), std::move(client));
    }
    failures.add(where, error, starting_advice(error, spec));
  }
  return failures.reason();
}

asio::awaitable<base::Result<std::unique_ptr<Port>>> reconnect_tcp_port(base::Clock& clock, std::string host,
                                                                        std::uint16_t port) {
  std::string spec = base::tcp_spec(host, port);
  auto addresses = base::resolve_tcp(spec, host, port);
  if (!addresses) {
    co_return addresses.error();
  }
  base::AddressFailures failures(spec);
  for (const base::SocketAddress& where : *addresses) {
    base::FileDescriptor client = base::make_stream_socket(where.family());
    int error = client && ::connect(client.get(), where.get(), where.size) == 0 ? 0 : errno;
    if (client && error == EINPROGRESS) {
      error = co_await end_of_connecting(clock, client.get());
    }
    if (error == 0) {
      base::set_tcp_options(client.get());
      co_return make_stream_port(clock.context(), std::move(spec), std::move(client));
    }
    failures.add(where, error, starting_advice(error, spec));
  }
  co_return failures.reason();
}

base::Result<std::unique_ptr<Port>> connect_unix_port(asio::io_context& context, const std::string& path) {
  std::string spec = "unix:" + path;
  auto where = base::unix_address(spec, path);
  if (!where) {
    return where.error();
  }
  base::FileDescriptor client;
  if (int error = connect_to(*where, client); error != 0) {
    return base::port_failure(spec, fmt::format("{}: {}", path, base::error_text(error)),
                              starting_advice(error, spec));
  }
  return make_stream_port(context, std::move(spec), std::move(client));
}

}  // namespace attache::serial
