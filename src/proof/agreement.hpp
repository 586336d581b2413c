#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proof/script.hpp"

namespace attache::proof {

/// How a line of a log and one of the emulator go together.
enum class Agreement {
  exact,   ///< The same text.
  masked,  ///< The same but for what differs from device to device: identities, addresses, cells, times,
           ///< levels, digests, handles, counts of bytes.
  none,
};

/// `exact`, else `masked` if masked() makes the same of both.
Agreement agree(std::string_view logged, std::string_view replayed);

/// A line with `_` in the place of all that differs from device to device.
std::string masked(std::string_view line);

/// A line of the device in the log beside the one that came in the replay.
struct Compared {
  doctor::EventRef logged;  ///< The line; of a command without a result the command.
  std::string replayed;     ///< Empty = nothing came.
  Agreement agreement = Agreement::none;
};

/// All lines of the device that the log shows behind its commands, and whether a result came at all, in the
/// order of the log.
std::vector<Compared> compare(const Script& script, const Performance& performance);

}  // namespace attache::proof
