#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "base/text.hpp"
#include "device/device.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;
using serial::cmux::FaultOrders;

constexpr std::size_t largest_frame = 32767;
constexpr std::size_t most_times = 1'000'000;

std::string in_milliseconds(base::Duration time) {
  return fmt::format("{}ms", std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

bool set_time(std::string_view value, base::Duration& target) {
  auto time = time_of(value);
  bool fits = time && *time >= base::Duration::zero() && *time <= std::chrono::minutes(10);
  target = fits ? *time : target;
  return fits;
}

bool set_size(std::string_view value, std::size_t most, std::optional<std::size_t>& target) {
  auto number = base::parse_number<std::size_t>(value);
  bool fits = number && *number >= 1 && *number <= most;
  target = fits ? number : target;
  return fits;
}

bool set_switch(std::string_view value, bool& target) {
  auto on = on_or_off(value);
  target = on.value_or(target);
  return on.has_value();
}

bool set_ua(std::string_view value, FaultOrders& orders) {
  orders.loses_ua = value == "lost";
  orders.doubles_ua = value == "double";
  if (orders.loses_ua || orders.doubles_ua) {
    return true;
  }
  return set_time(value, orders.ua_delay);
}

// False if it is none.
bool apply_order(const Assignment& order, FaultOrders& orders) {
  if (order.name == "ua") {
    return set_ua(order.value, orders);
  }
  if (order.name == "msc") {
    return set_time(order.value, orders.status_delay);
  }
  if (order.name == "delay") {
    return set_time(order.value, orders.delay);
  }
  if (order.name == "fcs") {
    orders.wrong_check = order.value == "wrong";
    return order.value == "wrong" || order.value == "right";
  }
  if (order.name == "bytes") {
    return set_time(order.value, orders.octet_gap);
  }
  if (order.name == "n1") {
    return set_size(order.value, largest_frame, orders.frame_size);
  }
  if (order.name == "race") {
    return set_switch(order.value, orders.closes_too);
  }
  if (order.name == "times") {
    return set_size(order.value, most_times, orders.times);
  }
  return false;
}

std::string orders_text(const FaultOrders& orders) {
  std::vector<std::string> parts;
  auto tell = [&](bool is_so, std::string text) {
    if (is_so) {
      parts.push_back(std::move(text));
    }
  };
  constexpr auto none = base::Duration::zero();
  tell(orders.loses_ua, "UA lost");
  tell(orders.doubles_ua, "UA twice");
  tell(orders.ua_delay > none, fmt::format("UA {} late", in_milliseconds(orders.ua_delay)));
  tell(orders.status_delay > none, fmt::format("MSC {} late", in_milliseconds(orders.status_delay)));
  tell(orders.delay > none, fmt::format("all {} late", in_milliseconds(orders.delay)));
  tell(orders.wrong_check, "FCS wrong");
  tell(orders.octet_gap > none, fmt::format("single bytes, {} apart", in_milliseconds(orders.octet_gap)));
  tell(orders.frame_size.has_value(), fmt::format("frames of {} bytes", orders.frame_size.value_or(0)));
  tell(orders.closes_too, "closes at the same moment");
  tell(orders.times.has_value(), fmt::format("for {} frames", orders.times.value_or(0)));
  return parts.empty() ? "CMUX: no faults" : fmt::format("CMUX: {}", fmt::join(parts, ", "));
}

Answer cmux(Device& device, Words words) {
  FaultOrders orders = device.multiplexer_faults();
  for (const std::string& word : words) {
    if (word == "clear") {
      orders = {};
      continue;
    }
    auto order = assignment(word);
    if (!order || !apply_order(*order, orders)) {
      return misuse(fmt::format("`{}` is not understood", word));
    }
  }
  device.multiplexer_faults() = orders;
  return SteeringAnswer{orders_text(orders), {}};
}

}  // namespace

void add_multiplexer_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back(
      {"cmux",
       "cmux [clear] [ua=lost|double|TIME] [msc=TIME] [delay=TIME] [fcs=wrong|right] [bytes=TIME] "
       "[n1=BYTES] [race=on|off] [times=N]",
       "Lets the multiplexer do wrong: UA, MSC or all of it late, frames with a wrong check, byte "
       "by byte or too long, a close-down of its own beside the host's; for N frames, or until "
       "changed.",
       cmux});
}

}  // namespace attache::device
