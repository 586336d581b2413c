#include "doctor/reader/decoration.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "doctor/reader/time_stamp.hpp"
#include "doctor/reader/words.hpp"
#include "doctor/reader/wrapping.hpp"

namespace attache::doctor {

namespace {

using Direction = BareLine::Direction;

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
}

struct Word {
  std::string_view text;
  Direction direction = Direction::unknown;
  char level = 0;
};

constexpr std::array words_of_direction{Word{"tx", Direction::to_modem},
                                        Word{"rx", Direction::from_modem},
                                        Word{"send", Direction::to_modem},
                                        Word{"sent", Direction::to_modem},
                                        Word{"sending", Direction::to_modem},
                                        Word{"recv", Direction::from_modem},
                                        Word{"received", Direction::from_modem},
                                        Word{"receive", Direction::from_modem},
                                        Word{"read", Direction::from_modem},
                                        Word{"write", Direction::to_modem},
                                        Word{"host", Direction::to_modem},
                                        Word{"modem", Direction::from_modem},
                                        Word{"mcu", Direction::to_modem},
                                        Word{"out", Direction::to_modem},
                                        Word{"in", Direction::from_modem},
                                        Word{"cmd", Direction::to_modem},
                                        Word{"command", Direction::to_modem},
                                        Word{"request", Direction::to_modem},
                                        Word{"resp", Direction::from_modem},
                                        Word{"response", Direction::from_modem},
                                        Word{"answer", Direction::from_modem},
                                        Word{"urc", Direction::from_modem},
                                        Word{"notification", Direction::from_modem},
                                        Word{"slm", Direction::from_modem},
                                        Word{"at", Direction::unknown}};

constexpr std::array words_of_level{Word{"err", {}, 'e'},   Word{"error", {}, 'e'},   Word{"wrn", {}, 'w'},
                                    Word{"warn", {}, 'w'},  Word{"warning", {}, 'w'}, Word{"inf", {}, 'i'},
                                    Word{"info", {}, 'i'},  Word{"dbg", {}, 'd'},     Word{"debug", {}, 'd'},
                                    Word{"trace", {}, 'd'}, Word{"verbose", {}, 'd'}, Word{"e", {}, 'e'},
                                    Word{"w", {}, 'w'},     Word{"i", {}, 'i'},       Word{"d", {}, 'd'}};

template <std::size_t Size>
const Word* find_word(const std::array<Word, Size>& words, std::string_view text) {
  const auto* found = std::ranges::find_if(words, [&](const Word& word) {
    return word.text.size() == text.size() && base::equal_ignoring_case(word.text, text);
  });
  return found == words.end() ? nullptr : found;
}

// "[00:00:02.547,424] ", "[TX] ", "[INF] ", "(123.4) ".
bool take_brackets(std::string_view& text, BareLine& line) {
  if (text.empty() || (text.front() != '[' && text.front() != '(')) {
    return false;
  }
  char closing = text.front() == '[' ? ']' : ')';
  std::size_t end = text.substr(0, 48).find(closing);
  if (end == std::string_view::npos) {
    return false;
  }
  std::string_view inner = base::trim(text.substr(1, end - 1));
  if (const Word* direction = find_word(words_of_direction, inner)) {
    line.direction = direction->direction;
  } else if (const Word* level = find_word(words_of_level, inner)) {
    line.level = level->level;
    line.is_log = true;
  } else if (length_of_time(inner, line) == 0 &&
             inner.find_first_not_of("0123456789.:,-+TZ ") != std::string_view::npos) {
    return false;
  }
  text.remove_prefix(end + 1);
  if (text.starts_with(":")) {
    text.remove_prefix(1);
  }
  return true;
}

// "<inf> nrf_modem_at: ", "<error> app: ", "INFO  modem: ".
bool take_level(std::string_view& text, BareLine& line) {
  std::string_view rest = text;
  const Word* level = nullptr;
  if (rest.starts_with("<")) {
    std::size_t end = rest.substr(0, 10).find('>');
    if (end == std::string_view::npos) {
      return false;
    }
    level = find_word(words_of_level, rest.substr(1, end - 1));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  } else {
    std::size_t end = rest.find_first_of(" \t:");
    if (end == std::string_view::npos || (!line.seconds && rest[end] != ':')) {
      return false;  // "ERROR" alone ends a command; "ERROR …" is a level only behind a time stamp.
    }
    std::string_view word = rest.substr(0, end);
    level = word.size() > 1 || rest[end] == ':' ? find_word(words_of_level, word) : nullptr;
    rest.remove_prefix(rest[end] == ':' ? end + 1 : end);
    if (base::trim(rest).empty()) {
      return false;
    }
  }
  if (level == nullptr) {
    return false;
  }
  line.level = level->level;
  line.is_log = true;
  skip_blanks(rest);
  std::size_t colon = 0;
  while (colon < rest.size() && colon < 40 &&
         (is_letter(rest[colon]) || is_digit(rest[colon]) || rest[colon] == '_' || rest[colon] == '.' ||
          rest[colon] == '-' || rest[colon] == '/')) {
    ++colon;
  }
  if (colon > 0 && colon + 1 < rest.size() && rest[colon] == ':' && rest[colon + 1] == ' ') {
    line.module = rest.substr(0, colon);
    rest.remove_prefix(colon + 2);
  }
  text = rest;
  return true;
}

// "uart:~$ ", "mosh:~$ ", "$ ".
bool take_prompt(std::string_view& text, BareLine& line) {
  std::size_t end = text.substr(0, 32).find("$ ");
  if (end == std::string_view::npos) {
    return false;
  }
  for (char c : text.substr(0, end)) {
    if (!is_letter(c) && !is_digit(c) && c != ':' && c != '~' && c != '_' && c != '-' && c != '@' &&
        c != '/') {
      return false;
    }
  }
  text.remove_prefix(end + 2);
  line.has_prompt = true;
  return true;
}

// The command of a shell before an AT command: "at AT+CFUN?", "slm AT", "at 'AT+CFUN?'".
bool take_shell_command(std::string_view& text, BareLine& line) {
  static constexpr std::array<std::string_view, 8> names{"at ",     "slm ",    "sm ",       "modem ",
                                                         "at_cmd ", "lte at ", "modem at ", "sm_at "};
  if (text.find(' ') == std::string_view::npos) {
    return false;
  }
  for (std::string_view name : names) {
    if (!begins_ignoring_case(text, name)) {
      continue;
    }
    std::string_view rest = text.substr(name.size());
    skip_blanks(rest);
    std::string_view bare = rest;
    if (!bare.empty() && (bare.front() == '"' || bare.front() == '\'')) {
      bare.remove_prefix(1);
    }
    if (is_command(bare) || begins_ignoring_case(bare, "at+") || begins_ignoring_case(bare, "at%") ||
        begins_ignoring_case(bare, "at#")) {
      text = rest;
      line.has_prompt = true;
      return true;
    }
  }
  return false;
}

// "modem >> ", "TX: ", "-> ", "> ".
bool take_direction(std::string_view& text, BareLine& line) {
  std::string_view rest = text;
  std::size_t letters = 0;
  while (letters < rest.size() && letters < 14 && (is_letter(rest[letters]) || rest[letters] == '_')) {
    ++letters;
  }
  std::string_view word = rest.substr(0, letters);
  const Word* direction = letters > 0 ? find_word(words_of_direction, word) : nullptr;
  std::string_view behind = rest.substr(letters);
  skip_blanks(behind);
  if (direction != nullptr && !behind.empty()) {
    if (behind.starts_with(">>") || behind.starts_with("<<")) {
      line.direction = behind.front() == '>' ? Direction::to_modem : Direction::from_modem;
      text = behind.substr(2);
      return true;
    }
    if (behind.front() == ':' || behind.front() == '>' || behind.front() == '<' || behind.front() == '|') {
      if (direction->direction != Direction::unknown) {
        line.direction = direction->direction;
      }
      text = behind.substr(1);
      return true;
    }
  }
  static constexpr std::array<std::string_view, 14> arrows{
      "-->", "<--", ">>>", "<<<", ">>", "<<", "->", "<-", "=>", "<=", "\u2192", "\u2190", ">", "<"};
  for (std::string_view arrow : arrows) {
    if (text.starts_with(arrow)) {
      std::string_view after = text.substr(arrow.size());
      bool tagged =
          arrow == "<" && (begins_ignoring_case(after, "cr>") || begins_ignoring_case(after, "lf>"));
      if (tagged || (arrow == "<" && !after.empty() && after.front() != ' ' && !is_command(after) &&
                     !begins_with_name(after) && after != "OK" && after != "ERROR")) {
        return false;
      }
      line.has_arrow = true;
      line.arrow = arrow == "\u2192"                           ? '>'
                   : arrow == "\u2190"                         ? '<'
                   : arrow.find('>') != std::string_view::npos ? '>'
                                                               : '<';
      text = after;
      return true;
    }
  }
  return false;
}

// "00> ", "12: ", "12 | ": what counts lines or channels.
bool take_number(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && digits < 6 && is_digit(text[digits])) {
    ++digits;
  }
  if (digits == 0) {
    return false;
  }
  std::string_view rest = text.substr(digits);
  static constexpr std::array<std::string_view, 6> ends{"> ", ": ", " | ", "| ", ") ", "\t"};
  for (std::string_view end : ends) {
    if (rest.starts_with(end)) {
      text = rest.substr(end.size());
      return true;
    }
  }
  return false;
}

// Marks of forums and mails: "- AT", "* AT", "`AT`".
bool take_mark(std::string_view& text) {
  if (text.starts_with("***")) {
    return false;  // "*** Booting …"
  }
  static constexpr std::array<std::string_view, 5> marks{"- ", "* ", "\u2022 ", "**", "`"};
  for (std::string_view mark : marks) {
    if (text.starts_with(mark)) {
      text.remove_prefix(mark.size());
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_command(std::string_view text) {
  if (text.size() < 2 || !base::equal_ignoring_case(text.substr(0, 2), "AT")) {
    return false;
  }
  if (text.size() == 2) {
    return true;
  }
  char next = text[2];
  if (next == '+' || next == '%' || next == '#' || next == '&' || next == '*' || next == '$' ||
      next == '\\' || next == '!') {
    return text.size() > 3 && (is_letter(text[3]) || is_digit(text[3]) || next == '!');
  }
  if (next == '=' || next == '?') {
    return true;
  }
  std::string_view basic = "DEIOQSVXZH";
  auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(next)));
  if (basic.find(upper) == std::string_view::npos) {
    return false;
  }
  return text.size() == 3 || is_digit(text[3]) || text[3] == '*' || text[3] == '=' || text[3] == '?' ||
         ((upper == 'D') && (text[3] == 'T' || text[3] == '"'));
}

bool begins_with_name(std::string_view text) {
  if (text.size() < 3 || (text[0] != '+' && text[0] != '%' && text[0] != '#')) {
    return false;
  }
  std::size_t end = 1;
  while (end < text.size() &&
         ((text[end] >= 'A' && text[end] <= 'Z') || is_digit(text[end]) || text[end] == '_')) {
    ++end;
  }
  // "+CME ERROR: 11"
  return end > 2 && end < text.size() && (text[end] == ':' || text.substr(end).starts_with(" ERROR"));
}

BareLine undecorate(std::string_view whole) {
  BareLine line;
  std::string_view text = base::trim(whole);
  for (int turn = 0; turn < 10 && !text.empty(); ++turn) {
    skip_blanks(text);
    if (is_command(text) || begins_with_name(text) || text == "OK" || text == "ERROR") {
      break;
    }
    // Nothing else begins so.
    bool is_arrow = text.front() == '>' || (text.front() == '<' && text.size() > 1 && text[1] == ' ');
    if (is_arrow && take_direction(text, line)) {
      continue;
    }
    if (std::size_t time = length_of_time(text, line)) {
      text.remove_prefix(time);
      if (text.starts_with(":") || text.starts_with(",") || text.starts_with("|")) {
        text.remove_prefix(1);
      }
      continue;
    }
    if (take_brackets(text, line) || take_level(text, line) || take_prompt(text, line) ||
        take_shell_command(text, line) || take_direction(text, line) || take_seconds(text, line) ||
        take_number(text) || take_mark(text)) {
      continue;
    }
    break;
  }
  text = base::trim(text);
  take_wrapping(text, line);
  line.text = base::trim(text);
  return line;
}

}  // namespace attache::doctor
