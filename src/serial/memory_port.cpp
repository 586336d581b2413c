#include "serial/memory_port.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace attache::serial {

bool MemoryPort::fails_now() {
  ++operations_;
  if (fail_at_ && operations_ == *fail_at_) {
    failed_ = true;
    return true;
  }
  return false;
}

void MemoryPort::give(std::string_view bytes) {
  if (host_) {
    host_(bytes);
  } else {
    sent_ += bytes;
  }
}

void MemoryPort::host_sends(std::string_view bytes) {
  incoming_ += bytes;
  changed_.notify();
}

void MemoryPort::host_closes() {
  close();
}

void MemoryPort::stall(bool stalled) {
  stalled_ = stalled;
  if (!stalled_) {
    give(std::exchange(stalled_bytes_, {}));
    changed_.notify();
  }
}

asio::awaitable<std::size_t> MemoryPort::read_some(std::span<char> buffer) {
  while (incoming_.empty() && !closed_) {
    co_await changed_.wait();
  }
  if (incoming_.empty()) {
    co_return 0;
  }
  if (fails_now()) {
    throw boost::system::system_error(asio::error::connection_reset);
  }
  std::size_t most = next_read_size_ ? std::max<std::size_t>(next_read_size_(), 1) : buffer.size();
  std::size_t count = incoming_.copy(buffer.data(), std::min(most, buffer.size()));
  incoming_.erase(0, count);
  co_return count;
}

void MemoryPort::write(std::string_view bytes) {
  if (closed_) {
    dropped_ += bytes.size();
    return;
  }
  if (fails_now()) {
    dropped_ += bytes.size();
    close();
    return;
  }
  if (!stalled_) {
    give(bytes);
    return;
  }
  if (stalled_bytes_.size() + bytes.size() > queue_limit) {
    dropped_ += bytes.size();
    return;
  }
  stalled_bytes_ += bytes;
}

asio::awaitable<void> MemoryPort::drained(std::size_t limit) {
  while (stalled_bytes_.size() > limit && !closed_) {
    co_await changed_.wait();
  }
}

base::Result<void> MemoryPort::set_baud(std::uint32_t baud) {
  baud_ = baud;
  return {};
}

void MemoryPort::close() {
  closed_ = true;
  changed_.notify();
}

}  // namespace attache::serial
