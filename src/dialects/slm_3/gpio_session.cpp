#include "dialects/slm_3/gpio_session.hpp"

#include <algorithm>

namespace attache::dialects::slm_3 {

GpioSession::Pin* GpioSession::find(std::int64_t number) {
  auto found = std::find_if(pins_.begin(), pins_.end(), [&](const Pin& pin) { return pin.number == number; });
  return found != pins_.end() ? &*found : nullptr;
}

void GpioSession::configure(std::int64_t number, Use use) {
  if (use == Use::none) {
    std::erase_if(pins_, [&](const Pin& pin) { return pin.number == number; });
    return;
  }
  Pin* pin = find(number);
  if (pin == nullptr) {
    pin = &pins_.emplace_back(Pin{.number = number});
  }
  pin->use = use;
  pin->level = use == Use::pulled_up;
}

}  // namespace attache::dialects::slm_3
