#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

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
    bool command = line.who == Who::host && line.text.starts_with("AT");
    return command ? fmt::format("uart:~$ at {}\n", line.text) : line.text + "\n";
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

}  // namespace

const std::vector<Style>& styles() {
  static const std::vector<Style> all{
      {"bare", bare},   {"crlf", bare_crlf},        {"arrows", arrows}, {"link-monitor", link_monitor},
      {"shell", shell}, {"nrf_modem_at", modem_at}, {"tx-rx", tx_rx},   {"blank-lines", blank_lines}};
  return all;
}

std::vector<Spoken> disturb(std::vector<Spoken> lines, unsigned seed) {
  std::mt19937 random(seed);
  static const std::vector<std::string> others{"%CESQ: 55,2,24,3", "+CSCON: 0", "%XMODEMSLEEP: 4,0",
                                               "+CSCON: 1", "%XSNRSQ: 30,2,40"};
  std::vector<Spoken> disturbed;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    bool within_certificate = lines[i].text.find("-----") != std::string::npos ||
                              (lines[i].who == Who::host && !lines[i].text.starts_with("AT"));
    disturbed.push_back(lines[i]);
    if (!within_certificate && random() % 6 == 0 && lines[i].who == Who::modem) {
      disturbed.push_back({lines[i].seconds, Who::modem, others[random() % others.size()]});
    }
  }
  return disturbed;
}

}  // namespace attache::doctor
