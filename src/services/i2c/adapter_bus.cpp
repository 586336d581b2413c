#include "services/i2c/adapter_bus.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace attache::services {

namespace {

namespace asio = boost::asio;

std::string open_advice(int error, const std::string& path) {
  switch (error) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
      return "is there such an adapter (ls /dev/i2c-*), and is the module i2c-dev loaded?";
    case EACCES:
    case EPERM:
      return fmt::format("make {} readable and writable for this user: the group is often `i2c`", path);
    default:
      return {};
  }
}

base::Reason transfer_failure(int error, const std::string& path, std::uint8_t address) {
  bool unanswered = error == ENXIO || error == EREMOTEIO || error == EIO;
  return base::make_reason(
      base::Cause::bus_no_answer, "I2C transfer failed",
      fmt::format("{} at address {:02X} of {}: {}", unanswered ? "no acknowledge" : "the bus gave up",
                  address, path, std::generic_category().message(error)),
      error == ENOTTY || error == EOPNOTSUPP ? "the adapter must know plain I2C transfers (I2C_FUNC_I2C)"
                                             : "");
}

}  // namespace

/// The open adapter; used from the bus's thread only.
struct AdapterI2cBus::Adapter {
  explicit Adapter(std::string the_path) : path(std::move(the_path)) {}
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;
  ~Adapter() {
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }

  base::Result<std::string> transfer(std::uint8_t address, std::string data, std::size_t count) {
    if (descriptor < 0) {
      descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    }
    if (descriptor < 0) {
      int error = errno;
      return base::make_reason(
          base::Cause::host_computer, "I2C transfer failed",
          fmt::format("{} cannot be opened: {}", path, std::generic_category().message(error)),
          open_advice(error, path));
    }
    std::string read(count, '\0');
    std::array<i2c_msg, 2> messages{};
    std::size_t used = 0;
    if (!data.empty()) {
      messages[used++] = {address, 0, static_cast<__u16>(data.size()), reinterpret_cast<__u8*>(data.data())};
    }
    if (count > 0) {
      messages[used++] = {address, I2C_M_RD, static_cast<__u16>(count), reinterpret_cast<__u8*>(read.data())};
    }
    i2c_rdwr_ioctl_data transaction{messages.data(), static_cast<__u32>(used)};
    if (::ioctl(descriptor, I2C_RDWR, &transaction) < 0) {
      return transfer_failure(errno, path, address);
    }
    return {boost::system::in_place_value, std::move(read)};
  }

  std::string path;
  int descriptor = -1;
};

namespace {

// A coroutine of the bus's thread. Holds the adapter, not the bus.
template <class Adapter>
asio::awaitable<base::Result<std::string>> run(std::shared_ptr<Adapter> adapter, std::uint8_t address,
                                               std::string data, std::size_t count) {
  co_return adapter->transfer(address, std::move(data), count);
}

}  // namespace

AdapterI2cBus::AdapterI2cBus(std::string path) : adapter_(std::make_shared<Adapter>(std::move(path))) {}

AdapterI2cBus::~AdapterI2cBus() {
  close();
}

asio::awaitable<base::Result<std::string>> AdapterI2cBus::transfer(std::uint8_t address, std::string data,
                                                                   std::size_t count) {
  if (closed_) {
    co_return base::make_reason(base::Cause::ended_by_host, "I2C transfer failed", "the bus is closed", "");
  }
  if (!thread_) {
    thread_.emplace(1);
  }
  auto result = co_await asio::co_spawn(thread_->get_executor(),
                                        run(adapter_, address, std::move(data), count), asio::use_awaitable);
  co_return result;
}

void AdapterI2cBus::close() {
  closed_ = true;
  if (thread_) {
    thread_->join();
  }
}

}  // namespace attache::services
