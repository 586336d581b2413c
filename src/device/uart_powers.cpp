#include "device/uart_powers.hpp"

#include <utility>

#include "serial/owned_port.hpp"

namespace attache::device {

std::unique_ptr<serial::Port> UartPowers::add(std::unique_ptr<serial::Port> port) {
  ports_.push_back(std::make_shared<serial::DtrPort>(clock_, journal_, std::move(port), rules_));
  return std::make_unique<serial::OwnedPort>(ports_.back());
}

void UartPowers::suspend() {
  for (const auto& port : ports_) {
    port->suspend();
  }
}

void UartPowers::resume() {
  for (const auto& port : ports_) {
    port->resume();
  }
}

void UartPowers::restart() {
  for (const auto& port : ports_) {
    port->restart();
  }
}

}  // namespace attache::device
