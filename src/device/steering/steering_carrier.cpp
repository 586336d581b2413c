#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "device/device.hpp"
#include "device/steering/steering_families.hpp"
#include "dialects/carrier_session.hpp"

namespace attache::device {

namespace {

namespace json = boost::json;
using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;

constexpr std::size_t longest_carrier_uri = 254;

Answer show_carrier(dialects::CarrierSession& carrier) {
  const auto& resources = carrier.objects().all();
  std::string text = resources.empty() ? "the host has told the operator's library nothing" : "";
  json::object list;
  for (const auto& [path, value] : resources) {
    text += fmt::format("{}{} = {}", text.empty() ? "" : "\n", path, base::escape_control(value));
    list[path] = value;
  }
  return SteeringAnswer{text, json::serialize(json::object{{"resources", list}})};
}

bool is_carrier_uri(std::string_view uri) {
  return uri.starts_with('/') && uri.size() <= longest_carrier_uri &&
         uri.find_first_not_of("/0123456789") == std::string_view::npos;
}

Answer tell_event(dialects::CarrierSession& carrier, const std::string& fields) {
  if (auto sound = dialects::check_carrier_event(fields); !sound) {
    return sound.error();
  }
  carrier.tell(fields);
  return SteeringAnswer{fmt::format("the host is told #XCARRIEREVT: {}", fields), {}};
}

Answer steer_carrier(Device& device, Words words) {
  dialects::CarrierSession* carrier = device.carrier();
  if (carrier == nullptr) {
    return base::make_reason("there is no operator's library",
                             "the service \"carrier\" is not built into this device's application",
                             "add \"carrier\" to [dialect] services, with a dialect that has it");
  }
  if (words.empty()) {
    return show_carrier(*carrier);
  }
  if (words.size() == 2 && words[0] == "event") {
    return tell_event(*carrier, words[1]);
  }
  auto bytes = words.size() == 3 && words[0] == "write" ? base::from_hex(words[2]) : std::nullopt;
  if (bytes && is_carrier_uri(words[1])) {
    carrier->tell_written(words[1], *bytes);
    return SteeringAnswer{fmt::format("the server writes {} bytes to {}", bytes->size(), words[1]), {}};
  }
  auto on = words.size() == 3 && words[0] == "observe" ? on_or_off(words[2]) : std::nullopt;
  if (on && is_carrier_uri(words[1])) {
    carrier->tell(fmt::format("12,{},\"{}\"", *on ? 1 : 2, words[1]));
    return SteeringAnswer{
        fmt::format("the server {} {}", *on ? "observes" : "does not observe any more", words[1]), {}};
  }
  return misuse("`event`, `write` or `observe` is expected, and a path of digits and slashes");
}

}  // namespace

void add_carrier_command(std::vector<SteeringCommand>& commands) {
  commands.push_back({"carrier", "carrier [event TYPE,FIELDS | write PATH HEX | observe PATH on|off]",
                      "Lets the operator's LwM2M library tell the host something (#XCARRIEREVT), or shows "
                      "what the host has told it.",
                      steer_carrier});
}

}  // namespace attache::device
