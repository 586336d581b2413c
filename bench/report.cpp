#include "bench/report.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace attache::bench {

namespace {

void print_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) {
    line += fmt::format(" {} |", cell);
  }
  std::puts(line.c_str());
  std::fflush(stdout);
}

void print_load() {
  std::array<double, 3> loads{};
  if (::getloadavg(loads.data(), static_cast<int>(loads.size())) == static_cast<int>(loads.size())) {
    fmt::print("load average before: {:.2f} {:.2f} {:.2f}\n", loads[0], loads[1], loads[2]);
  }
}

}  // namespace

Table::Table(const std::string& title, const std::vector<std::string>& columns) {
  fmt::print("\n{}\n\n", title);
  print_row(columns);
  print_row(std::vector<std::string>(columns.size(), "---"));
}

void Table::row(const std::vector<std::string>& cells) const {
  print_row(cells);
}

std::string at_most(double figure, double aim) {
  return figure <= aim ? "met" : "not met";
}

std::string at_least(double figure, double aim) {
  return figure >= aim ? "met" : "not met";
}

int run_benchmark(const std::function<void()>& body) {
  try {
    print_load();
    body();
    return 0;
  } catch (const std::exception& error) {
    std::fflush(stdout);
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

}  // namespace attache::bench
