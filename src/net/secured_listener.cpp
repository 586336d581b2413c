#include "net/secured_listener.hpp"

#include <deque>
#include <utility>

#include "base/event.hpp"
#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/link.hpp"
#include "net/tls_stream.hpp"
#include "net/traffic.hpp"

namespace attache::net {

namespace {

using Accepted = NetResult<std::unique_ptr<Stream>>;

/// SharedHandshakes by the listener and its handshakes.
struct Handshakes {
  Handshakes(std::unique_ptr<Listener> listener, std::shared_ptr<HostPaths> owner, TlsLayer::Plan given)
      : plain(std::move(listener)), paths(std::move(owner)), plan(std::move(given)) {}

  std::unique_ptr<Listener> plain;
  std::shared_ptr<HostPaths> paths;
  TlsLayer::Plan plan;
  std::deque<Accepted> ended;  ///< Handshakes of which nobody knows yet.
  std::size_t under_way = 0;
  std::size_t waiting = 0;  ///< For one that has ended.
  bool lets_in = false;
  bool is_closed = false;
  base::Event changed;
};

using SharedHandshakes = std::shared_ptr<Handshakes>;

asio::awaitable<void> shake_hands(SharedHandshakes shared, std::unique_ptr<Stream> stream) {
  HostPaths& paths = *shared->paths;
  TlsCircumstances circumstances = shared->plan.circumstances;
  circumstances.server = stream->remote();
  circumstances.key_log = key_log_of(paths.link()->taps());
  base::Time deadline = paths.clock().now() + paths.options().connect_timeout;
  auto secured = co_await secure(std::move(stream), paths.clock(), shared->plan.context,
                                 std::move(circumstances), deadline);
  --shared->under_way;
  if (!shared->is_closed) {
    shared->ended.push_back(std::move(secured));
  }
  shared->changed.notify();
}

asio::awaitable<void> let_in(SharedHandshakes shared) {
  while (!shared->is_closed && shared->waiting > shared->ended.size()) {
    if (shared->under_way >= most_handshakes) {
      co_await shared->changed.wait();
      continue;
    }
    auto stream = co_await shared->plain->accept();
    if (!stream) {
      shared->ended.push_back(std::move(stream));
      break;
    }
    ++shared->under_way;
    base::begin(shared->paths->clock().context(), nullptr, shake_hands(shared, std::move(*stream)));
  }
  shared->lets_in = false;
  shared->changed.notify();
}

/// One accept() that waits, however it ends.
class Waiting {
 public:
  explicit Waiting(Handshakes& handshakes) : handshakes_(handshakes) { ++handshakes_.waiting; }
  ~Waiting() { --handshakes_.waiting; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  Handshakes& handshakes_;
};

asio::awaitable<Accepted> accept_one(SharedHandshakes shared) {
  Waiting waiting(*shared);
  while (shared->ended.empty() && !shared->is_closed) {
    if (!std::exchange(shared->lets_in, true)) {
      base::begin(shared->paths->clock().context(), nullptr, let_in(shared));
    }
    if (shared->ended.empty()) {
      co_await shared->changed.wait();
    }
  }
  if (shared->ended.empty()) {
    co_return co_await shared->plain->accept();  // Says how it ended.
  }
  Accepted first = std::move(shared->ended.front());
  shared->ended.pop_front();
  co_return first;
}

class SecuredListener final : public Listener {
 public:
  explicit SecuredListener(SharedHandshakes shared) : shared_(std::move(shared)) {}
  SecuredListener(const SecuredListener&) = delete;
  SecuredListener& operator=(const SecuredListener&) = delete;
  ~SecuredListener() override { close(); }

  asio::awaitable<Accepted> accept() override { return accept_one(shared_); }

  void close() override {
    shared_->is_closed = true;
    shared_->ended.clear();
    shared_->plain->close();
    shared_->changed.notify();
  }

  [[nodiscard]] Endpoint host_endpoint() const override { return shared_->plain->host_endpoint(); }

 private:
  SharedHandshakes shared_;
};

}  // namespace

std::unique_ptr<Listener> secured(std::unique_ptr<Listener> plain, std::shared_ptr<HostPaths> paths,
                                  TlsLayer::Plan plan) {
  return std::make_unique<SecuredListener>(
      std::make_shared<Handshakes>(std::move(plain), std::move(paths), std::move(plan)));
}

}  // namespace attache::net
