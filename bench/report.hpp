#pragma once

#include <functional>
#include <string>
#include <vector>

namespace attache::bench {

/// Prints a Markdown table, row by row, as the figures come.
class Table {
 public:
  Table(const std::string& title, const std::vector<std::string>& columns);
  void row(const std::vector<std::string>& cells) const;
};

/// "met" or "not met".
std::string at_most(double figure, double aim);
std::string at_least(double figure, double aim);

/// Runs the body of a benchmark program: prints the machine and its load before, and what went wrong.
/// Returns main's exit code.
int run_benchmark(const std::function<void()>& body);

}  // namespace attache::bench
