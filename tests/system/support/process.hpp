#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace attache::system_test {

/// How long a test waits for what has to come. Builds with sanitizers on a busy machine are slow.
inline constexpr std::chrono::seconds patience{40};

/// How much more memory a program may use, given what it may without a sanitizer, which keeps freed memory.
constexpr long allowed_kib(long kib) {
#ifdef __SANITIZE_ADDRESS__
  constexpr long kept = 512L * 1024;
  return kib + kept;
#else
  return kib;
#endif
}

/// The sanitizers open pipes to look at memory, and take an object for broken if they cannot: with them no
/// test can take all descriptors away.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool can_lack_descriptors = false;
#else
inline constexpr bool can_lack_descriptors = true;
#endif

/// A program of the machine by its name: searched in PATH and in /usr/sbin.
std::optional<std::string> find_program(const std::string& name);

/// Two connected stream sockets, closed on exec: one end for a child's stdin and stdout.
std::pair<int, int> socket_pair();

/// How a program is started.
struct ProcessOptions {
  /// Its stdin, given away; -1 = /dev/null.
  int input = -1;
  /// Its stdout, given away; -1 = collected.
  int output = -1;
  /// Set in its environment beside ours: "NAME=VALUE".
  std::vector<std::string> environment{};
};

/// A running program whose output is collected; it is killed with the object.
class Process {
 public:
  /// Throws if the program cannot be started.
  explicit Process(std::vector<std::string> arguments, ProcessOptions options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;

  /// What has come on stdout and stderr so far.
  [[nodiscard]] std::string output() const;
  [[nodiscard]] std::string errors() const;

  /// Waits until stdout (stderr) holds the text, `from` that place on; false if the program ended or the
  /// patience did before.
  bool wait_for_output(std::string_view text);
  bool wait_for_error(std::string_view text, std::size_t from = 0);

  /// Waits for the end of the program: its exit code, or 128 + the signal that ended it.
  /// Nothing if it still runs after the patience.
  std::optional<int> wait_exit();

  /// What it has in memory, in KiB.
  [[nodiscard]] long resident_kib() const { return memory_kib("VmRSS:"); }
  /// What it holds for itself, in KiB: without the pages of the program and its libraries, which come in one
  /// by one as code is first used.
  [[nodiscard]] long anonymous_kib() const { return memory_kib("RssAnon:"); }
  /// The most that it ever had in memory, in KiB.
  [[nodiscard]] long peak_kib() const { return memory_kib("VmHWM:"); }

 private:
  [[nodiscard]] long memory_kib(std::string_view field) const;
  void collect(int output, int errors);
  bool wait_until(const std::function<bool()>& reached);

  pid_t pid_ = -1;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  std::string errors_;
  std::optional<int> exit_code_;
  std::thread collector_;
};

/// What a program left behind that ran to its end.
struct Finished {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

/// Runs a program to its end; `input` is its whole stdin.
Finished run_to_end(std::vector<std::string> arguments, std::string_view input = {});

/// The program under test with arguments.
std::vector<std::string> attache(const std::vector<std::string>& arguments);

}  // namespace attache::system_test
