#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "device/config.hpp"

namespace attache::device {

/// The firmware's build options that Attaché knows (reference slm-1.6/kconfig.md): one row each, what it does
/// on the device and here.
struct KconfigOption {
  enum class Kind { flag, number, text };
  enum class Dialects { both, slm_1_6, slm_1_5 };
  using Value = std::variant<bool, std::int64_t, std::string>;

  std::string_view name;  ///< Without `CONFIG_`.
  Kind kind;
  /// On the device, as a sentence that follows the option's name: "adds #XSMS".
  std::string_view effect;
  /// Stores a value that is right. Null = without effect here. Of a choice it is called with `true` alone.
  void (*set)(DeviceConfig& config, const Value& value) = nullptr;
  /// Without effect here: the value with which the device does what Attaché does, so that there is nothing to
  /// tell; "*" = any. Empty = none.
  std::string_view unnoticed{};
  std::int64_t least = INT64_MIN;  ///< Kind::number.
  std::int64_t most = INT64_MAX;
  Dialects dialects = Dialects::both;
  std::string_view choice{};  ///< The name of the choice it belongs to: only one of them can be y.
  std::string_view needs{};   ///< The flag without which it has no effect; empty = none.

  [[nodiscard]] bool exists_in(std::string_view dialect) const;
};

/// All rows, in the order in which their values are set.
std::span<const KconfigOption> kconfig_options();

/// The row of that name, or nullptr.
const KconfigOption* find_kconfig_option(std::string_view name);

/// Sets everything that is an option of the build to the default of the dialect named in `config`, as a build
/// does for what no fragment sets.
void set_kconfig_defaults(DeviceConfig& config);

/// True if the flag is y in `config`; only for names that some row `needs`.
bool is_set(const DeviceConfig& config, std::string_view flag);

}  // namespace attache::device
