#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/cause.hpp"
#include "device/config/config.hpp"
#include "proof/internet.hpp"
#include "proof/stage.hpp"

namespace attache::doctor {

/// A session with a known cause behind its failure.
struct Play {
  base::Cause cause = base::Cause::none;  ///< none: nothing fails.
  std::string name;
  std::map<std::string, std::string> conditions;  ///< As the `@` headers of scripts.
  std::function<void(device::DeviceConfig&)> configure;
  std::function<void(proof::Internet&)> network;
  /// What the host does: a line to send (the next one goes out when its result has come), "$ WORDS" to steer
  /// the device, "~ MS" to wait, "? LINE" for a line that gets no answer, "@ TEXT" for what the host logs.
  std::vector<std::string> steps;
};

/// All plays whose cause the emulator can bring about, in a dialect.
std::vector<Play> plays(const std::string& dialect);
/// Sessions in which all goes well.
std::vector<Play> healthy_plays(const std::string& dialect);
/// Causes that no play brings about, each with the reason.
struct Unplayed {
  base::Cause cause;
  std::string_view why;
};
std::vector<Unplayed> unplayed();

using proof::Spoken;

/// Thousands of sessions take minutes with sanitizers: they are played in the other builds alone.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool too_many_sessions = true;
#else
inline constexpr bool too_many_sessions = false;
#endif

/// Plays it on a fresh device under the manual clock.
std::vector<Spoken> perform(const Play& play);

/// How a log is written down.
struct Style {
  std::string name;
  std::string (*write)(const std::vector<Spoken>& lines);
};
const std::vector<Style>& styles();

/// Whether a line of the host begins a command, and does not go on with a certificate in it.
inline bool begins_command(const Spoken& line) {
  bool is_at = line.who == Spoken::Who::host && line.text.starts_with("AT");
  return is_at && (line.text.size() <= 4 || line.text.find_first_of("+%#") == 2);
}

/// Lines of a session, by their index.
using LineSet = std::set<std::size_t>;

/// What becomes of a session on its way into a log. `seed` decides what of it happens where; lines in `kept`
/// stay.
struct Noise {
  std::string name;
  std::vector<Spoken> (*make)(const std::vector<Spoken>& lines, const LineSet& kept, unsigned seed);
};
/// The first is none: the session as it was.
const std::vector<Noise>& noises();

/// The lines that the first finding in a session cites, with the command that each of them belongs to and its
/// result: without them nobody could find it.
LineSet lines_that_tell(const std::vector<Spoken>& lines);

}  // namespace attache::doctor
