#include "dialects/slm_1_6/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "at/redaction.hpp"
#include "dialects/slm_1_6/slm.hpp"

namespace attache::dialects::slm_1_6 {

Answer::Answer(Slm& slm, at::Channel& channel, std::string line)
    : slm_(&slm), channel_(&channel), epoch_(channel.epoch()), request_(std::make_unique<Request>()) {
  request_->line = std::move(line);
}

// An answer that was never given: the coroutine of its command was destroyed with the device.
Answer::~Answer() = default;

std::optional<base::Reason> Answer::parse(std::size_t start) {
  at::ParameterPolicy policy = at::slm_policy();
  policy.most = slm_->options().max_parameters - 2;  // The name counts, and the limit itself is an error.
  auto parameters = at::Parameters::parse(request_->line, start, policy);
  if (!parameters) {
    return parameters.error();
  }
  request_->parameters = std::move(*parameters);
  return std::nullopt;
}

std::optional<base::Reason> Answer::check(std::span<const at::ParameterRule> rules) const {
  std::vector<at::ParameterRule> present(rules.begin(), rules.end());
  for (std::size_t i = 0; i < std::min(present.size(), parameters().size()); ++i) {
    present[i].optional = false;
  }
  return at::check(command(), parameters(), present);
}

void Answer::line(std::string_view text) {
  text_ += slm_->framed(text);
}
void Answer::raw(std::string_view bytes) {
  text_ += bytes;
}

void Answer::ok() {
  give("\r\nOK\r\n");
  finish();
}

void Answer::error(base::Reason reason) {
  give("\r\nERROR\r\n");
  report(std::move(reason), "ERROR");
  finish();
}

void Answer::silence() {
  give({});
  finish();
}

void Answer::modem_error(std::string_view text, base::Reason reason) {
  give(fmt::format("\r\n{}\r\n", text));
  report(std::move(reason), text);
  finish();
}

void Answer::report(base::Reason reason, std::string_view result) {
  std::string shown = shown_ ? *shown_ : at::redact(request_->line);
  if (reason.where.empty()) {
    reason.where = fmt::format("{} → {}", shown, result);
  } else {
    reason.facts.emplace(reason.facts.begin(), "command", fmt::format("{} → {}", shown, result));
  }
  if (auto stale = channel_->stale_prefix()) {
    reason.facts.emplace_back("line", *stale);
  }
  slm_->journal().report("slm_at_host", std::move(reason));
}

// An answer that the application was reset under is not given.
void Answer::give(std::string_view final_result) {
  text_ += final_result;
  if (!text_.empty() && channel_->epoch() == epoch_) {
    channel_->write(text_);
  }
}

void Answer::finish() {
  request_.reset();
  if (channel_->epoch() == epoch_) {
    channel_->finish();
  }
}

}  // namespace attache::dialects::slm_1_6
