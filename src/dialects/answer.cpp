#include "dialects/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "at/redaction.hpp"

namespace attache::dialects {

namespace {

// Whoever made the reason may have named a parameter: a URL with a password, a line that is out of step.
void hide_secrets(base::Reason& reason, std::span<const std::string> secrets) {
  if (secrets.empty()) {
    return;
  }
  for (std::string* text : {&reason.what, &reason.where, &reason.why, &reason.advice, &reason.excerpt}) {
    *text = at::hide(std::move(*text), secrets);
  }
  for (auto& [name, value] : reason.facts) {
    value = at::hide(std::move(value), secrets);
  }
}

}  // namespace

Answer::Answer(const AnswerRules& rules, HostChannel channel, std::string line)
    : rules_(&rules),
      channel_(std::move(channel)),
      epoch_(channel_.epoch()),
      request_(std::make_unique<Request>()) {
  request_->line = std::move(line);
}

// Said from the loop: whoever has forgotten it may be on the way out with all that it would need.
Answer::~Answer() {
  if (!request_ || !epoch_) {
    return;
  }
  channel_.post([rules = rules_, epoch = epoch_,
                 line = std::move(request_->line)](const HostChannel& channel) {
    if (channel.epoch() == epoch) {
      Answer(*rules, channel, line)
          .error(base::make_reason("the command ended without an answer", "this is a fault of the program",
                                   "report it with the line and with the log before it"));
    }
  });
}

// The channel is there, and the application was not reset meanwhile.
bool Answer::is_awaited() const {
  return epoch_ && channel_.epoch() == epoch_;
}

std::optional<base::Reason> Answer::parse(std::size_t start, std::string_view quotes) {
  request_->quotes = quotes;
  auto parameters = at::Parameters::parse(request_->line, start, rules_->parameters);
  if (!parameters) {
    base::Reason fault = parameters.error();
    if (!fault.advice.empty()) {
      fault.advice = fmt::format("{}: {}", fault.advice, quotes);
    }
    return fault;
  }
  request_->parameters = GivenParameters(std::move(*parameters), rules_->parameters.separators);
  return std::nullopt;
}

std::optional<base::Reason> Answer::check(std::span<const at::ParameterRule> rules) const {
  std::vector<at::ParameterRule> present(rules.begin(), rules.end());
  for (std::size_t i = 0; i < std::min(present.size(), parameters().size()); ++i) {
    present[i].optional = false;
  }
  return parameters().check(command(), present);
}

void Answer::line(std::string_view text) {
  text_ += rules_->framing.line(text);
}
void Answer::raw(std::string_view bytes) {
  text_ += bytes;
}

void Answer::ok() {
  give("\r\nOK\r\n");
  report_warnings("OK");
  finish();
}

void Answer::error(base::Reason reason) {
  give("\r\nERROR\r\n");
  fail(std::move(reason), "ERROR");
}

void Answer::silence() {
  give({});
  report_warnings("no answer");
  finish();
}

void Answer::modem_error(std::string_view text, base::Reason reason) {
  give(fmt::format("\r\n{}\r\n", text));
  fail(std::move(reason), text);
}

void Answer::fail(base::Reason reason, std::string_view result) {
  for (const base::Reason& warning : request_->warnings) {
    reason.facts.emplace_back("besides", base::summary(warning));
  }
  report(std::move(reason), result);
  finish();
}

// What nobody has asked for by now, or what is a parameter of its own by accident.
std::optional<base::Reason> Answer::ignored_parameters() const {
  const GivenParameters& given = parameters();
  if (given.rest_disregarded()) {
    return std::nullopt;
  }
  std::size_t read = given.read();
  std::size_t ignored = given.size() - read;
  base::Reason reason;
  std::size_t first = read;
  if (auto joined = given.first_joined(command())) {
    first = *joined;
    reason.cause = base::Cause::data_cut_by_quoting;
    reason.what = fmt::format("parameter {} ended before its text did", first);
    reason.why = fmt::format(
        "there is no separator behind it: a string ends at its second quote, and what follows was taken for "
        "further parameters, {}",
        ignored > 0 ? fmt::format("of which {} were ignored", ignored) : "all of which were used");
    reason.advice = fmt::format("separate parameters by commas; {}", request_->quotes);
  } else if (ignored > 0) {
    reason.cause = base::Cause::input_ignored;
    reason.what = fmt::format("{} of {} parameters ignored", ignored, given.size());
    reason.why =
        read == 0
            ? std::string("the firmware reads none here, and answers as if there were none")
            : fmt::format("the firmware reads {} here, and answers as if the rest were not there", read);
    reason.advice = "leave them out";
  } else {
    return std::nullopt;
  }
  reason.excerpt = at::redact(command());
  reason.column = given[first].column;
  return reason;
}

void Answer::report_warnings(std::string_view result) {
  for (base::Reason& warning : std::exchange(request_->warnings, {})) {
    report(std::move(warning), result);
  }
  if (auto ignored = ignored_parameters()) {
    report(std::move(*ignored), result);
  }
}

void Answer::report(base::Reason reason, std::string_view result) {
  std::string masked = at::redact_host_line(request_->line);
  hide_secrets(reason, at::secrets_of(request_->line, masked));
  const std::string& shown = shown_ ? *shown_ : masked;
  if (reason.where.empty()) {
    reason.where = fmt::format("{} → {}", shown, result);
  } else {
    reason.facts.emplace(reason.facts.begin(), "command", fmt::format("{} → {}", shown, result));
  }
  if (auto stale = channel_.stale_prefix()) {
    reason.facts.emplace_back("line", *stale);
  }
  rules_->journal.report(rules_->log_module, std::move(reason));
}

// An answer that the application was reset under is not given.
void Answer::give(std::string_view final_result) {
  text_ += final_result;
  if (!text_.empty() && is_awaited()) {
    channel_.write(text_);
  }
}

void Answer::finish() {
  request_.reset();
  if (is_awaited()) {
    channel_.finish();
  }
}

}  // namespace attache::dialects
