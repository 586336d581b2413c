#include "attache_board.hpp"

#include <device/config/network_preset.hpp>
#include <device/steering/steering.hpp>

namespace product {

// base::Result throws with its reason where a value is taken that is not there.
AttacheBoard::AttacheBoard(std::string_view network) {
  // What a configuration file would say can be said by its fields; read_config() takes TOML.
  attache::device::DeviceConfig config;
  attache::device::apply_preset(network, config).value();
  attache::device::complete(config).value();

  device_ = attache::device::Device::create(config, clock_, internet_).value();
  auto uart = std::make_unique<attache::serial::MemoryPort>();
  uart_ = uart.get();
  device_->add_at_port(std::move(uart));

  internet_.add_name("telemetry.example", attache::net::Family::ipv4,
                     boost::asio::ip::make_address("192.0.2.7"));
  internet_.on_connect([this](const std::shared_ptr<attache::net::MemoryConnection>& connection) {
    connection->on_data([this](attache::net::MemoryConnection& peer) { serve(peer); });
    return std::nullopt;  // Accepted.
  });
}

AttacheBoard::~AttacheBoard() {
  device_->close();
  clock_.settle();  // The device's coroutines end.
}

void AttacheBoard::start(TelemetryModem& driver) {
  driver_ = &driver;
  uart_->on_host_receives([this](std::string_view bytes) { driver_->uart_received(bytes); });
  device_->start();
  clock_.settle();
}

std::string AttacheBoard::steer(std::string_view line) {
  std::string said = attache::device::steer(*device_, line).value().text;
  clock_.settle();
  return said;
}

void AttacheBoard::start_timer(std::chrono::seconds after) {
  timer_ = clock_.call_after(after, [this] { driver_->timer_expired(); });
}

void AttacheBoard::serve(attache::net::MemoryConnection& connection) {
  reports.push_back(connection.take());
  if (on_report) {
    on_report();
  }
  if (server_answers) {
    connection.send("ack");
  }
}

}  // namespace product
