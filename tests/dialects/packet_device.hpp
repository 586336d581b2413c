#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "device/device.hpp"
#include "net/memory_bearer.hpp"
#include "net/packets/packet_headers.hpp"
#include "serial/memory_port.hpp"

namespace attache::dialects {

/// A device whose network carries whole IP packets, in memory.
class PacketDevice {
 public:
  explicit PacketDevice(DialectOptions options)
      : line_end_(options.name.starts_with("serial-modem") ? "\r" : "\r\n") {
    device::DeviceConfig config;
    config.dialect = std::move(options);
    EXPECT_TRUE(device::complete(config));
    device = *device::Device::create(config, clock, internet);
    device->add_journal_sink([this](const base::JournalEntry& entry) { log += entry.text + "\n"; });
    auto made = std::make_unique<serial::MemoryPort>();
    port = made.get();
    device->add_at_port(std::move(made));
    internet.packets().set_handler([this](std::string_view packet) { arrived.emplace_back(packet); });
    device->start();
    clock.settle();
    static_cast<void>(port->host_takes());
  }
  PacketDevice(const PacketDevice&) = delete;
  PacketDevice& operator=(const PacketDevice&) = delete;
  ~PacketDevice() {
    device->close();
    device.reset();
    clock.settle();
  }

  std::string send(std::string_view line) {
    port->host_sends(fmt::format("{}{}", line, line_end_));
    return take();
  }
  std::string take() {
    clock.settle();
    return port->host_takes();
  }
  std::string get(std::string_view packet) {
    internet.packets().inject(packet);
    return take();
  }

  boost::asio::io_context context{1};
  base::ManualClock clock{context, base::WallTime(std::chrono::seconds(1'700'000'000))};
  net::MemoryBearer internet{clock};
  std::shared_ptr<device::Device> device;
  serial::MemoryPort* port = nullptr;
  std::vector<std::string> arrived;
  std::string log;

 private:
  std::string_view line_end_;
};

/// A datagram between two hosts, as a whole packet.
inline std::string packet_of(std::string_view from, std::string_view to, std::string_view text) {
  return net::make_udp_packet({boost::asio::ip::make_address(from), 5000},
                              {boost::asio::ip::make_address(to), 7}, text);
}

/// One of the device, and one for it.
inline const std::string packet_up = packet_of("10.160.33.41", "198.51.100.7", "hello");
inline const std::string packet_down = packet_of("198.51.100.7", "10.160.33.41", "answer");

}  // namespace attache::dialects
