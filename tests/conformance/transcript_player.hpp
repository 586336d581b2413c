#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cassette/comparison.hpp"
#include "cellular/simulation_options.hpp"
#include "client/script.hpp"

namespace attache::conformance {

/// Runs one transcript against a fresh device with its start conditions. Transcripts without a network peer
/// run on a manual clock with everything in memory; the others against the lab's real servers. Nothing if it
/// passed, else what went wrong.
std::optional<std::string> play(const client::Script& script, cellular::Timing timing = {});

/// What came of a transcript that was recorded and said again to a second device.
struct Replay {
  std::optional<std::string> fault;  ///< It could not be recorded, or not be said.
  std::string cassette;              ///< As a file has it.
  cassette::Comparison comparison;
};

/// Runs the transcript as play() does and records it from the device's first byte on, then says the host's
/// side to a fresh device in the same surroundings. `profile`: the second one's modem firmware, if another.
Replay play_twice(const client::Script& script, cellular::Timing timing = {},
                  const std::string& profile = {});

}  // namespace attache::conformance
