// How long a command takes from the host's write to the last byte of its answer, through `attache serve` and
// through a bare responder on the same kind of line, in turns; client and server each on a core of their own.

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/host.hpp"
#include "bench/program.hpp"
#include "bench/report.hpp"
#include "bench/scratch_folder.hpp"
#include "bench/statistics.hpp"

namespace attache::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::array<std::string_view, 3> commands{"AT", "AT#XNOSUCH", "AT+CFUN?"};
constexpr double ratio_aim = 1.25;
constexpr double cpu_aim = 10;  // Microseconds.

struct Options {
  std::string attache = beside_this_program("attache");
  std::size_t rounds = 11;
  std::size_t per_round = 10'000;
  std::string dialect = "slm-1.6";
};

/// What some thousand round trips in a row took.
struct Round {
  double p50 = 0;
  double p90 = 0;
  double per_second = 0;
};

Round measure(Host& host, std::string_view command, std::size_t count) {
  std::vector<double> times(count);
  auto begin = Clock::now();
  for (double& time : times) {
    auto sent = Clock::now();
    host.command(command);
    time = Microseconds(Clock::now() - sent).count();
  }
  double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return {percentile(times, 0.5), percentile(times, 0.9), static_cast<double>(count) / seconds};
}

/// A server with a host on its line, and all that was measured there.
class Side {
 public:
  Side(const std::vector<std::string>& arguments, std::optional<int> cpu)
      : program_(arguments, cpu), host_(program_.read_address()) {}

  Host& host() { return host_; }

  void forget() {
    rounds_.clear();
    cpu_ = {};
  }

  void run(std::string_view command, std::size_t count) {
    auto before = program_.cpu_time();
    rounds_.push_back(measure(host_, command, count));
    cpu_ += program_.cpu_time() - before;
    commands_ = rounds_.size() * count;
  }

  [[nodiscard]] double median_of(double Round::*figure) const {
    std::vector<double> values;
    for (const Round& round : rounds_) {
      values.push_back(round.*figure);
    }
    return median(values);
  }

  [[nodiscard]] double cpu_per_command() const {
    return Microseconds(cpu_).count() / static_cast<double>(commands_);
  }
  /// The processor time of one of many commands written at once: what is left without sleeping and waking up.
  double cpu_per_command_in_bursts(std::string_view command, std::size_t count) {
    constexpr std::size_t burst = 100;
    std::size_t expected = burst * host_.command(command).size();
    std::string lines;
    for (std::size_t i = 0; i < burst; ++i) {
      lines += command;
      lines += "\r\n";
    }
    std::vector<char> answers(expected);
    auto before = program_.cpu_time();
    for (std::size_t sent = 0; sent < count; sent += burst) {
      host_.write(lines);
      for (std::size_t got = 0; got < expected;) {
        got += host_.read(answers);
      }
    }
    return Microseconds(program_.cpu_time() - before).count() / static_cast<double>(count);
  }

  [[nodiscard]] double last_p50() const { return rounds_.back().p50; }

 private:
  Program program_;
  Host host_;
  std::vector<Round> rounds_;
  std::chrono::nanoseconds cpu_{};
  std::size_t commands_ = 0;
};

struct Line {
  std::string name;
  std::string bare;     ///< The bare responder's argument.
  std::string attache;  ///< The port of `attache serve`.
};

void compare(const Line& line, const Options& options, const Cores& cores, const Table& table) {
  Side bare({beside_this_program("bare_responder"), line.bare}, cores.server);
  Side attache({options.attache, "serve", "--dialect", options.dialect, "--port", line.attache},
               cores.server);
  attache.host().wait_for("Ready\r\n");
  for (std::string_view command : commands) {
    measure(bare.host(), command, options.per_round / 10);
    measure(attache.host(), command, options.per_round / 10);
    bare.forget();
    attache.forget();
    std::vector<double> ratios;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      bare.run(command, options.per_round);
      attache.run(command, options.per_round);
      ratios.push_back(attache.last_p50() / bare.last_p50());
    }
    double ratio = median(ratios);
    double cpu = attache.cpu_per_command();
    double cpu_in_bursts = attache.cpu_per_command_in_bursts(command, options.per_round * options.rounds);
    table.row({line.name, fmt::format("`{}`", command), fmt::format("{:.1f}", bare.median_of(&Round::p50)),
               fmt::format("{:.1f}", attache.median_of(&Round::p50)), fmt::format("{:.2f}", ratio),
               at_most(ratio, ratio_aim), fmt::format("{:.1f}", bare.median_of(&Round::p90)),
               fmt::format("{:.1f}", attache.median_of(&Round::p90)),
               fmt::format("{:.0f}", attache.median_of(&Round::per_second)),
               fmt::format("{:.1f}", bare.cpu_per_command()), fmt::format("{:.1f}", cpu),
               at_most(cpu, cpu_aim), fmt::format("{:.1f}", cpu_in_bursts)});
  }
}

void run(const Options& options) {
  ScratchFolder folder;
  Cores cores = choose_cores();
  pin_this_process(cores.client);
  Table table(
      fmt::format("Round trips of {} in µs, median of {} rounds of {} commands each (aims: ratio of p50 ≤ "
                  "{}, processor time of a command ≤ {} µs)",
                  options.dialect, options.rounds, options.per_round, ratio_aim, cpu_aim),
      {"line", "command", "bare p50", "attache p50", "ratio", "aim", "bare p90", "attache p90",
       "attache commands/s", "bare CPU", "attache CPU", "aim", "CPU in bursts of 100"});
  const std::array<Line, 3> lines{
      Line{"PTY", "pty", "pty:" + folder.path("modem")},
      Line{"TCP", "tcp", "tcp:127.0.0.1:0"},
      Line{"unix socket", "unix:" + folder.path("bare"), "unix:" + folder.path("attache")},
  };
  for (const Line& line : lines) {
    compare(line, options, cores, table);
  }
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("Round trips of AT commands beside a bare responder");
  line.option("--attache", options.attache, "The program (default: the one beside this)");
  line.option("--dialect", options.dialect, "The dialect of the device (default: slm-1.6)");
  line.option("--rounds", options.rounds, "Rounds in turns");
  line.option("--commands", options.per_round, "Commands a round", 100);
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
