#pragma once

#include <span>
#include <string_view>

#include "base/result.hpp"
#include "device/config/config.hpp"
#include "device/config/config_value.hpp"
#include "dialects/option_key.hpp"

namespace attache::device {

/// What a key's value may be in TOML; more is for its setter to check.
enum class ConfigKind { text, text_list, flag, flag_or_text, whole_number, number, duration, rate };

/// One key of the configuration file. docs/configuration.md has a row for each, in the same words.
struct ConfigKey {
  std::string_view table;  ///< "network"
  std::string_view name;   ///< "tac"
  ConfigKind kind;
  /// The default as one writes it in TOML, or words in parentheses; empty = the key must be given.
  std::string_view initial;
  std::string_view expected;  ///< "four hexadecimal digits", for errors.
  std::string_view meaning;   ///< A sentence for the documentation.
  /// Stores a value of `kind`. A reason without a `what` means "not as expected"; it may have an advice.
  /// In a repeated table the setter works on the last element.
  base::Result<void> (*set)(DeviceConfig& config, const ConfigValue& value);
  bool secret = false;  ///< Its value is never shown.
  /// A key that is an option of some dialects; it has no `set` of its own.
  const dialects::OptionKey* option = nullptr;

  /// Stores a value of `kind`; see `set`.
  base::Result<void> store(DeviceConfig& config, const ConfigValue& value) const;
};

/// One table of the file: `[name]`, or `[[name]]` that may come again and again.
struct ConfigTable {
  std::string_view name;
  // Of repeated tables only.
  void (*clear)(DeviceConfig& config) = nullptr;        ///< Takes away what is there already.
  void (*add_element)(DeviceConfig& config) = nullptr;  ///< Appends an element to be filled.

  /// It is written `[[name]]`.
  [[nodiscard]] bool repeated() const { return add_element != nullptr; }
};

/// All tables and keys, in the order of the documentation; keys of one table stand together.
std::span<const ConfigTable> config_tables();
std::span<const ConfigKey> config_keys();

/// The names accepted by `[dialect] name` and `services`.
std::span<const std::string_view> known_dialects();
std::span<const std::string_view> known_services();

}  // namespace attache::device
