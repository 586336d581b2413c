#include "device/steering/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "device/device.hpp"
#include "device/steering/steering.hpp"

namespace attache::device {

namespace {

constexpr std::string_view scenario_module = "scenario";

}  // namespace

ScenarioPlayer::ScenarioPlayer(Device& device, Scenario scenario, std::uint64_t seed)
    : device_(device),
      scenario_(std::move(scenario)),
      random_(scenario_.seed.value_or(seed)),
      progress_(scenario_.steps.size()) {
  using Trigger = ScenarioStep::Trigger;
  tap_ = device_.taps().add([this](const PortBytes& heard) {
    lines_.cut(heard, [&](std::string_view line) {
      trigger(heard.from_device ? Trigger::output : Trigger::input, line);
    });
  });
  subscription_ = device_.radio().pdn.subscribe([this](int cid, bool up) {
    if (cid == 0) {
      trigger(up ? Trigger::pdn_up : Trigger::pdn_down, {});
    }
  });
  trigger(Trigger::time, {});
}

void ScenarioPlayer::trigger(ScenarioStep::Trigger kind, std::string_view line) {
  for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
    const ScenarioStep& step = scenario_.steps[i];
    bool runs_on = step.every && progress_[i].runs > 0;  // The event has set it going; it repeats by itself.
    if (step.trigger == kind && line.starts_with(step.text) && !runs_on) {
      schedule(i, step.after);
    }
  }
}

void ScenarioPlayer::schedule(std::size_t step, base::Duration delay) {
  std::vector<base::Alarm>& alarms = progress_[step].alarms;
  std::erase_if(alarms, [](const base::Alarm& alarm) { return !alarm.pending(); });
  auto jitter = std::chrono::duration<double>(scenario_.steps[step].jitter) * random_.fraction();
  delay += std::chrono::duration_cast<base::Duration>(jitter);
  alarms.push_back(device_.clock().call_after(delay, [this, step] { run(step); }));
}

void ScenarioPlayer::run(std::size_t index) {
  const ScenarioStep& step = scenario_.steps[index];
  bool happens = random_.fraction() < step.chance;
  std::int64_t runs = ++progress_[index].runs;
  if (step.every && (!step.times || runs < *step.times)) {
    schedule(index, *step.every);
  }
  if (!happens) {
    return;
  }
  for (const std::string& command : step.commands) {
    auto answer = steer(device_, command);
    if (answer) {
      device_.journal().log(base::LogLevel::info, scenario_module,
                            fmt::format("{}: {}", command, answer->text));
    } else {
      base::Reason reason = answer.error();
      reason.where = step.place;
      device_.journal().report(scenario_module, reason);
    }
  }
}

}  // namespace attache::device
