#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "dialects/dialect.hpp"

// What KconfigOption::set of the products' tables is made of.

namespace attache::dialects::kconfig {

/// These three read a value of the kind that the option's table names; another kind throws
/// std::bad_variant_access.
inline bool flag(const KconfigOption::Value& value) {
  return std::get<bool>(value);
}
inline std::int64_t number(const KconfigOption::Value& value) {
  return std::get<std::int64_t>(value);
}
inline const std::string& text(const KconfigOption::Value& value) {
  return std::get<std::string>(value);
}

/// Stores the value in a member of DialectOptions, as the three below do: `Member` is a pointer to it.
template <auto Member>
void set_flag(Build& build, const KconfigOption::Value& value) {
  build.options.*Member = flag(value);
}
template <auto Member>
void set_text(Build& build, const KconfigOption::Value& value) {
  build.options.*Member = text(value);
}
/// The table's limits must lie within the member's type.
template <auto Member>
void set_number(Build& build, const KconfigOption::Value& value) {
  using Number = std::remove_reference_t<decltype(build.options.*Member)>;
  build.options.*Member = static_cast<Number>(number(value));
}
template <auto Member>
void set_seconds(Build& build, const KconfigOption::Value& value) {
  build.options.*Member = std::chrono::seconds(number(value));
}
/// Of a member of a choice: called only with true.
template <at::Termination End>
void set_termination(Build& build, const KconfigOption::Value&) {
  build.options.termination = End;
}

/// CONFIG_LOG_DEFAULT_LEVEL and the like: 0 = off, 1 = errors … 4 = everything. More is undefined: the table
/// limits it.
inline void set_log_level(Build& build, const KconfigOption::Value& value) {
  constexpr std::array levels{base::LogLevel::error, base::LogLevel::warning, base::LogLevel::info,
                              base::LogLevel::debug};
  build.log_level.reset();
  if (auto level = number(value); level > 0) {
    build.log_level = levels[static_cast<std::size_t>(level - 1)];
  }
}
/// 0 = off, 1 = errors … 4 = everything.
template <int Level>
void set_own_log_level(Build& build, const KconfigOption::Value&) {
  set_log_level(build, KconfigOption::Value(std::int64_t{Level}));
}
/// CONFIG_LOG.
inline void set_log(Build& build, const KconfigOption::Value& value) {
  if (!flag(value)) {
    build.log_level.reset();
  }
}
/// Of a member of a choice that says what holds anyway.
inline void set_nothing(Build&, const KconfigOption::Value&) {}

/// The service is in the build, or it is not.
inline void build_in(Build& build, std::string_view service, bool is_built) {
  auto& services = build.options.services;
  if (!services) {
    services.emplace();
  }
  std::erase(*services, service);
  if (is_built) {
    services->emplace_back(service);
  }
}

/// False too before begin_build(), when the services are still the dialect's own.
inline bool is_built(const Build& build, std::string_view service) {
  const auto& services = build.options.services;
  return services && std::find(services->begin(), services->end(), service) != services->end();
}

/// Forgets all that is an option of the build, and builds in what the product's own build has.
inline void begin_build(Build& build, std::span<const Service> services) {
  DialectOptions initial;
  initial.name = build.options.name;
  initial.strict = build.options.strict;
  initial.services.emplace();
  build.options = std::move(initial);
  for (const Service& service : services) {
    build_in(build, service.name, service.build != Service::Build::on_request);
  }
}

}  // namespace attache::dialects::kconfig
