#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"

namespace attache::at {

/// The rules of data mode (reference slm-1.6/00-overview.md 5).
struct DataModePolicy {
  std::size_t chunk = 256;                                      ///< A UART chunk ends here …
  base::Duration chunk_silence = std::chrono::milliseconds(1);  ///< … or after this silence.
  base::Duration time_limit{};  ///< Zero: each chunk is sent at once; else sent after this silence.
  std::size_t buffer = 2048;    ///< Collected at most; the largest single send.
  bool merges = false;          ///< Whole chunks that come in one piece are sent together: for streams.
  std::string terminator = "+++";
  base::Duration silence = std::chrono::seconds(1);  ///< Before and after the terminator.
  /// What the service makes of one send, if it matters to the host where one ends: "datagram". Else empty.
  std::string_view unit{};
};

/// What a host may not have meant by its data; the device takes them as they are all the same.
enum class DataModeRemark {
  terminator_without_silence,  ///< The terminator came too soon after the data before it, or in one piece
                               ///< with them.
  terminator_with_line_end,    ///< … with a line end behind it.
  terminator_in_pieces,        ///< … in more than one piece.
  terminator_before_data,      ///< … and more data within the silence that must follow it.
  split                        ///< What came in one piece was divided into two sends.
};

/// The reason of a remark, for the log.
[[nodiscard]] base::Reason reason_of(DataModeRemark remark, const DataModePolicy& policy);

/// Collects what a host sends in data mode into sends, and finds the terminator. Sans-I/O: bytes and time in,
/// sends out; any split of the input at one instant gives the same sends (with `merges`, the same bytes).
///
/// While a send runs (between taking one and sent()) chunks are merged up to the buffer's size; wants_input()
/// tells when the line has to be held back.
class DataMode {
 public:
  DataMode(DataModePolicy policy, base::Time entered);

  /// Takes bytes in, up to the end of a chunk or of the room; returns how many. The rest must be given again
  /// after take() has been asked.
  std::size_t receive(std::string_view bytes, base::Time now);

  /// The next thing to do: a send that is due, or the end of data mode by the terminator.
  struct Action {
    bool terminated = false;  ///< The terminator stood alone: pending data were dropped.
    std::string data;         ///< Else: what to send.
  };
  std::optional<Action> take(base::Time now);

  /// What has been noticed since it was asked last, once each.
  [[nodiscard]] std::vector<DataModeRemark> take_remarks() { return std::exchange(remarks_, {}); }
  [[nodiscard]] const DataModePolicy& policy() const { return policy_; }

  /// The send taken last has been made.
  void sent() { sending_ = false; }

  /// When take() has to be asked again if nothing comes; nothing while only input can change something.
  [[nodiscard]] std::optional<base::Time> deadline() const;

  [[nodiscard]] bool wants_input() const { return room() > 0; }

 private:
  [[nodiscard]] std::size_t room() const;
  void end_chunk(base::Time now);
  void look_for_terminator_in(std::string_view chunk);
  void notice_split(base::Time now);
  [[nodiscard]] bool due(base::Time now) const;

  DataModePolicy policy_;
  std::string chunk_;                          // Bytes since the last chunk ended.
  std::string collected_;                      // Whole chunks not yet sent.
  std::optional<base::Time> terminator_seen_;  // The terminator came as a chunk of its own at this time.
  base::Time last_byte_;
  base::Duration silence_before_chunk_{};
  bool sending_ = false;
  bool cut_ = false;       // The send taken last ended although no silence had ended its last chunk.
  std::string beginning_;  // Of a terminator that comes in pieces: what has come of it.
  std::vector<DataModeRemark> remarks_;
};

}  // namespace attache::at
