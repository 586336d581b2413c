#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "device/device.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;

Answer trace_status(const TraceControl& control) {
  TraceState state = control.state();
  boost::json::object json{{"on", state.is_on}};
  if (!state.is_on) {
    return SteeringAnswer{"no trace is being written", boost::json::serialize(json)};
  }
  json["file"] = state.file;
  json["packets"] = state.packets;
  json["bytes"] = state.bytes;
  json["dropped"] = state.dropped;
  return SteeringAnswer{
      fmt::format("a trace is written to {}: {} packets, {} bytes, {} dropped",
                  state.file == "-" ? "stdout" : state.file, state.packets, state.bytes, state.dropped),
      boost::json::serialize(json)};
}

Answer trace(Device& device, Words words) {
  TraceControl* control = device.trace_control();
  if (control == nullptr) {
    return base::make_reason("the device cannot be traced", "nothing of this program writes traces", "");
  }
  if (words.empty() || (words.size() == 1 && words[0] == "status")) {
    return trace_status(*control);
  }
  bool secrets = words.size() > 1 && words.back() == "secrets";
  std::size_t given = words.size() - (secrets ? 1 : 0);
  bool starts = words[0] == "start" && given <= 2;
  if (!starts && !(words.size() == 1 && words[0] == "stop")) {
    return misuse("`start [FILE] [secrets]`, `stop` or `status` is expected");
  }
  auto told = starts ? control->start(given == 2 ? words[1] : std::string(), secrets) : control->stop();
  if (!told) {
    return told.error();
  }
  return SteeringAnswer{*told, {}};
}

}  // namespace

void add_trace_command(std::vector<SteeringCommand>& commands) {
  commands.push_back({"trace", "trace [start [FILE] [secrets] | stop | status]",
                      "Begins a trace for Wireshark, ends it, or says how it stands.", trace});
}

}  // namespace attache::device
