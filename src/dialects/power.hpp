#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/journal.hpp"
#include "dialects/channels.hpp"
#include "dialects/notices.hpp"
#include "modem/modem.hpp"
#include "services/firmware_slots.hpp"

namespace attache::dialects {

/// The power of the UARTs to the hosts, where DTR switches it; `device/` has it.
class UartPower {
 public:
  virtual ~UartPower() = default;
  /// All are off until their host asserts DTR anew: what is written waits.
  virtual void suspend() = 0;
  /// All are on.
  virtual void resume() = 0;
  /// A fresh boot: what waits is lost, and DTR alone counts.
  virtual void restart() = 0;
};

/// What Power needs of the rest of the application.
class PoweredParts {
 public:
  virtual ~PoweredParts() = default;
  /// Closes all services, with the lines that the firmware prints then; `why` is their reason.
  virtual void close_services(std::string_view why) = 0;
  /// Back to the state of a fresh boot. The services have been closed before, unless the power was cut.
  virtual void forget() = 0;
  /// What a fresh boot says.
  virtual std::string boot_text() = 0;
  /// Null: the UARTs are always on.
  virtual UartPower* uart_power() = 0;
  /// Runs a coroutine that keeps the device alive.
  virtual void run(boost::asio::awaitable<void> task) = 0;
};

/// Boot, reset and sleep of the application's chip. One thread only.
class Power {
 public:
  /// How the build is woken.
  struct Rules {
    bool can_wake_up = false;  ///< A pin can end System OFF.
    /// The UARTs are on while their hosts assert DTR, and Sleep::lines_off is the same as DTR taken back.
    bool uarts_follow_dtr = false;
    bool starts_asleep = false;     ///< The wake-up pin alone starts it, if there is one.
    bool connects_at_boot = false;  ///< AT+CFUN=1 when it has started.
    unsigned wake_up_pin = 0;       ///< As the log names it.
    std::string_view log_module{};
  };
  /// Everything must outlive it.
  struct Neighbours {
    base::Clock& clock;
    base::Journal& journal;
    modem::Modem& modem;
    services::FirmwareSlots& firmware;
    Channels& channels;
    Notices& notices;
    PoweredParts& parts;
  };

  Power(const Rules& rules, const Neighbours& neighbours) : rules_(rules), near_(neighbours) {}

  [[nodiscard]] const Rules& rules() const { return rules_; }

  /// After power-up and reset.
  void start();
  /// Closes services, powers the modem off, boots; after the answer has left.
  void reset_soon();
  enum class Sleep {
    idle = 0,       ///< Services are closed, the lines off.
    off = 1,        ///< System OFF: the modem is off too, waking up is a boot.
    lines_off = 2,  ///< The lines alone: what is to be said is lost, or waits (UartPower).
    for_good = 3    ///< As `off`, but nothing but power wakes it.
  };
  /// Until wake_up().
  void sleep(Sleep mode);
  /// The same after the answer has left.
  void sleep_soon(Sleep mode);
  /// The wake-up pin is pulled low.
  void wake_up();
  /// Ends what waits, so that nothing holds the device.
  void shut_down();

 private:
  void boot_firmware();
  void begin();  // A boot.
  void go_on();  // The lines are on, and the host is greeted.
  void switch_lines_off();
  void clear();
  boost::asio::awaitable<bool> pause(base::Duration duration);
  boost::asio::awaitable<bool> power_off_modem();
  boost::asio::awaitable<void> reset();
  boost::asio::awaitable<void> wait_and_sleep(Sleep mode);
  boost::asio::awaitable<void> fall_asleep();

  Rules rules_;
  Neighbours near_;
  std::optional<Sleep> asleep_;
  bool resetting_ = false;
  bool powering_off_ = false;  // On the way to Sleep::off …
  bool woken_early_ = false;   // … the wake-up pin has been pulled low.
  bool shut_down_ = false;
  base::Event progress_;  // What reset() and fall_asleep() wait for has come nearer.
  base::Alarm sleep_alarm_;
};

}  // namespace attache::dialects
