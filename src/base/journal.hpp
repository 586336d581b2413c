#pragma once

#include <string>
#include <string_view>

#include "base/reason.hpp"

namespace attache::base {

/// The worst first.
enum class LogLevel { error, warning, info, debug };

/// What a device says about itself: its log lines, in the words SLM users know, and the reason of every
/// failure. Each device has one; rooms below `device/` write to it and never to a stream of their own.
/// Writing is cheap: formatting and output happen later, after the answer to the host is written.
class Journal {
 public:
  virtual ~Journal() = default;

  /// One line of the device log. `module` is the firmware's module name ("httpc", "slm_at_host", "modem").
  virtual void log(LogLevel level, std::string_view module, std::string message) = 0;

  /// The full reason of something that failed. Equal reasons within a second are counted, not repeated.
  virtual void report(std::string_view module, Reason reason) = 0;
};

/// A journal that forgets everything.
class NullJournal final : public Journal {
 public:
  void log(LogLevel, std::string_view, std::string) override {}
  void report(std::string_view, Reason) override {}
};

}  // namespace attache::base
