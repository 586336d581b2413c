#include "conformance/replays.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "conformance/transcript_player.hpp"

namespace attache::conformance {

namespace {

// How soon a network is found after AT+CFUN=1, and how often the progress of a download is told.
bool is_matter_of_time(const cassette::Difference& difference) {
  auto has = [](const std::vector<std::string>& lines, std::string_view begin) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.starts_with(begin); });
  };
  constexpr std::string_view progress = "#XNRFCLOUDFOTA: 1,0,";
  return has(difference.recorded, "+CEREG: 0,2") || has(difference.recorded, progress) ||
         has(difference.now, progress);
}

}  // namespace

bool is_replayable(const std::string& name, const client::Script& script) {
  static const std::set<std::string> in_frames{"serial-modem-2.0/cmux-frames.at",
                                               "serial-modem-2.0/ppp-cgdata.at",
                                               "serial-modem-2.0/svc-host-linux-dial.at"};
  return client::first_steering_step(script) == nullptr && !in_frames.contains(name);
}

bool is_alone(const client::Script& script) {
  return script.header("requires").value_or("none") == "none" && script.all("requires").size() <= 1;
}

std::optional<std::string> play_and_replay(const client::Script& script, cellular::Timing timing) {
  Replay replay = play_twice(script, timing);
  if (replay.fault) {
    return *replay.fault + replay.cassette;
  }
  std::erase_if(replay.comparison.differences, is_matter_of_time);
  if (replay.comparison.exchanges > 0 && replay.comparison.differences.empty()) {
    return std::nullopt;
  }
  return render_text(replay.comparison, "the cassette", "the second device") + replay.cassette;
}

}  // namespace attache::conformance
