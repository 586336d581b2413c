#include "doctor/reader/wrapping.hpp"

#include <array>
#include <string>

#include "base/text.hpp"
#include "doctor/reader/words.hpp"

namespace attache::doctor {

namespace {

struct WrittenEnd {
  std::string_view text;
  std::string_view bytes;
};

// Line ends that a tool wrote out.
void take_written_ends(std::string_view& text, BareLine& line) {
  static constexpr std::array ends{
      WrittenEnd{"<CR>", "\r"}, WrittenEnd{"<LF>", "\n"},   WrittenEnd{"\\r", "\r"},
      WrittenEnd{"\\n", "\n"},  WrittenEnd{"[CR]", "\r"},   WrittenEnd{"[LF]", "\n"},
      WrittenEnd{"\\0", "\0"},  WrittenEnd{"\u240d", "\r"}, WrittenEnd{"\u240a", "\n"},
      WrittenEnd{"{CR}", "\r"}, WrittenEnd{"{LF}", "\n"},   WrittenEnd{"\u21b5", "\n"}};
  // All end so, in either case.
  constexpr std::string_view last_bytes = ">rRnN]0}\x8D\x8A\xB5";
  bool more = !text.empty() && last_bytes.find(text.back()) != std::string_view::npos;
  while (more) {
    more = false;
    for (const WrittenEnd& end : ends) {
      if (text.size() > end.text.size() &&
          base::equal_ignoring_case(text.substr(text.size() - end.text.size()), end.text)) {
        line.terminator.insert(0, end.bytes.empty() ? std::string(1, '\0') : std::string(end.bytes));
        text.remove_suffix(end.text.size());
        more = true;
      }
    }
  }
}

}  // namespace

void take_wrapping(std::string_view& text, BareLine& line) {
  if (text.starts_with("b'") || text.starts_with("b\"")) {
    text.remove_prefix(1);
  }
  for (char quote : {'\'', '"', '`'}) {
    if (text.size() >= 2 && text.front() == quote) {
      std::string_view inner = text.substr(1);
      bool begins_like_at = begins_ignoring_case(inner, "at") || begins_with_name(inner) ||
                            inner.starts_with("OK") || inner.starts_with("ERROR") || inner.starts_with("\\r");
      if (begins_like_at && inner.back() == quote) {
        text = inner.substr(0, inner.size() - 1);
      }
    }
  }
  while (text.size() >= 2 && text.ends_with("**")) {
    text.remove_suffix(2);
  }
  if (text.ends_with("`") && text.find('`') == text.size() - 1) {
    text.remove_suffix(1);
  }
  take_written_ends(text, line);
  while (text.starts_with("\\r") || text.starts_with("\\n")) {
    text.remove_prefix(2);
  }
}

}  // namespace attache::doctor
