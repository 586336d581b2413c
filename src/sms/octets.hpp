#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace attache::sms {

/// Takes octets from the front of a PDU and never reads past its end.
class Octets {
 public:
  explicit Octets(std::string_view octets) : rest_(octets) {}

  /// The next octet; nothing at the end.
  std::optional<std::uint8_t> take() {
    if (rest_.empty()) {
      return std::nullopt;
    }
    auto octet = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    ++position_;
    return octet;
  }

  /// Exactly `count` octets, or nothing.
  std::optional<std::string_view> take(std::size_t count) {
    if (count > rest_.size()) {
      return std::nullopt;
    }
    std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    position_ += count;
    return taken;
  }

  /// What has not been taken.
  [[nodiscard]] std::string_view rest() const { return rest_; }
  /// How many have been taken.
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  std::string_view rest_;
  std::size_t position_ = 0;
};

}  // namespace attache::sms
