#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "at/parameters.hpp"
#include "base/journal.hpp"
#include "base/reason.hpp"
#include "dialects/channels.hpp"
#include "dialects/framing.hpp"
#include "dialects/given_parameters.hpp"

namespace attache::dialects {

/// What the answers of an application have in common.
struct AnswerRules {
  base::Journal& journal;
  std::string_view log_module;
  Framing framing;
  at::ParameterPolicy parameters;
};

/// A command on its way to its answer: what the host asked, and the lines collected so far. It is moved into
/// the coroutine of a command that takes time. Exactly one of ok(), error() and silence() ends it; everything
/// goes to the host in one write.
///
/// A command that succeeds although not all of it was meant so ends in a warning of the log too: what the
/// handler has told by warn(), and parameters that nobody has asked for. What the host gets stays the same.
class Answer {
 public:
  /// The rules must outlive the answer.
  Answer(const AnswerRules& rules, HostChannel channel, std::string line);
  Answer(Answer&&) noexcept = default;
  Answer& operator=(Answer&&) = delete;
  /// Ends a command that nobody has ended: the channel is free again, and the log says so.
  ~Answer();

  [[nodiscard]] const HostChannel& channel() const { return channel_; }
  /// The line as the host wrote it, secrets included. It lives until the command has been ended, as the
  /// parameters do; neither may be asked for after that.
  [[nodiscard]] std::string_view command() const { return request_->line; }
  [[nodiscard]] const GivenParameters& parameters() const { return request_->parameters; }

  /// Cuts the parameters of the command from byte `start` of the line on. `quotes` is the advice for a text
  /// with a quote in it.
  std::optional<base::Reason> parse(std::size_t start, std::string_view quotes);
  /// Holds the parameters against the rules; see at::check. An optional parameter may be missing at the end,
  /// but an empty one counts and cannot be read (reference application-1.6/00-overview.md 2.4).
  [[nodiscard]] std::optional<base::Reason> check(std::span<const at::ParameterRule> rules) const;

  /// What reasons show instead of the command, for a line that is no command but the host's data.
  void show_as(std::string text) { shown_ = std::move(text); }

  /// Something that the firmware swallows without a word to the host: what happened, why, what to do. It goes
  /// to the log when the command has succeeded; if it fails, it is a fact of the failure's reason.
  void warn(base::Reason reason) { request_->warnings.push_back(std::move(reason)); }

  /// Adds an information line in the dialect's framing.
  void line(std::string_view text);
  /// Adds bytes as they are, for the answers that are framed differently.
  void raw(std::string_view bytes);

  /// Ends the command with OK behind the lines so far; warnings go to the log. If the channel has gone or was
  /// reset since the command came, nothing is written.
  void ok();
  /// The same with ERROR; the reason goes to the log with the command, secrets hidden. The warnings become
  /// facts of it.
  void error(base::Reason reason);
  /// Ends the command without a result code.
  void silence();
  /// Ends the command with a final result of the modem: text such as "+CME ERROR: 518".
  void modem_error(std::string_view text, base::Reason reason);

 private:
  // On the heap, so that the parameters' views into the line survive a move of the answer.
  struct Request {
    std::string line;
    std::string_view quotes;
    GivenParameters parameters;
    std::vector<base::Reason> warnings;
  };

  [[nodiscard]] bool is_awaited() const;
  [[nodiscard]] std::optional<base::Reason> ignored_parameters() const;
  void give(std::string_view final_result);
  void report_warnings(std::string_view result);
  void fail(base::Reason reason, std::string_view result);
  void finish();
  void report(base::Reason reason, std::string_view result);

  const AnswerRules* rules_;
  HostChannel channel_;
  std::optional<std::uint64_t> epoch_;  // Of the channel when the command came.
  std::unique_ptr<Request> request_;
  std::string text_;
  std::optional<std::string> shown_;
};

}  // namespace attache::dialects
