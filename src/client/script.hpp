#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "client/placeholder_text.hpp"

namespace attache::client {

/// What a line of a script asks for (reference/README.md, "The `.at` script format"; `$` is
/// docs/steering.md's).
enum class Directive {
  send,              ///< `> TEXT`: send TEXT and the line end.
  send_raw,          ///< `>> TEXT`: send bytes, C escapes replaced.
  line,              ///< `< TEXT`: the next line is TEXT.
  pattern,           ///< `</ REGEX`: the next line matches.
  repeat,            ///< `<* REGEX`: zero or more next lines match.
  raw,               ///< `<< TEXT`: these bytes come next, C escapes replaced.
  anywhere,          ///< `! TEXT`: this line comes, others may come before it.
  anywhere_pattern,  ///< `!/ REGEX`.
  silence,           ///< `!< MS`: nothing comes.
  wait,              ///< `~ MS`.
  steer,             ///< `$ COMMAND`: a steering command for a virtual device.
};

/// What a line with this directive begins with: ">", "</".
std::string_view symbol_of(Directive directive);

/// One line of a script.
struct Step {
  Directive directive = Directive::send;
  PlaceholderText text;                  ///< Escapes are replaced already.
  std::chrono::milliseconds duration{};  ///< silence and wait.
  bool continues = false;  ///< A `>` inside the quotes that an earlier `>` opened: the same command goes on.
  std::size_t line = 0;    ///< In the file, from 1.
  std::size_t column = 0;  ///< Of the text, from 1.
  std::string source;      ///< The line as written, without its end.
};

/// True if the step begins a new command: a `>` that does not continue one, or a `>>` that begins with AT.
/// What has arrived before it goes into the aside, and an exchange begins.
bool begins_command(const Step& step);

/// `@ key value`.
struct Header {
  std::string key;
  std::string value;
  std::size_t line = 0;
  std::size_t column = 0;  ///< Of the value.
};

/// A script read and checked.
struct Script {
  std::string name;  ///< As given to parse_script(): the file's name in messages.
  std::vector<Header> headers;
  std::vector<Step> steps;

  /// The value of the first header of that key, or nothing.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view key) const;
  /// The values of all headers of that key, in order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view key) const;
  /// The headers by key; several values of a key are joined by LF.
  [[nodiscard]] std::map<std::string, std::string> header_map() const;

  /// The AT dialect, "slm-1.6" unless a header names one.
  [[nodiscard]] std::string_view dialect() const;
  /// `@ timeout`, if there is one.
  [[nodiscard]] std::optional<std::chrono::milliseconds> timeout() const;
  /// "name:line:column" of a step's text.
  [[nodiscard]] std::string place(const Step& step) const;
};

/// The first step that steers the device, or nullptr.
const Step* first_steering_step(const Script& script);

/// Reads a script. The time that a line of a transcript begins with (client/port_transcript.hpp) is passed
/// over. The reason of an error has "name:line:column" as its place and the line as excerpt.
/// Files named by `@file:` are not read yet.
base::Result<Script> parse_script(std::string_view text, std::string_view name);

/// Gives the text of a file of `@file:PATH`, or the reason why it cannot.
using FileReader = std::function<base::Result<std::string>(const std::string& path)>;

/// Replaces every `@file:PATH` by the file's text, bytes unchanged but without one line end (LF or CR LF) at
/// the end; placeholders of the path get their `values` before. A text that holds a `"` is refused: a
/// parameter has no escape for it.
base::Result<void> load_files(Script& script, const FileReader& read, const Values& values = {});

/// Reads files relative to `folder`, of 1 MiB at most.
FileReader files_in(std::filesystem::path folder);

/// The text of a script file, of 16 MiB at most.
base::Result<std::string> read_script_text(const std::filesystem::path& file);

/// Reads and parses a script file and the files it names, relative to its folder.
/// The reason has the file, or "name:line", as its place.
base::Result<Script> read_script_file(const std::filesystem::path& file, const Values& values = {});

/// Checks that every placeholder is given or taken by a named group of an earlier step. The reason names the
/// first that is not, with its place.
base::Result<void> check_placeholders(const Script& script, const Values& given);

}  // namespace attache::client
