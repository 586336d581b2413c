#include "control/control_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/posix/path_lock.hpp"
#include "base/posix/private_file.hpp"
#include "base/posix/stream_socket.hpp"
#include "base/spawn.hpp"
#include "control/answer_text.hpp"
#include "device/steering/steering.hpp"
#include "serial/acceptor.hpp"

namespace attache::control {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::local::stream_protocol::socket;

constexpr std::size_t longest_request = 4096;
constexpr std::size_t most_clients = 16;
constexpr int backlog = 64;
constexpr std::string_view module = "control";

/// What the server shares with its coroutines.
struct State {
  State(asio::io_context& loop, std::weak_ptr<device::Device> steered)
      : context(loop), device(std::move(steered)) {}

  asio::io_context& context;
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

void turn_away(int client) {
  std::string text = failure_text(base::make_reason(
      "the device cannot be steered by this client",
      fmt::format("{} clients have its control socket open, and it serves no more at once", most_clients),
      "close one of them, and try again"));
  (void)::send(client, text.data(), text.size(), MSG_NOSIGNAL);
}

void welcome(const std::shared_ptr<State>& state, base::FileDescriptor descriptor) {
  if (state->clients.size() == most_clients) {
    turn_away(descriptor.get());
    return;
  }
  auto client = std::make_shared<Socket>(state->context);
  error_code error;
  client->assign(asio::local::stream_protocol(), descriptor.get(), error);
  if (error) {
    return;
  }
  (void)descriptor.release();
  state->clients.insert(client);
  base::spawn(state->context, nullptr, serve(state, client));
}

void report_trouble(const State& state, const std::string& path, int error) {
  if (auto device = state.device.lock()) {
    base::Reason reason = base::path_failure(path, error);
    reason.what = "the control socket takes no client for now";
    device->journal().report(module, std::move(reason));
  }
}

class UnixControlServer final : public ControlServer {
 public:
  UnixControlServer(std::shared_ptr<State> state, std::string path, base::PathLock lock,
                    base::FileDescriptor listener)
      : state_(std::move(state)), path_(std::move(path)), lock_(std::move(lock)) {
    acceptor_ = serial::Acceptor::start(
        state_->context, std::move(listener),
        [state = state_](base::FileDescriptor client) { welcome(state, std::move(client)); },
        [state = state_, path = path_](int error) { report_trouble(*state, path, error); });
  }
  ~UnixControlServer() override {
    acceptor_->close();
    error_code ignored;
    for (const auto& client : state_->clients) {
      client->close(ignored);
    }
    ::unlink(path_.c_str());
  }

 private:
  std::shared_ptr<State> state_;
  std::string path_;
  base::PathLock lock_;
  std::shared_ptr<serial::Acceptor> acceptor_;
};

base::Reason failed(const std::string& path, base::Reason reason) {
  reason.what = "the control socket cannot be opened";
  reason.where = path;
  return reason;
}

}  // namespace

base::Result<std::unique_ptr<ControlServer>> ControlServer::start(base::Clock& clock, const std::string& path,
                                                                  std::weak_ptr<device::Device> device) {
  auto where = base::unix_address(path, path);
  if (!where) {
    return failed(path, where.error());
  }
  auto lock = base::PathLock::acquire(path, path);
  if (!lock) {
    return failed(path, lock.error());
  }
  if (auto cleared = base::clear_unix_path(path, path, *where); !cleared) {
    return failed(path, cleared.error());
  }
  base::FileDescriptor listener;
  if (int error = base::listen_on(*where, backlog, listener); error != 0) {
    return failed(path, base::path_failure(path, error));
  }
  auto state = std::make_shared<State>(clock.context(), std::move(device));
  return std::unique_ptr<ControlServer>(
      std::make_unique<UnixControlServer>(std::move(state), path, std::move(*lock), std::move(listener)));
}

}  // namespace attache::control
