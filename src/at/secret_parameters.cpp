#include "at/secret_parameters.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "at/characters.hpp"
#include "at/masking.hpp"
#include "at/near_name.hpp"
#include "at/ordinary_names.hpp"
#include "at/secret_rules.hpp"
#include "base/text.hpp"

namespace attache::at {

namespace {

// ---- The name -----------------------------------------------------------------------------------------

const std::vector<const SecretRule*>& rules_with_early(char byte) {
  return secret_rules().by_early_byte[static_cast<unsigned char>(byte)];
}

// The first of the rules whose name the text begins with.
std::optional<SecretCommand> find_exact(std::string_view text, std::size_t offset) {
  for (const SecretRule* rule : rules_with_early(text.empty() ? '\0' : text.front())) {
    if (text.starts_with(rule->name)) {
      return SecretCommand{rule, offset, offset + length_of_near(text, rule->name).value_or(0)};
    }
  }
  return std::nullopt;
}

// The first of the rules whose name, or nearly so, the text begins with.
std::optional<SecretCommand> find_near(std::string_view text, std::size_t offset) {
  std::optional<SecretCommand> first;
  for (char byte : text.substr(0, 2)) {
    for (const SecretRule* rule : rules_with_early(byte)) {
      if (first && first->rule <= rule) {
        break;
      }
      if (auto length = length_of_near(text, rule->name)) {
        first = SecretCommand{rule, offset, offset + *length};
        break;
      }
    }
  }
  return first;
}

// The beginning of a line in which a command's name stands, without what separates it from its parameters.
std::string_view head_of(std::string_view line) {
  constexpr std::size_t longest = 24;
  return line.substr(0, std::min(line.find_first_of("=?\",;"), longest));
}

std::string_view without_noise(std::string_view line) {
  auto is_noise = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7F;
  };
  auto begin = std::find_if_not(line.begin(), line.end(), is_noise);
  return line.substr(static_cast<std::size_t>(begin - line.begin()));
}

// "+CPIN: READY", which the modem says, is no command.
bool is_answer(std::string_view line) {
  if (line.empty() || !is_prefix(line.front())) {
    return false;
  }
  auto end = std::find_if_not(line.begin() + 1, line.end(), is_alphanumeric);
  return end != line.end() && *end == ':';
}

std::optional<SecretCommand> find_answer(std::string_view line, std::size_t offset) {
  for (const SecretRule& rule : secret_rules().all) {
    if (rule.is_answer && line.starts_with(rule.name)) {
      return SecretCommand{&rule, offset, offset + rule.name.size() - 1};
    }
  }
  return std::nullopt;
}

bool begins_ordinary(std::string_view text) {
  auto name_end = std::find_if_not(text.begin() + (text.empty() ? 0 : 1), text.end(), is_alphanumeric);
  return is_ordinary_name(text.substr(0, static_cast<std::size_t>(name_end - text.begin())));
}

// A name as it is, or nearly so behind AT.
std::optional<SecretCommand> find_anywhere(std::string_view line, std::size_t offset) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    bool after_at = line[i] == 'a' && i + 1 < line.size() && line[i + 1] == 't';
    if (!after_at && !is_prefix(line[i])) {
      continue;
    }
    std::string_view rest = line.substr(i + (after_at ? 2 : 0));
    if (after_at && begins_ordinary(rest)) {
      continue;
    }
    std::size_t begin = line.size() - rest.size() + offset;
    auto found = find_exact(rest, begin);
    if (found && (after_at || !begins_ordinary(rest))) {
      return found;
    }
    if (auto near = after_at ? find_near(rest, begin) : std::nullopt) {
      return near;
    }
  }
  return std::nullopt;
}

// A name nearly as it is at the head of a line, with or without AT, in whatever is left of that.
std::optional<SecretCommand> find_at_head(std::string_view line, std::size_t offset) {
  std::string_view head = head_of(line);
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (is_prefix(head[i]) && is_ordinary_name(head.substr(i))) {
      return std::nullopt;
    }
  }
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (auto near = find_near(line.substr(i), offset + i)) {
      return near;
    }
  }
  return std::nullopt;
}

// ---- The parameters -----------------------------------------------------------------------------------

/// One parameter of a line: where it begins and ends, and whether a separator or the line's end follows.
struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_quoted = false;
  bool is_whole = true;  ///< Nothing but blanks stands behind a closing quote.
};

/// Cuts the parameters of a command at commas outside quotes.
class Pieces {
 public:
  Pieces(std::string_view text, std::size_t begin) : text_(text), position_(begin) {
    bool more = true;
    while (more) {
      more = take();
    }
  }

  [[nodiscard]] const std::vector<Piece>& all() const { return pieces_; }
  /// Where the line ends as far as it could be read.
  [[nodiscard]] std::size_t line_end() const { return position_; }

 private:
  [[nodiscard]] bool at_end() const { return position_ >= text_.size() || is_line_end(text_[position_]); }

  void skip_blanks() {
    while (position_ < text_.size() && text_[position_] == ' ') {
      ++position_;
    }
  }

  // False behind the last one.
  bool take() {
    skip_blanks();
    Piece piece;
    piece.begin = position_;
    piece.is_quoted = position_ < text_.size() && text_[position_] == '"';
    if (piece.is_quoted) {
      position_ = std::min(text_.find('"', position_ + 1), text_.size());
      position_ += position_ < text_.size() ? 1 : 0;
      piece.end = position_;
      skip_blanks();
    } else {
      while (!at_end() && text_[position_] != ',' && text_[position_] != '"') {
        ++position_;
      }
      piece.end = position_;
    }
    piece.is_whole = at_end() || text_[position_] == ',';
    pieces_.push_back(piece);
    bool more = piece.is_whole && !at_end();
    position_ += more ? 1 : 0;
    return more;
  }

  std::string_view text_;
  std::size_t position_;
  std::vector<Piece> pieces_;
};

// "yy/MM/dd,hh:mm:ss±zz", the zone may be missing.
bool is_time(std::string_view value) {
  constexpr std::string_view form = "00/00/00,00:00:00+00";
  constexpr std::size_t without_zone = 17;
  auto fits = [](char c, char model) {
    return model == '0' ? is_digit(c) : (c == model || (model == '+' && c == '-'));
  };
  return value.size() >= without_zone && value.size() <= form.size() &&
         std::equal(value.begin(), value.end(), form.begin(), fits);
}

std::string_view content(std::string_view text, const Piece& piece) {
  std::string_view value = text.substr(piece.begin, piece.end - piece.begin);
  if (piece.is_quoted) {
    value.remove_prefix(1);
    value = value.ends_with('"') ? value.substr(0, value.size() - 1) : value;
  }
  return value;
}

bool fits(std::string_view value, bool is_quoted, const SecretSlot& slot) {
  if (value.empty()) {
    return true;
  }
  switch (slot.kind) {
    case SecretSlot::Kind::number:
      return !is_quoted && value.size() <= slot.longest && std::all_of(value.begin(), value.end(), is_digit);
    case SecretSlot::Kind::keyword:
      return value.size() <= slot.longest && std::all_of(value.begin(), value.end(), is_alphanumeric);
    case SecretSlot::Kind::path:
      return is_quoted && (value.starts_with('/') || value.starts_with("http"));
    case SecretSlot::Kind::time:
      return is_quoted && is_time(value);
    case SecretSlot::Kind::text:
      return is_quoted;
    case SecretSlot::Kind::secret:
      return true;
    case SecretSlot::Kind::none:
      break;
  }
  return false;
}

SecretSlot slot_of(const SecretRule& rule, std::size_t index) {
  SecretSlot behind{rule.goes_on ? SecretSlot::Kind::secret : SecretSlot::Kind::none};
  return index < rule.slots.size() ? rule.slots[index] : behind;
}

/// Where a line stops being as the rule says; its length if it never does.
std::size_t first_misfit(std::string_view text, const SecretRule& rule, std::span<const Piece> pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!fits(content(text, pieces[i]), pieces[i].is_quoted, slot_of(rule, i))) {
      return pieces[i].begin;
    }
    if (!pieces[i].is_whole) {
      return pieces[i].end;
    }
  }
  return text.size();
}

// Nothing stands where the secret should, but a name before it, or none where the host should behind it: then
// something was left out, and a name may be the secret.
bool lacks_secret(std::string_view text, const SecretRule& rule, std::span<const Piece> pieces) {
  bool has_name = false;
  bool is_behind = false;
  for (std::size_t i = 0; i < pieces.size() && i < rule.slots.size(); ++i) {
    bool is_missing = content(text, pieces[i]).empty() && !pieces[i].is_quoted;
    SecretSlot::Kind kind = rule.slots[i].kind;
    if (is_missing &&
        ((kind == SecretSlot::Kind::secret && has_name) || (kind == SecretSlot::Kind::text && is_behind))) {
      return true;
    }
    has_name = has_name || (kind == SecretSlot::Kind::text && !content(text, pieces[i]).empty());
    is_behind = is_behind || kind == SecretSlot::Kind::secret;
  }
  return false;
}

/// A line as one of the rules of its name reads it.
struct Reading {
  const SecretRule* rule = nullptr;
  std::size_t misfit = 0;  ///< Of first_misfit().
  bool is_sound = false;   ///< It is as the rule says.
};

Reading reading_of(std::string_view text, const SecretRule& rule, std::span<const Piece> pieces) {
  Reading reading{&rule, first_misfit(text, rule, pieces)};
  std::string first = base::to_lower(content(text, pieces.front()));
  bool is_short =
      std::find(rule.short_forms.begin(), rule.short_forms.end(), first) != rule.short_forms.end();
  reading.is_sound = reading.misfit == text.size() && (is_short || pieces.size() >= rule.least) &&
                     !lacks_secret(text, rule, pieces);
  return reading;
}

// Which dialect is spoken is not known: those readings count that go on longest.
std::vector<Reading> readings_of(std::string_view text, const SecretRule& rule,
                                 std::span<const Piece> pieces) {
  std::vector<Reading> readings{reading_of(text, rule, pieces)};
  for (const SecretRule& other : rule.also) {
    readings.push_back(reading_of(text, other, pieces));
  }
  std::size_t longest = 0;
  for (const Reading& reading : readings) {
    longest = std::max(longest, reading.misfit);
  }
  std::erase_if(readings, [&](const Reading& reading) { return reading.misfit < longest; });
  return readings;
}

void mask(std::string& text, const Reading& reading, std::span<const Piece> pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    SecretSlot::Kind kind = slot_of(*reading.rule, i).kind;
    if (kind == SecretSlot::Kind::secret || (kind == SecretSlot::Kind::text && !reading.is_sound)) {
      mask(text, piece.begin, piece.end, Kept::quotes);
    } else if (kind == SecretSlot::Kind::path) {
      std::size_t query = text.find_first_of("?=&", piece.begin);
      mask(text, std::min(query, piece.end - 1) + 1, piece.end, Kept::quotes);
    }
  }
  mask(text, reading.misfit, text.size(), Kept::quotes);
}

}  // namespace

std::optional<SecretCommand> find_secret_command(std::string_view lowered, std::size_t begin,
                                                 std::size_t end) {
  std::string_view line = without_noise(lowered.substr(begin, end - begin));
  std::size_t offset = end - line.size();
  if (is_answer(line)) {
    return find_answer(line, offset);
  }
  auto found = find_anywhere(line, offset);
  return found ? found : find_at_head(line, offset);
}

std::size_t mask_secrets(std::string& text, const SecretCommand& command) {
  const SecretRule& rule = *command.rule;
  std::size_t begin = command.name_end;
  std::size_t line_end = std::min(text.find_first_of("\r\n", begin), text.size());
  std::string_view form = std::string_view(text).substr(begin, line_end - begin);
  if (form.empty() || form == "?" || form == "=?") {
    return line_end;
  }
  if (form.front() != '=' && !rule.is_answer) {
    mask(text, begin, text.size(), Kept::quotes);
    return text.size();
  }
  Pieces pieces(text, begin + 1);
  auto readings = readings_of(text, rule, pieces.all());
  std::size_t misfit = readings.front().misfit;
  for (const Reading& reading : readings) {
    mask(text, reading, pieces.all());
  }
  return misfit == text.size() ? pieces.line_end() : text.size();
}

}  // namespace attache::at
