#pragma once

#include <string>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"

namespace attache::base {

/// Says that somebody serves the path it was taken for: an flock(2) on `PATH.lock` (of /dev/NAME on
/// `/dev/.NAME.lock`), which holds the pid.
/// The lock ends with the process however it ends; a lock file that nobody has locked means nothing.
class PathLock {
 public:
  /// Takes the lock. The reason names `address`, and the holder if somebody else has it.
  static Result<PathLock> acquire(const std::string& address, const std::string& path);
  /// True if there is a lock file of ours that nobody holds: what is at `path` has been left behind.
  static bool is_stale(const std::string& path);

  PathLock(PathLock&&) noexcept = default;
  PathLock& operator=(PathLock&&) = delete;
  /// Removes the lock file and frees the lock.
  ~PathLock();

 private:
  PathLock(std::string file, FileDescriptor descriptor)
      : file_(std::move(file)), descriptor_(std::move(descriptor)) {}

  std::string file_;
  FileDescriptor descriptor_;
};

}  // namespace attache::base
