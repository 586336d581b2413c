#include "base/posix/path_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "base/posix/port_failure.hpp"
#include "base/text.hpp"

namespace attache::base {

namespace {

// Programs that list serial ports take every /dev/ttyUSB* for one: there the lock is hidden.
std::string lock_file_of(const std::string& path) {
  constexpr std::string_view devices = "/dev/";
  if (path.starts_with(devices) && path.find('/', devices.size()) == std::string::npos) {
    return fmt::format("{}.{}.lock", devices, path.substr(devices.size()));
  }
  return path + ".lock";
}

// The first bytes of the file, enough for a pid and its line end.
std::string read_start(int descriptor) {
  std::array<char, 32> start{};
  ssize_t count = ::pread(descriptor, start.data(), start.size(), 0);
  return {start.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

// A lock file of ours is a regular file with a pid in it, or still empty.
bool is_ours(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return false;
  }
  std::string start = read_start(descriptor);
  return start.empty() || parse_number<std::uint32_t>(trim(start)).has_value();
}

// The holder before us may have removed the file between our open and our lock.
bool is_still_at(int descriptor, const std::string& file) {
  struct stat locked {};
  struct stat found {};
  return ::fstat(descriptor, &locked) == 0 && ::lstat(file.c_str(), &found) == 0 &&
         locked.st_dev == found.st_dev && locked.st_ino == found.st_ino;
}

Reason lock_open_failure(const std::string& address, const std::string& file, int error) {
  std::string advice = error == ENOENT  ? "make the folder first, or name another"
                       : error == ELOOP ? "remove the symbolic link, or choose another name"
                                        : "choose a place you may write to";
  return port_failure(address, fmt::format("the lock file {}: {}", file, error_text(error)),
                      advice_for(error, advice));
}

Reason busy(const std::string& address, const std::string& file, int descriptor) {
  auto pid = parse_number<std::uint32_t>(trim(read_start(descriptor)));
  std::string holder = pid ? fmt::format("process {}", *pid) : "another process";
  return port_failure(address, fmt::format("{} serves it (it holds the lock {})", holder, file),
                      "stop that process, or choose another name");
}

bool write_pid(int descriptor) {
  std::string pid = fmt::format("{}\n", ::getpid());
  return ::ftruncate(descriptor, 0) == 0 &&
         ::pwrite(descriptor, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
}

}  // namespace

Result<PathLock> PathLock::acquire(const std::string& address, const std::string& path) {
  std::string file = lock_file_of(path);
  while (true) {
    FileDescriptor descriptor = open_file(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0644);
    if (!descriptor) {
      return lock_open_failure(address, file, errno);
    }
    if (!is_ours(descriptor.get())) {
      return port_failure(address, fmt::format("{} is not a lock file of Attaché and is left alone", file),
                          "choose another name");
    }
    if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
      return busy(address, file, descriptor.get());
    }
    if (!is_still_at(descriptor.get(), file)) {
      continue;
    }
    if (!write_pid(descriptor.get())) {
      return lock_open_failure(address, file, errno);
    }
    return PathLock(std::move(file), std::move(descriptor));
  }
}

bool PathLock::is_stale(const std::string& path) {
  FileDescriptor descriptor = open_file(lock_file_of(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  return descriptor && is_ours(descriptor.get()) && ::flock(descriptor.get(), LOCK_SH | LOCK_NB) == 0;
}

PathLock::~PathLock() {
  if (descriptor_) {
    ::unlink(file_.c_str());
  }
}

}  // namespace attache::base
