#include "device/kconfig/kconfig.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "device/config/config_text.hpp"
#include "dialects/dialects.hpp"
#include "dialects/kconfig_names.hpp"
#include "dialects/kconfig_setters.hpp"

namespace attache::device {

namespace {

using dialects::KconfigOption;
using Kind = KconfigOption::Kind;
using Value = KconfigOption::Value;

constexpr std::size_t most_options_listed = 50;
constexpr std::size_t longest_kconfig_value_told = 40;

std::string shown(std::string_view value) {
  std::string text = base::escape_control(value.substr(0, longest_kconfig_value_told));
  return value.size() > longest_kconfig_value_told ? text + "…" : text;
}

std::string written(const KconfigAssignment& assignment) {
  std::string_view quote = assignment.quoted ? "\"" : "";
  return fmt::format("CONFIG_{}={}{}{}", shown(assignment.name), quote, shown(assignment.value), quote);
}

std::string_view expected(Kind kind) {
  return kind == Kind::flag ? "y or n" : kind == Kind::number ? "a whole number" : "a text in quotes";
}

std::optional<Value> kconfig_value_of(const KconfigAssignment& assignment, const KconfigOption& option) {
  if (assignment.quoted != (option.kind == Kind::text)) {
    return std::nullopt;
  }
  switch (option.kind) {
    case Kind::flag:
      if (assignment.value != "y" && assignment.value != "n") {
        return std::nullopt;
      }
      return assignment.value == "y";
    case Kind::number: {
      auto number = base::parse_number<std::int64_t>(assignment.value);
      return number ? std::optional<Value>(*number) : std::nullopt;
    }
    case Kind::text:
      break;
  }
  return assignment.value;
}

/// Names of the application's own that a host's author may have meant, of one dialect.
std::vector<std::string_view> own_names(const dialects::KconfigRules& rules, std::string_view dialect) {
  std::vector<std::string_view> names;
  for (const KconfigOption& option : rules.options) {
    if (option.name.starts_with(rules.prefix) && option.exists_in(dialect)) {
      names.push_back(option.name);
    }
  }
  return names;
}

/// One build: the values that hold in the end, and what is to be said about them.
class KconfigBuild final : private dialects::KconfigSettings {
 public:
  KconfigBuild(DeviceConfig& config, const dialects::KconfigRules& rules)
      : dialect_(config.dialect.name),
        build_{config.dialect, config.flow_control, config.log_level},
        rules_(rules),
        product_(*dialects::find_dialect(dialect_)) {}

  void add(const KconfigFragment& fragment) {
    warnings_.insert(warnings_.end(), fragment.problems.begin(), fragment.problems.end());
    for (const KconfigAssignment& assignment : fragment.assignments) {
      add(assignment);
    }
  }

  std::vector<base::Reason> finish() {
    rules_.set_defaults(build_);
    for (const KconfigOption& option : rules_.options) {
      auto found = settings_.find(option.name);
      if (found != settings_.end()) {
        apply(option, found->second);
      }
    }
    check_needs();
    rules_.judge(build_, *this);
    tell_unknown();
    return std::move(warnings_);
  }

 private:
  struct Setting {
    KconfigAssignment assignment;
    Value value;
  };

  void warn(const KconfigAssignment& assignment, std::string what, std::string why, std::string advice = {}) {
    base::Reason reason = base::make_reason(std::move(what), std::move(why), std::move(advice));
    reason.where = place_of(assignment);
    warnings_.push_back(std::move(reason));
  }

  void add(const KconfigAssignment& assignment) {
    const KconfigOption* option = find_option(rules_, assignment.name);
    if (option == nullptr || !option->exists_in(dialect_)) {
      add_unknown(assignment, option);
      return;
    }
    auto value = kconfig_value_of(assignment, *option);
    if (!value) {
      warn(assignment, fmt::format("{} is not used", written(assignment)),
           fmt::format("expected {}; the device's build ignores such a value, and the default holds",
                       expected(option->kind)));
      return;
    }
    if (const auto* number = std::get_if<std::int64_t>(&*value);
        number != nullptr && (*number < option->least || *number > option->most)) {
      warn(assignment, fmt::format("{} is out of range", written(assignment)),
           fmt::format("expected {} to {}; the device's build ignores such a value, and the default holds",
                       option->least, option->most));
      return;
    }
    note_contradiction(assignment, *option, *value);
    settings_.insert_or_assign(option->name, Setting{assignment, std::move(*value)});
  }

  // Within one file; that an overlay sets an option anew is what it is for.
  void note_contradiction(const KconfigAssignment& assignment, const KconfigOption& option,
                          const Value& value) {
    auto before = settings_.find(option.name);
    if (before != settings_.end() && before->second.assignment.file == assignment.file &&
        before->second.value != value) {
      warn(assignment,
           fmt::format("{} contradicts line {}", written(assignment), before->second.assignment.line),
           fmt::format("it stands there as {}; the last one holds", written(before->second.assignment)));
    }
    if (option.choice.empty() || !std::get<bool>(value)) {
      return;
    }
    for (auto& [name, setting] : settings_) {
      const KconfigOption& other = *find_option(rules_, name);
      if (other.choice != option.choice || name == option.name || !std::get<bool>(setting.value)) {
        continue;
      }
      setting.value = false;  // The last one of a choice holds.
      if (setting.assignment.file == assignment.file) {
        warn(assignment, fmt::format("{} contradicts line {}", written(assignment), setting.assignment.line),
             fmt::format("{} there is another one of the same choice; the last one holds",
                         written(setting.assignment)));
      }
    }
  }

  [[nodiscard]] bool has_option(std::string_view name) const {
    const KconfigOption* option = find_option(rules_, name);
    return option != nullptr && option->exists_in(dialect_);
  }

  void add_unknown(const KconfigAssignment& assignment, const KconfigOption* of_another_dialect) {
    auto successor = dialects::successor_of(
        assignment.name, dialects::generation_of(dialect_),
        [](const void* build, std::string_view name) {
          return static_cast<const KconfigBuild*>(build)->has_option(name);
        },
        this);
    bool is_of_application = dialects::is_application_option(assignment.name);
    if (!is_of_application && successor.name.empty()) {
      unknown_.insert_or_assign(assignment.name, assignment);
      return;
    }
    std::string why = "the device's build stops at a name that its Kconfig files do not have";
    std::string advice = "remove the line";
    if (!successor.name.empty()) {
      why = fmt::format("{} calls it CONFIG_{}{}{}", dialect_, successor.name,
                        successor.note.empty() ? "" : ": ", successor.note);
      advice = fmt::format("write CONFIG_{}", successor.name);
    } else if (of_another_dialect != nullptr) {
      why += fmt::format("; {} has it: it {}", of_another_dialect->only_in, of_another_dialect->effect);
    } else if (!successor.note.empty()) {
      why += fmt::format("; {}", successor.note);
    } else if (auto near = base::nearest(assignment.name, own_names(rules_, dialect_))) {
      advice = fmt::format("did you mean CONFIG_{}?", *near);
    }
    warn(assignment, fmt::format("CONFIG_{} is no option of {}", shown(assignment.name), dialect_),
         std::move(why), std::move(advice));
  }

  [[nodiscard]] const dialects::Service* service_of(const KconfigOption& option) const {
    auto found =
        std::find_if(product_.services.begin(), product_.services.end(),
                     [&](const dialects::Service& one) { return one.kconfig_option == option.name; });
    return found == product_.services.end() ? nullptr : &*found;
  }

  void apply(const KconfigOption& option, const Setting& setting) {
    const dialects::Service* service = option.set == nullptr ? service_of(option) : nullptr;
    if (service != nullptr) {
      dialects::kconfig::build_in(build_, service->name, std::get<bool>(setting.value));
      return;
    }
    if (option.set == nullptr) {
      if (option.unnoticed != "*" && option.unnoticed != setting.assignment.value) {
        warn(setting.assignment, fmt::format("{} has no effect here", written(setting.assignment)),
             fmt::format("on the device the option {}", option.effect));
      }
      return;
    }
    if (option.choice.empty() || std::get<bool>(setting.value)) {
      option.set(build_, setting.value);
    }
  }

  void check_needs() {
    for (const auto& [name, setting] : settings_) {
      const KconfigOption& option = *find_option(rules_, name);
      const bool* flag = std::get_if<bool>(&setting.value);
      if (option.needs.empty() || rules_.is_set(build_, option.needs) || (flag != nullptr && !*flag)) {
        continue;
      }
      warn(setting.assignment, fmt::format("{} has no effect", written(setting.assignment)),
           fmt::format("it {}, and needs CONFIG_{}=y, which is not set", option.effect, option.needs));
    }
  }

  [[nodiscard]] bool has(std::string_view name) const override { return settings_.contains(name); }
  [[nodiscard]] bool is_y(std::string_view name) const override {
    auto found = settings_.find(name);
    return found != settings_.end() && std::get<bool>(found->second.value);
  }
  void warn(std::string_view name, std::string_view what, std::string why, std::string advice) override {
    const KconfigAssignment& assignment = settings_.at(name).assignment;
    warn(assignment, fmt::format("{} {}", written(assignment), what), std::move(why), std::move(advice));
  }

  // The thousands of options of kernel, drivers and libraries, in one piece.
  void tell_unknown() {
    if (unknown_.empty()) {
      return;
    }
    std::vector<KconfigAssignment> ordered;
    for (auto& [name, assignment] : unknown_) {
      ordered.push_back(std::move(assignment));
    }
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& left, const auto& right) {
      return std::tie(left.file, left.line) < std::tie(right.file, right.line);
    });
    base::Reason reason = base::make_reason(
        fmt::format("{} option{} of kernel, drivers and libraries without effect here", ordered.size(),
                    ordered.size() == 1 ? "" : "s"),
        "on the device they decide what the firmware is built from; SLM's AT interface does not show it");
    reason.where = place_of(ordered.front());
    for (std::size_t i = 0; i < std::min(ordered.size(), most_options_listed); ++i) {
      reason.facts.emplace_back(place_of(ordered[i]), written(ordered[i]));
    }
    if (ordered.size() > most_options_listed) {
      reason.facts.emplace_back("also", fmt::format("{} more", ordered.size() - most_options_listed));
    }
    warnings_.push_back(std::move(reason));
  }

  std::string dialect_;
  dialects::Build build_;
  const dialects::KconfigRules& rules_;
  const dialects::Dialect& product_;
  std::map<std::string_view, Setting> settings_;  // By the name in the row.
  std::map<std::string, KconfigAssignment> unknown_;
  std::vector<base::Reason> warnings_;
};

}  // namespace

base::Result<KconfigFragment> read_kconfig_file(const std::string& path) {
  auto text = read_text_file(path, "the Kconfig fragment cannot be read");
  if (!text) {
    return text.error();
  }
  return read_kconfig(*text, path);
}

std::vector<base::Reason> apply_kconfig(std::span<const KconfigFragment> fragments, DeviceConfig& config) {
  const dialects::Dialect* dialect = dialects::find_dialect(config.dialect.name);
  if (dialect == nullptr || dialect->kconfig == nullptr) {
    return {base::make_reason("Kconfig fragments are not used",
                              fmt::format("the dialect {} has no build options", config.dialect.name))};
  }
  KconfigBuild build(config, *dialect->kconfig);
  for (const KconfigFragment& fragment : fragments) {
    build.add(fragment);
  }
  return build.finish();
}

std::optional<std::string_view> dialect_of(std::span<const KconfigFragment> fragments) {
  std::optional<std::string_view> best;
  std::size_t most = 0;
  for (const dialects::Dialect* dialect : dialects::all_dialects()) {
    if (dialect->kconfig == nullptr) {
      continue;
    }
    std::set<std::string_view> names;
    for (const KconfigFragment& fragment : fragments) {
      for (const KconfigAssignment& assignment : fragment.assignments) {
        const KconfigOption* option = find_option(*dialect->kconfig, assignment.name);
        bool is_own = dialects::is_application_option(assignment.name);
        if (is_own && option != nullptr && option->exists_in(dialect->name)) {
          names.insert(assignment.name);
        }
      }
    }
    if (names.size() > most) {
      most = names.size();
      best = dialect->name;
    }
  }
  return best;
}

base::Result<std::optional<std::string_view>> dialect_of_files(std::span<const std::string> paths) {
  std::vector<KconfigFragment> fragments;
  for (const std::string& path : paths) {
    auto fragment = read_kconfig_file(path);
    if (!fragment) {
      return fragment.error();
    }
    fragments.push_back(std::move(*fragment));
  }
  return dialect_of(fragments);
}

base::Result<void> apply_kconfig_files(std::span<const std::string> paths, DeviceConfig& config) {
  std::vector<KconfigFragment> fragments;
  for (const std::string& path : paths) {
    auto fragment = read_kconfig_file(path);
    if (!fragment) {
      return fragment.error();
    }
    fragments.push_back(std::move(*fragment));
  }
  auto warnings = apply_kconfig(fragments, config);
  config.warnings.insert(config.warnings.end(), warnings.begin(), warnings.end());
  return {};
}

}  // namespace attache::device
