#include <array>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

// The log of a device of ours says by itself why a command failed: a block of lines that ends in
// "more: attache explain CODE". What it says of an OK is a remark, weaker than what a failure shows.
void told_reason(const Session& session, Findings& findings) {
  constexpr int told_of_failure = 97;
  constexpr int told_of_success = 60;
  constexpr std::string_view label = "more:";
  constexpr std::string_view advice = "attache explain ";
  bool succeeded = false;
  for (const ItemRef& item : session.items) {
    std::string_view text = base::trim(item->event->text);
    if (item->kind == Item::Kind::log) {
      succeeded = false;
    }
    if (item->kind != Item::Kind::text) {
      continue;
    }
    bool names_command = text.starts_with("where:") || text.starts_with("command:");
    succeeded = succeeded || (names_command && text.ends_with(" OK"));
    std::string_view code =
        text.starts_with(label) ? base::trim(text.substr(label.size())) : std::string_view();
    if (!code.starts_with(advice)) {
      continue;
    }
    auto cause = base::find_cause(code.substr(advice.size()));
    if (cause && *cause != base::Cause::none) {
      findings.add(*cause, succeeded ? told_of_success : told_of_failure, "told-reason").at(item->event);
    }
  }
}

constexpr std::array all_told_reason{Rule{"told-reason", told_reason}};

}  // namespace

std::span<const Rule> told_reason_rules() {
  return all_told_reason;
}

}  // namespace attache::doctor
