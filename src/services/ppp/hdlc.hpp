#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace attache::services::ppp {

/// The sum of RFC 1662, appendix C.2, before its complement is taken for the FCS.
[[nodiscard]] std::uint16_t fcs16(std::string_view bytes);
inline constexpr std::uint16_t good_fcs = 0xF0B8;  ///< fcs16() over a whole frame with its FCS.

/// How frames go to the peer: what LCP has agreed upon.
struct Framing {
  std::uint32_t accm = 0xFFFFFFFF;  ///< The control characters that are escaped.
  bool compress_address = false;    ///< ACFC: without FF 03.
  bool compress_protocol = false;   ///< PFC: protocols below 256 in one byte.
};

/// A frame as it goes over the line, with both flags. LCP goes as if nothing had been agreed upon (RFC 1662,
/// 7).
[[nodiscard]] std::string encode_frame(std::uint16_t protocol, std::string_view information,
                                       const Framing& framing);

/// A frame that has come.
struct Frame {
  std::uint16_t protocol = 0;
  std::string_view information;
};

/// Cuts frames out of the bytes of an asynchronous line (RFC 1662, 4 and 5). Wherever the bytes are divided,
/// the frames are the same. What is no frame is passed over and counted.
class HdlcDecoder {
 public:
  struct Count {
    std::uint64_t frames = 0;
    std::uint64_t wrong_fcs = 0;
    std::uint64_t aborted = 0;    ///< 7D 7E.
    std::uint64_t too_long = 0;   ///< More than `longest`.
    std::uint64_t malformed = 0;  ///< No address, control or protocol as they have to be.
  };

  /// `handler` gets each sound frame; what it holds is gone when it returns. It must not destroy the decoder.
  explicit HdlcDecoder(std::function<void(const Frame&)> handler) : handler_(std::move(handler)) {}

  /// Bytes of the line in any pieces; the handler is called for each frame that they complete.
  void receive(std::string_view bytes);
  [[nodiscard]] const Count& count() const { return count_; }
  /// Forgets what of a frame has come.
  void clear();

  /// MRU, protocol, address, control and FCS of the largest frame that is taken.
  static constexpr std::size_t longest = 1500 + 2 + 2 + 2;

 private:
  void end_frame();
  void deliver();

  std::function<void(const Frame&)> handler_;
  std::string frame_;
  bool escaped_ = false;
  bool overlong_ = false;
  Count count_;
};

}  // namespace attache::services::ppp
