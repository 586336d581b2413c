#include "client/script_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "client/aside.hpp"
#include "client/expectation.hpp"
#include "client/urc_sorter.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::client {

namespace {

base::Duration limit_of(const Script& script, const RunOptions& options) {
  base::Duration of_script = script.timeout() ? *script.timeout() : options.usual_timeout;
  return options.timeout.value_or(of_script);
}

/// A wait that fails carries the failure, one that succeeds carries nothing.
using Outcome = std::optional<Failure>;

class ScriptRunner {
 public:
  ScriptRunner(Conversation& conversation, const Script& script, const RunOptions& options)
      : conversation_(conversation),
        script_(script),
        line_end_(bytes_of(options.line_end.value_or(line_end_of(script.dialect())))),
        timeout_(limit_of(script, options)),
        tail_silence_(options.tail_silence),
        steer_(options.steer),
        urcs_(std::string(script.dialect())) {
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
        co_return co_await send(step);
      case Directive::line:
      case Directive::pattern:
        co_return co_await expect_next_line(step);
      case Directive::repeat:
        repeated_.push_back(expectation_of(step, result_.values));
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
        co_return co_await steer(step);
    }
    co_return std::nullopt;
  }

  asio::awaitable<Outcome> send(const Step& step) {
    std::string text = step.text.fill(result_.values);
    if (begins_command(step)) {
      co_await conversation_.catch_up();
      move_to_aside();
      urcs_.begin(text);
    }
    if (conversation_.is_closed()) {
      co_return failure(step, text, "", "the line was closed before this could be sent");
    }
    if (step.directive == Directive::send) {
      text += line_end_;
    }
    conversation_.send(text);
    co_return std::nullopt;
  }

  asio::awaitable<Outcome> steer(const Step& step) {
    std::string command = step.text.fill(result_.values);
    if (!steer_) {
      co_return failure(step, command, "", "this modem cannot be steered");
    }
    co_await conversation_.catch_up();
    co_await complete_line();
    move_to_aside();
    auto done = steer_(command);
    if (done) {
      co_return std::nullopt;
    }
    std::string advice = done.error().advice.empty() ? "" : fmt::format(" ({})", done.error().advice);
    co_return failure(step, command, "", base::summary(done.error()) + advice);
  }

  // What came before a command cannot be its answer, nor what steering causes. The aside begins anew, as `!`
  // looks back to here only.
  void move_to_aside() {
    while (auto line = conversation_.reader().take_line()) {
      urcs_.note(*line);
    }
    aside_.clear();
    urcs_.pass_barrier();
  }

  // A line that is coming belongs to what was before: waits for its end, or until it is quiet (data).
  asio::awaitable<void> complete_line() {
    base::Time deadline = conversation_.clock().now() + timeout_;
    bool came = true;
    while (came && !conversation_.reader().tail().empty() && !has_ended(deadline)) {
      came = co_await conversation_.more(conversation_.last_arrival() + tail_silence_);
    }
  }

  asio::awaitable<Outcome> expect_next_line(const Step& step) {
    Expectation wanted = expectation_of(step, result_.values);
    base::Time deadline = conversation_.clock().now() + timeout_;
    while (true) {
      while (auto line = conversation_.reader().take_line()) {
        if (wanted.matches(*line, result_.values)) {
          auto missed = urcs_.answer_missed_at(*line);
          if (missed) {
            co_return another_line(step, *missed);
          }
          urcs_.note(*line);
          repeated_.clear();
          co_return std::nullopt;
        }
        if (is_repeated(*line)) {
          urcs_.note(*line);
        } else if (urcs_.sort(*line) == UrcSorter::Place::here) {
          co_return another_line(step, urcs_.held().value_or(*line));
        } else {
          aside_.add(std::move(*line));
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
    Expectation wanted = expectation_of(step, result_.values);
    if (aside_.take_first([&](const std::string& line) { return wanted.matches(line, result_.values); })) {
      co_return std::nullopt;
    }
    base::Time deadline = conversation_.clock().now() + timeout_;
    while (true) {
      while (auto line = conversation_.reader().take_line()) {
        if (takes(wanted, *line)) {
          co_return std::nullopt;
        }
        urcs_.note(*line);
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
        urcs_.note_raw();
        co_return std::nullopt;
      }
      if (has_ended(deadline)) {
        co_return timed_out(
            failure(step, wanted, std::string(got),
                    fmt::format("only {} of {} bytes came {}", got.size(), wanted.size(), in_time())));
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
      urcs_.note(*line);
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
          done = done || vocabulary::is_final_result(*answer);
        }
      }
    }
  }

  [[nodiscard]] static bool matches(const Expectation& wanted, std::string_view line) {
    Values ignored;
    return wanted.matches(line, ignored);
  }

  bool takes(const Expectation& wanted, std::string_view line) {
    if (!wanted.matches(line, result_.values)) {
      return false;
    }
    urcs_.note(line);
    return true;
  }

  [[nodiscard]] bool is_repeated(std::string_view line) const {
    return std::any_of(repeated_.begin(), repeated_.end(),
                       [&](const Expectation& repeated) { return matches(repeated, line); });
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

  Failure another_line(const Step& step, const std::string& line) {
    aside_.take_first([&](const std::string& other) { return other == line; });
    Failure failed = failure(step, expected_text(step, result_.values), line,
                             fmt::format("another line came{}", rule_of_patterns(step)));
    failed.advice = advice_for_pattern(step, line);
    return failed;
  }

  Failure nothing_came(const Step& step) {
    if (urcs_.held()) {
      return another_line(step, *urcs_.held());
    }
    std::string tail(conversation_.reader().tail());
    bool is_next = step.directive == Directive::line || step.directive == Directive::pattern;
    std::string why = !tail.empty() ? fmt::format("only a line without an end came {}", in_time())
                      : is_next     ? fmt::format("nothing came {}", in_time())
                                    : fmt::format("the line did not come {}", in_time());
    Failure failed = failure(step, expected_text(step, result_.values), tail,
                             fmt::format("{}{}", why, rule_of_patterns(step)));
    for (const std::string& line : aside_.lines()) {
      failed.advice = failed.advice.empty() ? advice_for_pattern(step, line) : failed.advice;
    }
    return timed_out(std::move(failed));
  }

  // Whoever knows regular expressions from elsewhere expects that a part is enough.
  static std::string_view rule_of_patterns(const Step& step) {
    bool is_pattern = step.directive == Directive::pattern || step.directive == Directive::anywhere_pattern;
    return is_pattern ? std::string_view("; a pattern must match the whole line") : std::string_view();
  }

  [[nodiscard]] std::string advice_for_pattern(const Step& step, const std::string& line) const {
    bool is_part = !rule_of_patterns(step).empty() && expectation_of(step, result_.values).matches_part(line);
    return is_part ? "The pattern matches a part of the line: write .* for the rest of it." : std::string();
  }

  [[nodiscard]] Failure timed_out(Failure failed) const {
    failed.timed_out = !conversation_.is_closed();
    if (failed.timed_out && failed.advice.empty()) {
      failed.advice = "If it takes longer: `@ timeout SECONDS` in the script, or --timeout.";
    }
    return failed;
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
  UrcSorter urcs_;
};

}  // namespace

asio::awaitable<RunResult> run_script(Conversation& conversation, const Script& script, RunOptions options) {
  ScriptRunner runner(conversation, script, options);
  RunResult result = co_await runner.run();
  co_return result;
}

}  // namespace attache::client
