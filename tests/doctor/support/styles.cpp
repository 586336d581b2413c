#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dialects/serial_modem_2_0/traffic_log.hpp"
#include "doctor/support/play.hpp"

namespace attache::doctor {

namespace {

using Who = Spoken::Who;

std::string clock_text(double seconds) {
  auto whole = static_cast<long>(seconds);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", whole / 3600 + 9, whole / 60 % 60, whole % 60,
                     static_cast<int>((seconds - std::floor(seconds)) * 1000));
}

std::string zephyr_time(double seconds) {
  auto whole = static_cast<long>(seconds);
  int micro = static_cast<int>((seconds - std::floor(seconds)) * 1'000'000);
  return fmt::format("[{:02}:{:02}:{:02}.{:03},{:03}]", whole / 3600, whole / 60 % 60, whole % 60,
                     micro / 1000, micro % 1000);
}

template <class Line>
std::string each(const std::vector<Spoken>& lines, Line line) {
  std::string log;
  for (const Spoken& spoken : lines) {
    log += line(spoken);
  }
  return log;
}

std::string bare(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) { return line.text + "\n"; });
}

std::string bare_crlf(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) { return line.text + "\r\n"; });
}

std::string arrows(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) {
    if (line.who == Who::log) {
      return fmt::format("{}\n", line.text);
    }
    return fmt::format("{} {}\n", line.who == Who::modem ? "<" : ">", line.text);
  });
}

std::string link_monitor(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) {
    if (line.who == Who::log) {
      return fmt::format("2026-11-22T{}Z INFO app: {}\n", clock_text(line.seconds), line.text);
    }
    return fmt::format("2026-11-22T{}Z DEBUG modem {} {}\n", clock_text(line.seconds),
                       line.who == Who::modem ? "<<" : ">>", line.text);
  });
}

std::string shell(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) {
    return begins_command(line) ? fmt::format("uart:~$ at {}\n", line.text) : line.text + "\n";
  });
}

std::string modem_at(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) {
    if (line.who == Who::log) {
      return fmt::format("{} <inf> app: {}\n", zephyr_time(line.seconds), line.text);
    }
    return fmt::format("{} <inf> nrf_modem_at: {} {}\n", zephyr_time(line.seconds),
                       line.who == Who::modem ? ">" : "<", line.text);
  });
}

std::string tx_rx(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) {
    if (line.who == Who::log) {
      return fmt::format("[{}] {}\n", clock_text(line.seconds), line.text);
    }
    return fmt::format("[{}] {}: {}\n", clock_text(line.seconds), line.who == Who::modem ? "RX" : "TX",
                       line.text);
  });
}

std::string blank_lines(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) {
    return line.who == Who::modem ? fmt::format("\r\n{}\r\n", line.text) : line.text + "\r\n";
  });
}

// What `serve --transcript` and `:save` of the terminal write.
std::string transcript(const std::vector<Spoken>& lines) {
  return each(lines, [](const Spoken& line) {
    char side = line.who == Who::log ? '#' : line.who == Who::modem ? '<' : '>';
    return fmt::format("{} {} {}\n", clock_text(line.seconds), side, line.text);
  });
}

// The bytes of a UART as Zephyr dumps them, seen from the device. The lines of one command are one dump.
std::string hex_dump(const std::vector<Spoken>& lines) {
  std::string log;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Spoken& line = lines[i];
    std::string prefix = fmt::format("{} <dbg> sm_at_host: ", zephyr_time(line.seconds));
    if (line.who == Who::log) {
      log += prefix + line.text + "\n";
      continue;
    }
    std::string bytes = (line.who == Who::modem ? "\r\n" : "") + line.text;
    while (line.who == Who::host && i + 1 < lines.size() && lines[i + 1].who == Who::host &&
           !begins_command(lines[i + 1])) {
      bytes += "\n" + lines[++i].text;
    }
    log += prefix + (line.who == Who::modem ? "TX" : "RX") + "\r\n";
    for (const std::string& row : dialects::serial_modem_2_0::hex_dump(bytes + "\r\n")) {
      log += fmt::format("{:{}}{}\r\n", "", prefix.size(), row);
    }
  }
  return log;
}

}  // namespace

const std::vector<Style>& styles() {
  static const std::vector<Style> all{{"bare", bare},
                                      {"crlf", bare_crlf},
                                      {"arrows", arrows},
                                      {"link-monitor", link_monitor},
                                      {"shell", shell},
                                      {"nrf_modem_at", modem_at},
                                      {"tx-rx", tx_rx},
                                      {"blank-lines", blank_lines},
                                      {"transcript", transcript},
                                      {"hex-dump", hex_dump}};
  return all;
}

}  // namespace attache::doctor
