#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace attache::vocabulary {

// What the tables of this room are made of. All of it is data that lives as long as the process. The lists
// stand in the tables as they are written, which a `std::initializer_list` in a static table allows: such a
// table is never copied out of its braces, and nothing else holds a list.

/// A release as one number that can be compared: of the application for `#X` commands, of the firmware for
/// those of the modem (1.3.5).
constexpr int version(int major, int minor, int patch = 0) {
  return (major * 100 + minor) * 100 + patch;
}

/// From which release on something exists, and from which on no more.
struct Releases {
  int since = 0;
  int before = INT_MAX;

  /// `version`: as version() makes it; INT_MAX as `since` = in none.
  [[nodiscard]] constexpr bool have(int version) const { return version >= since && version < before; }
};

/// How a parameter of a command, or a field of a line, is written.
enum class Kind {
  number,  ///< Decimal digits, perhaps with a minus: from `least` to `most`.
  flag,    ///< The number 0 or 1.
  text,    ///< In quotes: up to `most` characters.
  word,    ///< In quotes: one of the values, or a name of up to `most` letters and digits.
  hex,     ///< In quotes: up to `most` hexadecimal digits.
  bits,    ///< In quotes: up to `most` digits 0 and 1.
  host,    ///< In quotes: a host name or an address of up to `most` characters.
  path,    ///< In quotes: a URL or what follows the host in one, up to `most` characters.
  time,    ///< In quotes: "yy/MM/dd,hh:mm:ss±zz".
  plain,   ///< Not in quotes and no number; in lines of the device only.
};

/// Whether a log may show it.
enum class Secrecy {
  open,
  secret,
  secret_onwards,  ///< It and all that may follow it in the line, described or not.
};

/// One of the values that a parameter may have.
struct Value {
  std::string_view text;  ///< As written, without quotes: "2", "SC".
  std::string_view meaning;
  Releases in{};
};

/// A parameter of a command, or a field of a line that the device sends.
struct Parameter {
  std::string_view name;  ///< As printed in reasons and pages: "sec_tag".
  Kind kind = Kind::number;
  std::int64_t least =
      0;  ///< Of a number. Where there are values, the range may be wider: what is read at all.
  std::int64_t most = 0;  ///< Of a number; of all others the longest, in characters, 0 = not said.
  bool optional = false;  ///< May be left out, or be empty.
  bool repeats = false;   ///< It may come again, with those behind it as a group.
  Secrecy secrecy = Secrecy::open;
  std::string_view help{};                ///< Where the name does not say it all; units.
  std::initializer_list<Value> values{};  ///< Empty = the range says it.
  Releases in{};
};

/// What the values of a command's first parameter do that select one of several ways to go on.
struct Operation {
  std::string_view value;  ///< As written, without quotes: "1", "open".
  std::string_view help;
  std::initializer_list<Parameter> parameters{};  ///< Behind those of the command.
  Releases in{};
};

/// How a command is written: AT#X=…, AT#X; AT#X?; AT#X=?; anything else.
enum class Form { set, read, test, other };

/// In which releases a command has its forms; those it has not are answered with ERROR.
struct Forms {
  Releases set{};
  Releases read{INT_MAX};
  Releases test{INT_MAX};
  Releases other{INT_MAX};

  /// In which releases there is this form.
  [[nodiscard]] constexpr const Releases& of(Form form) const {
    switch (form) {
      case Form::read:
        return read;
      case Form::test:
        return test;
      case Form::other:
        return other;
      case Form::set:
        break;
    }
    return set;
  }
};

/// An information line: what a command answers before its final result. What a test form answers is the list
/// of what may be given, and is not described again.
struct Answer {
  std::string_view name;  ///< What stands before the colon; empty = the fields alone.
  std::initializer_list<Parameter> fields{};
  Form form = Form::set;
  std::string_view help{};
  Releases in{};
};

/// One command.
struct Command {
  std::string_view name;  ///< With its prefix, upper case: "#XTCPSVR". "AT" is the command that has none.
  std::string_view help;  ///< A sentence.
  Forms forms{};
  std::initializer_list<Parameter> parameters{};  ///< Of the set form.
  std::initializer_list<Operation> operations{};
  std::initializer_list<Answer> answers{};
  std::string_view service{};  ///< The build option it comes with ("gps"); empty = always there.
  Releases in{};
};

/// A line that the device sends without being asked.
struct Urc {
  std::string_view name;  ///< What stands before the colon: "+CEREG".
  std::string_view help;
  std::initializer_list<Parameter> fields{};
  std::size_t payload_lines = 0;  ///< Whole lines that follow and belong to it.
  bool has_raw_payload = false;   ///< Bytes follow, as many as its first field says, without a line end.
  std::string_view service{};
  Releases in{};
};

/// Commands and URCs that belong together, in the order in which a device lists them.
struct Family {
  std::string_view title;  ///< "TCP and UDP proxies"
  std::span<const Command> commands{};
  std::span<const Urc> urcs{};
};

/// A line that ends a command, whatever the dialect.
struct FinalResult {
  std::string_view text;  ///< The whole line, or what comes before the number of the error.
  bool has_number = false;
  bool is_success = false;
};

}  // namespace attache::vocabulary
