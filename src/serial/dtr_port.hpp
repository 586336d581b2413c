#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/journal.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// How a UART follows DTR (reference serial-modem-2.0/uart-power.md).
struct DtrRules {
  base::Duration debounce = std::chrono::milliseconds(10);  ///< How long DTR has to be as it is.
  std::size_t buffer = 256;  ///< Bytes of output that wait while the UART is off …
  /// … and how long more than that does before it is lost.
  base::Duration patience = std::chrono::milliseconds(500);
};

/// A UART that is on while its host asserts DTR. While it is off, what the host sends is lost, what the
/// device writes waits, and RI is asserted as long as something does. One thread only.
class DtrPort final : public Port, public std::enable_shared_from_this<DtrPort> {
 public:
  /// Clock and journal must outlive it.
  DtrPort(base::Clock& clock, base::Journal& journal, std::unique_ptr<Port> port, const DtrRules& rules);

  /// Off until the host asserts DTR anew, whatever it does now, or resume().
  void suspend();
  /// On, whatever the host does with DTR: woken by another pin.
  void resume();
  /// A fresh boot: what waits is lost, and DTR alone counts.
  void restart();
  [[nodiscard]] bool is_on() const { return on_; }

  [[nodiscard]] std::string address() const override { return port_->address(); }
  asio::awaitable<std::size_t> read_some(std::span<char> buffer) override;
  void write(std::string_view bytes) override;
  [[nodiscard]] std::size_t queued() const override { return waiting_.size() + port_->queued(); }
  asio::awaitable<void> drained(std::size_t limit) override;
  base::Result<void> set_baud(std::uint32_t baud) override { return port_->set_baud(baud); }
  [[nodiscard]] std::uint32_t baud() const override { return port_->baud(); }
  [[nodiscard]] bool has_flow_control() const override { return port_->has_flow_control(); }
  [[nodiscard]] std::uint64_t dropped() const override { return dropped_ + port_->dropped(); }
  void set_presence_handler(std::function<void(bool present)> handler) override {
    port_->set_presence_handler(std::move(handler));
  }
  /// DTR as the device has seen it, debounced.
  [[nodiscard]] base::HostLines host_lines() const override {
    base::HostLines lines = port_->host_lines();
    lines.dtr = dtr_;
    return lines;
  }
  base::Result<void> drive_host_lines(const base::HostLines& lines) override {
    return port_->drive_host_lines(lines);
  }
  /// Called when DTR has changed, and no other line.
  void set_host_lines_handler(std::function<void(const base::HostLines&)> handler) override {
    on_lines_ = std::move(handler);
  }
  [[nodiscard]] base::DeviceLines device_lines() const override { return port_->device_lines(); }
  /// RI is asserted if these say so, or if something waits.
  base::Result<void> set_device_lines(const base::DeviceLines& lines) override;
  void close() override;

 private:
  void lines_changed(const base::HostLines& lines);
  void settle();
  void switch_on(bool on);
  void set_ring(bool rings);
  void give_up(std::size_t bytes);

  base::Clock& clock_;
  base::Journal& journal_;
  std::unique_ptr<Port> port_;
  DtrRules rules_;
  bool dtr_;  // Debounced.
  bool suspended_ = false;
  bool on_;
  bool rings_ = false;       // Because something waits here …
  bool user_rings_ = false;  // … or above.
  std::string waiting_;
  base::Event shrunk_;
  bool closed_ = false;
  std::uint64_t dropped_ = 0;
  base::Alarm debounce_alarm_;
  base::Alarm patience_alarm_;
  std::function<void(const base::HostLines&)> on_lines_;
};

}  // namespace attache::serial
