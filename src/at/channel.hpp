#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "at/data_mode.hpp"
#include "at/host_line.hpp"
#include "at/line_assembler.hpp"
#include "base/clock.hpp"
#include "base/journal.hpp"

namespace attache::at {

class Channel;

/// The rules of a channel; a dialect has them.
struct ChannelPolicy {
  LinePolicy lines{};
  std::string_view log_module = "at_host";
  /// What comes in command mode is sent back as it is, before any answer; see Channel::set_echo.
  bool echo = false;
};

/// Runs the lines of a channel: the dialect.
class LineHandler {
 public:
  virtual ~LineHandler() = default;
  /// A whole line. The channel reads no further line until finish() has been called, at once or later.
  virtual void handle_line(Channel& channel, std::string line) = 0;
  /// A line was too long and has been dropped. Answers at once; finish() is not called.
  virtual void handle_overflow(Channel& channel) = 0;
  /// No command runs, all that has come is read, and the channel is not in data mode.
  virtual void settled(Channel& channel) { static_cast<void>(channel); }
  /// The host has changed its control lines.
  virtual void host_lines_changed(Channel& channel, const base::HostLines& lines) {
    static_cast<void>(channel);
    static_cast<void>(lines);
  }
};

/// Takes the data of a channel in data mode: the service that asked for it.
class DataConsumer {
 public:
  virtual ~DataConsumer() = default;
  /// Data to send; Channel::data_sent() must follow, at once or later.
  virtual void send(std::string data) = 0;
  /// The host left data mode by the terminator, and the channel is in command mode again with `OK` written;
  /// or the channel has gone.
  virtual void terminated() = 0;
};

/// One AT channel between a host and the application: command mode with its line buffer, or data mode.
/// Bytes from the host come by receive(), bytes to the host go to the line. What comes while a command runs
/// is kept and read when it has finished. One thread only.
class Channel final : public LineUser {
 public:
  /// All references must outlive the channel.
  Channel(const ChannelPolicy& policy, base::Clock& clock, base::Journal& journal, LineHandler& handler,
          HostLine& line);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() override;

  // As the user of its line, which it is from the start.
  void line_taken() override;
  void receive(std::string_view bytes) override;
  std::string give_back() override;
  [[nodiscard]] std::size_t backlog() const override { return input_.size(); }
  [[nodiscard]] bool carries_data() const override { return in_data_mode(); }
  void host_lines_changed(const base::HostLines& lines) override;

  /// Bytes to the host. Answers to lines that came together go out in one piece.
  void write(std::string_view bytes);
  /// The line to the host: its rate, and how much it has yet to send.
  [[nodiscard]] HostLine& line() { return *line_; }
  /// Moves to another line, with all that it has: the answer that is under way goes there. It is for the
  /// caller to make it that line's user, and to give the old one another.
  void move_to(HostLine& line);
  /// False while the line has another user (a multiplexer, PPP).
  [[nodiscard]] bool has_line() const { return has_line_; }

  /// Switches the echo of what comes in command mode.
  void set_echo(bool echo) { echo_ = echo; }
  /// As set last; a reset brings back what ChannelPolicy::echo says.
  [[nodiscard]] bool echo() const { return echo_; }

  /// The line given to the handler has been answered: the next one may be read.
  void finish();
  /// True between handle_line() and finish().
  [[nodiscard]] bool busy() const { return busy_; }
  /// When the last byte came that a command line has not ended with yet; nothing if none has come since.
  [[nodiscard]] std::optional<base::Time> last_byte_of_line() const { return last_byte_of_line_; }

  /// From now on the host's bytes are data for `consumer`, which must live until data mode ends. Takes effect
  /// for the first byte after what has been read as a command.
  void enter_data_mode(const DataModePolicy& policy, DataConsumer& consumer);
  /// Ends data mode from the service's side; nothing is printed and buffered data are dropped.
  void leave_data_mode();
  /// From enter_data_mode() to the end of data mode, whoever has ended it.
  [[nodiscard]] bool in_data_mode() const { return data_mode_ != nullptr; }
  /// The data given to DataConsumer::send() last have been dealt with.
  void data_sent();
  /// They could not be sent, or there is nobody to send to any more; see DataMode::fail(). `ended`, unless it
  /// is empty: what the host is told at the end of data mode instead of DataModePolicy::ended_broken.
  void data_failed(std::string ended = {});

  /// Facts about the line that ended last, for the reason of its failure: how old its beginning was.
  [[nodiscard]] std::optional<std::string> stale_prefix() const { return stale_prefix_; }

  /// The channel goes: answers before go out, nothing more is read or written, and what runs will not be
  /// answered. Who has it in data mode is told that this has ended.
  void abandon();

  /// Forgets input, unfinished line, running command and data mode: a reset of the application.
  void reset();
  /// Counts the resets: an answer that was begun before one must not be given after it.
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

  /// Switches the UART: while it is off, bytes in both directions are lost (and said so in the log).
  void set_enabled(bool enabled);

 private:
  void drop_input();
  void lose_what_cannot_wait();
  void pump();
  void pump_commands();
  void pump_data();
  void end_data_mode();
  void report_remarks();
  void flush();
  void note_gap();
  void watch_unfinished_line();
  void explain_unfinished_line();
  std::optional<std::string> take_stale_prefix();

  base::Clock& clock_;
  base::Journal& journal_;
  LineHandler& handler_;
  HostLine* line_;
  std::string_view log_module_;
  LineAssembler assembler_;
  std::string input_;
  std::string output_;

  std::uint64_t epoch_ = 0;
  bool boots_with_echo_;
  bool echo_;
  bool enabled_ = true;
  bool has_line_ = true;
  bool busy_ = false;
  bool pumping_ = false;

  std::unique_ptr<DataMode> data_mode_;
  DataConsumer* consumer_ = nullptr;
  std::string ended_broken_;  // What data_failed() was given.
  base::Alarm data_alarm_;

  std::optional<base::Time> last_byte_of_line_;
  base::Time last_input_{};
  std::size_t gap_at_ = 0;  // How much of the unfinished line had come before a pause.
  base::Time gap_began_{};  // When the last byte before that pause came.
  std::optional<std::string> stale_prefix_;
  base::Alarm unfinished_alarm_;
};

}  // namespace attache::at
