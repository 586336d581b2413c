#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "cellular/simulation_options.hpp"
#include "device/steering/steering.hpp"
#include "net/errno.hpp"
#include "net/link.hpp"
#include "net/network_options.hpp"
#include "services/gnss/gnss_receiver.hpp"

namespace attache::device {

struct DeviceState;

/// Each adds one family of steering commands.
void add_state_command(std::vector<SteeringCommand>& commands);
void add_radio_commands(std::vector<SteeringCommand>& commands);
void add_link_commands(std::vector<SteeringCommand>& commands);
void add_ppp_commands(std::vector<SteeringCommand>& commands);
void add_message_commands(std::vector<SteeringCommand>& commands);
void add_surroundings_commands(std::vector<SteeringCommand>& commands);
void add_multiplexer_commands(std::vector<SteeringCommand>& commands);
void add_carrier_command(std::vector<SteeringCommand>& commands);
void add_clock_commands(std::vector<SteeringCommand>& commands);
void add_trace_command(std::vector<SteeringCommand>& commands);

/// What `link`, `route`, `gnss` and `clock` print, for `state` too.
std::string link_text(const net::LinkOptions& link);
/// A heading and a line for each route, in their order.
std::string routes_text(const std::vector<net::Route>& routes);
std::string gnss_text(const services::GnssOptions& options);
std::string clock_text(const DeviceState& state);
/// "instant", "real", "60x".
std::string timing_text(cellular::Timing timing);
/// What `dns` takes: "ok", "no-such-name", "no-answer".
std::string_view name_failure_word(std::optional<net::Errno> failure);

/// The failure of a command whose words are not as they have to be; steer() adds the usage.
base::Reason misuse(std::string_view why);
/// The failure of a command about the surroundings of a modem that Attaché does not simulate.
base::Reason not_steerable();

/// `name=value`; nothing if there is no `=`.
struct Assignment {
  std::string_view name;
  std::string_view value;
};
/// Both parts may be empty; they point into the word.
std::optional<Assignment> assignment(std::string_view word);

/// "-0.5": a number and nothing else.
std::optional<double> decimal_number(std::string_view word);

/// "200ms", "1.5s" …, or a plain number of seconds.
std::optional<base::Duration> time_of(std::string_view word);

/// "on" or "off".
std::optional<bool> on_or_off(std::string_view word);

}  // namespace attache::device
