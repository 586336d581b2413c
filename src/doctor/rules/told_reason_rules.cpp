#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"
#include "doctor/rules/told_reasons.hpp"
#include "explain/explanation.hpp"

namespace attache::doctor {

namespace {

bool is_words(const Item& item) {
  return item.kind == Item::Kind::log || item.kind == Item::Kind::text;
}

// "more:     attache explain ca-expired", the last line of a block.
std::optional<base::Cause> cause_of_block(std::string_view text) {
  constexpr std::string_view label = "more:";
  constexpr std::string_view advice = "attache explain ";
  std::string_view code =
      text.starts_with(label) ? base::trim(text.substr(label.size())) : std::string_view();
  return code.starts_with(advice) ? base::find_cause(code.substr(advice.size())) : std::nullopt;
}

// "failure [ca-expired]: …"
std::optional<base::Cause> cause_of_comment(std::string_view text) {
  constexpr std::string_view label = "failure [";
  std::size_t end = text.find("]: ");
  return text.starts_with(label) && end != std::string_view::npos
             ? base::find_cause(text.substr(label.size(), end - label.size()))
             : std::nullopt;
}

// Whether a comment of a capture stands at another packet than the line that told the host of a failure. At a
// packet of the network it is one attempt of several (IPv6 before IPv4).
bool is_of_attempt(const Item& comment, const ItemRef& spoken) {
  std::uint64_t packet = comment.event->place.packet;
  if (packet == 0) {
    return false;
  }
  if (spoken == nullptr) {
    return true;
  }
  bool is_told = spoken->is_exchange()
                     ? spoken->result.failed() && spoken->final && spoken->final->place.packet == packet
                     : spoken->kind == Item::Kind::notice && spoken->event->place.packet == packet;
  return !is_told;
}

// The command that a block names: "  command:  AT#XHTTPCCON=… → ERROR".
bool is_named_in_block(const Item& item) {
  std::string_view line = base::trim(item.event->place.line_text);
  return item.is_exchange() && (line.starts_with("command:") || line.starts_with("where:"));
}

// Back to the command, or to the first line that was logged of it.
std::size_t begin_of_failure(const std::vector<ItemRef>& items, std::size_t last, std::size_t least) {
  std::size_t first = last;
  while (first > least) {
    const Item& before = *items[first - 1];
    bool is_of_block = is_named_in_block(before);
    bool is_of_modem =
        before.kind == Item::Kind::log && before.event->module == "modem" && before.event->level == 'i';
    if (before.is_exchange() && !is_of_block) {
      return first - 1;
    }
    if ((!is_words(before) && !is_of_block && before.kind != Item::Kind::notice) || is_of_modem) {
      return first;
    }
    --first;
  }
  return first;
}

std::span<const ItemRef> items_of(const Session& session, const ToldReason& told) {
  auto first = std::ranges::lower_bound(session.items, told.first, {}, &Item::number);
  auto last = std::ranges::upper_bound(session.items, told.last, {}, &Item::number);
  return {first, last};
}

// A network that was refused or lost, and found later.
bool has_passed(const Session& session, const ToldReason& told) {
  base::Layer layer = explain::layer_of(told.cause);
  return layer >= base::Layer::sim && layer <= base::Layer::network && session.first([&](const Item& item) {
    const auto& registration = item.before->registration;
    return item.number > told.last && registration && registration.value->is_registered() &&
           registration.source->place.line > told.event->place.line;
  }) != nullptr;
}

void told_reason(const Session& session, Findings& findings) {
  constexpr int told_of_failure = 97;
  constexpr int told_of_success = 60;
  constexpr int told_and_passed = 50;
  for (const ToldReason& told : session.told) {
    bool passed = has_passed(session, told);
    int score = passed ? told_and_passed : told.is_of_success ? told_of_success : told_of_failure;
    auto draft = findings.add(told.cause, score, "told-reason");
    draft.at(told.event, passed ? "registered again later" : "").level(passed ? Level::hint : Level::error);
    for (const ItemRef& item : items_of(session, told)) {
      if (item->is_exchange()) {
        draft.with(item->event).with(item->final);
      }
    }
  }
}

constexpr std::array all_told_reason{Rule{"told-reason", told_reason}};

}  // namespace

std::vector<ToldReason> told_reasons(const std::vector<ItemRef>& items) {
  std::vector<ToldReason> all;
  bool succeeded = false;
  ItemRef spoken;  // The exchange or notification before.
  EventRef why;
  std::optional<std::size_t> block;
  ItemRef head;  // The line of the log that a block stands below, and repeats.
  std::size_t least = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ItemRef& item = items[i];
    std::string_view text = base::trim(item->event->text);
    if (item->kind == Item::Kind::log) {
      succeeded = false;
      why = nullptr;
      block.reset();
      head = item;
    }
    if (!is_words(*item)) {
      spoken = item;
      continue;
    }
    bool names_command = text.starts_with("where:") || text.starts_with("command:");
    succeeded = succeeded || (names_command && text.ends_with(" OK"));
    if (text.starts_with("what:")) {
      bool repeats = head != nullptr && base::trim(text.substr(5)) == base::trim(head->event->text);
      block = repeats ? head->number : item->number;
    }
    if (text.starts_with("why:") || (why == nullptr && text.starts_with("what:"))) {
      why = item->event;
    }
    auto of_comment = cause_of_comment(text);
    auto cause = of_comment ? of_comment : cause_of_block(text);
    if (!cause || *cause == base::Cause::none) {
      continue;
    }
    ToldReason told;
    told.cause = *cause;
    told.is_of_success = of_comment ? is_of_attempt(*item, spoken) : succeeded;
    told.event = !of_comment && why != nullptr ? why : item->event;
    told.first = items[begin_of_failure(items, i, least)]->number;
    told.block = of_comment ? item->number : block.value_or(item->number);
    told.last = item->number;
    least = i + 1;
    all.push_back(std::move(told));
  }
  return all;
}

// What is told of a command does not decide between its forms; what lies on the way to the server it does.
void drop_guesses(const Session& session, std::deque<Finding>& findings) {
  auto is_on_the_way = [](base::Cause cause) { return explain::layer_of(cause) >= base::Layer::radio; };
  auto is_about_the_line = [](base::Cause cause) { return explain::layer_of(cause) <= base::Layer::dialect; };
  std::unordered_set<const Event*> explained;
  for (const ToldReason& told : session.told) {
    if (told.is_of_success || is_about_the_line(told.cause)) {
      continue;
    }
    for (const ItemRef& item : items_of(session, told)) {
      explained.insert(item->event.get());
      explained.insert(item->final.get());
      for (const EventRef& line : item->lines) {
        explained.insert(line.get());
      }
    }
  }
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.score < certain && is_on_the_way(finding.cause) && finding.primary() != nullptr &&
           explained.contains(finding.primary().get()) && finding.rule != "told-reason";
  });
}

std::span<const Rule> told_reason_rules() {
  return all_told_reason;
}

}  // namespace attache::doctor
