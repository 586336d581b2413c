#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "client/secrets.hpp"

namespace attache::trace {

/// Cuts what goes over one AT port in one direction into the packets of a capture: a line with its end each,
/// or in data mode what came at once; secrets are masked. A piece that has no line end yet is given when the
/// other side speaks, or when nothing follows.
///
/// A download fills lines faster than secrets can be looked for: of what comes without a pause of a second,
/// or a word of the other side, 64 KiB are shown in full, and 16 bytes of each piece that follows, which is
/// then all that comes at once.
class LineCapture {
 public:
  struct Piece {
    base::WallTime time;  ///< Of its first byte.
    std::string bytes;    ///< As many as there were, secrets masked.
    bool is_data = false;
    std::size_t left_out = 0;  ///< Bytes behind them that are not shown.
  };
  using Entry = std::function<void(Piece piece)>;

  LineCapture(bool from_host, Entry entry) : from_host_(from_host), entry_(std::move(entry)) {}

  /// Bytes that came at `now`, cut anywhere; pieces that they complete are given before it returns.
  void hear(std::string_view bytes, bool data_mode, base::WallTime now);
  /// The other side has spoken: what follows is another answer.
  void begin_answer() { shown_ = 0; }
  /// Gives what has no line end yet.
  void flush();
  /// There is something without a line end, for flush().
  [[nodiscard]] bool is_waiting() const { return !part_.empty(); }

 private:
  void give(std::string_view bytes, bool is_data);

  bool from_host_;
  Entry entry_;
  client::SecretMask mask_;
  std::string part_;
  base::WallTime began_{};
  base::WallTime last_{};  ///< When something came last.
  std::size_t shown_ = 0;  ///< Bytes since the last pause.
};

}  // namespace attache::trace
