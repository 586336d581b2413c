#include "dialects/power.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace attache::dialects {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

}  // namespace

// The wake-up pin alone starts a device that sleeps then.
void Power::start() {
  boot_firmware();
  if (!rules_.starts_asleep || !rules_.can_wake_up) {
    begin();
    return;
  }
  near_.journal.log(
      base::LogLevel::info, rules_.log_module,
      fmt::format("Sleep until pin {} is pulled low (CONFIG_SLM_START_SLEEP)", rules_.wake_up_pin));
  asleep_ = Sleep::off;
  near_.channels.set_enabled(false);
}

// The bootloader: an image that waits runs from now on.
void Power::boot_firmware() {
  if (auto booted = near_.firmware.boot(); !booted) {
    near_.journal.report("mcuboot", booted.error());
  }
}

void Power::begin() {
  go_on();
  if (rules_.connects_at_boot) {
    near_.modem.execute("AT+CFUN=1", [](const modem::ModemReply&) {});
  }
}

void Power::go_on() {
  std::string text = near_.parts.boot_text();
  near_.channels.set_enabled(true);
  near_.notices.write_to_all(text);
}

void Power::reset_soon() {
  if (!std::exchange(resetting_, true)) {
    near_.parts.run(reset());
  }
}

asio::awaitable<void> Power::reset() {
  bool goes_on = co_await pause(50ms);
  if (!goes_on) {
    co_return;
  }
  near_.parts.close_services("the host asked for a reset (#XRESET)");
  goes_on = co_await power_off_modem();
  if (goes_on) {
    clear();
    start();
  }
}

// False if the device is shut down meanwhile: nothing may hold it then.
asio::awaitable<bool> Power::pause(base::Duration duration) {
  base::Time end = near_.clock.now() + duration;
  base::Alarm alarm = near_.clock.call_at(end, [this] { progress_.notify(); });
  while (!shut_down_ && near_.clock.now() < end) {
    co_await progress_.wait();
  }
  co_return !shut_down_;
}

// Nothing but what is kept in non-volatile memory survives.
void Power::clear() {
  near_.channels.set_enabled(false);
  near_.modem.restart();
  near_.channels.reset();
  sleep_alarm_.cancel();
  near_.parts.forget();
  asleep_.reset();
  resetting_ = false;
  powering_off_ = false;
  woken_early_ = false;
}

// False if the device is shut down meanwhile.
asio::awaitable<bool> Power::power_off_modem() {
  auto off = std::make_shared<bool>(false);
  near_.modem.execute("AT+CFUN=0", [this, off](const modem::ModemReply&) {
    *off = true;
    progress_.notify();
  });
  while (!shut_down_ && !*off) {
    co_await progress_.wait();
  }
  bool goes_on = co_await pause(1s);
  co_return goes_on;
}

void Power::sleep(Sleep mode) {
  near_.journal.log(base::LogLevel::info, rules_.log_module,
                    mode == Sleep::for_good ? std::string("Off, until the power is cut and given again")
                                            : fmt::format("Sleep mode {}, until pin {} is pulled low",
                                                          static_cast<int>(mode), rules_.wake_up_pin));
  if (resetting_) {
    return;  // The boot to come wakes it anyway.
  }
  asleep_ = mode;
  switch (mode) {
    case Sleep::idle:
      near_.parts.close_services("the host sent the application to sleep (#XSLEEP)");
      sleep_alarm_ = near_.clock.call_after(100ms, [this] { near_.channels.set_enabled(false); });
      break;
    case Sleep::off:
    case Sleep::for_good:
      near_.parts.close_services("the host sent the application to sleep (#XSLEEP)");
      near_.parts.run(fall_asleep());
      break;
    case Sleep::lines_off:
      switch_lines_off();
      break;
  }
}

// With DTR what a boot says is the first thing that the host hears when it comes back.
void Power::switch_lines_off() {
  if (UartPower* uarts = near_.parts.uart_power()) {
    uarts->suspend();
    near_.notices.write_to_all(near_.parts.boot_text());
  } else {
    near_.channels.set_enabled(false);
  }
}

void Power::sleep_soon(Sleep mode) {
  near_.parts.run(wait_and_sleep(mode));
}

asio::awaitable<void> Power::wait_and_sleep(Sleep mode) {
  bool goes_on = co_await pause(50ms);
  if (goes_on) {
    sleep(mode);
  }
}

asio::awaitable<void> Power::fall_asleep() {
  powering_off_ = true;
  woken_early_ = false;
  bool goes_on = co_await power_off_modem();
  if (!std::exchange(powering_off_, false) || !goes_on) {
    co_return;  // Booted or shut down meanwhile.
  }
  if (woken_early_) {
    clear();  // A pin that is low when the chip goes off wakes it at once.
    boot_firmware();
    begin();
  } else {
    near_.channels.set_enabled(false);
  }
}

void Power::wake_up() {
  if (!asleep_) {
    // DTR comes and goes all day.
    near_.journal.log(rules_.uarts_follow_dtr ? base::LogLevel::debug : base::LogLevel::info,
                      rules_.log_module,
                      fmt::format("Wake-up pin {} pulled low while awake: no effect", rules_.wake_up_pin));
    return;
  }
  if (asleep_ == Sleep::for_good) {
    near_.journal.log(base::LogLevel::info, rules_.log_module,
                      fmt::format("Pin {} pulled low after #XSHUTDOWN: no effect", rules_.wake_up_pin));
    return;
  }
  near_.journal.log(base::LogLevel::info, rules_.log_module,
                    fmt::format("Woken up by pin {}", rules_.wake_up_pin));
  if (*asleep_ == Sleep::off) {
    if (powering_off_) {
      woken_early_ = true;
    } else {
      clear();
      boot_firmware();
      begin();
    }
    return;
  }
  sleep_alarm_.cancel();
  UartPower* uarts = near_.parts.uart_power();
  bool has_said = std::exchange(asleep_, std::nullopt) == Sleep::lines_off && uarts != nullptr;
  if (has_said) {
    uarts->resume();
  } else {
    go_on();
  }
}

void Power::shut_down() {
  shut_down_ = true;
  progress_.notify();
}

}  // namespace attache::dialects
