#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace attache::serial {

/// Bytes that wait to be sent, oldest first, bounded by a limit.
class ByteQueue {
 public:
  /// Adds the bytes and returns how many of them were refused. A write that does not fit behind others is
  /// refused as a whole, so that no line is cut in the middle; into an empty queue goes as much as fits.
  [[nodiscard]] std::size_t push(std::string_view bytes, std::size_t limit);

  /// The oldest bytes; valid until the next push() or pop().
  [[nodiscard]] std::string_view front() const { return std::string_view(bytes_).substr(head_); }
  /// Takes the `count` oldest bytes away.
  void pop(std::size_t count);
  /// Forgets all bytes and gives their memory back; returns how many they were.
  std::size_t clear();

  [[nodiscard]] std::size_t size() const { return bytes_.size() - head_; }
  [[nodiscard]] bool empty() const { return size() == 0; }

 private:
  std::string bytes_;
  std::size_t head_ = 0;
};

}  // namespace attache::serial
