#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>

#include "at/host_line.hpp"
#include "base/event.hpp"
#include "device/divided_line.hpp"
#include "device/events.hpp"
#include "serial/port.hpp"

namespace attache::device {

/// A port as the application's line to its host: what comes goes to the line's user, which can change at any
/// byte. One thread only.
class Line final : public at::HostLine {
 public:
  /// `index`: which line, from 0, for the taps. `flow_control`: whether the application finds RTS/CTS on it;
  /// nothing = as the port has it. The references must outlive the line.
  Line(std::unique_ptr<serial::Port> port, std::size_t index, const LineSurroundings& surroundings,
       std::optional<bool> flow_control);

  /// Reads the port until it ends for good, or throws as it does. set_user() must have been called.
  boost::asio::awaitable<void> serve();
  /// Ends serve().
  void close();

  /// The port beneath: for its address and its peer. Bytes go by write(), which the taps hear.
  [[nodiscard]] serial::Port& port() { return *port_; }
  /// The same of a line that is only looked at.
  [[nodiscard]] const serial::Port& port() const { return *port_; }
  /// The line is in data mode. One that is divided is not, whatever its channels carry.
  [[nodiscard]] bool carries_data() const;
  /// carries_data(), and these are frames of PPP.
  [[nodiscard]] bool carries_ppp() const { return carries_data() && user_->carries_ppp(); }
  /// A multiplexer has divided it.
  [[nodiscard]] bool is_divided() const;

  void write(std::string_view bytes) override;
  boost::asio::awaitable<void> drained(std::size_t limit) override { return port_->drained(limit); }
  [[nodiscard]] std::size_t queued() const override { return port_->queued(); }
  [[nodiscard]] std::uint32_t baud() const override { return port_->baud(); }
  void set_baud(std::uint32_t baud) override;
  [[nodiscard]] bool has_flow_control() const override {
    return flow_control_.value_or(port_->has_flow_control());
  }
  void set_user(at::LineUser& user) override;
  void backlog_shrunk() override { backlog_shrunk_.notify(); }
  [[nodiscard]] base::HostLines host_lines() const override { return port_->host_lines(); }
  [[nodiscard]] base::DeviceLines device_lines() const override { return port_->device_lines(); }
  void set_device_lines(const base::DeviceLines& lines) override;
  std::shared_ptr<at::LineDivision> divide(const at::DivisionRules& rules, at::DivisionUser& user) override;

 private:
  void receive(std::string_view bytes);
  void tell_mode();

  std::unique_ptr<serial::Port> port_;
  std::size_t index_;
  LineSurroundings near_;
  std::optional<bool> flow_control_;
  at::LineUser* user_ = nullptr;
  std::weak_ptr<DividedLine> division_;
  base::Event backlog_shrunk_;
  bool closed_ = false;
  bool told_data_mode_ = false;  // What events have said last.
};

}  // namespace attache::device
