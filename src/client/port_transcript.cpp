#include "client/port_transcript.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <utility>

namespace attache::client {

namespace {

std::tm local_time(base::WallTime when) {
  std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(when));
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

std::string day_of(base::WallTime when) {
  return fmt::format("{:%Y-%m-%d}", local_time(when));
}

std::string time_of(base::WallTime when) {
  auto since_second = when - std::chrono::floor<std::chrono::seconds>(when);
  return fmt::format("{:%H:%M:%S}.{:03}", local_time(when),
                     std::chrono::duration_cast<std::chrono::milliseconds>(since_second).count());
}

}  // namespace

PortTranscript::PortTranscript(base::Clock& clock, std::vector<std::string> ports, Output output)
    : clock_(clock), ports_(std::move(ports)), output_(std::move(output)), day_(day_of(clock.wall_now())) {
  for (std::size_t port = 0; port < ports_.size(); ++port) {
    add_directions(port);
  }
}

void PortTranscript::add_directions(std::size_t port) {
  for (Speaker speaker : {Speaker::host, Speaker::device}) {
    auto entry = [this, port](base::WallTime when, std::string_view text) { write(port, when, text); };
    directions_.push_back(std::make_unique<Direction>(Direction{DirectionWriter(speaker, entry), {}}));
  }
}

std::size_t PortTranscript::add_port(std::string name) {
  output_(fmt::format("# port {}\n", name));
  ports_.push_back(std::move(name));
  add_directions(ports_.size() - 1);
  return ports_.size() - 1;
}

PortTranscript::Direction& PortTranscript::direction(std::size_t port, Speaker speaker) {
  return *directions_[port * 2 + (speaker == Speaker::device ? 1 : 0)];
}

void PortTranscript::begin(std::string_view dialect, bool is_first) {
  base::WallTime now = clock_.wall_now();
  day_ = day_of(now);
  std::string text =
      fmt::format("# {} {} {:%z}: attache serve; > the host says, < the device says, secrets are masked\n",
                  day_, time_of(now), local_time(now));
  for (const std::string& port : ports_) {
    text += fmt::format("# port {}\n", port);
  }
  if (is_first && ports_.size() == 1) {
    text += fmt::format("@ dialect {}\n@ start boot\n", dialect);
  }
  output_(text);
}

void PortTranscript::hear(std::size_t port, Speaker speaker, std::string_view bytes, bool data_mode) {
  Direction& other = direction(port, speaker == Speaker::host ? Speaker::device : Speaker::host);
  other.writer.flush();
  other.writer.begin_answer();
  Direction& mine = direction(port, speaker);
  mine.writer.hear(bytes, data_mode, clock_.now(), clock_.wall_now());
  wait(mine);
}

void PortTranscript::wait(Direction& direction) {
  base::Duration patience = direction.writer.patience();
  if (patience == base::Duration::zero()) {
    direction.alarm.cancel();
    return;
  }
  direction.alarm = clock_.call_after(patience, [this, &direction] {
    direction.writer.pass_time(clock_.now());
    wait(direction);
  });
}

void PortTranscript::finish() {
  for (const auto& direction : directions_) {
    direction->alarm.cancel();
    direction->writer.finish();
  }
}

void PortTranscript::write(std::size_t port, base::WallTime when, std::string_view text) {
  std::string lines;
  if (std::string day = day_of(when); day != day_) {
    day_ = day;
    lines = fmt::format("# {}\n", day_);
  }
  std::string name = ports_.size() > 1 ? ports_[port] + " " : std::string();
  output_(lines + fmt::format("{} {}{}\n", time_of(when), name, text));
}

}  // namespace attache::client
