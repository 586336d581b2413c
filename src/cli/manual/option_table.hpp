#pragma once

#include <string>
#include <vector>

namespace attache::cli::manual {

/// What may stand where a value is asked for, as far as a shell can offer it.
struct ValueHint {
  enum class Kind {
    none,    ///< A flag, or nothing that can be offered.
    file,    ///< A path.
    folder,  ///< The path of a folder.
    port,    ///< `pty:LINK`, `tcp:HOST:PORT` …
    words,   ///< One of `words`.
  };

  Kind kind = Kind::none;
  std::vector<std::string> words;
};

/// An option, or an argument without a name in front.
struct OptionEntry {
  std::vector<std::string> names;  ///< "-h", "--help"; empty: an argument.
  std::string value;               ///< "FILE", for an argument its name; empty: a flag.
  std::string description;         ///< Without a full stop.
  std::string group;               ///< The heading that it stands under in `--help`.
  bool is_required = false;
  bool is_repeated = false;  ///< It may be given several times.
  bool takes_rest = false;   ///< All that follows belongs to it (`run --serve`).
  ValueHint hint;
};

/// An exit code of a subcommand, as its man page has it.
struct ExitCode {
  std::string number;   ///< "0"
  std::string meaning;  ///< Without a full stop.
};

/// A subcommand, or the program itself.
struct CommandEntry {
  std::string name;         ///< "serve"; for the program itself "attache".
  std::string description;  ///< One line without a full stop.
  std::vector<OptionEntry> options;
  std::vector<OptionEntry> arguments;
  std::vector<ExitCode> exit_codes;
};

/// The options of the program itself, then those of each subcommand: the same objects that parse the command
/// line are asked.
std::vector<CommandEntry> option_table();

}  // namespace attache::cli::manual
