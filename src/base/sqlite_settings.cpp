#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "base/posix/private_file.hpp"
#include "base/settings.hpp"
#include "base/settings_file.hpp"
#include "base/text.hpp"

namespace attache::base {

namespace {

namespace fs = std::filesystem;

Result<FileDescriptor> take_lock(const fs::path& folder) {
  fs::path path = folder / "lock";
  auto file = open_private_file(path);
  if (!file) {
    return state_refusal(file.error());
  }
  if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return state_refusal(path, errno);
    }
    std::array<char, 32> text{};
    ssize_t size = ::pread(file->get(), text.data(), text.size(), 0);
    auto holder = parse_number<std::uint32_t>(
        trim({text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))}));
    std::string who = !holder ? "another process"
                      : *holder == static_cast<std::uint32_t>(::getpid())
                          ? fmt::format("this process itself ({})", *holder)
                          : fmt::format("process {}", *holder);
    return state_refusal(folder, fmt::format("{} uses this folder", who),
                         "end that process, or name another folder");
  }
  std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file->get(), 0) != 0 ||
      ::pwrite(file->get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return state_refusal(path, errno);
  }
  return file;
}

/// What is read comes from memory; what is written goes to the file first.
class SqliteSettings final : public Settings {
 public:
  SqliteSettings(FileDescriptor lock, fs::path path) : lock_(std::move(lock)), file_(std::move(path)) {}

  Result<void> open() { return file_.open(known_); }

  [[nodiscard]] std::map<std::string, std::string> section(std::string_view name) const override {
    return known_.section(name);
  }

  Result<void> apply(std::span<const Change> changes) override {
    if (changes.empty()) {
      return {};
    }
    auto saved = file_.apply(changes);
    return saved ? known_.apply(changes) : saved;
  }

 private:
  FileDescriptor lock_;  // First, so that it is given up last.
  SettingsFile file_;
  MemorySettings known_;
};

}  // namespace

Result<std::unique_ptr<Settings>> open_settings(const std::filesystem::path& folder) {
  if (auto taken = take_private_folder(folder); !taken) {
    return state_refusal(taken.error());
  }
  auto lock = take_lock(folder);
  if (!lock) {
    return lock.error();
  }
  auto settings = std::make_unique<SqliteSettings>(std::move(*lock), folder / "device.sqlite");
  if (auto opened = settings->open(); !opened) {
    return opened.error();
  }
  return std::unique_ptr<Settings>(std::move(settings));
}

}  // namespace attache::base
