#pragma once

#include <memory>
#include <utility>

#include "serial/port.hpp"

namespace attache::serial {

/// The one owner of a port that its suspended operations share: destroying the owner closes the port, and
/// the operations end with their own share of it.
class OwnedPort final : public Port {
 public:
  explicit OwnedPort(std::shared_ptr<Port> port) : port_(std::move(port)) {}
  OwnedPort(const OwnedPort&) = delete;
  OwnedPort& operator=(const OwnedPort&) = delete;
  ~OwnedPort() override { port_->close(); }

  [[nodiscard]] std::string address() const override { return port_->address(); }
  asio::awaitable<std::size_t> read_some(std::span<char> buffer) override { return port_->read_some(buffer); }
  void write(std::string_view bytes) override { port_->write(bytes); }
  [[nodiscard]] std::size_t queued() const override { return port_->queued(); }
  asio::awaitable<void> drained(std::size_t limit) override { return port_->drained(limit); }
  base::Result<void> set_baud(std::uint32_t baud) override { return port_->set_baud(baud); }
  [[nodiscard]] std::uint32_t baud() const override { return port_->baud(); }
  [[nodiscard]] bool has_flow_control() const override { return port_->has_flow_control(); }
  [[nodiscard]] std::uint64_t dropped() const override { return port_->dropped(); }
  void set_presence_handler(std::function<void(bool present)> handler) override {
    port_->set_presence_handler(std::move(handler));
  }
  [[nodiscard]] base::HostLines host_lines() const override { return port_->host_lines(); }
  base::Result<void> drive_host_lines(const base::HostLines& lines) override {
    return port_->drive_host_lines(lines);
  }
  void set_host_lines_handler(std::function<void(const base::HostLines&)> handler) override {
    port_->set_host_lines_handler(std::move(handler));
  }
  [[nodiscard]] base::DeviceLines device_lines() const override { return port_->device_lines(); }
  base::Result<void> set_device_lines(const base::DeviceLines& lines) override {
    return port_->set_device_lines(lines);
  }
  void close() override { port_->close(); }

 private:
  std::shared_ptr<Port> port_;
};

}  // namespace attache::serial
