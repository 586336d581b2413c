#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "at/host_line.hpp"
#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/journal.hpp"
#include "device/events.hpp"
#include "device/port_taps.hpp"
#include "serial/cmux/fault_orders.hpp"
#include "serial/cmux/multiplexer.hpp"
#include "serial/port.hpp"

namespace attache::device {

/// What a line of a device and its division have in common. Everything must outlive them.
struct LineSurroundings {
  base::Clock& clock;
  base::Journal& journal;
  PortTaps& taps;
  serial::cmux::FaultOrders& multiplexer_faults;
  Events& events;
  /// Held by what waits for the port.
  std::weak_ptr<void> owner;
};

/// A line that a multiplexer divides: its user, and the lines of the channels. One thread only.
class DividedLine final : public at::LineUser,
                          public at::LineDivision,
                          public std::enable_shared_from_this<DividedLine>,
                          private serial::cmux::MultiplexerUser {
 public:
  /// `line` is the whole line, on `port`, number `index` for the taps; both outlive it.
  DividedLine(const at::DivisionRules& rules, at::DivisionUser& user, at::HostLine& line, serial::Port& port,
              std::size_t index, const LineSurroundings& surroundings);
  ~DividedLine() override;

  // As the user of the line.
  void receive(std::string_view bytes) override;
  std::string give_back() override { return {}; }
  [[nodiscard]] std::size_t backlog() const override;
  [[nodiscard]] bool carries_data() const override { return true; }
  void host_lines_changed(const base::HostLines& lines) override;

  // For the user of the division.
  void begin() override;
  [[nodiscard]] at::HostLine& line(unsigned channel) override;
  [[nodiscard]] bool is_open(unsigned channel) const override;
  void take_user(unsigned channel) override;
  void set_enabled(bool enabled) override;
  void end_soon() override;
  void end_now() override;

  /// A host has opened the port, or closed it.
  void host_present(bool present);

 private:
  class ChannelLine;

  // As the user of the multiplexer.
  void opened(std::uint8_t dlci) override;
  void closed(std::uint8_t dlci) override;
  void received(std::uint8_t dlci, std::string_view data) override;
  void host_lines_changed(std::uint8_t dlci, const base::HostLines& lines) override;
  void output_shrunk(std::uint8_t dlci) override;
  void ended(std::string_view why) override;

  void look_at_backlog(std::uint8_t dlci);
  void set_line_up();
  void pump();
  void write_output();
  void call_host();
  void arm();
  static boost::asio::awaitable<void> wait_for_port(std::shared_ptr<DividedLine> self);

  at::DivisionRules rules_;
  at::DivisionUser& user_;
  at::HostLine& line_;
  serial::Port& port_;
  std::size_t index_;
  LineSurroundings near_;
  serial::cmux::Multiplexer multiplexer_;
  std::vector<std::unique_ptr<ChannelLine>> channels_;  // By DLCI less 1.
  base::Alarm alarm_;
  std::string early_;  // What came before begin().
  bool has_begun_ = false;
  bool is_enabled_ = true;
  bool host_is_ready_ = true;  // DTR of the port.
  bool waits_for_port_ = false;
  bool receiving_ = false;
  bool pumping_ = false;
  bool has_ended_ = false;
};

}  // namespace attache::device
