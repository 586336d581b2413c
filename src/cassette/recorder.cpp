#include "cassette/recorder.hpp"

#include <algorithm>
#include <utility>

#include "client/urc.hpp"

namespace attache::cassette {

namespace {

using namespace std::chrono_literals;

// A person types slower than a modem speaks.
constexpr base::Duration pause_of_host = 1s;
constexpr base::Duration pause_of_modem = 100ms;
// A command with a key in it takes less; what is longer is data.
constexpr std::size_t longest_part = 64UL * 1024;

bool has_open_quote(std::string_view line) {
  return !client::command_name(line).empty() && std::count(line.begin(), line.end(), '"') % 2 != 0;
}

}  // namespace

Recorder::Recorder(base::Time began, SecretNames names, Output output)
    : began_(began), names_(std::move(names)), output_(std::move(output)) {}

void Recorder::hear(Side side, std::string_view bytes, base::Time now) {
  pass_time(now);
  if (side == Side::modem && host_.is_waiting()) {
    write_host();  // It answers what came until now.
  }
  for (char byte : bytes) {
    if (side == Side::host) {
      hear_host(byte, now);
    } else {
      hear_modem(byte, now);
    }
  }
}

void Recorder::add(Part& part, char byte, base::Time now) {
  part.began = part.is_waiting() ? part.began : now;
  part.last = now;
  part.line += byte;
}

void Recorder::hear_host(char byte, base::Time now) {
  bool ended_by_cr = host_.line.ends_with('\r') && byte != '\n' && !has_open_quote(host_.line);
  if (ended_by_cr) {
    end_host_line();
  }
  add(host_, byte, now);
  bool is_whole = byte == '\n' && !has_open_quote(host_.line);
  if (is_whole || host_.line.size() >= longest_part) {
    end_host_line();
  }
}

// A line of the modem has a line end before it as well: of CR LF alone nothing is an entry.
void Recorder::hear_modem(char byte, base::Time now) {
  add(modem_, byte, now);
  bool has_text = modem_.line.find_first_not_of("\r\n") != std::string::npos;
  if ((byte == '\n' && has_text) || modem_.line.size() >= longest_part) {
    write_modem();
    modem_ = {};
  }
}

void Recorder::write_host() {
  client::SecretMask mask = mask_;
  std::string masked = mask.mask(host_.line);
  std::string_view text = std::string_view(host_.line).substr(host_.written);
  write(Side::host, names_.name_secrets(text, std::string_view(masked).substr(host_.written), host_.line),
        host_.began);
  host_.written = host_.line.size();
  mask_after_ = std::move(mask);
}

void Recorder::end_host_line() {
  if (host_.is_waiting()) {
    write_host();
  }
  mask_ = mask_after_;
  host_ = {};
}

void Recorder::write_modem() {
  std::string masked = client::mask_received(modem_.line);
  std::string_view text = std::string_view(modem_.line).substr(modem_.written);
  write(Side::modem, names_.name_secrets(text, std::string_view(masked).substr(modem_.written), modem_.line),
        modem_.began);
  modem_.written = modem_.line.size();
}

void Recorder::hear(const base::HostLines& lines, base::Time now) {
  change(ControlLine::dtr, host_lines_.dtr, lines.dtr, now);
  change(ControlLine::rts, host_lines_.rts, lines.rts, now);
  host_lines_ = lines;
}

void Recorder::hear(const base::DeviceLines& lines, base::Time now) {
  change(ControlLine::dsr, device_lines_.dsr, lines.dsr, now);
  change(ControlLine::cts, device_lines_.cts, lines.cts, now);
  change(ControlLine::dcd, device_lines_.dcd, lines.dcd, now);
  change(ControlLine::ri, device_lines_.ri, lines.ri, now);
  device_lines_ = lines;
}

void Recorder::change(ControlLine line, bool was, bool is, base::Time now) {
  if (was != is) {
    finish();
    output_(make_control_line(line, is, moment(now)));
  }
}

void Recorder::hear_baud(std::uint32_t baud, base::Time now) {
  finish();
  output_(make_baud(baud, moment(now)));
}

std::optional<base::Time> Recorder::deadline() const {
  std::optional<base::Time> first;
  if (host_.is_waiting()) {
    first = host_.last + pause_of_host;
  }
  if (modem_.is_waiting()) {
    base::Time then = modem_.last + pause_of_modem;
    first = first ? std::min(*first, then) : then;
  }
  return first;
}

void Recorder::pass_time(base::Time now) {
  if (host_.is_waiting() && now - host_.last >= pause_of_host) {
    write_host();
  }
  if (modem_.is_waiting() && now - modem_.last >= pause_of_modem) {
    write_modem();
  }
}

void Recorder::finish() {
  if (host_.is_waiting()) {
    write_host();
  }
  if (modem_.is_waiting()) {
    write_modem();
  }
}

void Recorder::write(Side side, std::string source, base::Time when) {
  output_(make_bytes(side, moment(when), std::move(source)).value());
}

// Entries come in the order in which they are whole; none is earlier than the one before it.
Moment Recorder::moment(base::Time when) {
  last_ = std::max(last_, std::chrono::duration_cast<Moment>(when - began_));
  return last_;
}

}  // namespace attache::cassette
