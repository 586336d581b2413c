#include "conformance/replays.hpp"

#include <algorithm>
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

// A frame of PPP that asks for something, without the number in it that is random and the check over it.
std::string without_magic_number(std::string_view frame) {
  constexpr char escape = '}';
  constexpr char escaped = 0x20;
  std::string bytes;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    bool is_escaped = frame[i] == escape && i + 1 < frame.size();
    bytes += is_escaped ? static_cast<char>(frame[++i] ^ escaped) : frame[i];
  }
  constexpr std::string_view configure_request = "~\xFF\x03\xC0\x21\x01";
  constexpr std::size_t first_option = 9;
  constexpr std::size_t check_and_flag = 3;
  if (!bytes.starts_with(configure_request) || bytes.size() < first_option + check_and_flag) {
    return std::string(frame);
  }
  bytes.resize(bytes.size() - check_and_flag);
  constexpr char magic_number = 5;
  for (std::size_t at = first_option; at + 1 < bytes.size();) {
    auto length = std::max<std::size_t>(static_cast<unsigned char>(bytes[at + 1]), 2);
    if (bytes[at] == magic_number) {
      bytes.erase(at, length);
    } else {
      at += length;
    }
  }
  return bytes;
}

bool is_matter_of_chance(const cassette::Difference& difference) {
  return difference.recorded.size() == 1 && difference.now.size() == 1 &&
         without_magic_number(difference.recorded[0]) == without_magic_number(difference.now[0]);
}

}  // namespace

bool is_alone(const client::Script& script) {
  return script.header("requires").value_or("none") == "none" && script.all("requires").size() <= 1;
}

std::optional<std::string> play_and_replay(const client::Script& script, cellular::Timing timing) {
  Replay replay = play_twice(script, timing);
  if (replay.fault) {
    return *replay.fault + replay.cassette;
  }
  std::erase_if(replay.comparison.differences, [](const cassette::Difference& difference) {
    return is_matter_of_time(difference) || is_matter_of_chance(difference);
  });
  if (replay.comparison.exchanges > 0 && replay.comparison.differences.empty()) {
    return std::nullopt;
  }
  return render_text(replay.comparison, "the cassette", "the second device") + replay.cassette;
}

}  // namespace attache::conformance
