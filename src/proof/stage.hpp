#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "device/config/config.hpp"
#include "device/device.hpp"
#include "net/memory_bearer.hpp"
#include "proof/internet.hpp"
#include "serial/memory_port.hpp"

namespace attache::proof {

/// A line that went over the wire, or that the host logged.
struct Spoken {
  double seconds = 0;  ///< Since the device's start.
  enum class Who { host, modem, log } who = Who::host;
  std::string text;
};

/// <stat> of +CEREG: registered at home or roaming (3GPP 27.007 10.1.22).
constexpr bool means_registered(int status) {
  return status == 1 || status == 5;
}

/// A device on a manual clock with a network in memory, and a host that speaks with it: minutes of its life
/// pass in moments. The date is that of 2026-11-23. One thread.
class Stage {
 public:
  /// Boots the device. The reason of a failure tells what of the configuration does not hold.
  static base::Result<std::unique_ptr<Stage>> open(device::DeviceConfig config, const Internet& internet);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Sends a line, CR LF behind it, and waits until its result has come, `longest` at most. Whether it came.
  bool command(const std::string& line, base::Duration longest);
  /// Sends bytes as they are; each line of them stands in spoken().
  void send(const std::string& bytes);
  /// Lets that much of the device's time pass; what is due meanwhile happens.
  void wait(base::Duration time);
  /// A steering command (docs/steering.md).
  base::Result<void> steer(std::string_view words);
  /// What the host writes into its log.
  void note(std::string text);

  /// Whether the modem is registered, at home or roaming.
  [[nodiscard]] bool is_registered() const;
  /// All that was said so far.
  [[nodiscard]] const std::vector<Spoken>& spoken() const { return spoken_; }

 private:
  explicit Stage(device::DeviceConfig config);
  base::Result<void> begin(const Internet& internet);
  std::optional<net::Failure> shake(const TlsPeer* peer, const net::TlsOptions& tls,
                                    const net::Endpoint& server);
  void hear(std::string_view bytes);
  [[nodiscard]] double seconds() const;

  device::DeviceConfig config_;
  boost::asio::io_context context_;
  base::ManualClock clock_;
  base::Time start_ = clock_.now();
  net::MemoryBearer network_{clock_};
  std::shared_ptr<device::Device> device_;
  serial::MemoryPort* port_ = nullptr;
  std::vector<Spoken> spoken_;
  std::string heard_;
  bool answered_ = false;
};

}  // namespace attache::proof
