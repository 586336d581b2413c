#include "serial/host_watch.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/posix/port_failure.hpp"
#include "base/text.hpp"

namespace attache::serial {

namespace {

// The masks of what has happened, in order.
std::vector<std::uint32_t> read_events(int inotify) {
  std::vector<std::uint32_t> events;
  alignas(inotify_event) std::array<char, 4096> buffer{};
  while (true) {
    ssize_t count = ::read(inotify, buffer.data(), buffer.size());
    if (count <= 0) {
      return events;
    }
    for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      events.push_back(event.mask);
      at += sizeof(event) + event.len;
    }
  }
}

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

Folder open_folder(int parent, const char* name) {
  int descriptor = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return {descriptor >= 0 ? ::fdopendir(descriptor) : nullptr, ::closedir};
}

// Whether one of a process's descriptors, `own` not counted, is of `path` and of the same file as `slave`: in
// a container another terminal may have the same path.
bool holds(const Folder& descriptors, std::string_view path, int slave, std::string_view own) {
  struct stat wanted {};
  ::fstat(slave, &wanted);
  while (const dirent* entry = ::readdir(descriptors.get())) {
    std::array<char, 64> target{};
    ssize_t size = ::readlinkat(::dirfd(descriptors.get()), entry->d_name, target.data(), target.size());
    bool has_path = size > 0 && std::string_view(target.data(), static_cast<std::size_t>(size)) == path;
    struct stat found {};
    bool is_same = has_path && ::fstatat(::dirfd(descriptors.get()), entry->d_name, &found, 0) == 0 &&
                   found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino;
    if (is_same && entry->d_name != own) {
      return true;
    }
  }
  return false;
}

base::Reason inotify_failure(const std::string& address, int error) {
  std::string advice = error == EMFILE || error == ENOSPC
                           ? "raise fs.inotify.max_user_instances and fs.inotify.max_user_watches with "
                             "sysctl, or use a unix: or tcp: port"
                           : "use a unix: or tcp: port";
  return base::port_failure(
      address, fmt::format("hosts on the PTY cannot be watched (inotify): {}", base::error_text(error)),
      std::move(advice));
}

}  // namespace

base::Result<std::shared_ptr<HostWatch>> HostWatch::start(asio::io_context& context,
                                                          const std::string& address, const std::string& path,
                                                          int slave, Changed changed) {
  base::FileDescriptor inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify || ::inotify_add_watch(inotify.get(), path.c_str(), IN_OPEN | IN_CLOSE | IN_MODIFY) < 0) {
    return inotify_failure(address, errno);
  }
  std::shared_ptr<HostWatch> watch(
      new HostWatch(context, std::move(inotify), path, slave, std::move(changed)));
  watch->wait();
  return watch;
}

HostWatch::HostWatch(asio::io_context& context, base::FileDescriptor inotify, std::string path, int slave,
                     Changed changed)
    : inotify_(context), path_(std::move(path)), slave_(slave), changed_(std::move(changed)) {
  inotify_.assign(inotify.get());
  (void)inotify.release();
}

void HostWatch::wait() {
  inotify_.async_wait(asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](boost::system::error_code error) {
                        if (!error && self->inotify_.is_open()) {
                          self->wait();
                          self->look();
                        }
                      });
}

void HostWatch::look() {
  if (!inotify_.is_open()) {
    return;
  }
  bool was_present = hosts_ > 0;
  Seen seen;
  take_events(seen);
  if (seen.closed) {
    bool was_empty = hosts_ == 0;
    put_count_right();
    // Who holds it then had opened it at once with the one that has gone, or has come since we read of that.
    if (was_empty && hosts_ > 0) {
      hosts_ = 0;
      take_events(seen);
      hosts_ = std::max<std::size_t>(hosts_, 1);
    }
  }
  bool is_present = hosts_ > 0;
  if (is_present && seen.replaced) {
    changed_(HostChange::replaced);
  } else if (was_present != is_present) {
    changed_(is_present ? HostChange::came : HostChange::left);
  }
}

void HostWatch::take_events(Seen& seen) {
  for (std::uint32_t event : read_events(inotify_.native_handle())) {
    if ((event & IN_OPEN) != 0) {
      ++hosts_;
      seen.replaced = seen.emptied;
    } else if ((event & IN_CLOSE) != 0) {
      seen.closed = true;
      hosts_ -= std::min<std::size_t>(hosts_, 1);
      seen.emptied = seen.emptied || hosts_ == 0;
    }
    host_has_written_ = (event & IN_MODIFY) != 0 || (host_has_written_ && hosts_ > 0);
  }
}

void HostWatch::put_count_right() {
  if (is_held_by_others()) {
    hosts_ = std::max<std::size_t>(hosts_, 1);
  } else if (::geteuid() == 0) {
    hosts_ = 0;  // Root sees all processes; others may overlook a host that belongs to root.
  }
}

bool HostWatch::is_held_by_others() const {
  Folder processes = open_folder(AT_FDCWD, "/proc");
  std::string own_process = std::to_string(::getpid());
  std::string own_descriptor = std::to_string(slave_);
  while (const dirent* process = processes ? ::readdir(processes.get()) : nullptr) {
    if (!base::parse_number<std::uint32_t>(process->d_name)) {
      continue;
    }
    std::string name = fmt::format("{}/fd", process->d_name);
    Folder descriptors = open_folder(::dirfd(processes.get()), name.c_str());
    bool is_own = process->d_name == own_process;
    if (descriptors && holds(descriptors, path_, slave_, is_own ? std::string_view(own_descriptor) : "")) {
      return true;
    }
  }
  return false;
}

void HostWatch::stop() {
  boost::system::error_code ignored;
  inotify_.close(ignored);  // changed_ stays: it may be what calls this.
}

}  // namespace attache::serial
