#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/modem_lines.hpp"
#include "serial/byte_queue.hpp"
#include "serial/cmux/control_message.hpp"
#include "serial/cmux/fault_orders.hpp"
#include "serial/cmux/frame.hpp"
#include "serial/cmux/frame_reader.hpp"
#include "serial/cmux/frame_sender.hpp"

namespace attache::serial::cmux {

/// How the device's end of a multiplexer is built.
struct MultiplexerOptions {
  unsigned channels = 4;         ///< Data channels 1 to this, 63 at most.
  std::size_t frame_size = 127;  ///< N1: octets of an information field, 1 to 32767.
  bool saves_power = true;       ///< PSC is taken; else it is answered by NSC.
  /// PN, RPN, RLS, SNC and Test are answered as 3GPP TS 27.010 has it, a channel that is closed gets DM
  /// alone, and SABM on an open control channel begins anew. Else as the library of the devices: NSC, UA and
  /// DM, and not at all.
  bool whole_standard = false;
  /// A host that closes it down ends it; else all channels are closed, and it may be opened anew.
  bool ends_by_host = true;
};

/// Who is told what happens on the channels.
class MultiplexerUser {
 public:
  virtual ~MultiplexerUser() = default;
  /// The host has opened a data channel resp. closed it. Output that waited on it then is lost.
  virtual void opened(std::uint8_t dlci) = 0;
  virtual void closed(std::uint8_t dlci) = 0;
  /// Data of the host on an open channel, in order; `data` is valid during the call.
  virtual void received(std::uint8_t dlci, std::string_view data) = 0;
  /// By MSC of the host (5.4.6.3.7), after it changed something.
  virtual void host_lines_changed(std::uint8_t dlci, const base::HostLines& lines) = 0;
  /// Less output waits on a channel than before.
  virtual void output_shrunk(std::uint8_t dlci) = 0;
  /// Nothing is multiplexed any more: the line is a plain one again. The last call, from within pass().
  virtual void ended(std::string_view why) = 0;
};

/// The responder of a multiplexer after 3GPP TS 27.010, basic option: octets and time in, octets out. It
/// waits for nothing; who has it calls pass() at deadline(), and take_output() after whatever was called.
class Multiplexer {
 public:
  /// The references must outlive it; `orders` may change at any time.
  Multiplexer(const MultiplexerOptions& options, FaultOrders& orders, base::Journal& journal,
              MultiplexerUser& user);

  /// Octets from the host.
  void receive(std::string_view octets, base::Time now);
  /// Octets for the host on a data channel, open or not: they wait until it is, 4096 at most.
  void send(std::uint8_t dlci, std::string_view data, base::Time now);
  /// Octets that wait on the channel.
  [[nodiscard]] std::size_t waiting(std::uint8_t dlci) const { return channels_[dlci].output.size(); }

  /// The signals of the device on a channel: MSC tells them.
  void set_device_lines(std::uint8_t dlci, const base::DeviceLines& lines, base::Time now);
  /// As they were set. This and the next need a `dlci` of 0 to MultiplexerOptions::channels.
  [[nodiscard]] const base::DeviceLines& device_lines(std::uint8_t dlci) const {
    return channels_[dlci].device_lines;
  }
  /// As the host's last MSC has told them; asserted before one has come.
  [[nodiscard]] const base::HostLines& host_lines(std::uint8_t dlci) const {
    return channels_[dlci].host_lines;
  }
  /// Holds the host back on a channel, or lets it go on (FC of MSC).
  void hold_back(std::uint8_t dlci, bool stopped, base::Time now);

  /// Whether the UART is on (DTR). While it is off nothing is sent, and what comes is lost.
  void set_line_up(bool up, base::Time now);
  /// Ends after a time, without a word to the host.
  void end_after(base::Duration time, std::string_view why, base::Time now);

  /// The host has opened it by SABM; false before, and after DISC or the end.
  [[nodiscard]] bool is_open(std::uint8_t dlci) const { return channels_[dlci].is_open; }
  /// Power is saved: both sides are silent until one of them sends flags.
  [[nodiscard]] bool is_asleep() const { return is_asleep_; }
  /// There is something for a host that sleeps or whose DTR is off: RI.
  [[nodiscard]] bool calls_host() const;

  /// When pass() is to be called at the latest.
  [[nodiscard]] std::optional<base::Time> deadline() const;
  /// Does what is due at `now`. It may call MultiplexerUser::ended(), after which nothing here does anything.
  void pass(base::Time now);
  /// Octets for the line: what cannot wait, and data of the channels in turn until there are `limit`.
  std::string take_output(std::size_t limit, base::Time now);
  /// Octets of frames that are made and have not been taken: answers to a host that asks and does not read.
  [[nodiscard]] std::size_t unsent() const { return sender_.unsent(); }

 private:
  struct Channel {
    bool is_open = false;
    bool host_stopped = false;   // By FC or RTR of the host.
    bool status_told = false;    // Our MSC has been sent.
    bool held_back = false;      // FC of ours.
    bool says_full = false;      // The log has it.
    std::size_t frame_size = 0;  // N1 agreed by PN; 0 = as built.
    base::HostLines host_lines{};
    base::DeviceLines device_lines{};
    ByteQueue output{};
  };

  void handle(const Frame& frame, base::Time now);
  void handle(FrameFault fault);
  void handle_sabm(const Frame& frame, base::Time now);
  void handle_disc(const Frame& frame, base::Time now);
  void handle_data(const Frame& frame, base::Time now);
  void handle_control(const Frame& frame, base::Time now);
  void handle_command(const ControlMessage& message, base::Time now);
  void handle_status(const ControlMessage& message, base::Time now);
  void handle_response(const ControlMessage& message, base::Time now);
  [[nodiscard]] std::optional<std::string> answer_of_standard(const ControlMessage& message);
  std::optional<std::string> agree(const LinkParameters& wanted);

  void close_channel(std::uint8_t dlci);
  void close_down(base::Duration time, std::string_view why, base::Time now);
  void close_all();
  void hasten_end(base::Time now);
  void end();

  void respond(FrameType type, std::uint8_t dlci, base::Time now);
  void respond(MessageType type, std::string value, base::Time now);
  void tell_status(std::uint8_t dlci, base::Time now);
  void send_message(const ControlMessage& message, base::Time now);
  bool emit_next_data(base::Time now);
  [[nodiscard]] bool may_send_data(const Channel& channel) const;
  [[nodiscard]] bool has_data() const;

  void fall_asleep();
  void wake(bool by_host, base::Time now);
  void call_host(base::Time now);
  void call_host_again(base::Time now);
  void log(base::LogLevel level, std::string text);

  MultiplexerOptions options_;
  FaultOrders& orders_;
  base::Journal& journal_;
  MultiplexerUser& user_;
  FrameSender sender_;
  FrameReader reader_;
  std::vector<Channel> channels_;  // By DLCI; 0 is the control channel.

  std::deque<ControlMessage> held_;  // Commands that wait for the host to wake up.
  std::uint8_t turn_ = 1;            // The channel whose turn it is.
  bool all_stopped_ = false;         // FCoff.
  bool used_since_begin_ = false;    // Something has come after the SABM of the control channel.

  bool is_line_up_ = true;
  bool is_asleep_ = false;
  bool answers_flags_ = false;           // Flags of the host have woken us, and no frame has come since.
  std::optional<base::Time> next_flag_;  // While the host is being woken.
  base::Time called_since_{};

  std::optional<base::Time> unfinished_until_;  // When a frame that has begun is given up.
  std::optional<base::Time> end_at_;
  std::string end_why_;
  bool ended_by_host_ = false;
  bool has_ended_ = false;
};

}  // namespace attache::serial::cmux
