#include "bench/command_line.hpp"

#include <CLI/CLI.hpp>
#include <limits>

#include "bench/report.hpp"

namespace attache::bench {

CommandLine::CommandLine(const std::string& about) : app_(std::make_unique<CLI::App>(about)) {}

CommandLine::~CommandLine() = default;

CommandLine& CommandLine::option(const std::string& name, std::string& value, const std::string& help) {
  app_->add_option(name, value, help);
  return *this;
}

CommandLine& CommandLine::option(const std::string& name, std::vector<std::size_t>& values,
                                 const std::string& help) {
  app_->add_option(name, values, help);
  return *this;
}

CommandLine& CommandLine::option(const std::string& name, std::size_t& value, const std::string& help,
                                 std::size_t least) {
  app_->add_option(name, value, help)->check(CLI::Range(least, std::numeric_limits<std::size_t>::max()));
  return *this;
}

int CommandLine::run(int argc, char** argv, const std::function<void()>& body) {
  CLI11_PARSE(*app_, argc, argv);
  return run_benchmark(body);
}

}  // namespace attache::bench
