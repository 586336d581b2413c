#include "base/reason.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace attache::base {

namespace {

constexpr std::size_t label_width = 9;
constexpr std::size_t excerpt_limit = 160;

void append_labelled(std::string& block, std::string_view label, std::string_view text) {
  if (!text.empty()) {
    block += fmt::format("  {:<{}} {}\n", fmt::format("{}:", label), label_width, escape_control(text));
  }
}

// The excerpt is cut around the column, so that the caret of a fault far inside a long line is still seen.
void append_excerpt(std::string& block, const Reason& reason) {
  if (reason.excerpt.empty()) {
    return;
  }
  std::size_t column = reason.column.value_or(1);
  std::size_t first = column > excerpt_limit / 2 ? column - excerpt_limit / 2 : 0;
  first = std::min(first, reason.excerpt.size());
  std::string_view shown = std::string_view(reason.excerpt).substr(first, excerpt_limit);
  std::string_view lead = first > 0 ? "…" : "";
  std::string_view tail = first + shown.size() < reason.excerpt.size() ? "…" : "";
  block += fmt::format("  {:<{}} {}{}{}\n", "line:", label_width, lead, escape_control(shown), tail);
  if (reason.column) {
    std::string before = escape_control(shown.substr(0, std::min(column - 1 - first, shown.size())));
    std::size_t offset = before.size() + (first > 0 ? 1 : 0);
    block += fmt::format("  {:<{}} {:>{}} column {}\n", "", label_width, "^", offset + 1, column);
  }
}

}  // namespace

Reason make_reason(std::string what, std::string why, std::string advice) {
  Reason reason;
  reason.what = std::move(what);
  reason.why = std::move(why);
  reason.advice = std::move(advice);
  return reason;
}

Reason make_reason(Cause cause, std::string what, std::string why, std::string advice) {
  Reason reason = make_reason(std::move(what), std::move(why), std::move(advice));
  reason.cause = cause;
  return reason;
}

std::string summary(const Reason& reason) {
  return reason.why.empty() ? reason.what : fmt::format("{}: {}", reason.what, reason.why);
}

std::string to_block(const Reason& reason) {
  std::string block;
  append_labelled(block, "what", reason.what);
  append_labelled(block, "where", reason.where);
  append_excerpt(block, reason);
  append_labelled(block, "why", reason.why);
  for (const auto& [name, value] : reason.facts) {
    append_labelled(block, name, value);
  }
  append_labelled(block, "do", reason.advice);
  if (reason.cause != Cause::none) {
    append_labelled(block, "more", fmt::format("attache explain {}", code_of(reason.cause)));
  }
  return block;
}

}  // namespace attache::base
