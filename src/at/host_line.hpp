#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
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
  /// The line is its from now on, or again.
  virtual void line_taken() {}
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
  /// These data are frames of PPP.
  [[nodiscard]] virtual bool carries_ppp() const { return false; }
  /// The host has changed its control lines.
  virtual void host_lines_changed(const base::HostLines& lines) { static_cast<void>(lines); }
  /// The line has gone (a channel of a multiplexer that is closed): whoever has it to write on leaves it.
  virtual void line_gone() {}
  /// The host has closed the port, where that can be seen.
  virtual void host_gone() {}
};

class HostLine;

/// How a line is divided by a multiplexer (3GPP TS 27.010, basic option).
struct DivisionRules {
  unsigned channels = 4;         ///< Data channels 1 to this, 63 at most.
  std::size_t frame_size = 127;  ///< N1, bytes.
  bool saves_power = true;       ///< PSC is taken.
  bool ends_by_host = true;      ///< When the host closes it down; else it waits to be opened anew.
  bool whole_standard = false;   ///< PN, RPN, RLS, SNC and Test are answered, instead of NSC.
  bool outlives_host = false;    ///< It goes on when the host closes the port.
};

/// Who divides a line: is told what the host does with the channels.
class DivisionUser {
 public:
  virtual ~DivisionUser() = default;
  /// The host has opened a channel: LineDivision::line() of it carries bytes from now on.
  virtual void channel_opened(unsigned channel) = 0;
  /// … or closed it. The user of its line has been told (LineUser::line_gone).
  virtual void channel_closed(unsigned channel) = 0;
  /// The host has changed the control lines of the port itself.
  virtual void port_lines_changed(const base::HostLines& lines) = 0;
  /// The division has ended: the line must be given a user of its own. The last call.
  virtual void division_ended() = 0;
};

/// A line that is divided. One thread only.
class LineDivision {
 public:
  virtual ~LineDivision() = default;
  /// Lets it begin, once the lines have users: what has come until now is read.
  virtual void begin() = 0;
  /// The line of a channel from 1 on: there as long as the division is, open or not. What is written before
  /// the host opens it waits, within limits; what comes while it has no user is dropped.
  [[nodiscard]] virtual HostLine& line(unsigned channel) = 0;
  /// The host has it open; 1 to DivisionRules::channels.
  [[nodiscard]] virtual bool is_open(unsigned channel) const = 0;
  /// What comes on the channel is dropped from now on.
  virtual void take_user(unsigned channel) = 0;
  /// Switches the UART beneath: while it is off, bytes in both directions are lost.
  virtual void set_enabled(bool enabled) = 0;
  /// Ends it after a moment in which answers go out, without a word to the host.
  virtual void end_soon() = 0;
  /// Ends it at once, and tells nobody: for who gives the line another user now.
  virtual void end_now() = 0;
};

/// What a channel and its dialect know of the serial line to the host. Implemented by `device/` on a port.
class HostLine {
 public:
  virtual ~HostLine() = default;

  /// Sends bytes in order; never blocks.
  virtual void write(std::string_view bytes) = 0;
  /// Suspends until at most `limit` bytes are waiting to be sent: back-pressure for whoever produces many.
  virtual boost::asio::awaitable<void> drained(std::size_t limit) = 0;
  /// Bytes that are waiting to be sent, for whoever may lose some instead.
  [[nodiscard]] virtual std::size_t queued() const { return 0; }
  /// The line rate in bit/s.
  [[nodiscard]] virtual std::uint32_t baud() const = 0;
  /// In both directions, for what is sent from now on. What a real UART refuses goes to the log; a channel of
  /// a multiplexer has no rate of its own, and nothing happens.
  virtual void set_baud(std::uint32_t baud) = 0;
  /// True if the sender can be held back (RTS/CTS).
  [[nodiscard]] virtual bool has_flow_control() const = 0;

  /// From the next byte on the line is the user's: what the one before has received and not used comes first.
  /// `user` must live until another one takes over.
  virtual void set_user(LineUser& user) = 0;
  /// The backlog of the user has shrunk to the limit or below.
  virtual void backlog_shrunk() = 0;
  /// Bytes that a user may have unused before the line stops reading for it.
  [[nodiscard]] virtual std::size_t backlog_limit() const { return LineUser::backlog_limit; }

  /// The control lines of the port.
  [[nodiscard]] virtual base::HostLines host_lines() const = 0;
  /// DSR, CTS, DCD and RI as set_device_lines() has set them last.
  [[nodiscard]] virtual base::DeviceLines device_lines() const = 0;
  /// The host sees those that the port has (serial::Port); of a channel of a multiplexer MSC tells them.
  virtual void set_device_lines(const base::DeviceLines& lines) = 0;

  /// Divides the line: from the next byte on it carries frames of a multiplexer, and its user has it no more.
  /// LineDivision::begin() must follow.
  /// Null if it cannot be divided, because it is a channel of such a one. `user` must outlive the division.
  virtual std::shared_ptr<LineDivision> divide(const DivisionRules& rules, DivisionUser& user) {
    static_cast<void>(rules);
    static_cast<void>(user);
    return nullptr;
  }
};

}  // namespace attache::at
