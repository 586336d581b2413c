// A long log through `attache doctor`: time of reading, following and judging it, and the memory that this
// takes.

#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/report.hpp"
#include "doctor/diagnosis.hpp"

namespace attache::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double aim_seconds = 20;  // For a gigabyte of 1,000,000,000 bytes.
constexpr double aim_megabytes = 200;
constexpr std::size_t piece = 256UL * 1024;

struct Options {
  std::size_t megabytes = 1000;
};

/// Writes an endless log: the same session again and again, with other numbers.
class LogWriter {
 public:
  enum class Style { bare, arrows, zephyr };

  explicit LogWriter(Style style) : style_(style) {}

  /// Whole lines, `size` bytes and a few more.
  std::string write(std::size_t size) {
    std::string text;
    while (text.size() < size) {
      line(text);
    }
    return text;
  }

 private:
  void line(std::string& text) {
    static const std::vector<std::pair<char, std::string>> session{
        {'>', "AT+CFUN=1"},
        {'<', "OK"},
        {'<', "+CEREG: 2,\"5209\",\"0A19{:04X}\",9"},
        {'<', "+CSCON: 1"},
        {'<', "+CEREG: 1,\"5209\",\"0A19{:04X}\",9,,,\"11100000\",\"00000110\""},
        {'>', "AT+CESQ"},
        {'<', "+CESQ: 99,99,255,255,{:d},55"},
        {'<', "OK"},
        {'>', "AT#XHTTPCCON=1,\"h{:d}.example.com\",443,42"},
        {'<', "#XHTTPCCON: 1"},
        {'<', "OK"},
        {'>', "AT#XHTTPCREQ=\"GET\",\"/{:d}\""},
        {'<', "OK"},
        {'<', "#XHTTPCRSP:{:d},1"},
        {'>', "AT%CMNG=3,{:d},0"},
        {'<', "ERROR"},
        {'<', "%MDMEV: SEARCH STATUS 1"},
        {'>', "AT+CFUN=4"},
        {'<', "OK"}};
    const auto& [side, form] = session[next_ % session.size()];
    std::string said = fmt::format(fmt::runtime(form), static_cast<int>(next_ % 60'000));
    switch (style_) {
      case Style::bare:
        text += said + "\r\n";
        break;
      case Style::arrows:
        text += fmt::format("{} {}\n", side, said);
        break;
      case Style::zephyr:
        text +=
            fmt::format("[{:02}:{:02}:{:02}.{:03},000] <dbg> nrf_modem_at: {} {}\n", next_ / 3'600'000 % 100,
                        next_ / 60'000 % 60, next_ / 1000 % 60, next_ % 1000, side, said);
        break;
    }
    ++next_;
  }

  Style style_;
  std::size_t next_ = 0;
};

double resident_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

struct Spent {
  Seconds wall{};
  Seconds
      processor{};  // What a machine with nothing else to do would take: there is one thread and no waiting.
};

Seconds processor_time() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

Spent time_of(LogWriter::Style style, std::size_t megabytes) {
  LogWriter writer(style);
  doctor::Doctor doctor(doctor::PatientFile{});
  doctor.begin("long.log");
  Spent spent;
  auto timed = [&](auto work) {
    auto begin = Clock::now();
    Seconds processor_begin = processor_time();
    work();
    spent.processor += processor_time() - processor_begin;
    spent.wall += Clock::now() - begin;
  };
  for (std::size_t written = 0; written < megabytes * 1'000'000;) {
    std::string text = writer.write(piece);
    written += text.size();
    timed([&] { doctor.take(text); });
  }
  timed([&] {
    doctor.end();
    (void)doctor.diagnose();
  });
  return spent;
}

void run(const Options& options) {
  Table table(fmt::format("A log of {} MB through doctor (aim for 1,000 MB: ≤ {} s, ≤ {} MB)",
                          options.megabytes, aim_seconds, aim_megabytes),
              {"how it was taken", "s", "s of the processor", "MB/s of the processor",
               "largest resident MB so far", "time", "memory"});
  for (const auto& [name, style] :
       {std::pair("bare", LogWriter::Style::bare), std::pair("arrows", LogWriter::Style::arrows),
        std::pair("Zephyr log", LogWriter::Style::zephyr)}) {
    Spent spent = time_of(style, options.megabytes);
    double seconds = spent.processor.count();
    auto megabytes = static_cast<double>(options.megabytes);
    table.row({name, fmt::format("{:.1f}", spent.wall.count()), fmt::format("{:.1f}", seconds),
               fmt::format("{:.1f}", megabytes / seconds), fmt::format("{:.1f}", resident_megabytes()),
               at_most(seconds * 1000 / megabytes, aim_seconds),
               at_most(resident_megabytes(), aim_megabytes)});
  }
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("A long log through attache doctor: time and memory");
  line.option("--megabytes", options.megabytes, "How long the log is (default 1000)");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
