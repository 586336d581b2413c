#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace attache::bench {

/// What a process holds in memory, in bytes (/proc/PID/smaps_rollup).
struct Memory {
  std::size_t resident = 0;      ///< Rss: all pages, shared ones included.
  std::size_t proportional = 0;  ///< Pss: shared pages divided among those who share them.
  std::size_t own = 0;           ///< Private_Dirty: what goes away with the process.
};

/// A program started for a measurement; its stdout is read here, its stderr thrown away. It ends with the
/// object. Functions throw std::runtime_error.
class Program {
 public:
  /// `arguments[0]` is the program, searched in PATH if it has no slash. With `cpu` it runs on that core
  /// only.
  Program(const std::vector<std::string>& arguments, std::optional<int> cpu);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  /// The next line of its stdout, without its end.
  std::string read_line();
  /// The address in the next line, which must be "ready ADDRESS".
  std::string read_address();
  /// All of its stdout from now on to its end; waits for the program to end.
  std::string read_rest();

  /// The processor time it has used so far, in user and kernel mode, to the nanosecond.
  [[nodiscard]] std::chrono::nanoseconds cpu_time() const;
  [[nodiscard]] Memory memory() const;

  /// Asks it to end (SIGTERM) and waits. May be called twice.
  void stop();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

/// The path of a program in the folder of the running one.
std::string beside_this_program(const std::string& name);

/// Two different cores for the two sides of a measurement; the same (or nothing) where there is but one.
struct Cores {
  std::optional<int> client;
  std::optional<int> server;
};
Cores choose_cores();

/// Keeps the calling process on one core from now on.
void pin_this_process(std::optional<int> cpu);

}  // namespace attache::bench
