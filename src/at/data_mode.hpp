#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"

namespace attache::at {

/// The rules of data mode.
struct DataModePolicy {
  /// How data mode ends.
  enum class Ending {
    guarded,  ///< By a terminator that stands alone, with silence around it (reference slm-1.6/00-overview.md
              ///< 5).
    matched,  ///< By a terminator wherever it stands (reference serial-modem-2.0/data-mode.md).
    counted   ///< After `length` bytes; there is no terminator (likewise).
  };

  Ending ending = Ending::guarded;
  base::Duration time_limit{};  ///< Zero: what comes is sent at once; else after this silence.
  std::size_t buffer = 2048;    ///< Collected at most; the largest single send.
  std::string terminator = "+++";
  std::size_t length = 0;  ///< Of all data; Ending::counted.
  /// Likewise: after fail() the terminator is the end, and the length is not (reference likewise, [1.99]).
  bool needs_terminator_when_broken = false;
  /// What the service makes of one send, if it matters to the host where one ends: "datagram". Else empty.
  std::string_view unit{};
  /// Where one ends matters, and more has come than one takes: nothing of it is sent, as after fail()
  /// (reference slm-3.1/host.md 7.2). Without guard times only.
  bool refuses_overflow = false;

  // Ending::guarded.
  std::size_t chunk = 256;                                      ///< A UART chunk ends here …
  base::Duration chunk_silence = std::chrono::milliseconds(1);  ///< … or after this silence.
  bool merges = false;  ///< Whole chunks that come in one piece are sent together: for streams.
  base::Duration silence = std::chrono::seconds(1);  ///< Before and after the terminator.

  // What the host is told.
  std::string ended = "\r\nOK\r\n";  ///< Data mode has ended as it should.
  std::string ended_broken{};        ///< … after a send that failed.
  /// A send has been made, of so many bytes; null = the host is not told.
  std::string (*sent)(std::size_t bytes) = nullptr;
  std::string broken{};      ///< A send has failed: what still comes is dropped.
  std::string overflowed{};  ///< The same where `refuses_overflow` is the cause.
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
/// The reason why nothing of what came is sent: DataModePolicy::refuses_overflow.
[[nodiscard]] base::Reason overflow_reason(const DataModePolicy& policy);

/// Collects what a host sends in data mode into sends, and finds its end. Sans-I/O: bytes and time in, sends
/// out; any split of the input at one instant gives the same sends (with `merges`, the same bytes).
///
/// While a send runs (between taking one and sent()) what comes is collected up to the buffer's size;
/// wants_input() tells when the line has to be held back.
class DataMode {
 public:
  virtual ~DataMode() = default;

  /// Takes bytes in, up to the room there is; returns how many. The rest must be given again after take() has
  /// been asked.
  virtual std::size_t receive(std::string_view bytes, base::Time now) = 0;

  /// The next thing to do: a send that is due, or the end of data mode.
  struct Action {
    bool terminated = false;  ///< Data mode is over.
    std::string data;         ///< Else: what to send.
  };
  /// Nothing while a send runs or nothing is due. To be asked after receive(), sent() and fail(), and at
  /// deadline(), until it gives nothing; after `terminated` not any more.
  virtual std::optional<Action> take(base::Time now) = 0;

  /// The send taken last has been made. Gives its bytes; 0 if none ran.
  virtual std::size_t sent() = 0;
  /// The send taken last has failed, or there is nobody to send to any more: what still comes is dropped
  /// until the end. Without effect with Ending::guarded, whose service decides what becomes of it.
  virtual void fail() = 0;
  /// True after fail().
  [[nodiscard]] virtual bool broken() const = 0;

  /// What has been noticed since it was asked last, once each.
  [[nodiscard]] virtual std::vector<DataModeRemark> take_remarks() { return {}; }
  [[nodiscard]] virtual const DataModePolicy& policy() const = 0;

  /// When take() has to be asked again if nothing comes; nothing while only input can change something.
  [[nodiscard]] virtual std::optional<base::Time> deadline() const = 0;

  /// False while there is no room for more, and after the end has come in: the rest stays with the line.
  [[nodiscard]] virtual bool wants_input() const = 0;
  /// The end has come in, and only a send is waited for: what follows is no data.
  [[nodiscard]] virtual bool is_ending() const { return false; }
};

/// Data mode by the rules of the policy, entered now.
std::unique_ptr<DataMode> make_data_mode(const DataModePolicy& policy, base::Time now);

}  // namespace attache::at
