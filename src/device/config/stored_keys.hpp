#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "device/config/config_keys.hpp"
#include "device/config/config_setters.hpp"

/// Ways to keys that are a member of the structure that their table is kept in.
namespace attache::device::stored {

// Where that structure is, of a repeated table the last element, and its type.
struct OfSim {
  using O = cellular::SimOptions;
  static auto& of(auto& config) { return config.simulation.sim; }
};
struct OfNetwork {
  using O = cellular::NetworkSideOptions;
  static auto& of(auto& config) { return config.simulation.network; }
};
struct OfOperator {
  using O = cellular::OperatorOptions;
  static auto& of(auto& config) { return config.simulation.operators.back(); }
};
/// What both describe in the same words: what an operator grants and refuses.
template <class Owner>
struct OfPolicy {
  using O = cellular::NetworkPolicy;
  static auto& of(auto& config) { return Owner::of(config).policy; }
};
struct OfCell {
  using O = cellular::CellOptions;
  static auto& of(auto& config) { return config.simulation.cells.back(); }
};
struct OfRadio {
  using O = cellular::RadioOptions;
  static auto& of(auto& config) { return config.simulation.radio; }
};

// What is stored, as one writes it in TOML; nothing if there is nothing.
template <class Value>
std::optional<ConfigValue> value_of(const Value& stored) {
  return stored;
}
inline std::optional<ConfigValue> value_of(int stored) {
  return std::int64_t{stored};
}
inline std::optional<ConfigValue> value_of(std::chrono::seconds stored) {
  return fmt::format("{}s", stored.count());
}
inline std::optional<ConfigValue> value_of(cellular::AccessTechnology stored) {
  return stored == cellular::AccessTechnology::lte_m ? "ltem" : "nbiot";
}
template <class Value>
std::optional<ConfigValue> value_of(const std::optional<Value>& stored) {
  if constexpr (requires { stored->is_multicast(); }) {
    return stored ? ConfigValue(stored->to_string()) : false;
  } else {
    return stored ? value_of(*stored) : std::nullopt;
  }
}

/// Kept in that member of the structure, and set by a function that takes the member and the value.
template <class Place, auto Member, auto Set>
inline constexpr ConfigAccess in = {
    [](DeviceConfig& config, const ConfigValue& value) { return Set(Place::of(config).*Member, value); },
    [](const DeviceConfig& config) { return value_of(Place::of(config).*Member); }};

// Such functions: those of config_setters.hpp with their limits.
inline constexpr auto flag = [](auto& target, const ConfigValue& value) { return set_flag(target, value); };

template <bool (*Fits)(std::string_view)>
constexpr auto text = [](std::string& target, const ConfigValue& value) {
  return set_text(target, value, Fits(text_of(value)));
};

template <std::size_t Longest>
constexpr auto printable = text<[](std::string_view text) { return is_printable(text, Longest); }>;

template <std::size_t Least, std::size_t Most>
constexpr auto digits = text<[](std::string_view text) { return is_digits(text, Least, Most); }>;

template <std::size_t Count>
constexpr auto hex =
    [](std::string& target, const ConfigValue& value) { return set_hex(target, value, Count); };

template <std::int64_t Least, std::int64_t Most>
constexpr auto number =
    [](auto& target, const ConfigValue& value) { return set_number(target, value, Least, Most); };

template <int Least = 0, int Most = 86'400>
constexpr auto seconds = [](std::chrono::seconds& target, const ConfigValue& value) {
  return set_seconds(target, value, std::chrono::seconds(Least), std::chrono::seconds(Most));
};

}  // namespace attache::device::stored
