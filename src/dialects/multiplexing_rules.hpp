#pragma once

#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "dialects/option_key.hpp"

namespace attache::dialects {

class Application;

/// The `service` of the commands of a build with a multiplexer, and of one with PPP.
inline constexpr std::string_view multiplexer_service = "cmux";
inline constexpr std::string_view ppp_service = "ppp";
/// … and of one that sends the trace of its modem over a channel.
inline constexpr std::string_view trace_service = "trace_cmux";

/// What a dialect does with the channels of its multiplexer.
struct MultiplexingRules {
  /// How many there are; null = it has no multiplexer.
  unsigned (*channels)(const Application& application) = nullptr;
  /// Every channel that the host opens takes commands, unless it is reserved. Else one does, and what comes
  /// on the others is dropped.
  bool every_channel_takes_commands = false;
  bool saves_power = false;  ///< PSC is taken.
  bool ends_by_host = true;  ///< CLD or DISC of the host leads back to a plain line; else to no open channel.
  base::Duration start_after{};  ///< How long after the OK of `AT#XCMUX` the frames begin.
};

/// The keys of `[dialect]` about it that all dialects with a multiplexer have.
std::span<const OptionKey> multiplexing_keys();

}  // namespace attache::dialects
