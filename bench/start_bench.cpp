// From the start of the process to the first OK, and what one idle device holds in memory.

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>
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
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr double start_aim = 10;   // Milliseconds.
constexpr double memory_aim = 12;  // Megabytes of 1,000,000 bytes.
constexpr auto idle_time = std::chrono::seconds(1);

struct Options {
  std::string attache = beside_this_program("attache");
  std::size_t starts = 31;
};

double time_to_first_ok(const std::vector<std::string>& arguments, const Cores& cores) {
  auto begin = Clock::now();
  Program program(arguments, cores.server);
  Host host(program.read_address());
  host.command("AT");
  return Milliseconds(Clock::now() - begin).count();
}

void measure_starts(const Options& options, const Cores& cores, const ScratchFolder& folder) {
  Table table(
      fmt::format("Process start to first OK in ms, median of {} (aim ≤ {})", options.starts, start_aim),
      {"line", "bare responder", "attache", "p90", "aim"});
  struct Line {
    std::string name;
    std::string bare;
    std::string attache;
  };
  const std::array<Line, 2> lines{Line{"PTY", "pty", "pty:" + folder.path("modem")},
                                  Line{"TCP", "tcp", "tcp:127.0.0.1:0"}};
  for (const Line& line : lines) {
    std::vector<double> bare;
    std::vector<double> attache;
    for (std::size_t i = 0; i < options.starts; ++i) {
      bare.push_back(time_to_first_ok({beside_this_program("bare_responder"), line.bare}, cores));
      attache.push_back(time_to_first_ok({options.attache, "serve", "--port", line.attache}, cores));
    }
    table.row({line.name, fmt::format("{:.2f}", median(bare)), fmt::format("{:.2f}", median(attache)),
               fmt::format("{:.2f}", percentile(attache, 0.9)), at_most(median(attache), start_aim)});
  }
}

void measure_memory(const Options& options, const Cores& cores, const ScratchFolder& folder) {
  Program program({options.attache, "serve", "--port", "unix:" + folder.path("memory")}, cores.server);
  Host host(program.read_address());
  host.wait_for("Ready\r\n");
  host.bring_up_modem();
  std::this_thread::sleep_for(idle_time);
  Memory memory = program.memory();
  auto megabytes = [](std::size_t bytes) { return static_cast<double>(bytes) / 1e6; };
  Table table(
      fmt::format("Memory of a daemon with one device, registered and idle, in MB (aim: resident ≤ {})",
                  memory_aim),
      {"resident (RSS)", "proportional (PSS)", "private and dirty", "aim"});
  table.row({fmt::format("{:.1f}", megabytes(memory.resident)),
             fmt::format("{:.1f}", megabytes(memory.proportional)),
             fmt::format("{:.1f}", megabytes(memory.own)), at_most(megabytes(memory.resident), memory_aim)});
}

void run(const Options& options) {
  ScratchFolder folder;
  Cores cores = choose_cores();
  pin_this_process(cores.client);
  measure_starts(options, cores, folder);
  measure_memory(options, cores, folder);
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("Time from process start to first OK; memory of one idle device");
  line.option("--attache", options.attache, "The program (default: the one beside this)");
  line.option("--starts", options.starts, "How many starts");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
