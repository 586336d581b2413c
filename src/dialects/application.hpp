#pragma once

#include <memory>

#include "at/channel.hpp"
#include "at/host_line.hpp"
#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/result.hpp"
#include "cellular/modem.hpp"
#include "cellular/power_state.hpp"
#include "dialects/dialect_options.hpp"
#include "net/bearer.hpp"
#include "services/firmware_slots.hpp"
#include "services/gnss/gnss_receiver.hpp"
#include "services/i2c/i2c_bus.hpp"

namespace attache::dialects {

/// What an application firmware runs in. Everything must outlive it.
struct Surroundings {
  base::Clock& clock;
  base::Journal& journal;
  cellular::Modem& modem;
  net::Bearer& bearer;
  services::I2cBuses& i2c_buses;
  services::FirmwareSlots& firmware;
  const cellular::PowerState& power;
  const services::GnssOptions& gnss;
  /// Held by every coroutine of the application, so that the device is not destroyed under it.
  std::weak_ptr<void> owner;
};

/// The application firmware of a device: answers the AT lines of its channels. One thread only.
class Application {
 public:
  virtual ~Application() = default;

  /// Adds an AT channel on a line to a host, which must outlive the application. Call before start().
  virtual at::Channel& add_channel(at::HostLine& line) = 0;

  /// Boots: every channel gets `Ready`.
  virtual void start() = 0;

  /// The interface pin is pulled low: wakes the application from #XSLEEP.
  virtual void wake_up() = 0;

  /// The host asserts DTR or takes it back. The reason of a failure says that the firmware does not read it.
  virtual base::Result<void> set_dtr(bool asserted) = 0;

  /// Closes all services without a word to the host, so that suspended work ends. For shutting down.
  virtual void shut_down() = 0;
};

/// The application of the dialect named in the options ("slm-1.6", "slm-1.5").
std::unique_ptr<Application> make_application(const DialectOptions& options, Surroundings surroundings);

}  // namespace attache::dialects
