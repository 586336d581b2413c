#include "bench/devices.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace attache::bench {

Devices::~Devices() {
  for (const Member& member : members_) {
    member.hosted->close();
  }
  context_.restart();
  context_.poll();
}

void Devices::add() {
  device::DeviceConfig config;
  config.simulation.imei = fmt::format("{:015}", 352'656'100'000'000 + members_.size());
  config.network.link = link_;
  if (auto whole = device::complete(config); !whole) {
    throw std::runtime_error(base::to_block(whole.error()));
  }
  auto made = runtime::HostedDevice::create(surroundings_, {}, config, {});
  if (!made) {
    throw std::runtime_error(base::to_block(made.error()));
  }
  auto port = std::make_unique<serial::MemoryPort>();
  members_.push_back({std::move(*made), port.get()});
  members_.back().hosted->device()->add_at_port(std::move(port));
  if (auto started = members_.back().hosted->start(config, "bench"); !started) {
    throw std::runtime_error(base::to_block(started.error()));
  }
  context_.poll();
  (void)members_.back().port->host_takes();  // Ready.
}

void Devices::turn_on(std::size_t index) {
  std::string answer = command(index, "AT+CFUN=1");
  if (!answer.ends_with("OK\r\n")) {
    throw std::runtime_error(fmt::format("AT+CFUN=1 is answered \"{}\"", answer));
  }
}

bool Devices::is_registered(std::size_t index) {
  return command(index, "AT+CEREG?").find("+CEREG: 0,1") != std::string::npos;
}

void Devices::run_for(std::chrono::milliseconds time) {
  auto end = surroundings_->clock->call_after(
      time, [this] { context_.stop(); });  // Asio's own run_for() wakes each second.
  context_.restart();
  context_.run();
}

std::string Devices::command(std::size_t index, std::string_view line) {
  serial::MemoryPort& port = *members_[index].port;
  port.host_sends(line);
  port.host_sends("\r\n");
  while (!port.host_received().ends_with("OK\r\n") && !port.host_received().ends_with("ERROR\r\n")) {
    context_.restart();  // A loop that ran dry has stopped.
    if (context_.poll() == 0 && context_.run_one() == 0) {
      throw std::runtime_error(fmt::format("\"{}\" is not answered", line));
    }
  }
  return port.host_takes();
}

}  // namespace attache::bench
