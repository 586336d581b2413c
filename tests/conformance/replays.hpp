#pragma once

#include <optional>
#include <string>

#include "cellular/simulation_options.hpp"
#include "client/script.hpp"

namespace attache::conformance {

/// It needs nothing beside the device.
bool is_alone(const client::Script& script);

/// Plays the transcript and says its host's side to a second device (play_twice()). Nothing if it passed and
/// the second device has said the same, but for what is a matter of time or chance; else what went wrong or
/// differs.
std::optional<std::string> play_and_replay(const client::Script& script, cellular::Timing timing);

}  // namespace attache::conformance
