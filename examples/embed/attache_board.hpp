#pragma once

#include <base/clock.hpp>
#include <boost/asio/io_context.hpp>
#include <device/device.hpp>
#include <memory>
#include <net/bearer_control.hpp>
#include <net/memory_bearer.hpp>
#include <serial/memory_port.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry_modem.hpp"

namespace product {

/// The board of the tests: behind its UART is an Attaché device, behind that a server in memory. Everything
/// runs on a clock that stands still between two calls of advance(), so nothing here takes real time, and
/// every run is like the other.
class AttacheBoard final : public Board {
 public:
  /// In a network that `attache networks` lists.
  explicit AttacheBoard(std::string_view network = "ltem-good");
  ~AttacheBoard() override;

  /// Boots the modem.
  void start(TelemetryModem& driver);
  /// Lets time pass: every timer of modem, network and driver that is due in it goes off, in order.
  void advance(attache::base::Duration duration) { clock_.advance(duration); }

  // Three ways to steer: in the words of `attache ctl`, …
  /// Throws if the words are wrong or the device refuses.
  std::string steer(std::string_view line);
  // … and by functions: the network and the SIM as the modem sees them, …
  attache::cellular::NetworkControl& network() { return *device_->radio().network; }
  // … and link, routes and names between the modem and the server.
  attache::net::BearerControl& bearer() { return *device_->bearer_control(); }

  // Board
  void uart_write(std::string_view bytes) override { uart_->host_sends(bytes); }
  void start_timer(std::chrono::seconds after) override;

  std::vector<std::string> reports;  ///< What the server has got.
  bool server_answers = true;
  /// Called with each report, before the server answers.
  std::function<void()> on_report;

 private:
  void serve(attache::net::MemoryConnection& connection);

  // In the order in which they need each other.
  boost::asio::io_context context_;
  attache::base::ManualClock clock_{context_};
  attache::net::MemoryBearer internet_{clock_};
  std::shared_ptr<attache::device::Device> device_;
  attache::serial::MemoryPort* uart_ = nullptr;  // The device's.
  TelemetryModem* driver_ = nullptr;
  attache::base::Alarm timer_;
};

}  // namespace product
