#include "serial/cmux/frame_sender.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "serial/cmux/control_message.hpp"
#include "serial/cmux/dropped.hpp"

namespace attache::serial::cmux {

void FrameSender::send(const Frame& frame, base::Time now) {
  if (orders_.are_any()) {
    send_wrongly(frame, now);
  } else {
    put(encode(frame), {}, now);
  }
}

void FrameSender::send_wrongly(const Frame& frame, base::Time now) {
  bool is_ua = frame.type == FrameType::ua;
  constexpr auto status_type = static_cast<std::uint8_t>(MessageType::modem_status);
  bool is_status = frame.dlci == control_dlci && frame.type == FrameType::uih &&
                   (static_cast<std::uint8_t>(frame.information.front()) & 0xFCU) == status_type;
  FaultOrders orders = orders_;
  base::Duration delay = orders.delay + (is_ua ? orders.ua_delay : base::Duration::zero()) +
                         (is_status ? orders.status_delay : base::Duration::zero());
  std::string shown =
      is_status ? std::string("MSC") : fmt::format("{} of DLC {}", name(frame.type), frame.dlci);
  bool is_wrong = false;
  auto say = [&](std::string_view how) {
    is_wrong = true;
    say_on_purpose(fmt::format("{} {}", shown, how));
  };
  if (is_ua && orders.loses_ua) {
    say("not sent");
    orders_.spend();
    return;
  }
  if (orders.wrong_check) {
    say("with a wrong check sequence");
  }
  if (delay > base::Duration::zero()) {
    say(fmt::format("{} ms late", std::chrono::duration_cast<std::chrono::milliseconds>(delay).count()));
  }
  if (orders.octet_gap > base::Duration::zero()) {
    say("in single bytes");
  }
  std::string octets = encode(frame, orders.wrong_check ? 0xFF : 0);
  put(octets, delay, now);
  if (is_ua && orders.doubles_ua) {
    say("twice");
    put(octets, delay, now);
  }
  if (is_wrong) {
    orders_.spend();
  }
}

// In order, but for what comes late on purpose.
void FrameSender::put(std::string octets, base::Duration delay, base::Time now) {
  base::Time due = now + delay;
  base::Duration gap = orders_.octet_gap;
  if (gap > base::Duration::zero()) {
    for (char octet : octets) {
      due = std::max(due, last_octet_ ? *last_octet_ + gap : due);
      last_octet_ = due;
      late_.emplace(due, std::string(1, octet));
      ++late_size_;
    }
  } else if (delay > base::Duration::zero()) {
    late_size_ += octets.size();
    late_.emplace(due, std::move(octets));
  } else {
    ready_ += octets;
  }
}

void FrameSender::move_due(base::Time now) {
  while (!late_.empty() && late_.begin()->first <= now) {
    ready_ += late_.begin()->second;
    late_size_ -= late_.begin()->second.size();
    late_.erase(late_.begin());
  }
}

void FrameSender::send_flag(base::Time now) {
  put(std::string(1, flag), {}, now);
}

std::string FrameSender::take() {
  return std::exchange(ready_, {});
}

std::optional<base::Time> FrameSender::next_due() const {
  return late_.empty() ? std::nullopt : std::optional(late_.begin()->first);
}

std::optional<base::Time> FrameSender::last_due() const {
  return late_.empty() ? std::nullopt : std::optional(late_.rbegin()->first);
}

void FrameSender::say_on_purpose(std::string_view text) {
  journal_.log(base::LogLevel::info, std::string(log_name), fmt::format("on purpose (ctl cmux): {}", text));
}

}  // namespace attache::serial::cmux
