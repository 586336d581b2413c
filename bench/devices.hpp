#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "device/device.hpp"
#include "runtime/hosted_device.hpp"
#include "serial/memory_port.hpp"

namespace attache::bench {

/// Devices in this process, each with one port in memory, on one loop. Functions throw std::runtime_error.
class Devices {
 public:
  /// Each behind such a link.
  explicit Devices(const net::LinkOptions& link = {}) : link_(link) {}
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;
  ~Devices();

  /// Makes one more, boots it and waits for `Ready`. The number of the device is its index.
  void add();
  /// Turns a device's modem on; it registers while the loop runs.
  void turn_on(std::size_t index);
  [[nodiscard]] bool is_registered(std::size_t index);
  /// Lets the loop run for so long.
  void run_for(std::chrono::milliseconds time);

  /// Sends a line to a device and returns its answer.
  std::string command(std::size_t index, std::string_view line);

  [[nodiscard]] device::Device& device(std::size_t index) { return *members_[index].hosted->device(); }
  [[nodiscard]] std::size_t size() const { return members_.size(); }

 private:
  struct Member {
    std::unique_ptr<runtime::HostedDevice> hosted;
    serial::MemoryPort* port;  // Owned by the device.
  };

  boost::asio::io_context context_{1};
  std::shared_ptr<runtime::Surroundings> surroundings_ =
      std::make_shared<runtime::Surroundings>(context_, false);
  net::LinkOptions link_;
  std::vector<Member> members_;
};

}  // namespace attache::bench
