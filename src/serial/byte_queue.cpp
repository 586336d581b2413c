#include "serial/byte_queue.hpp"

#include <algorithm>

namespace attache::serial {

namespace {

constexpr std::size_t kept_capacity = 4096;

}  // namespace

std::size_t ByteQueue::push(std::string_view bytes, std::size_t limit) {
  std::size_t room = limit - std::min(limit, size());
  if (bytes.size() > room && !empty()) {
    return bytes.size();
  }
  std::size_t taken = std::min(bytes.size(), room);
  bytes_ += bytes.substr(0, taken);
  return bytes.size() - taken;
}

void ByteQueue::pop(std::size_t count) {
  head_ += std::min(count, size());
  if (empty()) {
    bytes_.clear();
    head_ = 0;
    if (bytes_.capacity() > kept_capacity) {
      bytes_.shrink_to_fit();
    }
  } else if (head_ > bytes_.size() / 2) {
    // Each byte is moved at most once on average: at least as many went as are moved now.
    bytes_.erase(0, head_);
    head_ = 0;
  }
}

std::size_t ByteQueue::clear() {
  std::size_t count = size();
  bytes_ = std::string();
  head_ = 0;
  return count;
}

}  // namespace attache::serial
