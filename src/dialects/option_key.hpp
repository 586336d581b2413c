#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/clock.hpp"
#include "dialects/dialect_options.hpp"

namespace attache::dialects {

/// A key of `[dialect]` in the configuration file that is an option of some products' builds.
/// docs/configuration.md has a row for each, in the same words.
struct OptionKey {
  enum class Kind { text, flag, whole_number, duration };
  using Value = std::variant<bool, std::int64_t, std::string, base::Duration>;

  std::string_view name;  ///< "mqtt_keepalive"
  Kind kind;
  std::string_view initial;   ///< The default as one writes it in TOML, or words in parentheses.
  std::string_view expected;  ///< "a whole number from 2 to 1000", for errors.
  std::string_view meaning;   ///< A sentence for the documentation.
  /// Stores a value of `kind` that is within the limits.
  void (*set)(DialectOptions& options, const Value& value);
  std::int64_t least = 0;  ///< Whole numbers; seconds of durations.
  std::int64_t most = INT64_MAX;
  std::span<const std::string_view> words{};  ///< Texts: one of these, unless there are none.
  bool secret = false;                        ///< Its value is never shown.
};

/// The type of an option's value, whether or not it may be absent.
template <class T>
struct OptionType {
  using type = T;
};
template <class T>
struct OptionType<std::optional<T>> {
  using type = T;
};

/// Stores the value in a member of the options.
template <auto Member>
void set_option(DialectOptions& options, const OptionKey::Value& value) {
  auto& target = options.*Member;
  using Type = typename OptionType<std::remove_reference_t<decltype(target)>>::type;
  if constexpr (std::is_same_v<Type, bool> || std::is_same_v<Type, std::string> ||
                std::is_same_v<Type, base::Duration>) {
    target = std::get<Type>(value);
  } else {
    target = static_cast<Type>(std::get<std::int64_t>(value));
  }
}

}  // namespace attache::dialects
