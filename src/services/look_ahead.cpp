#include "services/look_ahead.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::services {

namespace {

net::Failure nothing_there(std::string why) {
  return net::make_failure(net::Errno::try_again, "receiving failed", std::move(why));
}

}  // namespace

LookAhead::LookAhead(base::Clock& clock, std::function<void()> changed)
    : clock_(clock), changed_(std::move(changed)) {}

void LookAhead::watch(net::Stream& stream) {
  peer_ = stream.remote();
  start(read_stream(shared_from_this(), stream));
}

void LookAhead::watch(net::DatagramSocket& datagrams) {
  start(read_datagrams(shared_from_this(), datagrams));
}

void LookAhead::watch(net::Listener& listener) {
  start(accept_clients(shared_from_this(), listener));
}

void LookAhead::start(asio::awaitable<void> task) {
  base::spawn(clock_.context(), shared_from_this(), std::move(task));
}

void LookAhead::close() {
  closed_ = true;
  changed_ = nullptr;
  came_.notify();
  taken_.notify();
}

void LookAhead::came() {
  came_.notify();
  if (changed_) {
    changed_();
  }
}

void LookAhead::taken() {
  taken_.notify();
  if (changed_) {
    changed_();
  }
}

bool LookAhead::has_something() const {
  return !bytes_.empty() || ended_ || datagram_ || client_ || failure_;
}

// Reading ahead

asio::awaitable<void> LookAhead::read_stream(std::shared_ptr<LookAhead> self, net::Stream& stream) {
  std::vector<char> buffer(stream_buffer);
  while (!self->closed_) {
    std::size_t room = stream_buffer - std::min(stream_buffer, self->bytes_.size());
    if (room == 0) {
      co_await self->taken_.wait();
      continue;
    }
    auto got = co_await stream.read_some(std::span(buffer).first(room));
    if (self->closed_) {
      co_return;
    }
    if (!got) {
      self->failure_ = got.error();
    } else {
      self->bytes_.append(buffer.data(), *got);
      self->ended_ = *got == 0;
    }
    self->came();
    if (self->failure_ || self->ended_) {
      co_return;
    }
  }
}

asio::awaitable<void> LookAhead::read_datagrams(std::shared_ptr<LookAhead> self,
                                                net::DatagramSocket& socket) {
  std::vector<char> buffer(net::largest_datagram(net::Family::ipv6));
  while (!self->closed_) {
    if (self->has_something()) {
      co_await self->taken_.wait();
      continue;
    }
    auto got = co_await socket.receive(buffer);
    if (self->closed_) {
      co_return;
    }
    if (got) {
      self->datagram_ = Datagram{{buffer.data(), got->size}, got->from};
    } else {
      self->failure_ = got.error();
    }
    self->came();
  }
}

asio::awaitable<void> LookAhead::accept_clients(std::shared_ptr<LookAhead> self, net::Listener& listener) {
  while (!self->closed_) {
    if (self->has_something()) {
      co_await self->taken_.wait();
      continue;
    }
    auto client = co_await listener.accept();
    if (self->closed_) {
      co_return;
    }
    if (client) {
      self->client_ = std::move(*client);
    } else {
      self->failure_ = client.error();
    }
    self->came();
  }
}

// Taking

asio::awaitable<net::NetResult<void>> LookAhead::wait(base::Duration timeout) {
  auto self = shared_from_this();
  auto deadline = net::deadline_after(clock_, timeout);
  while (!has_something() && !closed_) {
    if (deadline && clock_.now() >= *deadline) {
      co_return nothing_there(fmt::format("nothing came within {}", net::to_string(timeout)));
    }
    co_await net::wait_until(came_, clock_, deadline);
  }
  if (closed_) {
    co_return net::make_failure(net::Errno::connection_aborted, "receiving failed",
                                "the socket was closed on this side meanwhile");
  }
  co_return net::NetResult<void>{};
}

net::NetResult<LookAhead::Received> LookAhead::read(std::span<char> buffer, Take take) {
  if (datagram_) {
    Received received{std::min(buffer.size(), datagram_->bytes.size()), datagram_->from};
    std::copy_n(datagram_->bytes.begin(), received.size, buffer.begin());
    if (take == Take::it) {
      datagram_.reset();
      taken();
    }
    return received;
  }
  if (!bytes_.empty()) {
    std::size_t size = std::min(buffer.size(), bytes_.size());
    std::copy_n(bytes_.begin(), size, buffer.begin());
    if (take == Take::it) {
      bytes_.erase(0, size);
      taken();
    }
    return Received{size, *peer_};
  }
  if (ended_) {
    return Received{0, *peer_};
  }
  if (!failure_) {
    return nothing_there("nothing has come");
  }
  net::Failure failure = *failure_;
  if (!peer_ && take == Take::it) {
    failure_.reset();
    taken();
  }
  return failure;
}

net::NetResult<std::unique_ptr<net::Stream>> LookAhead::take_client() {
  if (client_) {
    auto client = std::move(client_);
    taken();
    return client;
  }
  if (!failure_) {
    return net::make_failure(base::Cause::none, net::Errno::try_again, "accepting failed", "no client waits");
  }
  net::Failure failure = *std::exchange(failure_, std::nullopt);
  taken();
  return failure;
}

}  // namespace attache::services
