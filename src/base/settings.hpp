#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace attache::base {

/// A device's non-volatile memory: sections of keys and values, both free bytes.
class Settings {
 public:
  struct Change {
    std::string section;
    std::string key;
    std::optional<std::string> value;  ///< Nothing erases the key.
  };

  virtual ~Settings() = default;

  /// All keys of a section with their values; empty if there are none.
  [[nodiscard]] virtual std::map<std::string, std::string> section(std::string_view name) const = 0;

  /// Makes all changes or none. When it returns without a reason they survive a `kill -9`.
  virtual Result<void> apply(std::span<const Change> changes) = 0;
};

/// Settings that last as long as the object.
class MemorySettings final : public Settings {
 public:
  [[nodiscard]] std::map<std::string, std::string> section(std::string_view name) const override;
  Result<void> apply(std::span<const Change> changes) override;

 private:
  std::map<std::string, std::map<std::string, std::string>, std::less<>> sections_;
};

/// Settings in `folder`/device.sqlite (mode 0600; the folder is made with 0700 if it is missing). A folder or
/// file that another user than this or root owns or may write to is refused.
/// The folder is locked while the object lives: a second process is refused with the holder's pid.
/// A file that is no database of ours, or a damaged one, is refused and left as it is.
Result<std::unique_ptr<Settings>> open_settings(const std::filesystem::path& folder);

}  // namespace attache::base
