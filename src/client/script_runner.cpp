#include "client/script_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "client/pattern.hpp"
#include "client/urc.hpp"

namespace attache::client {

namespace {

constexpr auto default_timeout = std::chrono::seconds(10);
constexpr std::size_t aside_limit = 1000;

/// Lines that came and were not asked for. Old ones are dropped beyond the limit.
class Aside {
 public:
  void add(std::string line) {
    lines_.push_back(std::move(line));
    if (lines_.size() > aside_limit) {
      lines_.pop_front();
      ++dropped_;
    }
  }

  void clear() {
    lines_.clear();
    dropped_ = 0;
  }

  /// Takes out the first line for which `wanted` is true.
  template <class Predicate>
  bool take_first(Predicate wanted) {
    auto found = std::find_if(lines_.begin(), lines_.end(), wanted);
    if (found == lines_.end()) {
      return false;
    }
    lines_.erase(found);
    return true;
  }

  [[nodiscard]] std::vector<std::string> lines() const { return {lines_.begin(), lines_.end()}; }
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  std::deque<std::string> lines_;
  std::size_t dropped_ = 0;
};

/// What a line is held against: an exact text or a regular expression.
class Expectation {
 public:
  explicit Expectation(std::string text) : text_(std::move(text)) {}
  explicit Expectation(Pattern pattern) : pattern_(std::move(pattern)) {}

  /// Named groups are put into `values` if the line matches.
  bool matches(std::string_view line, Values& values) const {
    return pattern_ ? pattern_->matches(line, values) : line == text_;
  }

 private:
  std::string text_;
  std::optional<Pattern> pattern_;
};

/// A wait that fails carries the failure, one that succeeds carries nothing.
using Outcome = std::optional<Failure>;

class ScriptRunner {
 public:
  ScriptRunner(Conversation& conversation, const Script& script, const RunOptions& options)
      : conversation_(conversation),
        script_(script),
        line_end_(bytes_of(options.line_end.value_or(line_end_of(script.dialect())))),
        timeout_(options.timeout.value_or(script.timeout().value_or(default_timeout))),
        tail_silence_(options.tail_silence),
        steer_(options.steer) {
    result_.values = options.values;
  }

  asio::awaitable<RunResult> run() {
    result_.exchanges = count_exchanges();
    bool in_exchange = false;
    for (const Step& step : script_.steps) {
      if (begins_command(step) && std::exchange(in_exchange, true)) {
        ++result_.passed;
      }
      in_exchange = true;
      auto outcome = co_await run_step(step);
      if (outcome) {
        result_.failure = std::move(outcome);
        co_await clean_up();
        co_return std::move(result_);
      }
    }
    // A `<*` at the very end takes what is there.
    co_await take_repeated();
    result_.passed += in_exchange ? 1 : 0;
    co_return std::move(result_);
  }

 private:
  [[nodiscard]] std::size_t count_exchanges() const {
    std::size_t count = 0;
    for (const Step& step : script_.steps) {
      count += count == 0 || (begins_command(step) && &step != &script_.steps.front()) ? 1 : 0;
    }
    return count;
  }

  asio::awaitable<Outcome> run_step(const Step& step) {
    bool takes_lines = step.directive == Directive::line || step.directive == Directive::pattern ||
                       step.directive == Directive::repeat;
    if (!takes_lines) {
      co_await take_repeated();
    }
    switch (step.directive) {
      case Directive::send:
      case Directive::send_raw:
        co_return send(step);
      case Directive::line:
      case Directive::pattern:
        co_return co_await expect_next_line(step);
      case Directive::repeat:
        repeated_.push_back(expectation(step));
        co_return std::nullopt;
      case Directive::raw:
        co_return co_await expect_raw(step);
      case Directive::anywhere:
      case Directive::anywhere_pattern:
        co_return co_await expect_anywhere(step);
      case Directive::silence:
        co_return co_await expect_silence(step);
      case Directive::wait:
        co_await conversation_.clock().sleep_for(step.duration);
        co_return std::nullopt;
      case Directive::steer:
        co_return steer(step);
    }
    co_return std::nullopt;
  }

  Outcome send(const Step& step) {
    std::string text = step.text.fill(result_.values);
    if (begins_command(step)) {
      move_to_aside();
      pending_command_ = base::to_lower(command_name(text));
    }
    if (conversation_.is_closed()) {
      return failure(step, text, "", "the line was closed before this could be sent");
    }
    if (step.directive == Directive::send) {
      text += line_end_;
    }
    conversation_.send(text);
    return std::nullopt;
  }

  Outcome steer(const Step& step) {
    std::string command = step.text.fill(result_.values);
    if (!steer_) {
      return failure(step, command, "", "this modem cannot be steered");
    }
    auto done = steer_(command);
    if (done) {
      return std::nullopt;
    }
    std::string advice = done.error().advice.empty() ? "" : fmt::format(" ({})", done.error().advice);
    return failure(step, command, "", base::summary(done.error()) + advice);
  }

  // What came before a command cannot be its answer. The aside begins anew, as `!` looks back to here only.
  void move_to_aside() {
    while (conversation_.reader().take_line()) {
    }
    aside_.clear();
    urc_payload_ = 0;
  }

  asio::awaitable<Outcome> expect_next_line(const Step& step) {
    Expectation wanted = expectation(step);
    base::Time deadline = conversation_.clock().now() + timeout_;
    while (true) {
      while (auto line = conversation_.reader().take_line()) {
        if (takes(wanted, *line)) {
          repeated_.clear();
          co_return std::nullopt;
        }
        if (!is_repeated(*line) && !pass_over(*line)) {
          co_return failure(step, expected(step), *line, "another line came");
        }
      }
      bool tail_matched = co_await wait_for_line(wanted, deadline);
      if (tail_matched) {
        repeated_.clear();
        co_return std::nullopt;
      }
      if (has_ended(deadline)) {
        co_return nothing_came(step);
      }
    }
  }

  asio::awaitable<Outcome> expect_anywhere(const Step& step) {
    Expectation wanted = expectation(step);
    if (aside_.take_first([&](const std::string& line) { return wanted.matches(line, result_.values); })) {
      co_return std::nullopt;
    }
    base::Time deadline = conversation_.clock().now() + timeout_;
    while (true) {
      while (auto line = conversation_.reader().take_line()) {
        if (takes(wanted, *line)) {
          co_return std::nullopt;
        }
        note_final_result(*line);
        aside_.add(std::move(*line));
      }
      bool tail_matched = co_await wait_for_line(wanted, deadline);
      if (tail_matched) {
        co_return std::nullopt;
      }
      if (has_ended(deadline)) {
        co_return nothing_came(step);
      }
    }
  }

  // Suspends until there may be a new line. True if the tail was taken as the line wanted: it matches and
  // nothing has followed it for a while, or nothing can follow.
  asio::awaitable<bool> wait_for_line(const Expectation& wanted, base::Time deadline) {
    std::string tail(conversation_.reader().tail());
    if (tail.empty() || !matches(wanted, tail)) {
      bool came = co_await conversation_.more(deadline);
      (void)came;
      co_return false;
    }
    base::Time settled = std::min(conversation_.last_arrival() + tail_silence_, deadline);
    bool came = co_await conversation_.more(settled);
    if (came) {
      co_return false;
    }
    co_return takes(wanted, conversation_.reader().take_tail());
  }

  asio::awaitable<Outcome> expect_raw(const Step& step) {
    std::string wanted = step.text.fill(result_.values);
    base::Time deadline = conversation_.clock().now() + timeout_;
    while (true) {
      std::string_view came = conversation_.reader().raw();
      std::string_view got = came.substr(0, wanted.size());
      if (!std::string_view(wanted).starts_with(got)) {
        co_return failure(step, wanted, std::string(got), "other bytes came");
      }
      if (got.size() == wanted.size()) {
        conversation_.reader().take_raw(wanted.size());
        co_return std::nullopt;
      }
      if (has_ended(deadline)) {
        co_return failure(step, wanted, std::string(got),
                          fmt::format("only {} of {} bytes came {}", got.size(), wanted.size(), in_time()));
      }
      bool more = co_await conversation_.more(deadline);
      (void)more;
    }
  }

  asio::awaitable<Outcome> expect_silence(const Step& step) {
    base::Time end = conversation_.clock().now() + step.duration;
    while (conversation_.reader().raw().empty() && !has_ended(end)) {
      bool more = co_await conversation_.more(end);
      (void)more;
    }
    std::string got(conversation_.reader().raw());
    if (got.empty() && conversation_.clock().now() >= end) {
      co_return std::nullopt;
    }
    std::string expected = fmt::format("nothing for {} ms", step.duration.count());
    co_return failure(step, expected, got,
                      got.empty() ? "the line was closed: " + conversation_.close_reason() : "bytes came");
  }

  // Lines for `<*` that no `<` follows: those that come until there is a pause.
  asio::awaitable<void> take_repeated() {
    if (repeated_.empty()) {
      co_return;
    }
    co_await conversation_.silence(tail_silence_);
    while (auto line = conversation_.reader().take_line()) {
      if (!is_repeated(*line)) {
        aside_.add(std::move(*line));
      }
    }
    repeated_.clear();
  }

  // Lines of `@ cleanup` are sent one after the other; each may take as long as an expectation.
  asio::awaitable<void> clean_up() {
    for (std::string_view line : script_.all("cleanup")) {
      if (conversation_.is_closed()) {
        co_return;
      }
      conversation_.send(PlaceholderText::parse(line).fill(result_.values) + line_end_);
      base::Time deadline = conversation_.clock().now() + timeout_;
      bool done = false;
      while (!done && !has_ended(deadline)) {
        bool more = co_await conversation_.more(deadline);
        (void)more;
        while (auto answer = conversation_.reader().take_line()) {
          done = done || is_final_result(*answer);
        }
      }
    }
  }

  [[nodiscard]] Expectation expectation(const Step& step) const {
    if (step.directive == Directive::line || step.directive == Directive::anywhere) {
      return Expectation(step.text.fill(result_.values));
    }
    // The expression was compiled when the script was read; quoted values cannot make it wrong.
    return Expectation(Pattern::compile(step.text.fill_pattern(result_.values)).value());
  }

  [[nodiscard]] std::string expected(const Step& step) const {
    bool exact = step.directive == Directive::line || step.directive == Directive::anywhere;
    return exact ? step.text.fill(result_.values) : "/" + step.text.fill_pattern(result_.values) + "/";
  }

  [[nodiscard]] static bool matches(const Expectation& wanted, std::string_view line) {
    Values ignored;
    return wanted.matches(line, ignored);
  }

  bool takes(const Expectation& wanted, std::string_view line) {
    if (!wanted.matches(line, result_.values)) {
      return false;
    }
    note_final_result(line);
    return true;
  }

  void note_final_result(std::string_view line) {
    if (is_final_result(line)) {
      pending_command_.clear();
    }
  }

  [[nodiscard]] bool is_repeated(std::string_view line) const {
    return std::any_of(repeated_.begin(), repeated_.end(),
                       [&](const Expectation& repeated) { return matches(repeated, line); });
  }

  // Puts a URC and its payload into the aside. A line with the name of the command at work is its answer.
  bool pass_over(std::string line) {
    if (is_final_result(line)) {
      urc_payload_ = 0;
      return false;
    }
    if (urc_payload_ > 0) {
      --urc_payload_;
      aside_.add(std::move(line));
      return true;
    }
    auto payload = urc_payload_lines(script_.dialect(), line);
    if (!payload || base::equal_ignoring_case(line_name(line), pending_command_)) {
      return false;
    }
    urc_payload_ = *payload;
    aside_.add(std::move(line));
    return true;
  }

  [[nodiscard]] bool has_ended(base::Time deadline) const {
    return conversation_.is_closed() || conversation_.clock().now() >= deadline;
  }

  [[nodiscard]] std::string in_time() const {
    if (conversation_.is_closed()) {
      return fmt::format("before the line was closed ({})", conversation_.close_reason());
    }
    return fmt::format("within {} s", std::chrono::duration<double>(timeout_).count());
  }

  Failure nothing_came(const Step& step) {
    std::string tail(conversation_.reader().tail());
    bool is_next = step.directive == Directive::line || step.directive == Directive::pattern;
    std::string why = !tail.empty() ? fmt::format("only a line without an end came {}", in_time())
                      : is_next     ? fmt::format("nothing came {}", in_time())
                                    : fmt::format("the line did not come {}", in_time());
    return failure(step, expected(step), std::move(tail), std::move(why));
  }

  Failure failure(const Step& step, std::string expected, std::string got, std::string why) {
    return {script_.place(step), step.source,    std::move(expected), std::move(got),
            std::move(why),      aside_.lines(), aside_.dropped()};
  }

  Conversation& conversation_;
  const Script& script_;
  std::string line_end_;
  base::Duration timeout_;
  base::Duration tail_silence_;
  std::function<base::Result<std::string>(const std::string&)> steer_;
  RunResult result_;
  Aside aside_;
  std::vector<Expectation> repeated_;  ///< From `<*` lines that wait for the next expectation.
  std::string pending_command_;        ///< Name of the command whose final result has not come, lower case.
  std::size_t urc_payload_ = 0;        ///< Lines of payload that still belong to a URC passed over.
};

}  // namespace

std::string_view bytes_of(LineEnd line_end) {
  switch (line_end) {
    case LineEnd::cr:
      return "\r";
    case LineEnd::lf:
      return "\n";
    case LineEnd::crlf:
      break;
  }
  return "\r\n";
}

LineEnd line_end_of(std::string_view dialect) {
  return dialect == "serial-modem-2.0" ? LineEnd::cr : LineEnd::crlf;
}

base::Reason to_reason(const Failure& failure) {
  base::Reason reason = base::make_reason("An expectation was not met", failure.why);
  reason.where = failure.place;
  reason.excerpt = at::redact(failure.source);
  reason.facts.emplace_back("expected", base::escape_control(at::redact(failure.expected)));
  reason.facts.emplace_back("got",
                            failure.got.empty() ? "nothing" : base::escape_control(at::redact(failure.got)));
  if (failure.aside_dropped > 0) {
    reason.facts.emplace_back("aside", fmt::format("{} older lines dropped", failure.aside_dropped));
  }
  for (const std::string& line : failure.aside) {
    reason.facts.emplace_back("aside", base::escape_control(at::redact(line)));
  }
  return reason;
}

asio::awaitable<RunResult> run_script(Conversation& conversation, const Script& script, RunOptions options) {
  ScriptRunner runner(conversation, script, options);
  RunResult result = co_await runner.run();
  co_return result;
}

}  // namespace attache::client
