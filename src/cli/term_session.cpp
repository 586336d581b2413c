#include "cli/term_session.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include "at/redaction.hpp"
#include "base/posix/file_descriptor.hpp"
#include "base/spawn.hpp"
#include "base/text.hpp"
#include "cli/cert_arguments.hpp"
#include "cli/cert_report.hpp"
#include "cli/cert_session.hpp"
#include "cli/commands.hpp"
#include "cli/modem_detection.hpp"
#include "cli/term_commands.hpp"
#include "doctor/render.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cli {

namespace {

constexpr auto silence_of_tail = std::chrono::milliseconds(100);
constexpr std::size_t most_doctor_lines = 20000;

bool is_failure(std::string_view line) {
  return vocabulary::is_final_result(line) && line != "OK";
}

bool begins_command(std::string_view line) {
  return line.size() >= 2 && base::equal_ignoring_case(line.substr(0, 2), "AT");
}

}  // namespace

TermSession::TermSession(serial::Port& port, base::Clock& clock, TermOptions options)
    : port_(port),
      clock_(clock),
      options_(std::move(options)),
      conversation_(port, clock, this),
      sorter_(options_.dialect),
      start_(clock.now()) {}

asio::awaitable<int> TermSession::run(LineSource& source) {
  source_ = &source;
  print(Look::note, fmt::format("{}; Tab completes, :help lists what else there is", port_.address()));
  base::spawn(clock_.context(), nullptr, watch_line());
  if (options_.detects) {
    co_await detect();
  }
  while (!conversation_.is_closed()) {
    auto line = co_await source.next();
    if (!line) {
      break;
    }
    bool goes_on = co_await obey(std::move(*line));
    if (!goes_on) {
      break;
    }
  }
  if (!options_.is_terminal) {
    co_await conversation_.silence(std::chrono::milliseconds(500));
  }
  flush_tail();
  source_ = nullptr;
  bool is_lost = conversation_.is_closed();
  if (is_lost) {
    print(Look::note, "the line was closed: " + conversation_.close_reason());
  }
  co_return is_lost ? exit_failure : exit_success;
}

asio::awaitable<void> TermSession::detect() {
  is_quiet_ = true;
  Detection found = co_await detect_modem(conversation_, options_.tries_rates);
  is_quiet_ = false;
  if (!found.answers) {
    print(Look::note,
          "nothing answers to AT, whatever ends the line: is it the modem's port, and switched on?");
    co_return;
  }
  options_.line_end = found.line_end;
  if (!found.dialect.empty()) {
    options_.dialect = found.dialect;
    sorter_ = client::UrcSorter(found.dialect);
  }
  print(Look::note,
        fmt::format("{}, lines end in {}{}",
                    found.dialect.empty()
                        ? fmt::format("no application that is known, commands of {}", options_.dialect)
                        : found.dialect,
                    base::escape_control(found.line_end),
                    options_.tries_rates ? fmt::format(", {} baud", found.baud) : ""));
}

// A line that nobody types must not keep the session when the modem has gone.
asio::awaitable<void> TermSession::watch_line() {
  while (!conversation_.is_closed()) {
    bool more = co_await conversation_.more(clock_.now() + std::chrono::hours(24));
    (void)more;
  }
  if (source_ != nullptr) {
    source_->stop();
  }
}

asio::awaitable<bool> TermSession::obey(std::string line) {
  if (!line.empty() && at::redact_host_line(line) == line) {
    source_->remember(line);
  }
  std::size_t blank = std::min(line.find(' '), line.size());
  std::string word = line.substr(0, blank);
  std::string rest(base::trim(std::string_view(line).substr(blank)));
  if (!line.starts_with(':')) {
    co_await send_command(std::move(line));
  } else if (word == ":quit") {
    co_return false;
  } else if (word == ":send") {
    co_await send_file(std::move(rest));
  } else if (word == ":cert") {
    co_await certificates(std::move(rest));
  } else if (word == ":data") {
    is_data_ = true;
    print(Look::note, "lines are data now; :end leaves data mode");
  } else if (word == ":end") {
    constexpr auto guard = std::chrono::milliseconds(1100);
    co_await clock_.sleep_for(guard);
    conversation_.send("+++");
    co_await clock_.sleep_for(guard);
    is_data_ = false;
  } else if (word == ":doctor") {
    print(Look::note, doctor_ ? doctor::render_text(doctor_->diagnose(), doctor::Detail::normal)
                              : "nothing was said yet");
  } else if (word == ":save") {
    save_to(rest);
  } else if (word == ":dtr") {
    set_dtr(rest);
  } else if (word == ":hex") {
    flush_tail();
    is_hex_ = !is_hex_;
  } else if (word == ":time") {
    options_.times = !options_.times;
  } else {
    list_commands();
  }
  co_return true;
}

// From a pipe a command waits for the final result of the one before.
asio::awaitable<void> TermSession::send_command(std::string line) {
  if (is_data_) {
    conversation_.send(line);
    co_return;
  }
  bool is_command = begins_command(line);
  sorter_.begin(line);
  waits_for_result_ = is_command;
  conversation_.send(line + options_.line_end);
  base::Time deadline = clock_.now() + options_.timeout;
  bool waits = is_command && !options_.is_terminal;
  while (waits && waits_for_result_ && !conversation_.is_closed() && clock_.now() < deadline) {
    bool more = co_await conversation_.more(deadline);
    (void)more;
  }
}

asio::awaitable<void> TermSession::send_file(std::string path) {
  constexpr std::size_t piece = 4096;
  base::FileDescriptor file = base::open_file(path, O_RDONLY);
  if (!file) {
    print(Look::failure, fmt::format("{} cannot be read: {}", path, base::error_text(errno)));
    co_return;
  }
  std::size_t total = 0;
  std::array<char, piece> buffer{};
  ssize_t count = 0;
  while (!conversation_.is_closed() && (count = ::read(file.get(), buffer.data(), buffer.size())) > 0) {
    port_.write({buffer.data(), static_cast<std::size_t>(count)});
    total += static_cast<std::size_t>(count);
    co_await port_.drained(piece);
  }
  print(Look::note, fmt::format("{} bytes sent", total));
}

asio::awaitable<void> TermSession::certificates(std::string words) {
  std::vector<std::string> given;
  for (std::string_view word : base::split(words, ' ')) {
    if (!word.empty()) {
      given.emplace_back(word);
    }
  }
  CertArguments arguments;
  arguments.action = given.empty() ? "list" : given[0];
  arguments.sec_tag = given.size() > 1 ? given[1] : "";
  arguments.files.assign(given.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(given.size(), 2)),
                         given.end());
  arguments.port = "stdio";  // None is opened: the line is here.
  auto plan = make_cert_plan(arguments);
  if (!plan) {
    print(Look::failure, base::to_block(plan.error()));
    co_return;
  }
  plan->modem.line_end = options_.line_end;
  CertReport report(false);
  CertSession session(*plan, report, clock_);
  is_quiet_ = true;
  int code = co_await session.run_on(conversation_);
  (void)code;
  is_quiet_ = false;
}

void TermSession::save_to(const std::string& path) {
  saved_.reset();
  saved_stream_.close();
  if (path.empty()) {
    print(Look::note, "nothing is saved any more");
    return;
  }
  saved_stream_.clear();
  errno = 0;
  saved_stream_.open(path, std::ios::app | std::ios::binary);
  if (!saved_stream_) {
    print(Look::failure, fmt::format("{} cannot be written: {}", path, base::error_text(errno)));
    return;
  }
  saved_ =
      std::make_unique<client::Transcript>(clock_, std::vector<client::Transcript::Sink>{{&saved_stream_}});
  print(Look::note, fmt::format("saved to {} from here on", path));
}

void TermSession::set_dtr(const std::string& word) {
  bool is_serial = port_.address().starts_with("tty:");
  if (!is_serial || (word != "on" && word != "off")) {
    print(Look::failure, is_serial ? ":dtr on or :dtr off" : "this port has no line DTR; a serial one has");
    return;
  }
  base::DeviceLines lines = port_.device_lines();
  lines.dsr = word == "on";  // A port's DTR is what goes out as DSR from a device.
  lines.dcd = lines.dsr;
  auto done = port_.set_device_lines(lines);
  print(done ? Look::note : Look::failure, done ? "DTR is " + word : base::summary(done.error()));
}

void TermSession::list_commands() {
  for (const TermCommand& command : term_commands()) {
    print(Look::note, fmt::format("{:<8} {}", command.name, command.help));
  }
}

std::string TermSession::complete(std::string_view line) {
  client::Completion completion = complete_term_line(options_.dialect, line);
  std::string inserted = completion.extension(line);
  if (!inserted.empty()) {
    return inserted;
  }
  for (const client::Candidate& candidate : completion.candidates) {
    print(Look::note, fmt::format("{:<16} {}", candidate.text, candidate.help));
  }
  if (!completion.hint.empty()) {
    print(Look::note, completion.hint);
  }
  return {};
}

void TermSession::sent(std::string_view bytes) {
  std::string masked = mask_.mask(bytes);
  if (!is_quiet_) {
    flush_tail();
    if (!options_.is_terminal) {
      print(Look::note, "→ " + base::escape_control(base::trim(client::shorten_masks(masked))));
    }
    for (std::string_view line : base::split(masked, '\n')) {
      tell_doctor('>', line);
    }
    command_line_ = doctor_lines_;
  }
  if (saved_) {
    saved_->sent(bytes);
  }
}

void TermSession::received(std::string_view bytes) {
  if (saved_) {
    saved_->received(bytes);
  }
  if (is_quiet_) {
    return;
  }
  client::LineReader& untaken = conversation_.reader();
  untaken.take_raw(untaken.raw().size());
  if (is_hex_) {
    for (const std::string& row : hex_rows(bytes)) {
      print(Look::answer, row);
    }
  }
  reader_.feed(bytes);
  while (auto line = reader_.take_line()) {
    take_line(*line);
  }
  tail_alarm_ = clock_.call_after(silence_of_tail, [this] { flush_tail(); });
}

void TermSession::take_line(const std::string& line) {
  bool is_urc = sorter_.sort(line) == client::UrcSorter::Place::aside;
  bool is_final = vocabulary::is_final_result(line);
  std::string shown = base::escape_control(client::shorten_masks(client::mask_received(line)));
  tell_doctor('<', client::mask_received(line));
  if (!is_hex_) {
    print(is_urc ? Look::urc : is_failure(line) ? Look::failure : Look::answer, shown);
  }
  if (is_final) {
    sorter_.note(line);
    waits_for_result_ = false;
  }
  if (is_failure(line)) {
    explain_failure();
  }
}

void TermSession::explain_failure() {
  if (!doctor_) {
    return;
  }
  doctor::Diagnosis diagnosis = doctor_->diagnose();
  auto of_this =
      std::find_if(diagnosis.findings.begin(), diagnosis.findings.end(), [&](const doctor::Finding& finding) {
        doctor::EventRef primary = finding.primary();
        return primary != nullptr && primary->place.line >= command_line_;
      });
  if (of_this == diagnosis.findings.end()) {
    return;
  }
  print(Look::note, fmt::format("{}: {} [{}]", name_of(of_this->confidence()), of_this->title,
                                base::code_of(of_this->cause)));
  if (!of_this->fixes.empty()) {
    print(Look::note, "do:   " + of_this->fixes.front().text);
  }
  print(Look::note, fmt::format("more: attache explain {}", base::code_of(of_this->cause)));
}

void TermSession::flush_tail() {
  if (!reader_.tail().empty()) {
    std::string tail = reader_.take_tail();
    if (!is_hex_) {
      print(Look::answer, base::escape_control(client::mask_received(tail)));
    }
  }
}

void TermSession::print(Look look, std::string_view text) {
  constexpr std::array<std::string_view, 4> marks{"", "! ", "", "· "};
  constexpr std::array<std::string_view, 4> colours{"", "\033[33m", "\033[31m", "\033[2m"};
  auto kind = static_cast<std::size_t>(look);
  if (source_ != nullptr) {
    source_->hide();
  }
  double seconds = std::chrono::duration<double>(clock_.now() - start_).count();
  for (std::string_view line :
       base::split(text.ends_with('\n') ? text.substr(0, text.size() - 1) : text, '\n')) {
    bool coloured = options_.colours && !colours[kind].empty();
    fmt::print("{}{}{}{}{}\n", options_.times ? fmt::format("{:9.3f} ", seconds) : "",
               coloured ? colours[kind] : "", marks[kind], line, coloured ? "\033[0m" : "");
  }
  std::fflush(stdout);
  if (source_ != nullptr) {
    source_->show();
  }
}

// In a form that the reader of logs knows.
void TermSession::tell_doctor(char direction, std::string_view text) {
  std::string_view line = base::trim(text);
  if (line.empty()) {
    return;
  }
  if (!doctor_ || doctor_lines_ >= most_doctor_lines) {
    doctor::PatientFile file;
    file.dialect = options_.dialect;
    doctor_.emplace(std::move(file));
    doctor_->begin("this session");
    doctor_lines_ = 0;
  }
  doctor_->take(fmt::format("{} {}\n", direction, line));
  ++doctor_lines_;
}

}  // namespace attache::cli
