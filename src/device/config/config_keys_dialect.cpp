#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "at/line_assembler.hpp"
#include "base/logging.hpp"
#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"
#include "dialects/boards.hpp"
#include "dialects/dialects.hpp"

namespace attache::device {

namespace {

// What all dialects have to offer, without doubles.
template <class Offers>
std::vector<std::string_view> all_of(const Offers& offers) {
  std::vector<std::string_view> names;
  for (const dialects::Dialect* dialect : dialects::all_dialects()) {
    for (std::string_view name : offers(*dialect)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
      }
    }
  }
  return names;
}

// "a", "b" or "c", each in quotes.
std::string choice_of(std::span<const std::string_view> names, std::string_view last_separator) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string_view separator = i == 0 ? "" : i + 1 == names.size() ? last_separator : ", ";
    fmt::format_to(std::back_inserter(text), "{}\"{}\"", separator, names[i]);
  }
  return text;
}

Outcome set_services(DeviceConfig& config, const ConfigValue& value) {
  const auto& names = texts_of(value);
  for (const std::string& name : names) {
    auto known = known_services();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return unfit(suggestion(name, known));
    }
  }
  config.dialect.services = names;
  return {};
}

std::vector<std::string_view> board_names() {
  std::vector<std::string_view> names;
  for (const dialects::Board& board : dialects::all_boards()) {
    names.push_back(board.name);
  }
  return names;
}

// `--board` comes before the file, and has set what is in the build then; so have Kconfig fragments.
Outcome set_board(DeviceConfig& config, const ConfigValue& value) {
  if (dialects::find_board(text_of(value)) == nullptr) {
    auto names = board_names();
    return unfit(suggestion(text_of(value), names));
  }
  dialects::DialectOptions taken = config.dialect;
  auto outcome = dialects::take_board(text_of(value), taken);
  if (outcome) {
    if (config.dialect.services) {
      taken.services = config.dialect.services;
    }
    config.dialect = std::move(taken);
  }
  return outcome;
}

Outcome set_termination(DeviceConfig& config, const ConfigValue& value) {
  using at::Termination;
  constexpr std::array<std::pair<std::string_view, Termination>, 4> ends{{{"crlf", Termination::crlf},
                                                                          {"cr", Termination::cr},
                                                                          {"lf", Termination::lf},
                                                                          {"nul", Termination::nul}}};
  return set_enumerator(config.dialect.termination, value, ends);
}

Outcome set_log_level(DeviceConfig& config, const ConfigValue& value) {
  auto level = base::parse_log_level(text_of(value));
  if (!level) {
    return unfit(level.error().advice);
  }
  config.log_level = *level;
  return {};
}

Outcome set_paths(std::vector<std::string>& target, const ConfigValue& value) {
  const auto& paths = texts_of(value);
  bool fit = std::all_of(paths.begin(), paths.end(), [](const std::string& path) {
    return !path.empty() && path.find('\0') == std::string::npos;
  });
  if (!fit) {
    return unfit();
  }
  target = paths;
  return {};
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

std::string_view board_choice() {
  static const std::string text = choice_of(board_names(), " or ");
  return text;
}

std::string_view service_choice() {
  static const std::string text = "a list of " + choice_of(known_services(), ", ");
  return text;
}

ConfigKind kind_of(dialects::OptionKey::Kind kind) {
  using OptionKind = dialects::OptionKey::Kind;
  switch (kind) {
    case OptionKind::text:
      return K::text;
    case OptionKind::flag:
      return K::flag;
    case OptionKind::whole_number:
      return K::whole_number;
    case OptionKind::duration:
      break;
  }
  return K::duration;
}

std::vector<ConfigKey> all_dialect_keys() {
  // clang-format off
  std::vector<ConfigKey> keys{
  ConfigKey{"dialect", "name", K::text, R"("slm-1.6")", dialect_choice(),
    "The application firmware; the same as `[device] dialect`.",
    [](C& c, const V& v) { return set_choice(c.dialect.name, v, known_dialects()); }},
  ConfigKey{"dialect", "board", K::text, "(none)", board_choice(),
    "The board that the application is built for: what is in its build unless `services` says it, the pin that wakes "
    "it, and the application if `name` does not say it. `nrf91m1` is the build that its vendor ships.",
    [](C& c, const V& v) { return set_board(c, v); }},
  ConfigKey{"dialect", "strict", K::flag, "false", "true or false",
    "Reproduce the firmware's quirks too, instead of the sane behaviour.",
    [](C& c, const V& v) { return set_flag(c.dialect.strict, v); }},
  ConfigKey{"dialect", "services", K::text_list, "(the dialect's own build)",
    service_choice(),
    "What is built in; commands of the others go to the modem, which refuses them. Without it: all that the dialect has "
    "(`twi` where there is an `[[i2c]]`), but in slm-1.5 `httpc` alone (which has no `sms` and `twi`). `gps` is of 1.x; "
    "`tftpc` and `gpio` are of slm-2.9 and slm-3.1, `gnss` of these and of serial-modem; `coapc` is of serial-modem. "
    "`carrier`, `provisioning`, `nrfcloud_observability_debug`, `debug_stats`, `trace_uart` and `trace_cmux` are built "
    "in only if they stand here. `cmux` ([CMUX](cmux.md)) is of slm-2.9, slm-3.1 and serial-modem, and built in on request alone; likewise "
    "`ppp` ([PPP](ppp.md)).",
    [](C& c, const V& v) { return set_services(c, v); }},
  ConfigKey{"dialect", "termination", K::text, R"("crlf")", R"("crlf", "cr", "lf" or "nul")",
    "What ends a command line.",
    [](C& c, const V& v) { return set_termination(c, v); }},
  ConfigKey{"dialect", "kconfig", K::text_list, "(none)", R"(a list of paths such as "prj.conf", seen from this file)",
    "Kconfig fragments of the application, the later ones on top: they decide everything in this table that is not written here.",
    [](C& c, const V& v) { return set_paths(c.kconfig, v); }},
  ConfigKey{"dialect", "log_level", K::text, R"("info")", R"("off", "error", "warning", "info" or "debug")",
    "What log ports carry, and the program's log without `--log-level` (`SLM_LOG_LEVEL_*`).",
    [](C& c, const V& v) { return set_log_level(c, v); }},
};
  // clang-format on
  for (const dialects::Dialect* dialect : dialects::all_dialects()) {
    for (const dialects::OptionKey& option : dialect->option_keys) {
      bool is_known = std::any_of(keys.begin(), keys.end(),
                                  [&](const ConfigKey& key) { return key.name == option.name; });
      if (!is_known) {
        keys.push_back({"dialect", option.name, kind_of(option.kind), option.initial, option.expected,
                        option.meaning, nullptr, option.secret, &option});
      }
    }
  }
  return keys;
}

Outcome store_option(const dialects::OptionKey& option, DeviceConfig& config, const ConfigValue& value) {
  using OptionKind = dialects::OptionKey::Kind;
  switch (option.kind) {
    case OptionKind::flag:
      option.set(config.dialect, flag_of(value));
      return {};
    case OptionKind::text: {
      std::string text;
      auto outcome =
          option.words.empty() ? set_text(text, value, true) : set_choice(text, value, option.words);
      if (outcome) {
        option.set(config.dialect, text);
      }
      return outcome;
    }
    case OptionKind::whole_number: {
      std::int64_t number = 0;
      auto outcome = set_number(number, value, option.least, option.most);
      if (outcome) {
        option.set(config.dialect, number);
      }
      return outcome;
    }
    case OptionKind::duration: {
      base::Duration duration{};
      // No key takes more than a day.
      auto most = std::chrono::seconds(std::min<std::int64_t>(option.most, 86'400));
      auto outcome = set_duration(duration, value, std::chrono::seconds(option.least), most);
      if (outcome) {
        option.set(config.dialect, duration);
      }
      return outcome;
    }
  }
  return unfit();
}

}  // namespace

std::string_view dialect_choice() {
  static const std::string text = choice_of(known_dialects(), " or ");
  return text;
}

std::span<const ConfigKey> dialect_keys() {
  static const std::vector<ConfigKey> keys = all_dialect_keys();
  return keys;
}

base::Result<void> ConfigKey::store(DeviceConfig& config, const ConfigValue& value) const {
  return option != nullptr ? store_option(*option, config, value) : access.set(config, value);
}

std::span<const std::string_view> known_dialects() {
  static const auto names = all_of([](const dialects::Dialect& dialect) { return std::array{dialect.name}; });
  return names;
}

std::span<const std::string_view> known_services() {
  static const auto names = all_of([](const dialects::Dialect& dialect) {
    std::vector<std::string_view> services;
    for (const dialects::Service& service : dialect.services) {
      services.push_back(service.name);
    }
    return services;
  });
  return names;
}

}  // namespace attache::device
