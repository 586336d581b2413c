#include "doctor/reader/command_text.hpp"

#include <array>

#include "base/text.hpp"
#include "doctor/reader/decoration.hpp"
#include "doctor/reader/words.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::doctor {

bool is_final(std::string_view text) {
  return vocabulary::is_final_result(text) || text.starts_with("+CME ERROR") ||
         text.starts_with("+CMS ERROR");
}

std::string_view without_comment(std::string_view text) {
  bool in_quotes = false;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    in_quotes = in_quotes != (text[i] == '"');
    if (in_quotes || (text[i] != ' ' && text[i] != '\t')) {
      continue;
    }
    std::string_view rest = base::trim(text.substr(i));
    if (rest.starts_with("//") || rest.starts_with("# ") || rest.starts_with("<-") ||
        rest.starts_with("/*") || rest.starts_with(";") || rest.starts_with("-- ")) {
      return base::trim(text.substr(0, i));
    }
  }
  return text;
}

std::optional<Glued> cut_glued(std::string_view text) {
  static constexpr std::array<std::string_view, 5> arrows{" -> ", " => ", " --> ", " : ", " \u2192 "};
  for (std::string_view arrow : arrows) {
    std::size_t at = text.find(arrow);
    if (at != std::string_view::npos && quotes_in(text.substr(0, at)) % 2 == 0) {
      std::string_view answer = base::trim(text.substr(at + arrow.size()));
      if (is_final(answer) || begins_with_name(answer)) {
        return Glued{base::trim(text.substr(0, at)), answer};
      }
    }
  }
  for (std::string_view final : {"OK", "ERROR"}) {
    if (text.size() > final.size() + 2 && text.ends_with(final)) {
      std::string_view command = text.substr(0, text.size() - final.size());
      char last = command.back();
      bool cut = last == '"' || last == '?' || (last >= '0' && last <= '9') || last == ' ';
      if (cut && quotes_in(command) % 2 == 0) {
        return Glued{base::trim(command), final};
      }
    }
  }
  return std::nullopt;
}

}  // namespace attache::doctor
