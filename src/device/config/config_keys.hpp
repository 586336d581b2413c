#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "device/config/config.hpp"
#include "device/config/config_value.hpp"
#include "dialects/option_key.hpp"

namespace attache::device {

/// What a key's value may be in TOML; more is for its setter to check.
enum class ConfigKind { text, text_list, flag, flag_or_text, whole_number, number, duration, rate };

/// The ways of a value into the configuration and out of it. In a repeated table they lead to the last
/// element.
struct ConfigAccess {
  using Set = base::Result<void> (*)(DeviceConfig& config, const ConfigValue& value);
  using Get = std::optional<ConfigValue> (*)(const DeviceConfig& config);

  template <std::convertible_to<Set> Setter>
  constexpr ConfigAccess(Setter its_set, Get its_get = nullptr) : set(its_set), get(its_get) {}

  /// Stores a value of the key's kind. A reason without a `what` means "not as expected"; it may have an
  /// advice.
  Set set;
  /// The value as one writes it; nothing = the key is left out. Null for keys that network_as_toml() does not
  /// write.
  Get get;
};

/// One key of the configuration file. docs/configuration.md has a row for each, in the same words.
struct ConfigKey {
  std::string_view table;  ///< "network"
  std::string_view name;   ///< "tac"
  ConfigKind kind;
  /// The default as one writes it in TOML, or words in parentheses; empty = the key must be given.
  std::string_view initial;
  std::string_view expected;  ///< "four hexadecimal digits", for errors.
  std::string_view meaning;   ///< A sentence for the documentation.
  ConfigAccess access;
  bool secret = false;  ///< Its value is never shown.
  /// A key that is an option of some dialects; it has no setter of its own.
  const dialects::OptionKey* option = nullptr;

  /// Stores a value of `kind`; see ConfigAccess::set.
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
