#include <string>
#include <vector>

#include "targets/invariant.hpp"
#include "targets/targets.hpp"
#include "trace/reading/annotator.hpp"
#include "trace/reading/timeline_reader.hpp"

namespace attache::fuzz {

namespace {

std::vector<std::string> timeline_of(std::string_view capture, std::size_t piece) {
  std::vector<std::string> lines;
  trace::TimelineReader reader([&](const trace::TimelineEntry& entry) {
    must(entry.text.find('\n') == std::string::npos, "an entry is one line");
    must(!render_json(entry, entry.time).empty(), "an entry is an object");
    lines.push_back(render_text(entry, base::WallTime()));
  });
  for (std::size_t at = 0; at < capture.size(); at += piece) {
    if (!reader.take(capture.substr(at, piece))) {
      break;
    }
  }
  (void)reader.finish();
  return lines;
}

}  // namespace

void fuzz_timeline(std::string_view input) {
  if (input.empty()) {
    return;
  }
  std::size_t piece = static_cast<unsigned char>(input.front()) + 1U;
  std::string_view capture = input.substr(1);
  must(timeline_of(capture, piece) == timeline_of(capture, capture.size() + 1), "pieces make no difference");
  std::string copy;
  trace::Annotator annotator({}, [&](std::string_view bytes) { copy += bytes; });
  bool is_whole = annotator.take(capture).has_value();
  (void)annotator.finish();
  must(!is_whole || copy == capture, "a copy without comments is as the file was");
  trace::Annotator commenting({{1, {"a comment"}}}, [](std::string_view) {});
  (void)commenting.take(capture);
  (void)commenting.finish();
}

}  // namespace attache::fuzz
