#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace attache::trace {

/// Reads numbers in network order from bytes, and never beyond them: after one that is not there it has
/// failed, and gives zeros and empty texts.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  /// The next number, of 4 bytes at most.
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (char byte : take(size)) {
      value = value << 8U | static_cast<unsigned char>(byte);
    }
    return value;
  }
  /// The next bytes, all or none; they live as long as what is read.
  std::string_view take(std::size_t size) {
    if (size > left()) {
      failed_ = true;
      return {};
    }
    std::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }
  void skip(std::size_t size) { (void)take(size); }

  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace attache::trace
