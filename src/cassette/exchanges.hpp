#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cassette/cassette.hpp"

namespace attache::cassette {

/// What a host says at a time, and what a modem says until the host speaks again.
struct Exchange {
  std::string said;      ///< Bytes; of the first exchange none: what the modem says before its host.
  std::string shown;     ///< The same as it stands in the cassette, for people.
  std::size_t line = 0;  ///< Of the cassette.
  Moment at{};           ///< When the host spoke.
  Moment lasts{};        ///< From then to the last that the modem said.
  std::vector<std::string> heard;  ///< Lines of the modem, without their ends.

  /// It begins with an AT command, so that an answer may follow; data do not.
  [[nodiscard]] bool is_command() const;
};

/// Cuts a cassette. The first exchange is always there. The reason of an error names the placeholder that has
/// no value.
base::Result<std::vector<Exchange>> cut_exchanges(const Cassette& cassette, const client::Values& values);

/// The lines of one exchange, told apart.
struct Reply {
  std::vector<std::string> answer;  ///< Of the command, its final result last, if it has come.
  bool is_final = false;            ///< It has.
  struct Other {
    std::string key;  ///< The name of a notification; empty for data.
    std::string text;
    std::string command;  ///< The line of the command that was open then.
  };
  std::vector<Other> others;  ///< Notifications, and data.
};

/// Tells answers from notifications and data, line after line through a session.
class ReplySorter {
 public:
  explicit ReplySorter(std::string dialect) : dialect_(std::move(dialect)) {}

  /// The host speaks: a new reply begins.
  void begin(const Exchange& exchange);
  /// The next line of the modem, without its end. What belongs to a notification before it is data.
  void take(std::string line);
  /// What came since begin().
  [[nodiscard]] const Reply& reply() const { return reply_; }
  /// The line of the command that has no final result yet, or had the last one of this exchange.
  [[nodiscard]] const std::string& command() const { return command_; }

 private:
  std::string dialect_;
  std::string command_;
  bool is_open_ = false;
  std::size_t payload_ = 0;  ///< Lines that still belong to a notification.
  Reply reply_;
};

}  // namespace attache::cassette
