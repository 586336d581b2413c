#include "serial/descriptor_port.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace attache::serial {

DescriptorPort::DescriptorPort(asio::io_context& context, std::string address)
    : context_(context), address_(std::move(address)) {}

asio::awaitable<std::size_t> DescriptorPort::read_some(std::span<char> buffer) {
  auto self = shared_from_this();
  while (!closed_) {
    if (!connection_) {
      co_await connected_.wait();
      continue;
    }
    auto connection = connection_;
    auto [error, count] = co_await connection->input().async_read_some(
        asio::buffer(buffer.data(), buffer.size()), asio::as_tuple(asio::deferred));
    if (!error) {
      bytes_came();
      // That the last host has gone is heard before the bytes of the next one, whoever has noticed it.
      if (untold_changes_ > 0) {
        co_await asio::post(context_, asio::deferred);
      }
      co_return count;
    }
    if (error == asio::error::operation_aborted && connection->is_open()) {
      throw boost::system::system_error(error);
    }
    if (connection == connection_ && !closed_) {
      connection_ended();
    }
  }
  co_return 0;
}

void DescriptorPort::write(std::string_view bytes) {
  if (closed_) {
    dropped_ += bytes.size();
    return;
  }
  look_for_host();
  if (has_host_) {
    connection_->write(bytes);
  } else if (!had_host_) {
    dropped_ += held_.push(bytes, hold_limit);
  } else {
    dropped_ += bytes.size();
  }
}

std::uint64_t DescriptorPort::dropped() const {
  return dropped_ + (connection_ ? connection_->dropped() : 0);
}

std::size_t DescriptorPort::queued() const {
  return connection_ ? connection_->queued() : 0;
}

asio::awaitable<void> DescriptorPort::drained(std::size_t limit) {
  auto self = shared_from_this();
  while (!closed_ && queued() > limit) {
    auto connection = connection_;
    co_await connection->shrunk().wait();
  }
}

base::Result<void> DescriptorPort::set_baud(std::uint32_t baud) {
  baud_ = baud;
  return {};
}

void DescriptorPort::set_presence_handler(std::function<void(bool present)> handler) {
  presence_handler_ = std::move(handler);
}

void DescriptorPort::connect(std::shared_ptr<Connection> connection) {
  connection_ = std::move(connection);
  connected_.notify();
}

void DescriptorPort::disconnect() {
  if (connection_) {
    auto connection = std::exchange(connection_, nullptr);
    connection->discard();
    connection->close();
    dropped_ += connection->dropped();
  }
}

void DescriptorPort::set_host(bool present) {
  if (present == has_host_ || closed_) {
    return;
  }
  has_host_ = present;
  ++untold_changes_;
  if (!present) {
    connection_->discard();
  } else if (!std::exchange(had_host_, true)) {
    connection_->write(held_.front());
    held_.clear();
  }
  asio::post(context_, [weak = weak_from_this(), present] {
    auto self = weak.lock();
    if (self) {
      --self->untold_changes_;
    }
    if (self && !self->closed_ && self->presence_handler_) {
      auto handler = self->presence_handler_;  // It may replace itself, or end the port.
      handler(present);
    }
  });
}

void DescriptorPort::close() {
  if (std::exchange(closed_, true)) {
    return;
  }
  dropped_ += held_.clear();
  if (connection_) {
    connection_closing();
  }
  disconnect();
  release();
  presence_handler_ = nullptr;
  connected_.notify();
}

}  // namespace attache::serial
