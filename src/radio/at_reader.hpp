#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/modem.hpp"

namespace attache::radio {

/// Cuts what a modem says on its AT port into answers and URCs. Sans-I/O: any split of the input gives the
/// same.
///
/// While a command has no final result, lines of its name are its answer unless the vocabulary says that they
/// are a URC; lines of other names (`+`, `%`, `#` … and a colon) are URCs whether anybody knows them or not;
/// all else, and what stands in an open quote, is answer. Echoes of the command and `> ` are dropped.
class AtReader {
 public:
  struct Said {
    enum class Kind {
      answer,        ///< `reply`, without a reason.
      notification,  ///< `text`: a URC with its payload, each line ended by CR LF.
      boot           ///< `text`: the line that a modem says when it starts.
    };
    Kind kind = Kind::answer;
    modem::ModemReply reply{};
    std::string text{};
  };

  /// A command has been sent: what comes up to a final result may be its answer. After a command that was
  /// given up, `overdue` is its line: what may answer it is dropped, and with it what nobody knows.
  void begin(std::string_view command, std::string_view overdue = {});
  /// Forgets the command and all that has come.
  void clear();

  /// Bytes of the modem, cut anywhere; next() must be called until it gives nothing.
  void feed(std::string_view bytes) { buffer_ += bytes; }
  /// The next thing said in full; nothing before more has come.
  std::optional<Said> next();

 private:
  struct Line {
    std::string raw;  ///< With its end.
    std::string_view text() const;
  };

  std::optional<Line> take_line();
  std::optional<Said> sort(const Line& line);
  std::optional<Said> take_payload(std::string_view line);
  std::optional<Said> take_notification(std::string_view line);
  std::optional<Said> end(std::string_view final_result);
  void add_to_answer(std::string_view text);
  [[nodiscard]] bool is_answer(std::string_view line) const;
  [[nodiscard]] bool is_late(std::string_view line) const;
  [[nodiscard]] bool is_echo(std::string_view line) const;
  [[nodiscard]] bool is_quoting() const { return waiting_ && quotes_ % 2 != 0; }

  std::string buffer_;
  bool waiting_ = false;               // For a final result …
  std::string sent_;                   // … of this line …
  std::vector<std::string> commands_;  // … which holds these, each with its AT.
  std::string overdue_;
  std::string answer_;
  std::size_t quotes_ = 0;  // In the answer so far.
  std::string notification_;
  std::size_t payload_ = 0;  // Lines that the notification still lacks.
};

}  // namespace attache::radio
