#include "control/running_devices.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/posix/private_file.hpp"
#include "base/text.hpp"
#include "serial/user_folder.hpp"

namespace attache::control {

namespace {

namespace filesystem = std::filesystem;

bool is_gone(int process) {
  return ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

base::Result<RunningDevice> RunningDevice::announce(const std::string& socket) {
  filesystem::path folder = serial::user_folder();
  if (auto taken = base::take_private_folder(folder); !taken) {
    return taken.error();
  }
  std::string link = folder / std::to_string(::getpid());
  std::error_code error;
  filesystem::path target = filesystem::absolute(socket, error);
  if (!error) {
    filesystem::remove(link, error);
    filesystem::create_symlink(target, link, error);
  }
  if (error) {
    return base::path_failure(link, error.value());
  }
  return RunningDevice(std::move(link));
}

RunningDevice::RunningDevice(RunningDevice&& other) noexcept : link_(std::exchange(other.link_, {})) {}

RunningDevice& RunningDevice::operator=(RunningDevice&& other) noexcept {
  std::swap(link_, other.link_);
  return *this;
}

RunningDevice::~RunningDevice() {
  if (!link_.empty()) {
    std::error_code ignored;
    filesystem::remove(link_, ignored);
  }
}

std::vector<FoundDevice> find_running_devices() {
  std::vector<FoundDevice> found;
  filesystem::path folder = serial::user_folder();
  std::error_code error;
  if (!base::take_private_folder(folder)) {
    return found;
  }
  for (const auto& entry : filesystem::directory_iterator(folder, error)) {
    auto process = base::parse_number<int>(entry.path().filename().string());
    if (!process || *process <= 0) {
      continue;
    }
    if (is_gone(*process)) {
      filesystem::remove(entry.path(), error);
      continue;
    }
    filesystem::path socket = filesystem::read_symlink(entry.path(), error);
    if (!error) {
      found.push_back({*process, socket.string()});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const FoundDevice& left, const FoundDevice& right) { return left.process < right.process; });
  return found;
}

}  // namespace attache::control
