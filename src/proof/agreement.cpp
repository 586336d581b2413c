#include "proof/agreement.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "doctor/follower/item.hpp"
#include "doctor/reader/decoration.hpp"
#include "doctor/reader/words.hpp"
#include "doctor/rules/queries.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::proof {

namespace {

using doctor::is_digit;
using doctor::is_hex_digit;

constexpr std::size_t shortest_identity = 10;
constexpr std::size_t shortest_hexadecimal = 4;

bool is_all(std::string_view text, bool (*fits)(char)) {
  return !text.empty() && std::ranges::all_of(text, fits);
}

bool is_binary(char c) {
  return c == '0' || c == '1';
}

// "26/11/22,08:54:12+04", "2026-11-22T08:54:12".
bool is_time(std::string_view text) {
  return text.size() >= 8 && std::ranges::count(text, ':') == 2 &&
         text.find_first_not_of("0123456789/-:,.+TZ ") == std::string_view::npos;
}

// Lines whose numbers are measured; what says "not known" stays.
bool is_measured(std::string_view name) {
  static constexpr std::array names{"+CESQ",     "%CESQ",      "%XSNRSQ",      "%XMONITOR",
                                    "%XVBAT",    "%XTEMP",     "%XTIME",       "%CONEVAL",
                                    "%NBRGRSRP", "%NCELLMEAS", "%XMODEMSLEEP", "%XCBAND"};
  return std::ranges::find(names, name) != names.end();
}

// Lines whose first number is a handle or a count of bytes.
bool begins_with_count(std::string_view name) {
  static constexpr std::array names{"#XSOCKET",  "#XSSOCKET",  "#XTCPCLI",   "#XTCPDATA",  "#XUDPDATA",
                                    "#XSEND",    "#XSENDTO",   "#XRECV",     "#XRECVFROM", "#XTCPSEND",
                                    "#XUDPSEND", "#XHTTPCREQ", "#XHTTPCRSP", "#XPING"};
  return std::ranges::find(names, name) != names.end();
}

std::string masked_field(const doctor::Argument& field, bool is_measured_line) {
  std::string_view text = field.text;
  auto number = field.number();
  if (is_measured_line && number) {
    bool unknown = *number == 255 || *number == 99;
    return unknown ? std::string(text) : "_";
  }
  bool address = doctor::is_address(text) || (field.is_quoted && std::ranges::count(text, '.') >= 3);
  bool hexadecimal = field.is_quoted && text.size() >= shortest_hexadecimal && is_all(text, is_hex_digit) &&
                     !is_all(text, is_binary);
  bool identity = text.size() >= shortest_identity && is_all(text, is_digit);
  return address || hexadecimal || identity || is_time(text) ? "_" : std::string(text);
}

// A line that is no named one: an identity, a version, a model.
std::string masked_words(std::string_view line) {
  std::string result;
  for (std::string_view word : base::split(line, ' ')) {
    bool identity = word.size() >= shortest_identity &&
                    std::ranges::all_of(word, [](char c) { return is_hex_digit(c) || c == '-'; });
    bool firmware = word.starts_with("mfw");
    bool version = word.size() >= 3 && is_digit(word.front()) && word.find('.') != std::string_view::npos;
    result += result.empty() ? "" : " ";
    result += identity || firmware || version || word.starts_with("nRF91") ? "_" : std::string(word);
  }
  return result;
}

bool is_end_of_command(std::string_view line) {
  return vocabulary::is_final_result(line);
}

}  // namespace

std::string masked(std::string_view line) {
  if (is_end_of_command(line)) {
    return std::string(line);
  }
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !doctor::begins_with_name(line)) {
    return masked_words(line);
  }
  std::string name(line.substr(0, colon));
  std::vector<doctor::Argument> fields = doctor::cut_arguments(line, colon + 1);
  std::string result = name + ":";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto number = fields[i].number();
    bool counts = i == 0 && begins_with_count(name) && number && *number > 0 && fields.size() > 1;
    result += i == 0 ? " " : ",";
    result += counts ? "_" : masked_field(fields[i], is_measured(name));
  }
  return result;
}

Agreement agree(std::string_view logged, std::string_view replayed) {
  if (logged == replayed) {
    return Agreement::exact;
  }
  return masked(logged) == masked(replayed) ? Agreement::masked : Agreement::none;
}

namespace {

/// Takes the lines of a replay, each once.
class Lines {
 public:
  explicit Lines(const Performance& performance) : performance_(performance) {}

  /// The one that goes with a line of the log, from those from `first` on; one of the same name if there is
  /// none.
  Compared take(const doctor::EventRef& logged, std::size_t first, std::size_t last) {
    std::size_t near = last;
    for (std::size_t i = first; i < last; ++i) {
      const Spoken& line = performance_.spoken[i];
      if (line.who != Spoken::Who::modem || taken_.contains(i)) {
        continue;
      }
      Agreement agreement = agree(logged->text, line.text);
      if (agreement != Agreement::none) {
        taken_.insert(i);
        return {logged, line.text, agreement};
      }
      bool same_name =
          logged->text.substr(0, logged->text.find(':')) == line.text.substr(0, line.text.find(':'));
      bool both_end = logged->kind == doctor::Event::Kind::final && is_end_of_command(line.text);
      near = near == last && (same_name || both_end) ? i : near;
    }
    return {logged, near < last ? performance_.spoken[near].text : std::string(), Agreement::none};
  }

 private:
  const Performance& performance_;
  std::set<std::size_t> taken_;
};

}  // namespace

std::vector<Compared> compare(const Script& script, const Performance& performance) {
  std::vector<Compared> all;
  Lines lines(performance);
  for (std::size_t i = 0; i < script.steps.size(); ++i) {
    const Step& step = script.steps[i];
    const Heard& heard = performance.heard[i];
    // What comes by itself may come a step later.
    std::size_t later = i + 1 < performance.heard.size() ? performance.heard[i + 1].last : heard.last;
    if (step.item != nullptr && step.kind == Step::Kind::command) {
      for (const doctor::EventRef& line : step.item->lines) {
        all.push_back(lines.take(line, heard.first, heard.last));
      }
      if (step.item->final != nullptr) {
        all.push_back(lines.take(step.item->final, heard.first, heard.last));
      } else {
        all.push_back({step.item->event, heard.has_result ? "a result" : "",
                       heard.has_result ? Agreement::none : Agreement::exact});
      }
    }
    for (const doctor::EventRef& notice : step.notices) {
      all.push_back(lines.take(notice, heard.first, later));
    }
  }
  return all;
}

}  // namespace attache::proof
