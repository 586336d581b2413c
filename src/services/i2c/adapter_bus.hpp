#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>

#include "services/i2c/i2c_bus.hpp"

namespace attache::services {

/// An I²C adapter of this machine, `/dev/i2c-N`. The kernel's calls take as long as the bus does, up to its
/// time-out of about a second: they run on a thread of the bus's own, made at the first transfer, so that the
/// loop does not wait. The adapter is opened then, and again after a failure to open it.
class AdapterI2cBus final : public I2cBus {
 public:
  explicit AdapterI2cBus(std::string path);
  ~AdapterI2cBus() override;

  boost::asio::awaitable<base::Result<std::string>> transfer(std::uint8_t address, std::string data,
                                                             std::size_t count) override;
  void close() override;

 private:
  struct Adapter;

  std::shared_ptr<Adapter> adapter_;
  std::optional<boost::asio::thread_pool> thread_;
  bool closed_ = false;
};

}  // namespace attache::services
