#include <fmt/format.h>

#include <array>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/parameters.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/gpio_session.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t last_pin = 31;

void configure_pin(Application& application, Answer answer) {
  auto use = answer.parameters().number(0);
  constexpr std::array<std::int64_t, 4> uses{0, 1, 21, 22};
  if (std::find(uses.begin(), uses.end(), use) == uses.end()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "pin not configured",
                                   fmt::format("<op> is {}", use),
                                   "0 not used, 1 output, 21 input with pull-up, 22 input with pull-down"));
    return;
  }
  application.session<GpioSession>().configure(answer.parameters().number(1),
                                               static_cast<GpioSession::Use>(use));
  answer.ok();
}

void read_configuration(Application& application, Answer answer) {
  answer.line("#XGPIOCFG");
  for (const GpioSession::Pin& pin : application.session<GpioSession>().pins()) {
    answer.raw(fmt::format("{},{}\r\n", static_cast<int>(pin.use), pin.number));
  }
  answer.ok();
}

// The firmware passes over a pin that is not configured.
GpioSession::Pin* pin_of(Application& application, Answer& answer) {
  auto number = answer.parameters().number(1);
  GpioSession::Pin* pin = application.session<GpioSession>().find(number);
  if (pin == nullptr) {
    answer.warn(nothing_done(fmt::format("pin {} is not configured", number),
                             fmt::format("AT#XGPIOCFG=<op>,{} configures it", number)));
  }
  return pin;
}

// What is wired to an input decides its level, whatever is written.
void change(GpioSession::Pin* pin, bool level) {
  if (pin != nullptr && pin->use == GpioSession::Use::output) {
    pin->level = level;
  }
}

void write(Application& application, Answer answer) {
  bool level = answer.parameters().number(2) == 1;
  change(pin_of(application, answer), level);
  answer.ok();
}

void read(Application& application, Answer answer) {
  if (const GpioSession::Pin* pin = pin_of(application, answer)) {
    answer.line(fmt::format("#XGPIO: {},{:d}", pin->number, pin->level));
  }
  answer.ok();
}

void toggle(Application& application, Answer answer) {
  GpioSession::Pin* pin = pin_of(application, answer);
  change(pin, pin != nullptr && !pin->level);
  answer.ok();
}

}  // namespace

void add_gpio_commands(Commands& commands) {
  auto pin = at::number("pin", 0, last_pin);
  commands.add("#XGPIOCFG", {.service = "gpio",
                             .set = configure_pin,
                             .parameters = {at::number("op", 0, UINT16_MAX), pin},
                             .read = read_configuration});
  commands.add("#XGPIO", {.service = "gpio",
                          .parameters = {pin},
                          .operations = {{0, write, {at::number("value", 0, 1)}}, {1, read}, {2, toggle}}});
}

}  // namespace attache::dialects::slm_3
