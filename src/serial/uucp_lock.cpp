#include "serial/uucp_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "base/posix/file_descriptor.hpp"
#include "base/posix/port_failure.hpp"
#include "base/posix/private_file.hpp"
#include "base/text.hpp"

namespace attache::serial {

namespace {

constexpr mode_t readable_by_all = 0644;

std::string start_of(const std::string& file) {
  std::array<char, 64> start{};
  base::FileDescriptor opened = base::open_file(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  ssize_t count = opened ? ::read(opened.get(), start.data(), start.size()) : 0;
  return {start.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

std::optional<pid_t> pid_in(const std::string& file) {
  std::string start = start_of(file);
  std::string_view first = base::trim(start);
  return base::parse_number<std::int32_t>(first.substr(0, first.find_first_of(" \n")));
}

bool is_alive(pid_t pid) {
  return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
}

base::Reason held(const std::string& address, const std::string& device, const std::string& file, pid_t pid) {
  std::string name(base::trim(start_of(fmt::format("/proc/{}/comm", pid))));
  return base::port_failure(address,
                            fmt::format("{} is in use: process {}{} holds the lock {}", device, pid,
                                        name.empty() ? std::string() : fmt::format(" ({})", name), file),
                            "end that program first");
}

}  // namespace

base::Result<std::optional<UucpLock>> UucpLock::acquire(const std::string& address, const std::string& device,
                                                        const std::filesystem::path& folder) {
  using Taken = base::Result<std::optional<UucpLock>>;
  std::error_code error;
  std::filesystem::path path = std::filesystem::canonical(device, error);
  if (error || path.parent_path() != "/dev") {
    return Taken(std::optional<UucpLock>());
  }
  std::string file = (folder / fmt::format("LCK..{}", path.filename().string())).string();
  constexpr int attempts = 2;  // The second one after a dead holder's file was removed.
  for (int attempt = 0; attempt < attempts; ++attempt) {
    base::FileDescriptor made = base::open_file(file, O_WRONLY | O_CREAT | O_EXCL, readable_by_all);
    if (made) {
      UucpLock lock(file);
      ::fchmod(made.get(), readable_by_all);
      bool written = base::write_all(made.get(), fmt::format("{:>10}\n", ::getpid()));
      return written ? Taken(std::optional<UucpLock>(std::move(lock))) : Taken(std::optional<UucpLock>());
    }
    if (errno != EEXIST) {
      return Taken(std::optional<UucpLock>());
    }
    auto pid = pid_in(file);
    if (pid && is_alive(*pid)) {
      return held(address, device, file, *pid);
    }
    if (!pid || ::unlink(file.c_str()) != 0) {
      return Taken(std::optional<UucpLock>());
    }
  }
  return Taken(std::optional<UucpLock>());
}

UucpLock::~UucpLock() {
  if (!file_.empty()) {
    ::unlink(file_.c_str());
  }
}

}  // namespace attache::serial
