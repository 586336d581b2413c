#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "device/config/config_text.hpp"
#include "device/config/config_value.hpp"
#include "device/config/toml_file.hpp"
#include "device/steering/scenario.hpp"
#include "device/steering/steering.hpp"

namespace attache::device {

namespace {

constexpr std::string_view kind = "scenario";
constexpr std::array<std::string_view, 8> step_keys{"at",    "on",     "after",  "every",
                                                    "times", "jitter", "chance", "do"};

/// Reads one file; stops at the first fault.
class ScenarioReader {
 public:
  explicit ScenarioReader(std::string_view name) : name_(name) {}

  base::Result<Scenario> read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      if (key.str() == "seed") {
        read_seed(node);
      } else if (key.str() == "step") {
        read_steps(node);
      } else {
        fail(key.source(), fmt::format("`{}` is no key of a scenario", base::escape_control(key.str())),
             "known: `seed` and [[step]]");
      }
    }
    if (fault_) {
      return *fault_;
    }
    if (scenario_.steps.empty()) {
      return base::make_reason("the scenario is empty", "it has no [[step]]");
    }
    return base::Result<Scenario>{boost::system::in_place_value, std::move(scenario_)};
  }

 private:
  void fail(const toml::source_region& region, std::string why, std::string advice = {}) {
    if (!fault_) {
      fault_ = base::make_reason("the scenario cannot be used", std::move(why), std::move(advice));
      fault_->where = place_in(name_, region.begin);
    }
  }

  void read_seed(const toml::node& node) {
    const auto* seed = node.as_integer();
    if (seed == nullptr || seed->get() < 0) {
      fail(node.source(), "`seed` is a whole number from 0 on");
      return;
    }
    scenario_.seed = static_cast<std::uint64_t>(seed->get());
  }

  void read_steps(const toml::node& node) {
    if (!node.is_array_of_tables()) {
      fail(node.source(), "`step` is written as [[step]] with keys below it");
      return;
    }
    for (const toml::node& element : *node.as_array()) {
      read_step(*element.as_table());
    }
  }

  void read_step(const toml::table& table) {
    ScenarioStep step;
    step.place = place_in(name_, table.source().begin);
    for (const auto& [key, node] : table) {
      if (std::find(step_keys.begin(), step_keys.end(), key.str()) == step_keys.end()) {
        fail(key.source(), fmt::format("`{}` is no key of a step", base::escape_control(key.str())),
             suggestion(key.str(), step_keys));
      }
    }
    bool timed = table.contains("at");
    if (timed == table.contains("on")) {
      fail(table.source(), "a step has either `at` or `on`");
    }
    if (timed && table.contains("after")) {
      fail(table.source(), "`after` goes with `on` only");
    }
    read_time(table, "at", step.after);
    read_time(table, "after", step.after);
    read_time(table, "jitter", step.jitter);
    if (table.contains("every")) {
      read_time(table, "every", step.every.emplace());
      if (*step.every < ScenarioStep::shortest_period) {
        fail(table.get("every")->source(), "`every` is at least 100 ms");
      }
    }
    read_trigger(table, step);
    read_times(table, step);
    read_chance(table, step);
    read_commands(table, step);
    scenario_.steps.push_back(std::move(step));
  }

  void read_time(const toml::table& table, std::string_view key, base::Duration& target) {
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      return;
    }
    std::optional<base::Duration> time;
    if (const auto* text = node->as_string()) {
      time = parse_duration(text->get());
    } else if (const auto* whole = node->as_integer()) {
      time = duration_of(whole->get());
    } else if (const auto* number = node->as_floating_point()) {
      time = duration_of(number->get());
    }
    if (!time) {
      fail(node->source(), fmt::format("`{}` is a time such as \"12.5s\", or seconds", key));
      return;
    }
    target = *time;
  }

  void read_trigger(const toml::table& table, ScenarioStep& step) {
    using Trigger = ScenarioStep::Trigger;
    const toml::node* node = table.get("on");
    if (node == nullptr) {
      return;
    }
    const auto* text = node->as_string();
    std::string_view event = text != nullptr ? std::string_view(text->get()) : std::string_view();
    if (event == "pdn-up") {
      step.trigger = Trigger::pdn_up;
    } else if (event == "pdn-down") {
      step.trigger = Trigger::pdn_down;
    } else if (event.starts_with("output ") && event.size() > 7) {
      step.trigger = Trigger::output;
      step.text = event.substr(7);
    } else if (event.starts_with("input ") && event.size() > 6) {
      step.trigger = Trigger::input;
      step.text = event.substr(6);
    } else {
      fail(node->source(), "`on` names no event",
           R"("pdn-up", "pdn-down", "output TEXT" or "input TEXT": a line that begins so)");
    }
  }

  void read_times(const toml::table& table, ScenarioStep& step) {
    const toml::node* node = table.get("times");
    if (node == nullptr) {
      return;
    }
    const auto* times = node->as_integer();
    if (times == nullptr || times->get() < 1 || !step.every) {
      fail(node->source(), "`times` is a whole number from 1 on, beside `every`");
      return;
    }
    step.times = times->get();
  }

  void read_chance(const toml::table& table, ScenarioStep& step) {
    const toml::node* node = table.get("chance");
    if (node == nullptr) {
      return;
    }
    const auto* text = node->as_string();
    auto share = text != nullptr ? parse_percentage(text->get()) : std::nullopt;
    if (!share) {
      fail(node->source(), "`chance` is a percentage such as \"25%\"");
      return;
    }
    step.chance = *share;
  }

  void read_commands(const toml::table& table, ScenarioStep& step) {
    const toml::node* node = table.get("do");
    if (node == nullptr) {
      fail(table.source(), "`do` is missing: the commands of the step");
      return;
    }
    if (const auto* text = node->as_string()) {
      add_command(*node, text->get(), step);
      return;
    }
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty()) {
      fail(node->source(), "`do` is a command or a list of commands");
      return;
    }
    for (const toml::node& element : *list) {
      const auto* text = element.as_string();
      add_command(element, text != nullptr ? text->get() : std::string(), step);
    }
  }

  void add_command(const toml::node& node, const std::string& command, ScenarioStep& step) {
    if (auto checked = check_steering(command); !checked) {
      fail(node.source(), base::summary(checked.error()), checked.error().advice);
      return;
    }
    step.commands.push_back(command);
  }

  std::string_view name_;
  Scenario scenario_;
  std::optional<base::Reason> fault_;
};

}  // namespace

base::Result<Scenario> read_scenario(std::string_view text, std::string_view name) {
  auto parsed = parse_toml(text, name, kind);
  if (!parsed) {
    return parsed.error();
  }
  return ScenarioReader(name).read(*parsed);
}

base::Result<Scenario> read_scenario_file(const std::string& path) {
  auto text = read_text_file(path, "the scenario file cannot be read");
  if (!text) {
    return text.error();
  }
  return read_scenario(*text, path);
}

}  // namespace attache::device
