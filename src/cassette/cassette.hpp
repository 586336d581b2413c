#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/modem_lines.hpp"
#include "base/result.hpp"
#include "client/placeholder_text.hpp"

namespace attache::cassette {

/// Who speaks.
enum class Side { host, modem };

/// When something happened, from the beginning of the recording.
using Moment = std::chrono::milliseconds;

/// A control line of the serial port: dtr and rts are the host's, the others the modem's.
enum class ControlLine { dtr, rts, dsr, cts, dcd, ri };

/// One thing that happened on the line.
struct Entry {
  enum class Kind {
    bytes,         ///< `TIME > TEXT` or `TIME < TEXT`: one side says these bytes.
    control_line,  ///< `TIME = dtr off`: a control line changes.
    baud,          ///< `TIME = baud 9600`: from here on the line has this rate.
  };

  Kind kind = Kind::bytes;
  Side side = Side::host;          ///< Of bytes.
  Moment at{};                     ///< When its first byte came. Never before that of the entry before it.
  client::PlaceholderText text{};  ///< Escapes are replaced; secrets are placeholders.
  ControlLine control_line = ControlLine::dtr;
  bool on = false;         ///< Of a control line.
  std::uint32_t baud = 0;  ///< In bit/s.
  std::size_t line = 0;    ///< In the file, from 1; 0 = not from a file.
  std::string source{};    ///< The text as written, escapes and placeholders in it.

  [[nodiscard]] bool says(Side who) const { return kind == Kind::bytes && side == who; }
};

/// `@ KEY VALUE`: where the cassette comes from (`recorded`, `host`, `modem`, `log`), or a header of a script
/// (docs/scripts.md), which says what is so before the first entry.
struct CassetteHeader {
  std::string key;
  std::string value;
  std::size_t line = 0;
};

/// What was said on a serial line, read and checked (docs/record.md, "The format").
struct Cassette {
  std::string name;  ///< As given to parse_cassette(): the file's name in messages.
  std::vector<CassetteHeader> headers{};
  std::vector<Entry> entries{};
  bool is_cut = false;  ///< Its last line had no end and was left out: the recording was killed.

  /// The value of the first header of that key; it lives as long as the cassette.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view key) const;
  /// The headers of scripts among them; several values of a key are joined by LF.
  [[nodiscard]] std::map<std::string, std::string> start_conditions() const;
  /// "slm-1.6" unless a header names another.
  [[nodiscard]] std::string_view dialect() const;
  /// "name:line" of an entry.
  [[nodiscard]] std::string place(const Entry& entry) const;
};

/// The first line of each cassette. The number counts up when an older reader could not read a newer file.
inline constexpr std::string_view first_line = "attache cassette 1";

/// The most bytes of a cassette, and of a line of it.
inline constexpr std::size_t largest_cassette = 64UL * 1024 * 1024;
inline constexpr std::size_t longest_line = 1024UL * 1024;

/// Reads a cassette. The reason of an error has "name:line" as its place and the line as excerpt. A last line
/// without its LF is left out: what was killed while it recorded can be read up to there.
base::Result<Cassette> parse_cassette(std::string_view text, std::string_view name);

/// Reads a file of at most `largest_cassette` bytes and parses it.
/// Fails as that does, or if it cannot be read.
base::Result<Cassette> read_cassette_file(const std::filesystem::path& file);

/// The bytes of a text as they stand in a cassette: C escapes for all but printable ASCII, for `\` and
/// for a `{` that a reader would take for a placeholder.
std::string escape_text(std::string_view bytes);

/// An entry as its line in the file, LF included.
std::string line_of(const Entry& entry);
/// The same of a header.
std::string line_of(const CassetteHeader& header);

/// An entry of bytes, made of its text as it stands in a file. Nothing if an escape in it is not known.
std::optional<Entry> make_bytes(Side side, Moment at, std::string source);
/// An entry of a line's new level, made as a file would have it, with its source.
Entry make_control_line(ControlLine control_line, bool on, Moment at);
/// Likewise of a rate in bit/s, above 0.
Entry make_baud(std::uint32_t baud, Moment at);

/// "dtr"
std::string_view name_of(ControlLine line);

/// The first placeholder of the text that has no value; empty if each has one.
std::string missing_value(const client::PlaceholderText& text, const client::Values& values);

}  // namespace attache::cassette
