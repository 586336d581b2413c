#include "trace/reading/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "base/text.hpp"
#include "base/utc_time.hpp"

namespace attache::trace {

namespace {

constexpr auto layer_names = std::to_array<std::string_view>(
    {"at", "modem", "dns", "tcp", "udp", "icmp", "tls", "http", "mqtt", "capture"});

double seconds_since(base::WallTime began, base::WallTime time) {
  return std::chrono::duration<double>(time - began).count();
}

bool is_interface(std::string_view wanted, std::string_view name) {
  return wanted.empty() || base::equal_ignoring_case(wanted, name) ||
         (name.starts_with("uart") && name.substr(std::string_view("uart").size()) == wanted);
}

std::string_view arrow_of(TimelineEntry::Way way) {
  return way == TimelineEntry::Way::sent ? "→" : way == TimelineEntry::Way::received ? "←" : "·";
}

}  // namespace

std::string_view name_of(Layer layer) {
  return layer_names[static_cast<std::size_t>(layer)];
}

std::optional<Layer> layer_named(std::string_view name) {
  const auto* found = std::find(layer_names.begin(), layer_names.end(), name);
  return found != layer_names.end() ? std::optional(static_cast<Layer>(found - layer_names.begin()))
                                    : std::nullopt;
}

bool TimelineFilter::takes(const TimelineEntry& entry, base::WallTime began) const {
  double seconds = seconds_since(began, entry.time);
  bool is_layer = layers.empty() || std::find(layers.begin(), layers.end(), entry.layer) != layers.end();
  bool is_host = host.empty() || base::to_lower(entry.peer + " " + entry.text).find(base::to_lower(host)) !=
                                     std::string::npos;
  return is_layer && is_host && is_interface(interface, entry.interface) &&
         (!context || entry.context == context) && (!from || seconds >= *from) &&
         (!until || seconds <= *until);
}

std::string render_text(const TimelineEntry& entry, base::WallTime began) {
  std::string layer = entry.layer == Layer::at || entry.layer == Layer::modem
                          ? std::string()
                          : fmt::format("{} ", name_of(entry.layer));
  return fmt::format("{:9.3f} {:<6} {} {}{}\n", seconds_since(began, entry.time), entry.interface,
                     arrow_of(entry.way), layer, entry.text);
}

std::string render_json(const TimelineEntry& entry, base::WallTime began) {
  constexpr double thousand = 1000;
  boost::json::object object{{"seconds", std::round(seconds_since(began, entry.time) * thousand) / thousand},
                             {"time", base::format_utc(entry.time)},
                             {"packet", entry.packet},
                             {"layer", name_of(entry.layer)},
                             {"interface", entry.interface},
                             {"way", entry.way == TimelineEntry::Way::sent       ? "sent"
                                     : entry.way == TimelineEntry::Way::received ? "received"
                                                                                 : "none"},
                             {"text", entry.text}};
  if (entry.context) {
    object["context"] = *entry.context;
  }
  if (!entry.peer.empty()) {
    object["peer"] = entry.peer;
  }
  return boost::json::serialize(object) + "\n";
}

}  // namespace attache::trace
