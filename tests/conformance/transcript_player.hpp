#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cellular/simulation_options.hpp"
#include "client/script.hpp"

namespace attache::conformance {

/// Runs one transcript against a fresh device with its start conditions. Transcripts without a network peer
/// run on a manual clock with everything in memory; the others against the lab's real servers. Nothing if it
/// passed, else what went wrong.
std::optional<std::string> play(const client::Script& script, cellular::Timing timing = {});

}  // namespace attache::conformance
