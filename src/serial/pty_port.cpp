#include "serial/pty_port.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <optional>

#include "base/posix/path_lock.hpp"
#include "base/posix/port_failure.hpp"
#include "serial/descriptor_port.hpp"
#include "serial/host_watch.hpp"
#include "serial/owned_port.hpp"
#include "serial/terminal.hpp"

namespace attache::serial {

namespace {

struct Pty {
  base::FileDescriptor master;
  base::FileDescriptor slave;
  std::string slave_path;
};

base::Reason no_pty(const std::string& address, const std::string& what, int error) {
  return base::port_failure(
      address, fmt::format("{}: {}", what, base::error_text(error)),
      base::advice_for(
          error,
          "a container needs /dev/ptmx and a devpts mounted on /dev/pts for PTYs; without them use "
          "unix:PATH or tcp:127.0.0.1:0"));
}

base::Result<Pty> make_pty(const std::string& address, const std::string& multiplexer) {
  Pty pty;
  pty.master = base::open_file(multiplexer, O_RDWR | O_NONBLOCK);
  if (!pty.master) {
    return no_pty(address, multiplexer, errno);
  }
  std::array<char, 64> name{};
  if (::grantpt(pty.master.get()) != 0 || ::unlockpt(pty.master.get()) != 0 ||
      ::ptsname_r(pty.master.get(), name.data(), name.size()) != 0) {
    return no_pty(address, fmt::format("{} made no PTY", multiplexer), errno);
  }
  pty.slave_path = name.data();
  pty.slave = base::open_file(pty.slave_path, O_RDWR | O_NONBLOCK);
  if (!pty.slave) {
    return no_pty(address, fmt::format("the PTY's slave {}", pty.slave_path), errno);
  }
  if (int error = set_raw(pty.slave.get(), {}); error != 0) {
    return no_pty(address, fmt::format("{} cannot be set raw", pty.slave_path), error);
  }
  return pty;
}

// What is at the link's place and is not ours, or nothing. Ours lead to PTYs; others in /dev to devices.
std::optional<std::string> stranger_at(const std::string& link) {
  struct stat found {};
  if (::lstat(link.c_str(), &found) != 0) {
    return std::nullopt;
  }
  if (!S_ISLNK(found.st_mode)) {
    return fmt::format("there is something else at {}, not the link of a PTY; it is left alone", link);
  }
  std::array<char, PATH_MAX> target{};
  ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  std::string_view leads_to(target.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return leads_to.starts_with("/dev/pts/")
             ? std::nullopt
             : std::optional(fmt::format("the symbolic link at {} leads to {}, which is no PTY, and is left "
                                         "alone",
                                         link, leads_to));
}

// Only the holder of the lock calls this: a link of ours that is there has been left behind.
base::Result<void> place_link(const std::string& address, const std::string& link,
                              const std::string& target) {
  if (auto stranger = stranger_at(link)) {
    return base::port_failure(address, std::move(*stranger), "remove it, or choose another name");
  }
  ::unlink(link.c_str());
  if (::symlink(target.c_str(), link.c_str()) != 0) {
    return base::port_failure(address, fmt::format("the link {}: {}", link, base::error_text(errno)),
                              "choose a place you may write to");
  }
  return {};
}

class PtyPort final : public DescriptorPort {
 public:
  PtyPort(asio::io_context& context, std::string address, std::string link, base::PathLock lock, Pty pty,
          base::Duration newcomer_time)
      : DescriptorPort(context, std::move(address)),
        link_(std::move(link)),
        slave_path_(std::move(pty.slave_path)),
        lock_(std::move(lock)),
        slave_(std::move(pty.slave)),
        newcomer_time_(newcomer_time) {
    connect(std::make_shared<Connection>(context.get_executor(), std::move(pty.master)));
  }

  base::Result<void> watch_hosts() {
    std::weak_ptr<DescriptorPort> weak = weak_from_this();
    auto watch = HostWatch::start(context(), address(), slave_path_, slave_.get(), [weak](HostChange change) {
      if (auto self = weak.lock()) {
        static_cast<PtyPort&>(*self).host_changed(change);
      }
    });
    if (!watch) {
      return watch.error();
    }
    watch_ = *watch;
    return {};
  }

 private:
  void look_for_host() override {
    watch_->look();
    hear_newcomer();
  }
  void bytes_came() override { look_for_host(); }

  void host_changed(HostChange change) {
    arrival_.cancel();
    if (change != HostChange::came) {
      drain_unread();
      set_host(false);
    }
    if (change == HostChange::came) {
      set_host(true);
    } else if (change == HostChange::replaced) {
      wait_for_newcomer();
    }
  }

  // What the last host had asked may be answered only now. The answer is not for the one that has come in the
  // meantime, which gets what is written once it has said something, or after a short while.
  void wait_for_newcomer() {
    if (!clock_) {
      clock_.emplace(context());
    }
    arrival_ = clock_->call_after(newcomer_time_, [this] { set_host(true); });
  }

  void hear_newcomer() {
    if (arrival_.pending() && watch_->host_has_written()) {
      arrival_.cancel();
      set_host(true);
    }
  }

  // What the last host did not read must not reach the next one. A read also waits for bytes that the kernel
  // is still passing over; tcflush() alone would miss them. It takes what is no full line to a host's modes.
  void drain_unread() {
    std::array<char, 4096> unread{};
    for (ssize_t count = 1; count > 0;) {
      count = ::read(slave_.get(), unread.data(), unread.size());
      count_dropped(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    ::tcflush(slave_.get(), TCIFLUSH);
  }

  void release() override {
    arrival_.cancel();
    if (watch_) {
      watch_->stop();
    }
    remove_link();
    lock_.reset();
    slave_.reset();
  }

  // The user may have put something else there since.
  void remove_link() {
    std::array<char, 64> target{};
    ssize_t size = ::readlink(link_.c_str(), target.data(), target.size());
    if (size > 0 && std::string_view(target.data(), static_cast<std::size_t>(size)) == slave_path_) {
      ::unlink(link_.c_str());
    }
  }

  std::string link_;
  std::string slave_path_;
  std::optional<base::PathLock> lock_;
  base::FileDescriptor slave_;
  std::shared_ptr<HostWatch> watch_;
  base::Duration newcomer_time_;
  std::optional<base::RealClock> clock_;  // Hosts live in real time. From the first newcomer on.
  base::Alarm arrival_;
};

}  // namespace

base::Result<std::unique_ptr<Port>> open_pty_port(asio::io_context& context, const std::string& link,
                                                  const std::string& multiplexer,
                                                  base::Duration newcomer_time) {
  std::string address = "pty:" + link;
  auto lock = base::PathLock::acquire(address, link);
  if (!lock) {
    return lock.error();
  }
  auto pty = make_pty(address, multiplexer);
  if (!pty) {
    return pty.error();
  }
  std::string slave_path = pty->slave_path;
  auto port =
      std::make_shared<PtyPort>(context, address, link, std::move(*lock), std::move(*pty), newcomer_time);
  auto owned = std::make_unique<OwnedPort>(port);
  if (auto watched = port->watch_hosts(); !watched) {
    return watched.error();
  }
  // Last, so that a host that finds the link is seen.
  if (auto placed = place_link(address, link, slave_path); !placed) {
    return placed.error();
  }
  return std::unique_ptr<Port>(std::move(owned));
}

}  // namespace attache::serial
