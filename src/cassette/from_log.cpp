#include "cassette/from_log.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "cassette/recorder.hpp"
#include "client/line_end.hpp"
#include "doctor/reader/reader.hpp"

namespace attache::cassette {

namespace {

using doctor::Event;

/// Plays the events of a log to a recorder.
class LogPlayer {
 public:
  explicit LogPlayer(std::string_view dialect)
      : line_end_(client::bytes_of(client::line_end_of(dialect))),
        recorder_(base::Time(), SecretNames(), [this](const Entry& entry) { text_ += line_of(entry); }) {}

  void take(const Event& event) {
    pass_time(event);
    switch (event.kind) {
      case Event::Kind::command:
        say(Side::host, event.text + line_end_of(event));
        ++commands_;
        break;
      case Event::Kind::boot:
        say(Side::modem, fmt::format("{}\r\n", event.text));
        break;
      case Event::Kind::final:
      case Event::Kind::line:
        say(Side::modem, fmt::format("\r\n{}\r\n", event.text));
        break;
      case Event::Kind::mark:
        break;
      case Event::Kind::log:
      case Event::Kind::noise:
      case Event::Kind::text:
        left_out_ += base::trim(event.text).empty() ? 0 : 1;
        break;
    }
  }

  LogCassette finish() {
    recorder_.finish();
    return {.text = std::move(text_),
            .secrets = recorder_.names().values(),
            .commands = commands_,
            .left_out = left_out_};
  }

 private:
  void say(Side side, const std::string& bytes) { recorder_.hear(side, bytes, base::Time() + now_); }

  [[nodiscard]] std::string line_end_of(const Event& event) const {
    auto shown = base::unescape(event.terminator);
    bool is_one = shown && !shown->empty() && shown->find_first_not_of("\r\n") == std::string::npos;
    return is_one ? *shown : line_end_;
  }

  // Time stamps begin anywhere, and go back at midnight or when a device restarts.
  void pass_time(const Event& event) {
    if (!event.seconds || !std::isfinite(*event.seconds)) {
      return;
    }
    constexpr double longest_pause = 24.0 * 3600;
    double passed = stamp_ ? *event.seconds - *stamp_ : 0;
    stamp_ = event.seconds;
    if (passed > 0 && passed <= longest_pause) {
      now_ += Moment(std::llround(passed * 1000));
    }
  }

  std::string line_end_;
  std::string text_;
  Recorder recorder_;
  std::optional<double> stamp_;
  base::Duration now_{};
  std::size_t commands_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace

base::Result<LogCassette> make_cassette_of_log(std::string_view log, std::string_view name,
                                               std::string_view dialect) {
  LogPlayer player(dialect);
  doctor::Reader reader(0, [&player](const Event& event) { player.take(event); });
  reader.take(log);
  reader.finish();
  LogCassette made = player.finish();
  if (made.commands == 0) {
    return base::make_reason(fmt::format("no cassette can be made of {}", name),
                             "it shows no command of a host",
                             "Log both sides of the line; attache doctor says what it can read of a log.");
  }
  made.dialect = std::string(dialect);
  made.text = fmt::format("{}\n# made of a log: {} lines of it are neither a host's nor a modem's\n{}{}{}",
                          first_line, made.left_out, line_of(CassetteHeader{"dialect", made.dialect, 0}),
                          line_of(CassetteHeader{"log", base::escape_control(name), 0}), made.text);
  return made;
}

}  // namespace attache::cassette
