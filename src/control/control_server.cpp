#include "control/control_server.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "control/answer_text.hpp"
#include "device/steering.hpp"
#include "serial/path_lock.hpp"

namespace attache::control {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::local::stream_protocol::socket;

constexpr std::size_t longest_request = 4096;
constexpr std::size_t most_clients = 16;

/// What the server shares with its coroutines.
struct State {
  State(asio::io_context& context, std::weak_ptr<device::Device> steered)
      : acceptor(context), device(std::move(steered)) {}

  asio::local::stream_protocol::acceptor acceptor;
  std::weak_ptr<device::Device> device;
  std::set<std::shared_ptr<Socket>> clients;
};

std::string answer_to(const std::weak_ptr<device::Device>& device, std::string_view request) {
  auto steered = device.lock();
  if (!steered) {
    return failure_text(base::make_reason("the device cannot be steered", "it is being taken down"));
  }
  auto answer = device::steer(*steered, request);
  return answer ? success_text(*answer) : failure_text(answer.error());
}

asio::awaitable<void> serve(std::shared_ptr<State> state, std::shared_ptr<Socket> client) {
  std::string received;
  std::array<char, 1024> buffer{};
  error_code error;
  while (!error) {
    std::size_t count = co_await client->async_read_some(asio::buffer(buffer),
                                                         asio::redirect_error(asio::use_awaitable, error));
    received.append(buffer.data(), count);
    std::size_t end = 0;
    while (!error && (end = received.find('\n')) != std::string::npos) {
      std::string reply = answer_to(state->device, std::string_view(received).substr(0, end));
      received.erase(0, end + 1);
      co_await asio::async_write(*client, asio::buffer(reply),
                                 asio::redirect_error(asio::use_awaitable, error));
    }
    if (received.size() > longest_request) {
      break;
    }
  }
  state->clients.erase(client);
}

asio::awaitable<void> accept_clients(std::shared_ptr<State> state) {
  while (true) {
    auto client = std::make_shared<Socket>(state->acceptor.get_executor());
    error_code error;
    co_await state->acceptor.async_accept(*client, asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      co_return;
    }
    if (state->clients.size() < most_clients) {
      state->clients.insert(client);
      asio::co_spawn(state->acceptor.get_executor(), serve(state, client), asio::detached);
    }
  }
}

class UnixControlServer final : public ControlServer {
 public:
  UnixControlServer(std::shared_ptr<State> state, std::string path, serial::PathLock lock)
      : state_(std::move(state)), path_(std::move(path)), lock_(std::move(lock)) {}
  ~UnixControlServer() override {
    error_code ignored;
    state_->acceptor.close(ignored);
    for (const auto& client : state_->clients) {
      client->close(ignored);
    }
    ::unlink(path_.c_str());
  }

 private:
  std::shared_ptr<State> state_;
  std::string path_;
  serial::PathLock lock_;
};

base::Reason failed(const std::string& path, std::string why) {
  base::Reason reason = base::make_reason("the control socket cannot be opened", std::move(why));
  reason.where = path;
  return reason;
}

// A socket that a dead process left is removed, anything else is left alone.
std::optional<base::Reason> make_room(const std::string& path, bool stale) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    return std::nullopt;
  }
  if (!S_ISSOCK(found.st_mode) || !stale) {
    return failed(path, "something else is there");
  }
  ::unlink(path.c_str());
  return std::nullopt;
}

}  // namespace

base::Result<std::unique_ptr<ControlServer>> ControlServer::start(base::Clock& clock, const std::string& path,
                                                                  std::weak_ptr<device::Device> device) {
  constexpr std::size_t longest_path = 107;  // Of sun_path.
  if (path.size() > longest_path) {
    return failed(path, fmt::format("its path is longer than {} bytes", longest_path));
  }
  bool stale = serial::PathLock::is_stale(path);
  auto lock = serial::PathLock::acquire(path, path);
  if (!lock) {
    return lock.error();
  }
  if (auto occupied = make_room(path, stale)) {
    return *occupied;
  }
  auto state = std::make_shared<State>(clock.context(), std::move(device));
  error_code error;
  state->acceptor.open(asio::local::stream_protocol(), error);
  mode_t mask = ::umask(0177);
  if (!error) {
    state->acceptor.bind(asio::local::stream_protocol::endpoint(path), error);
  }
  ::umask(mask);
  if (!error) {
    state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return failed(path, error.message());
  }
  asio::co_spawn(clock.context(), accept_clients(state), asio::detached);
  return std::unique_ptr<ControlServer>(
      std::make_unique<UnixControlServer>(std::move(state), path, std::move(*lock)));
}

}  // namespace attache::control
