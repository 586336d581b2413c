#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace attache::services {

/// What an application tells the LwM2M library of its operator about the device (reference
/// serial-modem-2.0/carrier.md), free of AT text. No server asks for it here: whoever steers the device may
/// look at it. One thread only.
class OperatorObjects {
 public:
  /// The name of an identity of a portfolio: 0 … 3.
  static constexpr std::int64_t greatest_identity = 3;

  /// A resource by its path, "/3/0/9".
  void set(std::string path, std::string value) { resources_[std::move(path)] = std::move(value); }
  /// By path, everything that has been set.
  [[nodiscard]] const std::map<std::string, std::string>& all() const { return resources_; }
  /// Empty if nothing was set.
  [[nodiscard]] std::string_view value(std::string_view path) const;

  /// Codes of errors that last, /3/0/11.
  void add_error(std::int32_t code);
  /// False if it was not there.
  bool remove_error(std::int32_t code);

  /// The time that the library was told, moved on since; nothing = it was told none.
  [[nodiscard]] std::optional<base::WallTime> time(base::Time now) const;
  /// `now`: the moment at which it was told `time`; it is told no other clock.
  void set_time(base::WallTime time, base::Time now) { told_ = Told{time, now}; }

  /// False if the instance is there already. Instance 0 always is.
  bool create_portfolio(std::uint16_t instance);
  /// Empty where nothing was written; nothing if there is no such instance.
  [[nodiscard]] std::optional<std::string> identity(std::uint16_t instance, std::int64_t type) const;
  /// False if there is no such instance.
  bool write_identity(std::uint16_t instance, std::int64_t type, std::string text);

  /// As after a fresh boot.
  void forget() { *this = OperatorObjects(); }

 private:
  struct Told {
    base::WallTime time;
    base::Time at;
  };

  void show_errors();

  std::map<std::string, std::string> resources_;
  std::set<std::int32_t> errors_;
  std::set<std::uint16_t> portfolios_{0};
  std::optional<Told> told_;
};

}  // namespace attache::services
