#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/logging.hpp"
#include "dialects/dialect_options.hpp"

namespace attache::dialects {

/// What a firmware's build decides.
struct Build {
  DialectOptions& options;
  std::optional<bool>& flow_control;         ///< The application finds RTS/CTS on its UART.
  std::optional<base::LogLevel>& log_level;  ///< Of the device log; nothing = none.
};

/// A build option of a firmware that Attaché knows: what it does on the device and here.
struct KconfigOption {
  enum class Kind { flag, number, text };
  using Value = std::variant<bool, std::int64_t, std::string>;

  std::string_view name;  ///< Without `CONFIG_`.
  Kind kind;
  /// On the device, as a sentence that follows the option's name: "adds #XSMS".
  std::string_view effect;
  /// Stores a value that is right. Null = without effect here. Of a choice it is called with `true` alone.
  void (*set)(Build& build, const Value& value) = nullptr;
  /// Without effect here: the value with which the device does what Attaché does, so that there is nothing to
  /// tell; "*" = any. Empty = none.
  std::string_view unnoticed{};
  std::int64_t least = INT64_MIN;  ///< Kind::number.
  std::int64_t most = INT64_MAX;
  std::string_view only_in{};  ///< The one dialect of the product that has it; empty = all.
  std::string_view choice{};   ///< The name of the choice it belongs to: only one of them can be y.
  std::string_view needs{};    ///< The flag without which it has no effect; empty = none.

  /// `dialect` is one of the product: "slm-1.5".
  [[nodiscard]] bool exists_in(std::string_view dialect) const {
    return only_in.empty() || only_in == dialect;
  }
};

/// What fragments have set, for a product's own judgement of a build.
class KconfigSettings {
 public:
  virtual ~KconfigSettings() = default;
  /// Some fragment has set the option.
  [[nodiscard]] virtual bool has(std::string_view name) const = 0;
  /// Some fragment has set the flag to y.
  [[nodiscard]] virtual bool is_y(std::string_view name) const = 0;
  /// Warns of an option that is set: "CONFIG_X=y" and `what` behind it.
  virtual void warn(std::string_view name, std::string_view what, std::string why, std::string advice) = 0;
};

/// The build options of a product.
struct KconfigRules {
  /// In the order in which their values are set.
  std::span<const KconfigOption> options;
  /// What the names of the application's own options begin with: "SLM_".
  std::string_view prefix;
  /// Sets everything that is an option of the build to the default of the dialect that `build` names, as a
  /// build does for what no fragment sets.
  void (*set_defaults)(Build& build);
  /// True if the flag is y; only for names that some option `needs`.
  bool (*is_set)(const Build& build, std::string_view flag);
  /// Last, when all values are set: what follows from several together, and warnings of what does not go
  /// together.
  void (*judge)(Build& build, KconfigSettings& settings);
};

/// The option of that name; nullptr = none.
const KconfigOption* find_option(const KconfigRules& rules, std::string_view name);

}  // namespace attache::dialects
