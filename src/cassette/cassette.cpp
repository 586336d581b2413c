#include "cassette/cassette.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/posix/whole_file.hpp"
#include "base/text.hpp"
#include "client/script.hpp"
#include "client/script_headers.hpp"

namespace attache::cassette {

namespace {

using Piece = client::PlaceholderText::Piece;

constexpr std::array control_line_names =
    std::to_array<std::string_view>({"dtr", "rts", "dsr", "cts", "dcd", "ri"});
constexpr std::array own_headers = std::to_array<std::string_view>({"recorded", "host", "modem", "log"});

bool is_own(std::string_view key) {
  return std::find(own_headers.begin(), own_headers.end(), key) != own_headers.end();
}

// What is wrong with a line, in one sentence each.
struct LineFault {
  std::string why;
  std::string advice =
      "Lines of a cassette: TIME > TEXT, TIME < TEXT, TIME = NAME VALUE, @ KEY VALUE, # REMARK.";
};

template <class Value>
using Parsed = boost::system::result<Value, LineFault>;

// "12.345": whole seconds, and milliseconds in three digits.
std::optional<Moment> parse_moment(std::string_view text) {
  constexpr std::size_t most_digits = 9;
  std::size_t point = text.find('.');
  if (point == std::string_view::npos || point > most_digits || text.size() != point + 4) {
    return std::nullopt;
  }
  auto seconds = base::parse_number<std::uint32_t>(text.substr(0, point));
  auto thousandths = base::parse_number<std::uint32_t>(text.substr(point + 1));
  if (!seconds || !thousandths) {
    return std::nullopt;
  }
  return std::chrono::seconds(*seconds) + Moment(*thousandths);
}

std::string moment_text(Moment at) {
  auto count = at.count();
  return fmt::format("{}.{:03}", count / 1000, count % 1000);
}

// Escapes are replaced in what stands between placeholders.
bool unescape_pieces(client::PlaceholderText& text) {
  for (Piece& piece : text.pieces()) {
    if (piece.kind != Piece::Kind::literal) {
      continue;
    }
    auto bytes = base::unescape(piece.text);
    if (!bytes) {
      return false;
    }
    piece.text = std::move(*bytes);
  }
  return true;
}

Parsed<Entry> parse_change(std::string_view text, Moment at) {
  std::size_t blank = std::min(text.find(' '), text.size());
  std::string_view name = text.substr(0, blank);
  std::string_view value = text.substr(std::min(blank + 1, text.size()));
  if (name == "baud") {
    auto baud = base::parse_number<std::uint32_t>(value);
    return baud && *baud > 0
               ? Parsed<Entry>(make_baud(*baud, at))
               : Parsed<Entry>(LineFault{fmt::format("\"{}\" is no line rate in bit/s", value)});
  }
  auto found = std::find(control_line_names.begin(), control_line_names.end(), name);
  if (found == control_line_names.end()) {
    return LineFault{fmt::format("\"{}\" is neither a control line nor baud", name)};
  }
  if (value != "on" && value != "off") {
    return LineFault{fmt::format("a control line is on or off, not \"{}\"", value)};
  }
  return make_control_line(static_cast<ControlLine>(found - control_line_names.begin()), value == "on", at);
}

Parsed<Entry> parse_entry(std::string_view line) {
  std::size_t blank = std::min(line.find(' '), line.size());
  auto at = parse_moment(line.substr(0, blank));
  if (!at) {
    return LineFault{"it does not begin with a time such as 12.345, in seconds"};
  }
  std::string_view rest = line.substr(std::min(blank + 1, line.size()));
  char sign = rest.size() >= 2 && rest[1] == ' ' ? rest[0] : '\0';
  std::string_view text = rest.substr(std::min<std::size_t>(2, rest.size()));
  if (sign == '=') {
    return parse_change(text, *at);
  }
  if ((sign != '>' && sign != '<') || text.empty()) {
    return LineFault{"behind the time stands none of > TEXT, < TEXT and = NAME VALUE"};
  }
  auto entry = make_bytes(sign == '>' ? Side::host : Side::modem, *at, std::string(text));
  if (!entry) {
    return LineFault{"an escape in it is not known", "Known are \\r \\n \\t \\0 \\\\ \\\" and \\xNN."};
  }
  return std::move(*entry);
}

Parsed<CassetteHeader> parse_header(std::string_view text) {
  text = base::trim(text);
  std::size_t blank = std::min(text.find(' '), text.size());
  CassetteHeader header{std::string(text.substr(0, blank)), std::string(base::trim(text.substr(blank)))};
  if (!is_own(header.key)) {
    if (auto fault = client::find_fault({header.key, header.value, 0, 0})) {
      return LineFault{fault->why, ""};
    }
  }
  return header;
}

/// Reads line after line.
class Parser {
 public:
  explicit Parser(std::string_view name) { cassette_.name = std::string(name); }

  base::Result<Cassette> parse(std::string_view text) {
    if (text.size() > largest_cassette) {
      return fault({"it is larger than 64 MiB", "Record less at a time."}, {});
    }
    while (!text.empty()) {
      std::size_t end = text.find('\n');
      if (end == std::string_view::npos) {
        cassette_.is_cut = true;
        break;
      }
      ++number_;
      std::string_view line = text.substr(0, end);
      if (auto wrong = take(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line)) {
        return fault(std::move(*wrong), line);
      }
      text.remove_prefix(end + 1);
    }
    if (number_ == 0) {
      return fault(unknown_file(), {});
    }
    return std::move(cassette_);
  }

 private:
  static LineFault unknown_file() {
    return {fmt::format("its first line is not \"{}\"", first_line),
            "attache record makes cassettes; of a log: attache record --from-log LOG CASSETTE."};
  }

  std::optional<LineFault> take(std::string_view line) {
    if (line.size() > longest_line) {
      return LineFault{"the line is longer than 1 MiB", ""};
    }
    if (number_ == 1) {
      return line == first_line ? std::nullopt : std::optional(unknown_file());
    }
    if (line.empty() || line.front() == '#') {
      return std::nullopt;
    }
    return line.front() == '@' ? take_header(line.substr(1)) : take_entry(line);
  }

  std::optional<LineFault> take_header(std::string_view text) {
    if (!cassette_.entries.empty()) {
      return LineFault{"headers stand before the first entry"};
    }
    auto header = parse_header(text);
    if (!header) {
      return header.error();
    }
    header->line = number_;
    cassette_.headers.push_back(std::move(*header));
    return std::nullopt;
  }

  std::optional<LineFault> take_entry(std::string_view line) {
    auto entry = parse_entry(line);
    if (!entry) {
      return entry.error();
    }
    if (!cassette_.entries.empty() && entry->at < cassette_.entries.back().at) {
      return LineFault{"its time lies before that of the line before"};
    }
    entry->line = number_;
    cassette_.entries.push_back(std::move(*entry));
    return std::nullopt;
  }

  base::Reason fault(LineFault wrong, std::string_view line) const {
    constexpr std::size_t shown = 200;
    base::Reason reason = base::make_reason(fmt::format("{} is no cassette that can be read", cassette_.name),
                                            std::move(wrong.why), std::move(wrong.advice));
    reason.where = fmt::format("{}:{}", cassette_.name, std::max<std::size_t>(number_, 1));
    reason.excerpt = std::string(line.substr(0, shown));
    return reason;
  }

  Cassette cassette_;
  std::size_t number_ = 0;
};

base::Reason cannot_be_read(const std::filesystem::path& file, std::string why) {
  return base::make_reason(fmt::format("the cassette {} cannot be read", file.string()), std::move(why));
}

}  // namespace

std::optional<std::string_view> Cassette::header(std::string_view key) const {
  auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& each) { return each.key == key; });
  return found != headers.end() ? std::optional<std::string_view>(found->value) : std::nullopt;
}

std::map<std::string, std::string> Cassette::start_conditions() const {
  std::map<std::string, std::string> conditions;
  for (const CassetteHeader& header : headers) {
    if (!is_own(header.key)) {
      std::string& value = conditions[header.key];
      value = value.empty() ? header.value : fmt::format("{}\n{}", value, header.value);
    }
  }
  return conditions;
}

std::string_view Cassette::dialect() const {
  return header("dialect").value_or("slm-1.6");
}

std::string Cassette::place(const Entry& entry) const {
  return fmt::format("{}:{}", name, entry.line);
}

base::Result<Cassette> parse_cassette(std::string_view text, std::string_view name) {
  return Parser(name).parse(text);
}

base::Result<Cassette> read_cassette_file(const std::filesystem::path& file) {
  auto text = base::read_whole_file(file, largest_cassette);
  if (!text) {
    return cannot_be_read(file, text.error().why);
  }
  return parse_cassette(*text, file.string());
}

std::string escape_text(std::string_view bytes) {
  std::string result;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char c = bytes[i];
    bool looks_like_placeholder =
        c == '{' && i + 1 < bytes.size() &&
        ((bytes[i + 1] >= 'A' && bytes[i + 1] <= 'Z') || (bytes[i + 1] >= 'a' && bytes[i + 1] <= 'z'));
    if (c == '\r') {
      result += "\\r";
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\\') {
      result += "\\\\";
    } else if (c < ' ' || c > '~' || looks_like_placeholder) {
      result += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

std::string line_of(const Entry& entry) {
  switch (entry.kind) {
    case Entry::Kind::control_line:
      return fmt::format("{} = {} {}\n", moment_text(entry.at), name_of(entry.control_line),
                         entry.on ? "on" : "off");
    case Entry::Kind::baud:
      return fmt::format("{} = baud {}\n", moment_text(entry.at), entry.baud);
    case Entry::Kind::bytes:
      break;
  }
  return fmt::format("{} {} {}\n", moment_text(entry.at), entry.side == Side::host ? '>' : '<', entry.source);
}

std::string line_of(const CassetteHeader& header) {
  return fmt::format("@ {} {}\n", header.key, header.value);
}

std::optional<Entry> make_bytes(Side side, Moment at, std::string source) {
  Entry entry{.side = side, .at = at, .text = client::PlaceholderText::parse(source)};
  if (!unescape_pieces(entry.text)) {
    return std::nullopt;
  }
  entry.source = std::move(source);
  return entry;
}

Entry make_control_line(ControlLine control_line, bool on, Moment at) {
  return {.kind = Entry::Kind::control_line, .at = at, .control_line = control_line, .on = on};
}

Entry make_baud(std::uint32_t baud, Moment at) {
  return {.kind = Entry::Kind::baud, .at = at, .baud = baud};
}

std::string_view name_of(ControlLine line) {
  return control_line_names[static_cast<std::size_t>(line)];
}

std::string missing_value(const client::PlaceholderText& text, const client::Values& values) {
  for (const Piece& piece : text.pieces()) {
    if (piece.kind == Piece::Kind::placeholder && !values.contains(piece.text)) {
      return piece.text;
    }
  }
  return {};
}

}  // namespace attache::cassette
