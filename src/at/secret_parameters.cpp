#include "at/secret_parameters.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "at/characters.hpp"
#include "at/masking.hpp"
#include "at/near_name.hpp"
#include "at/ordinary_names.hpp"
#include "base/text.hpp"

namespace attache::at {

namespace {

/// What may stand at one place of a command that has secrets.
struct Slot {
  enum class Kind {
    none,     ///< Behind the last parameter.
    number,   ///< Digits, not in quotes.
    keyword,  ///< Letters and digits, in quotes or not.
    path,     ///< In quotes: begins with / or http; its query is masked.
    time,     ///< In quotes: a point in time (nrf91-modem/time.md).
    text,     ///< In quotes: a name or a host. Shown only if the whole line is as it should be.
    secret,   ///< Anything.
  };
  Kind kind = Kind::none;
  std::size_t longest = 0;  ///< Of a number or keyword.
};

constexpr Slot number(std::size_t longest) {
  return {Slot::Kind::number, longest};
}
constexpr Slot keyword(std::size_t longest) {
  return {Slot::Kind::keyword, longest};
}
constexpr Slot path{Slot::Kind::path};
constexpr Slot time{Slot::Kind::time};
constexpr Slot text{Slot::Kind::text};
constexpr Slot secret{Slot::Kind::secret};

constexpr std::size_t most_slots = 7;

}  // namespace

struct SecretRule {
  std::string_view name;  ///< Lower case, with its prefix; for what the modem answers with a colon behind it.
  std::array<Slot, most_slots> slots;
  std::size_t least = 0;                            ///< With fewer parameters no `text` is shown.
  bool goes_on = false;                             ///< All that follows the slots is secret as well.
  std::span<const std::string_view> short_forms{};  ///< First parameters with which `least` does not hold.
  bool is_answer = false;                           ///< Of the modem rather than of the host.
};

namespace {

// All but "open" (slm-1.6/ftp.md).
constexpr auto ftp_operations =
    std::to_array<std::string_view>({"close", "status", "ascii", "binary", "pwd", "cd", "ls", "mkdir",
                                     "rmdir", "rename", "delete", "get", "put", "uput", "mput", "verbose"});

// The syntax is that of nrf91-modem/ (sim.md, pdn.md, credentials.md) and slm-1.6/ (httpc.md, mqtt.md,
// ftp.md).
constexpr std::array rules{
    SecretRule{.name = "%cmng", .slots = {number(1), number(10), number(2)}, .goes_on = true},
    SecretRule{.name = "#xcmng", .slots = {number(1), number(10), number(2)}, .goes_on = true},
    SecretRule{.name = "+cpin", .slots = {}, .goes_on = true},
    SecretRule{.name = "+clck", .slots = {keyword(2), number(1)}, .goes_on = true},
    // Not secret, but a swap away from +CLCK.
    SecretRule{.name = "+cclk", .slots = {time}, .goes_on = true},
    SecretRule{.name = "+cpwd", .slots = {keyword(2)}, .goes_on = true},
    SecretRule{.name = "+cgauth", .slots = {number(2), number(1), text, secret}, .least = 4},
    SecretRule{.name = "%xusimlck", .slots = {keyword(2), keyword(2)}, .goes_on = true},
    SecretRule{.name = "+csim", .slots = {number(3)}, .goes_on = true},
    SecretRule{
        .name = "+crsm", .slots = {number(3), number(5), number(3), number(3), number(3)}, .goes_on = true},
    SecretRule{.name = "+cgla", .slots = {number(3), number(4)}, .goes_on = true},
    SecretRule{.name = "%xsudo", .slots = {number(4)}, .goes_on = true},
    SecretRule{.name = "#xhttpcreq", .slots = {keyword(10), path, secret, number(10)}},
    SecretRule{.name = "#xmqttcon",
               .slots = {number(1), text, text, secret, text, number(5), number(10)},
               .least = 6},
    SecretRule{.name = "#xftp",
               .slots = {keyword(7), text, secret, text, number(5), number(10)},
               .least = 4,
               .short_forms = ftp_operations},
    SecretRule{.name = "%jwt:", .slots = {}, .goes_on = true, .is_answer = true},
    SecretRule{
        .name = "+cgauth:", .slots = {number(2), number(1), text, secret}, .least = 4, .is_answer = true},
};

// ---- The name -----------------------------------------------------------------------------------------

// The first and second bytes of the names: however one of them is damaged, one of its first two
// bytes is among them.
constexpr auto early_bytes = [] {
  std::array<bool, 256> bytes{};
  for (const SecretRule& rule : rules) {
    bytes[static_cast<unsigned char>(rule.name[0])] = true;
    bytes[static_cast<unsigned char>(rule.name[1])] = true;
  }
  return bytes;
}();

// Cheap, and false for most places of a line.
bool may_begin_name(std::string_view line, std::size_t place) {
  return early_bytes[static_cast<unsigned char>(line[place])] ||
         (place + 1 < line.size() && early_bytes[static_cast<unsigned char>(line[place + 1])]);
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
  for (const SecretRule& rule : rules) {
    if (rule.is_answer && line.starts_with(rule.name)) {
      return SecretCommand{&rule, offset, offset + rule.name.size() - 1};
    }
  }
  return std::nullopt;
}

// A name as it is, or nearly so behind AT.
std::optional<SecretCommand> find_anywhere(std::string_view line, std::size_t offset) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    bool after_at = line[i] == 'a' && i + 1 < line.size() && line[i + 1] == 't';
    if (!after_at && !is_prefix(line[i])) {
      continue;
    }
    std::string_view rest = line.substr(i + (after_at ? 2 : 0));
    auto name_end = std::find_if_not(rest.begin() + (rest.empty() ? 0 : 1), rest.end(), is_alphanumeric);
    bool is_ordinary = is_ordinary_name(rest.substr(0, static_cast<std::size_t>(name_end - rest.begin())));
    std::optional<SecretCommand> near;
    for (const SecretRule& rule : rules) {
      if (rule.is_answer) {
        continue;
      }
      std::size_t begin = line.size() - rest.size() + offset;
      if (rest.starts_with(rule.name) && !is_ordinary) {
        return SecretCommand{&rule, begin, begin + length_of_near(rest, rule.name).value_or(0)};
      }
      auto length = after_at && !is_ordinary ? length_of_near(rest, rule.name) : std::nullopt;
      if (length && !near) {
        near = SecretCommand{&rule, begin, begin + *length};
      }
    }
    if (near) {
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
    if (!may_begin_name(line, i)) {
      continue;
    }
    for (const SecretRule& rule : rules) {
      auto length = rule.is_answer ? std::nullopt : length_of_near(line.substr(i), rule.name);
      if (length) {
        return SecretCommand{&rule, offset + i, offset + i + *length};
      }
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

bool fits(std::string_view value, bool is_quoted, const Slot& slot) {
  if (value.empty()) {
    return true;
  }
  switch (slot.kind) {
    case Slot::Kind::number:
      return !is_quoted && value.size() <= slot.longest && std::all_of(value.begin(), value.end(), is_digit);
    case Slot::Kind::keyword:
      return value.size() <= slot.longest && std::all_of(value.begin(), value.end(), is_alphanumeric);
    case Slot::Kind::path:
      return is_quoted && (value.starts_with('/') || value.starts_with("http"));
    case Slot::Kind::time:
      return is_quoted && is_time(value);
    case Slot::Kind::text:
      return is_quoted;
    case Slot::Kind::secret:
      return true;
    case Slot::Kind::none:
      break;
  }
  return false;
}

Slot slot_of(const SecretRule& rule, std::size_t index) {
  Slot slot = index < most_slots ? rule.slots[index] : Slot{};
  return slot.kind == Slot::Kind::none && rule.goes_on ? secret : slot;
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
  for (std::size_t i = 0; i < pieces.size() && i < most_slots; ++i) {
    bool is_missing = content(text, pieces[i]).empty() && !pieces[i].is_quoted;
    Slot::Kind kind = rule.slots[i].kind;
    if (is_missing && ((kind == Slot::Kind::secret && has_name) || (kind == Slot::Kind::text && is_behind))) {
      return true;
    }
    has_name = has_name || (kind == Slot::Kind::text && !content(text, pieces[i]).empty());
    is_behind = is_behind || kind == Slot::Kind::secret;
  }
  return false;
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
  std::size_t misfit = first_misfit(text, rule, pieces.all());
  std::string first = base::to_lower(content(text, pieces.all().front()));
  bool is_short =
      std::find(rule.short_forms.begin(), rule.short_forms.end(), first) != rule.short_forms.end();
  bool is_sound = misfit == text.size() && (is_short || pieces.all().size() >= rule.least) &&
                  !lacks_secret(text, rule, pieces.all());
  for (std::size_t i = 0; i < pieces.all().size(); ++i) {
    const Piece& piece = pieces.all()[i];
    Slot::Kind kind = slot_of(rule, i).kind;
    if (kind == Slot::Kind::secret || (kind == Slot::Kind::text && !is_sound)) {
      mask(text, piece.begin, piece.end, Kept::quotes);
    } else if (kind == Slot::Kind::path) {
      std::size_t query = text.find_first_of("?=&", piece.begin);
      mask(text, std::min(query, piece.end - 1) + 1, piece.end, Kept::quotes);
    }
  }
  mask(text, misfit, text.size(), Kept::quotes);
  return misfit == text.size() ? pieces.line_end() : text.size();
}

}  // namespace attache::at
