#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace attache::bench {

/// The arguments of a benchmark program. CLI11 is compiled here once instead of in each of them.
class CommandLine {
 public:
  explicit CommandLine(const std::string& about);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  /// An option that sets a variable, which has its default and must live until run() has returned.
  CommandLine& option(const std::string& name, std::string& value, const std::string& help);
  CommandLine& option(const std::string& name, std::vector<std::size_t>& values, const std::string& help);
  /// A number of `least` or more.
  CommandLine& option(const std::string& name, std::size_t& value, const std::string& help,
                      std::size_t least = 1);

  /// Reads the arguments, then runs the body by run_benchmark(). Returns main's exit code, also of --help and
  /// of arguments that are wrong.
  int run(int argc, char** argv, const std::function<void()>& body);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace attache::bench
