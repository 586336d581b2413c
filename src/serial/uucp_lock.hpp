#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace attache::serial {

/// The lock file of a serial device that minicom, picocom, pppd and others look at: `LCK..ttyUSB0` with the
/// pid of the holder, ten columns wide. Removed with the object.
class UucpLock {
 public:
  /// Takes the lock of `device`, a path in /dev or a link to one. The reason names the holder if it is alive;
  /// the file of one that is dead is removed. Nothing comes of it where nobody looks for such files: for
  /// devices that are not directly in /dev (PTYs), and where the folder is missing or must not be written to.
  static base::Result<std::optional<UucpLock>> acquire(const std::string& address, const std::string& device,
                                                       const std::filesystem::path& folder = "/var/lock");

  UucpLock(UucpLock&& other) noexcept : file_(std::exchange(other.file_, {})) {}
  UucpLock& operator=(UucpLock&&) = delete;
  ~UucpLock();

 private:
  explicit UucpLock(std::string file) : file_(std::move(file)) {}

  std::string file_;
};

}  // namespace attache::serial
