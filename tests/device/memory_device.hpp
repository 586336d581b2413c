#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "device/device.hpp"
#include "net/memory_bearer.hpp"
#include "serial/memory_port.hpp"

namespace attache::device {

/// A device with everything in memory: the test is its host, its peers and its time. One AT port unless more
/// are asked for. The peer of every HTTP connection to "server.example" answers as `answer` says.
class MemoryDevice {
 public:
  explicit MemoryDevice(DeviceConfig config = {}, std::size_t ports = 1);
  MemoryDevice(const MemoryDevice&) = delete;
  MemoryDevice& operator=(const MemoryDevice&) = delete;
  ~MemoryDevice();

  /// Sends bytes and lets the device do all it can at this instant; gives what came back.
  std::string send(std::string_view bytes, std::size_t port = 0);
  /// Lets time pass; gives what came.
  std::string wait(base::Duration duration, std::size_t port = 0);
  /// +CFUN=1 and what follows, so that the network is there.
  void attach();

  [[nodiscard]] serial::MemoryPort& port(std::size_t index = 0) { return *ports_[index]; }
  [[nodiscard]] net::MemoryBearer& bearer() { return *bearer_; }
  [[nodiscard]] base::ManualClock& clock() { return clock_; }
  [[nodiscard]] Device& device() { return *device_; }
  /// Closes the device and lets go of it; true if nothing else holds it, with time standing still.
  bool close_for_good();
  [[nodiscard]] const std::vector<base::JournalEntry>& journal() const { return journal_; }

  /// What the server answers once a whole request has come, by default a 200 with "hello".
  std::function<std::string(const std::string& request)> answer;

 private:
  boost::asio::io_context context_{1};
  base::ManualClock clock_;
  std::vector<base::JournalEntry> journal_;
  net::MemoryBearer* bearer_ = nullptr;
  std::vector<serial::MemoryPort*> ports_;
  std::shared_ptr<Device> device_;
};

}  // namespace attache::device
