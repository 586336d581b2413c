// What further devices cost a process: memory and time to bring them up. All live on one loop, registered and
// idle.

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/devices.hpp"
#include "bench/report.hpp"

namespace attache::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double aim_kib = 15;

struct Options {
  std::vector<std::size_t> counts{10, 100, 1'000, 10'000};
};

/// This process, in bytes.
struct Use {
  double resident = 0;
  double heap = 0;  ///< Allocated and not freed.
};

Use current_use() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  if (!(file >> total >> resident)) {
    throw std::runtime_error("/proc/self/statm cannot be read");
  }
  struct mallinfo2 heap = ::mallinfo2();
  return {static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)),
          static_cast<double>(heap.uordblks) + static_cast<double>(heap.hblkhd)};
}

/// Until all are registered.
void bring_up(Devices& devices, std::size_t count) {
  std::size_t before = devices.size();
  for (std::size_t i = before; i < count; ++i) {
    devices.add();
    devices.turn_on(i);
  }
  for (std::size_t i = before; i < count; ++i) {
    while (!devices.is_registered(i)) {
      devices.run_for(std::chrono::milliseconds(1));
    }
  }
}

void settle(Devices& devices) {
  devices.run_for(std::chrono::milliseconds(500));
}

void run(const Options& options) {
  Table table(
      fmt::format("Memory of further devices, registered and idle (aim: ≤ {} KiB resident each)", aim_kib),
      {"devices", "resident MB", "KiB each", "heap KiB each", "aim", "ms to register each",
       "s to register all"});
  Devices devices;
  bring_up(devices, 1);  // What is made once for all is not a further device's.
  double seconds = 0;
  settle(devices);
  Use first = current_use();
  table.row({"1", fmt::format("{:.1f}", first.resident / 1e6), "", "", "", "", ""});
  for (std::size_t count : options.counts) {
    std::size_t before = devices.size();
    auto begin = Clock::now();
    bring_up(devices, count);
    double milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    seconds += milliseconds / 1e3;
    settle(devices);
    Use use = current_use();
    auto further = static_cast<double>(count - 1);
    double each = (use.resident - first.resident) / further / 1024;
    table.row({fmt::format("{}", count), fmt::format("{:.1f}", use.resident / 1e6),
               fmt::format("{:.1f}", each), fmt::format("{:.1f}", (use.heap - first.heap) / further / 1024),
               at_most(each, aim_kib),
               fmt::format("{:.3f}", milliseconds / static_cast<double>(count - before)),
               fmt::format("{:.2f}", seconds)});
  }
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("Memory and start-up time of many devices in one process");
  line.option("--devices", options.counts, "How many, ascending, each more than 1");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
