#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "serial/cmux/frame.hpp"

namespace attache::serial::cmux {

/// Octets that were no frame.
enum class FrameFault {
  wrong_check,      ///< Framed well, but the check sequence is wrong: dropped.
  too_long,         ///< The information field is longer than the largest.
  no_closing_flag,  ///< Where the closing flag belongs is something else.
  wrong_address,    ///< An address of more than one octet.
  unknown_type      ///< No control field of the basic option.
};

/// A flag behind another one: the line idles, or somebody wakes us up.
struct FurtherFlag {};

/// What a reader has found next.
using Found = std::variant<Frame, FrameFault, FurtherFlag>;

/// Cuts frames of the basic option out of a stream of octets. What is none is skipped up to the next flag
/// from which a frame can be read: after noise, the first whole frame is found, whatever the noise was. Any
/// cut of the input gives the same frames.
class FrameReader {
 public:
  /// `largest`: octets that an information field may have.
  explicit FrameReader(std::size_t largest) : largest_(largest) {}

  /// Holds for the next frame that is read, one that has begun to come too.
  void set_largest(std::size_t largest) { largest_ = largest; }
  [[nodiscard]] std::size_t largest() const { return largest_; }

  /// Adds octets; next() must be called until it gives nothing.
  void feed(std::string_view octets);
  /// The next frame, or what is wrong; nothing before more octets have come.
  std::optional<Found> next();

  /// True while a frame has begun and not ended: more than a flag has come.
  [[nodiscard]] bool is_in_frame() const { return input_.size() - at_ > 1; }
  /// What has begun will not end: its octets are searched for frames by next().
  void give_up();
  /// Forgets what has begun.
  void clear();

  /// Octets skipped so far, flags apart.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

 private:
  [[nodiscard]] std::uint8_t octet(std::size_t offset) const {
    return static_cast<std::uint8_t>(input_[at_ + offset]);
  }
  bool find_flag();
  Found refuse(FrameFault fault);

  std::size_t largest_;
  std::string input_;
  std::size_t at_ = 0;  // Where what is not yet read begins: at a flag, unless nothing is known of it.
  std::uint64_t skipped_ = 0;
};

}  // namespace attache::serial::cmux
