#include <array>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

constexpr std::string_view rule_name = "told-reason";
constexpr int told_of_failure = 97;
constexpr int told_of_success = 60;

// The log of a device of ours says by itself why a command failed: a block of lines that ends in
// "more: attache explain CODE". What it says of an OK is a remark, weaker than what a failure shows.
void told_in_log(const Session& session, Findings& findings) {
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
      findings.add(*cause, succeeded ? told_of_success : told_of_failure, rule_name).at(item->event);
    }
  }
}

// Whether the packet of the capture holds the line that tells of a failure: a final result, or a
// notification.
bool tells_failure(const Item& item, std::uint64_t packet) {
  if (item.is_exchange()) {
    return item.result.failed() && item.final && item.final->place.packet == packet;
  }
  return item.kind == Item::Kind::notice && item.event->place.packet == packet;
}

// Its trace has the same as a comment, "failure [CODE]: …". On a packet of the network it is one attempt of
// several (IPv6 before IPv4), weaker than on the line that the host got.
void told_in_capture(const Session& session, Findings& findings) {
  constexpr std::string_view beginning = "failure [";
  const Item* told = nullptr;
  for (const ItemRef& item : session.items) {
    if (item->is_exchange() || item->kind == Item::Kind::notice) {
      told = item.get();
      continue;
    }
    std::string_view text = item->event->text;
    std::uint64_t packet = item->event->place.packet;
    if (packet == 0 || !text.starts_with(beginning)) {
      continue;
    }
    text.remove_prefix(beginning.size());
    auto cause = base::find_cause(text.substr(0, text.find(']')));
    if (cause && *cause != base::Cause::none) {
      bool ended = told != nullptr && tells_failure(*told, packet);
      findings.add(*cause, ended ? told_of_failure : told_of_success, rule_name).at(item->event);
    }
  }
}

void told_reason(const Session& session, Findings& findings) {
  told_in_log(session, findings);
  told_in_capture(session, findings);
}

constexpr std::array all_told_reason{Rule{rule_name, told_reason}};

}  // namespace

std::span<const Rule> told_reason_rules() {
  return all_told_reason;
}

}  // namespace attache::doctor
