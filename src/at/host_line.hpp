#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace attache::at {

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
};

}  // namespace attache::at
