#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/modem_lines.hpp"
#include "base/result.hpp"

namespace attache::serial {

namespace asio = boost::asio;

/// One end of a serial line: a PTY, a real UART, a TCP or unix connection, stdio, or memory.
///
/// A port outlives its peers: when a host closes the PTY or the TCP client goes, the port waits for the next.
/// Used from the thread of its io_context only. Destroying a port ends its suspended operations.
class Port {
 public:
  virtual ~Port() = default;

  /// Where a peer finds it, as printed after `ready`: "pty:/tmp/modem", "tcp:127.0.0.1:41777".
  [[nodiscard]] virtual std::string address() const = 0;

  /// Suspends until bytes have come, then returns how many (at least 1) are in `buffer`.
  /// Returns 0 when the port is closed for good: close() was called, or the end of stdio or of a client
  /// connection was reached. Throws boost::system::system_error(operation_aborted) when cancelled.
  /// At most one read at a time.
  virtual asio::awaitable<std::size_t> read_some(std::span<char> buffer) = 0;

  /// Sends all bytes in order and never blocks: what the line does not take at once is queued.
  /// Everything given in one call goes out in one system call where the line takes it.
  virtual void write(std::string_view bytes) = 0;

  /// Bytes queued and not yet given to the line.
  [[nodiscard]] virtual std::size_t queued() const = 0;

  /// Suspends until at most `limit` bytes are queued (or the port is closed).
  virtual asio::awaitable<void> drained(std::size_t limit) = 0;

  /// The line rate in bit/s. A paced port and a real UART change it; others store it.
  virtual base::Result<void> set_baud(std::uint32_t baud) = 0;
  /// As set_baud() has stored it last; 115200 before that unless the port was opened with another rate.
  [[nodiscard]] virtual std::uint32_t baud() const = 0;

  /// True if the sender can be held back (RTS/CTS, or a transport that has flow control of its own).
  [[nodiscard]] virtual bool has_flow_control() const = 0;

  /// Bytes dropped so far because no host was there or because the queue's limit was reached.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;

  /// Called when a host opens (true) or closes (false) the port.
  virtual void set_presence_handler(std::function<void(bool present)> handler) = 0;

  /// The control lines as the host has them. A real UART asks its driver (over a null modem cable the host's
  /// DTR is DSR here, its RTS is CTS; a DTR that was never asserted counts as not wired, and asserted); on
  /// others, which have none, they are as drive_host_lines() left them.
  [[nodiscard]] virtual base::HostLines host_lines() const { return host_lines_; }
  /// Drives them in the place of the host. The reason of a failure says that the host's own are there.
  virtual base::Result<void> drive_host_lines(const base::HostLines& lines);
  /// Called after each drive_host_lines() that changed something, and when a host at a real UART did.
  virtual void set_host_lines_handler(std::function<void(const base::HostLines&)> handler) {
    on_host_lines_ = std::move(handler);
  }
  /// The control lines as the device has them.
  [[nodiscard]] virtual base::DeviceLines device_lines() const { return device_lines_; }
  /// Sets them. A real UART has two outputs: DTR carries DSR and DCD to the host, RTS carries CTS unless the
  /// driver uses it for flow control; the others are kept and not seen.
  virtual base::Result<void> set_device_lines(const base::DeviceLines& lines) {
    device_lines_ = lines;
    return {};
  }

  /// Ends the port for good and removes what it made in the file system. May be called twice.
  virtual void close() = 0;

 private:
  base::HostLines host_lines_;
  base::DeviceLines device_lines_;
  std::function<void(const base::HostLines&)> on_host_lines_;
};

/// How many bytes a port queues at most; what comes beyond is dropped and counted (a host that never reads).
inline constexpr std::size_t queue_limit = 1024 * 1024;

}  // namespace attache::serial
