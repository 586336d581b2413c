#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/modem_lines.hpp"
#include "base/result.hpp"

namespace attache::at {

/// Who takes the bytes that come on a line: an AT channel, or what takes its place (a multiplexer, a data
/// pipe). One thread only.
class LineUser {
 public:
  virtual ~LineUser() = default;
  /// Bytes from the host, in order.
  virtual void receive(std::string_view bytes) = 0;
  /// Another takes the line over: gives back what has been received and not used, and is called no more until
  /// the line is its again.
  virtual std::string give_back() = 0;
  /// Bytes received and not yet used; the line is read no further while this is above `backlog_limit`.
  [[nodiscard]] virtual std::size_t backlog() const = 0;
  static constexpr std::size_t backlog_limit = 16 * 1024;
  /// Data go over the line as they are: it may be read in larger pieces.
  [[nodiscard]] virtual bool carries_data() const = 0;
  /// The host has changed its control lines.
  virtual void host_lines_changed(const base::HostLines& lines) { static_cast<void>(lines); }
};

/// What a channel and its dialect know of the serial line to the host. Implemented by `device/` on a port.
class HostLine {
 public:
  virtual ~HostLine() = default;

  /// Sends bytes in order; never blocks.
  virtual void write(std::string_view bytes) = 0;
  /// Suspends until at most `limit` bytes are waiting to be sent: back-pressure for whoever produces many.
  virtual boost::asio::awaitable<void> drained(std::size_t limit) = 0;
  /// The line rate in bit/s.
  [[nodiscard]] virtual std::uint32_t baud() const = 0;
  virtual void set_baud(std::uint32_t baud) = 0;
  /// True if the sender can be held back (RTS/CTS).
  [[nodiscard]] virtual bool has_flow_control() const = 0;

  /// From the next byte on the line is the user's: what the one before has received and not used comes first.
  /// `user` must live until another one takes over.
  virtual void set_user(LineUser& user) = 0;
  /// The backlog of the user has shrunk to the limit or below.
  virtual void backlog_shrunk() = 0;

  /// The control lines of the port.
  [[nodiscard]] virtual base::HostLines host_lines() const = 0;
  [[nodiscard]] virtual base::DeviceLines device_lines() const = 0;
  virtual void set_device_lines(const base::DeviceLines& lines) = 0;
};

}  // namespace attache::at
