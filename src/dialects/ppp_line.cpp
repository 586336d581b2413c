#include "dialects/ppp_line.hpp"

#include <utility>

#include "dialects/application.hpp"
#include "dialects/multiplexing.hpp"

namespace attache::dialects {

void PppLine::set_own_uart(at::HostLine& line) {
  own_uart_ = &line;
  line.set_user(user_);
}

bool PppLine::has_own() const {
  return own_uart_ != nullptr || (multiplexing_ != nullptr && multiplexing_->reserved_line() != nullptr);
}

void PppLine::take(bool may_have_own, const HostChannel& channel) {
  at::HostLine* reserved = multiplexing_ != nullptr ? multiplexing_->reserved_line() : nullptr;
  if (may_have_own && reserved != nullptr) {
    place_ = Place::reserved_channel;
    reserved->set_user(user_);
    return;
  }
  if (may_have_own && own_uart_ != nullptr) {
    place_ = Place::own_uart;
    return;
  }
  if (!channel.is_open()) {
    application_.journal().report(
        "ppp",
        base::make_reason(base::Cause::wrong_uart, "PPP has no line",
                          "the build has it on a UART of its own, and there is none",
                          "Give the device a second `--port`, and set [dialect] ppp_port to its number; or "
                          "start CMUX first."));
    return;
  }
  place_ = Place::command;
  channel_ = channel;
  channel_.give_line(user_);
}

void PppLine::give_back() {
  Place place = std::exchange(place_, Place::none);
  if (place == Place::command) {
    channel_.take_line();
  } else if (place == Place::reserved_channel) {
    multiplexing_->release_reserved_line();
  }
}

at::HostLine* PppLine::line() const {
  switch (place_) {
    case Place::none:
      return nullptr;
    case Place::own_uart:
      return own_uart_;
    case Place::reserved_channel:
      return multiplexing_->reserved_line();
    case Place::command:
      break;
  }
  return application_.channels().line_of(channel_);
}

}  // namespace attache::dialects
