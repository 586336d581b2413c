#pragma once

#include <boost/asio/awaitable.hpp>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "cli/line_editor.hpp"
#include "client/conversation.hpp"
#include "client/line_reader.hpp"
#include "client/secrets.hpp"
#include "client/transcript.hpp"
#include "client/urc_sorter.hpp"
#include "doctor/diagnosis.hpp"
#include "serial/port.hpp"

namespace attache::cli {

/// How a session sends and shows.
struct TermOptions {
  std::string dialect = "slm-1.6";
  std::string line_end = "\r\n";
  base::Duration timeout = std::chrono::seconds(10);  ///< For a final result, where lines come from a pipe.
  bool detects = false;                               ///< Asks the modem for dialect and line end first …
  bool tries_rates = false;                           ///< … and at which rate it speaks.
  bool is_terminal = false;                           ///< Lines are typed, and may be edited.
  bool colours = false;
  bool times = false;
};

/// A person, or a program by a pipe, at a modem: sends the lines of the source, shows what comes, and
/// explains what fails. Port and clock must outlive it. One thread.
class TermSession final : public client::Listener {
 public:
  TermSession(serial::Port& port, base::Clock& clock, TermOptions options);

  /// Until the source ends, `:quit`, or the modem's side has gone; the exit code. The source must outlive it.
  asio::awaitable<int> run(LineSource& source);

  /// What Tab inserts behind the line; where there are several ways they are listed.
  std::string complete(std::string_view line);

  void sent(std::string_view bytes) override;
  void received(std::string_view bytes) override;

 private:
  enum class Look { answer, urc, failure, note };

  asio::awaitable<void> watch_line();
  asio::awaitable<void> detect();
  asio::awaitable<bool> obey(std::string line);
  asio::awaitable<void> send_command(std::string line);
  asio::awaitable<void> send_file(std::string path);
  asio::awaitable<void> certificates(std::string words);
  void save_to(const std::string& path);
  void set_dtr(const std::string& word);
  void list_commands();
  void take_line(const std::string& line);
  void explain_failure();
  void flush_tail();
  void print(Look look, std::string_view text);
  void tell_doctor(char direction, std::string_view text);

  serial::Port& port_;
  base::Clock& clock_;
  TermOptions options_;
  client::Conversation conversation_;
  client::LineReader reader_;
  client::UrcSorter sorter_;
  client::SecretMask mask_;
  base::Alarm tail_alarm_;
  LineSource* source_ = nullptr;
  std::optional<doctor::Doctor> doctor_;
  std::size_t doctor_lines_ = 0;
  std::size_t command_line_ = 0;  ///< Of the doctor's log: the last command.
  std::ofstream saved_stream_;
  std::unique_ptr<client::Transcript> saved_;
  bool waits_for_result_ = false;
  bool is_hex_ = false;
  bool is_data_ = false;
  bool is_quiet_ = false;  ///< A tool talks to the modem.
  base::Time start_;
};

}  // namespace attache::cli
