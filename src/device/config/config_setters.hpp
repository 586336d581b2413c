#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cellular/network/plmn.hpp"
#include "cellular/simulation_options.hpp"
#include "device/config/config_value.hpp"

namespace attache::device {

// What the setters of configuration keys are made from. Each stores a value in its target, or gives a reason:
// one without a `what` means "not as the key expects it" (ConfigAccess::set).

using Outcome = base::Result<void>;

/// The value is not as the key expects it.
base::Reason unfit(std::string advice = {});

/// The value of a key whose kind is text, flag resp. text_list.
inline const std::string& text_of(const ConfigValue& value) {
  return std::get<std::string>(value);
}
inline bool flag_of(const ConfigValue& value) {
  return std::get<bool>(value);
}
inline const std::vector<std::string>& texts_of(const ConfigValue& value) {
  return std::get<std::vector<std::string>>(value);
}

/// 1 to `longest` printable ASCII characters without quotes: what AT responses show in quotes.
bool is_printable(std::string_view text, std::size_t longest);
/// Country and network code: 5 or 6 digits.
using cellular::is_plmn;

/// These two cannot fail.
Outcome set_flag(bool& target, const ConfigValue& value);
Outcome set_flag(std::optional<bool>& target, const ConfigValue& value);
/// The text as it stands, if it `fits`.
Outcome set_text(std::string& target, const ConfigValue& value, bool fits);
/// `count` hexadecimal digits, stored in upper case.
Outcome set_hex(std::string& target, const ConfigValue& value, std::size_t count);
/// One of these words, as written; else the advice names the nearest one.
Outcome set_choice(std::string& target, const ConfigValue& value, std::span<const std::string_view> known);
/// "ltem" or "nbiot".
Outcome set_mode(cellular::AccessTechnology& target, const ConfigValue& value);
/// A telephone number: 1 to 20 digits, with or without + in front.
Outcome set_phone_number(std::string& target, const ConfigValue& value);
/// As duration_of() reads it, both limits included.
Outcome set_duration(base::Duration& target, const ConfigValue& value, base::Duration least = {},
                     base::Duration most = base::Duration::max());
/// Whole seconds.
Outcome set_seconds(std::chrono::seconds& target, const ConfigValue& value, std::chrono::seconds least,
                    std::chrono::seconds most = std::chrono::hours(24));
/// A whole or decimal number.
Outcome set_decimal(double& target, const ConfigValue& value, double least, double most);
/// As rate_of() reads it, in bit/s.
Outcome set_rate(std::uint64_t& target, const ConfigValue& value);

/// The enumerator of that name; else the advice names the nearest one.
template <class Enumeration, std::size_t N>
Outcome set_enumerator(Enumeration& target, const ConfigValue& value,
                       const std::array<std::pair<std::string_view, Enumeration>, N>& known) {
  std::array<std::string_view, N> names;
  for (std::size_t i = 0; i < N; ++i) {
    if (known[i].first == text_of(value)) {
      target = known[i].second;
      return {};
    }
    names[i] = known[i].first;
  }
  return unfit(suggestion(text_of(value), names));
}

template <class Enumeration, std::size_t N>
Outcome set_enumerator(std::optional<Enumeration>& target, const ConfigValue& value,
                       const std::array<std::pair<std::string_view, Enumeration>, N>& known) {
  Enumeration enumerator{};
  auto outcome = set_enumerator(enumerator, value, known);
  if (outcome) {
    target = enumerator;
  }
  return outcome;
}

/// A whole number within the limits, both included, which must lie within those of the type.
template <class Number>
Outcome set_number(Number& target, const ConfigValue& value, std::int64_t least, std::int64_t most) {
  std::int64_t number = std::get<std::int64_t>(value);
  if (number < least || number > most) {
    return unfit();
  }
  target = static_cast<Number>(number);
  return {};
}

template <class Number>
Outcome set_number(std::optional<Number>& target, const ConfigValue& value, std::int64_t least,
                   std::int64_t most) {
  Number number{};
  auto outcome = set_number(number, value, least, most);
  if (outcome) {
    target = number;
  }
  return outcome;
}

}  // namespace attache::device
