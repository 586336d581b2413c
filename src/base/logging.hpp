#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/cause.hpp"
#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/result.hpp"

namespace attache::base {

/// One thing a device has said.
struct JournalEntry {
  Duration since_start{};
  LogLevel level = LogLevel::info;
  std::string module;
  std::string text;              ///< The log line; of a reason its summary.
  std::optional<Reason> reason;  ///< With a reason: all of it.
  unsigned repeats = 0;          ///< How often an equal reason has come since it was written last.
  std::string device{};          ///< The name of the device; empty if it has none.
};

/// Where journals go. Called from the loop, in order, long after the answer to the host was written.
using JournalSink = std::function<void(const JournalEntry&)>;

/// What a line of the device's log has beside its module and its text.
struct DeviceLineForm {
  bool time = true;
  bool level = true;
  bool colors = false;  ///< Escape sequences as Zephyr writes them: errors red, warnings yellow.
};

/// The line in the form SLM users know: "[00:00:32.326,385] <inf> httpc: Attempting to connect over IPv6".
std::string to_device_line(const JournalEntry& entry, const DeviceLineForm& form = {});

/// How the program logs.
struct LogOptions {
  std::optional<LogLevel> level = LogLevel::info;  ///< Nothing = off.
  /// Empty = stderr. A file that is made is for this user only; devices, FIFOs and what is there already are
  /// used as they are.
  std::string file;
  bool explain = false;  ///< Reasons on stderr even if logs are off.
};

/// "off", "error", "warning", "info" or "debug".
Result<std::optional<LogLevel>> parse_log_level(std::string_view text);

/// The program's log (spdlog): time, level, module and text; under the line of a reason its block.
Result<JournalSink> make_log_sink(const LogOptions& options);

/// What a device has said so far, each repetition counted, heard by a sink or not.
struct JournalCounts {
  std::uint64_t errors = 0;                 ///< Lines of that level.
  std::uint64_t warnings = 0;               ///< Lines of that level; reasons are counted as failures.
  std::map<Cause, std::uint64_t> failures;  ///< Reasons by their cause, those without a known one too.
};

/// Collects what is written to it and hands it to its sinks from the loop.
class QueuedJournal final : public Journal, public std::enable_shared_from_this<QueuedJournal> {
 public:
  /// The clock must outlive it. `device` is the name that tells its lines from those of other devices.
  explicit QueuedJournal(Clock& clock, std::string device = {});

  [[nodiscard]] const std::string& device() const { return device_; }
  /// Counted when it is written, not when a sink gets it.
  [[nodiscard]] const JournalCounts& counts() const { return counts_; }

  /// A sink gets what is handed on from then on, what still waits included; it stays to the journal's end.
  void add_sink(JournalSink sink) { sinks_.push_back(std::move(sink)); }
  /// Hands everything on at once: before the program ends.
  void flush();

  void log(LogLevel level, std::string_view module, std::string message) override;
  void report(std::string_view module, Reason reason) override;

 private:
  struct Recent {
    std::string key;
    Time written;
    unsigned repeats = 0;
    JournalEntry entry;
  };

  void enqueue(JournalEntry entry);
  bool count_repeat(const std::string& key);
  void write_repeats();

  Clock& clock_;
  std::string device_;
  JournalCounts counts_;
  Time start_;
  std::vector<JournalSink> sinks_;
  std::vector<JournalEntry> queue_;
  std::unique_ptr<Recent> recent_;
  Alarm repeat_alarm_;
  bool posted_ = false;
};

}  // namespace attache::base
