#include "serial/uart_port.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/posix/port_failure.hpp"
#include "serial/descriptor_port.hpp"
#include "serial/owned_port.hpp"
#include "serial/terminal.hpp"
#include "serial/uucp_lock.hpp"

namespace attache::serial {

namespace {

constexpr auto line_period = std::chrono::milliseconds(20);

base::Reason open_failure(const std::string& address, const std::string& device, int error) {
  std::string why = fmt::format("{}: {}", device, base::error_text(error));
  switch (error) {
    case EACCES:
      return base::port_failure(address, std::move(why),
                                "serial devices belong to the group dialout: add yourself with "
                                "`sudo usermod -aG dialout $USER`, then log in again");
    case ENOENT:
    case ENXIO:
    case ENODEV:
      return base::port_failure(
          address, std::move(why),
          "is it plugged in? `ls /dev/ttyUSB* /dev/ttyACM* /dev/serial/by-id` lists devices");
    case EBUSY:
      return base::port_failure(address, std::move(why),
                                "another program has taken it exclusively; end that first");
    default:
      return base::port_failure(address, std::move(why));
  }
}

base::Reason setting_failure(const std::string& address, const std::string& device, std::uint32_t baud,
                             int error) {
  if (error == ENOTTY) {
    return base::port_failure(address, fmt::format("{} is no terminal device", device));
  }
  if (error == EINVAL) {
    return base::port_failure(address, fmt::format("{} cannot be set to {} baud 8N1", device, baud),
                              "choose a rate the hardware can make, such as 115200");
  }
  return base::port_failure(address, fmt::format("{}: {}", device, base::error_text(error)));
}

class UartPort final : public DescriptorPort {
 public:
  UartPort(asio::io_context& context, std::string address, std::string device, base::FileDescriptor uart,
           std::optional<UucpLock> lock, std::uint32_t baud, bool rtscts)
      : DescriptorPort(context, std::move(address)),
        device_(std::move(device)),
        lock_(std::move(lock)),
        rtscts_(rtscts) {
    descriptor_ = uart.get();
    store_baud(baud);
    connect(std::make_shared<Connection>(context.get_executor(), std::move(uart)));
    set_host(true);
  }

  base::Result<void> set_baud(std::uint32_t baud) override {
    int error = is_closed() ? EBADF : set_rate(descriptor_, baud);
    if (error != 0) {
      return base::make_reason(base::Cause::baud_or_flow_control,
                               fmt::format("{} cannot be set to {} baud", device_, baud),
                               base::error_text(error), "");
    }
    store_baud(baud);
    return {};
  }

  [[nodiscard]] bool has_flow_control() const override { return rtscts_; }

  [[nodiscard]] base::HostLines host_lines() const override {
    int lines = 0;
    if (is_closed() || ::ioctl(descriptor_, TIOCMGET, &lines) != 0) {
      return {};  // A terminal without control lines: a PTY.
    }
    bool dsr = (lines & TIOCM_DSR) != 0;
    dtr_is_wired_ = dtr_is_wired_ || dsr;
    return {dsr || !dtr_is_wired_, (lines & TIOCM_CTS) != 0};
  }

  void set_host_lines_handler(std::function<void(const base::HostLines&)> handler) override {
    on_lines_ = std::move(handler);
    last_lines_ = host_lines();
    int lines = 0;
    bool has_lines = on_lines_ && !is_closed() && ::ioctl(descriptor_, TIOCMGET, &lines) == 0;
    watch_lines(has_lines);
  }

  base::Result<void> drive_host_lines(const base::HostLines&) override {
    return base::make_reason("the control lines cannot be set",
                             fmt::format("the host at {} drives them", device_), "set them there");
  }

  base::Result<void> set_device_lines(const base::DeviceLines& lines) override {
    int dtr = TIOCM_DTR;
    int rts = TIOCM_RTS;
    bool failed = is_closed() ||
                  ::ioctl(descriptor_, lines.dsr && lines.dcd ? TIOCMBIS : TIOCMBIC, &dtr) != 0 ||
                  (!rtscts_ && ::ioctl(descriptor_, lines.cts ? TIOCMBIS : TIOCMBIC, &rts) != 0);
    if (failed) {
      return base::make_reason(base::Cause::host_computer,
                               fmt::format("the control lines of {} cannot be set", device_),
                               base::error_text(errno), "");
    }
    return DescriptorPort::set_device_lines(lines);
  }

 private:
  // The kernel tells of a changed line to a thread that waits for nothing else (TIOCMIWAIT), and to no
  // poll().
  void watch_lines(bool on) {
    if (!on) {
      look_again_.cancel();
      return;
    }
    if (!clock_) {
      clock_.emplace(context());
    }
    look_again_ = clock_->call_after(line_period, [this] { look_at_lines(); });
  }

  void look_at_lines() {
    base::HostLines lines = host_lines();
    bool changed = std::exchange(last_lines_, lines) != lines;
    watch_lines(!is_closed());
    if (changed && on_lines_) {
      on_lines_(lines);
    }
  }

  // With bytes that a stopped host does not take, close(2) would wait for up to 30 s.
  void connection_closing() override {
    watch_lines(false);
    ::ioctl(descriptor_, TIOCNXCL);
    if (queued() > 0) {
      ::tcflush(descriptor_, TCOFLUSH);
    }
  }

  std::string device_;
  std::optional<UucpLock> lock_;
  bool rtscts_;
  int descriptor_ = -1;                ///< Owned by the connection.
  mutable bool dtr_is_wired_ = false;  // It has been asserted once; else it counts as if it were.
  base::HostLines last_lines_;
  std::function<void(const base::HostLines&)> on_lines_;
  std::optional<base::RealClock> clock_;  // Hosts live in real time. Of those who watch the lines.
  base::Alarm look_again_;
};

}  // namespace

base::Result<std::unique_ptr<Port>> open_uart_port(asio::io_context& context, const std::string& device,
                                                   std::uint32_t baud, bool rtscts) {
  std::string address = "tty:" + device;
  base::FileDescriptor uart = base::open_file(device, O_RDWR | O_NONBLOCK);
  if (!uart) {
    return open_failure(address, device, errno);
  }
  if (::isatty(uart.get()) != 1) {
    return setting_failure(address, device, baud, ENOTTY);
  }
  auto lock = UucpLock::acquire(address, device);
  if (!lock) {
    return lock.error();
  }
  if (::flock(uart.get(), LOCK_EX | LOCK_NB) != 0) {
    return base::taken(address, device);
  }
  if (::ioctl(uart.get(), TIOCEXCL) != 0) {
    return open_failure(address, device, errno);
  }
  if (int error = set_raw(uart.get(), {.baud = baud, .rtscts = rtscts}); error != 0) {
    return setting_failure(address, device, baud, error);
  }
  ::tcflush(uart.get(), TCIOFLUSH);
  return std::unique_ptr<Port>(std::make_unique<OwnedPort>(std::make_shared<UartPort>(
      context, std::move(address), device, std::move(uart), std::move(*lock), baud, rtscts)));
}

}  // namespace attache::serial
