#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "device/device.hpp"
#include "device/steering/steering.hpp"
#include "net/host_network.hpp"
#include "serial/memory_port.hpp"

namespace attache::device {

/// A device on a manual clock whose network can be steered, with one host in memory.
class SteeredDevice {
 public:
  explicit SteeredDevice(DeviceConfig config = {}) {
    EXPECT_TRUE(complete(config));
    device = *Device::create(config, clock, network);
    device->add_journal_sink([this](const base::JournalEntry& entry) { journal.push_back(entry); });
    auto made = std::make_unique<serial::MemoryPort>();
    port = made.get();
    device->add_at_port(std::move(made));
  }
  SteeredDevice(const SteeredDevice&) = delete;
  SteeredDevice& operator=(const SteeredDevice&) = delete;
  ~SteeredDevice() {
    device->close();
    clock.settle();
  }

  void start() {
    device->start();
    clock.settle();
    EXPECT_EQ(port->host_takes(), "Ready\r\n");
  }
  std::string send(std::string_view line) {
    port->host_sends(std::string(line) + "\r\n");
    clock.settle();
    return port->host_takes();
  }
  /// The text of the answer, or "what: why | advice" of the failure.
  std::string steer(std::string_view line) {
    auto answer = device::steer(*device, line);
    std::string text = answer ? answer->text : base::summary(answer.error()) + " | " + answer.error().advice;
    clock.settle();
    return text;
  }

  boost::asio::io_context context;
  base::ManualClock clock{context};
  net::HostNetwork network{clock};
  std::shared_ptr<Device> device;
  serial::MemoryPort* port = nullptr;
  std::vector<base::JournalEntry> journal;
};

}  // namespace attache::device
