#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "device/port_taps.hpp"
#include "modem/pdn.hpp"

namespace attache::device {

class Device;

/// One step of a scenario: when something happens, steering commands are run.
struct ScenarioStep {
  /// What a step waits for.
  enum class Trigger {
    time,      ///< So long after the device's start.
    pdn_up,    ///< The default PDN connection comes up.
    pdn_down,  ///< It goes.
    output,    ///< The device writes a line that begins with `text`.
    input,     ///< A host sends one.
  };

  /// A shorter one would leave the device no time for anything else.
  static constexpr base::Duration shortest_period = std::chrono::milliseconds(100);

  Trigger trigger = Trigger::time;
  std::string text;
  base::Duration after{};               ///< From the trigger (or the start) to the commands.
  base::Duration jitter{};              ///< A random time up to this is added each time.
  double chance = 1;                    ///< How likely the commands are run at all, each time.
  std::optional<base::Duration> every;  ///< Repeats so long after the last time (shortest_period or more) …
  std::optional<std::int64_t> times;    ///< … until it has happened so often; nothing = for ever.
  std::vector<std::string> commands;    ///< Lines for steer().
  std::string place;                    ///< "file:line:column" for reports.
};

/// A timeline of what happens around a device (docs/steering.md).
struct Scenario {
  std::optional<std::uint64_t> seed;  ///< Of its random times; nothing = the device's.
  std::vector<ScenarioStep> steps;
};

/// Reads TOML: `seed` and `[[step]]` tables. Every key and every command is checked; a reason has
/// "file:line:column" as its place.
base::Result<Scenario> read_scenario(std::string_view text, std::string_view name);
/// The same of a file; fails too if it cannot be read.
base::Result<Scenario> read_scenario_file(const std::string& path);

/// Plays a scenario on a device; the same seed gives the same times. What a command answers goes to the
/// device's journal, what fails as a report. Stops when it is destroyed, which must be before the device is.
class ScenarioPlayer {
 public:
  /// Call before Device::start(), which it does not do.
  ScenarioPlayer(Device& device, Scenario scenario, std::uint64_t seed);
  ScenarioPlayer(const ScenarioPlayer&) = delete;
  ScenarioPlayer& operator=(const ScenarioPlayer&) = delete;

 private:
  void trigger(ScenarioStep::Trigger kind, std::string_view line);
  void schedule(std::size_t step, base::Duration delay);
  void run(std::size_t step);

  struct Progress {
    std::int64_t runs = 0;
    std::vector<base::Alarm> alarms;
  };
  Device& device_;
  Scenario scenario_;
  base::Random random_;
  std::vector<Progress> progress_;
  LineCutter lines_;
  std::shared_ptr<void> tap_;
  modem::Subscription subscription_;
};

}  // namespace attache::device
