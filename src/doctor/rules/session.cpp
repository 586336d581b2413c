#include "doctor/rules/session.hpp"

#include <algorithm>

#include "at/redaction.hpp"

namespace attache::doctor {

const std::vector<Rule>& all_rules() {
  static const std::vector<Rule> all = [] {
    std::vector<Rule> together;
    for (std::span<const Rule> rules :
         {command_line_rules(), dialect_rules(), parameter_rules(), usage_rules(), host_link_rules(),
          modem_rules(), power_rules(), sim_rules(), registration_rules(), early_use_rules(), reach_rules(),
          service_rules(), credential_rules(), tls_rules(), log_word_rules(), told_reason_rules()}) {
      together.insert(together.end(), rules.begin(), rules.end());
    }
    return together;
  }();
  return all;
}

const vocabulary::Vocabulary* Session::vocabulary() const {
  return dialect.empty() ? nullptr : vocabulary::find(dialect);
}

const BuildSetting* Session::setting(std::string_view name) const {
  auto found = std::ranges::find_if(build.rbegin(), build.rend(), [&](const BuildSetting& setting) {
    return setting.name == name && !setting.is_commented;
  });
  return found == build.rend() ? nullptr : &*found;
}

ItemRef Session::last_before(const Item& item, const std::function<bool(const Item&)>& fulfils) const {
  auto end = std::ranges::lower_bound(items, item.number, {}, &Item::number);
  while (end != items.begin()) {
    --end;
    if (fulfils(**end)) {
      return *end;
    }
  }
  return nullptr;
}

ItemRef Session::first_after(const Item& item, const std::function<bool(const Item&)>& fulfils) const {
  auto begin = std::ranges::upper_bound(items, item.number, {}, &Item::number);
  auto found = std::find_if(begin, items.end(), [&](const ItemRef& other) { return fulfils(*other); });
  return found == items.end() ? nullptr : *found;
}

ItemRef Session::first(const std::function<bool(const Item&)>& fulfils) const {
  auto found = std::ranges::find_if(items, [&](const ItemRef& item) { return fulfils(*item); });
  return found == items.end() ? nullptr : *found;
}

ItemRef Session::last(const std::function<bool(const Item&)>& fulfils) const {
  auto found =
      std::find_if(items.rbegin(), items.rend(), [&](const ItemRef& item) { return fulfils(*item); });
  return found == items.rend() ? nullptr : *found;
}

bool Session::is_told(const Item& item) const {
  auto reason = std::ranges::lower_bound(told, item.number, {}, &ToldReason::last);
  return reason != told.end() && reason->block <= item.number && !item.is_exchange();
}

bool Session::device_speaks() const {
  return first([](const Item& item) {
           return item.kind == Item::Kind::notice || item.kind == Item::Kind::boot ||
                  (item.is_exchange() && item.result.kind != Result::Kind::none);
         }) != nullptr;
}

Findings::Draft Findings::add(base::Cause cause, int score, std::string_view rule) {
  Finding& finding = all_.emplace_back();
  finding.cause = cause;
  finding.score = std::clamp(score, 1, 100);
  finding.rule = rule;
  return Draft(finding);
}

Findings::Draft& Findings::Draft::at(const EventRef& event, std::string note) {
  if (event != nullptr) {
    finding_.evidence.push_back({Evidence::Role::primary, event, std::move(note)});
  }
  return *this;
}

Findings::Draft& Findings::Draft::with(const EventRef& event, std::string note) {
  if (event != nullptr) {
    finding_.evidence.push_back({Evidence::Role::support, event, std::move(note)});
  }
  return *this;
}

Findings::Draft& Findings::Draft::with_all(const std::vector<EventRef>& events) {
  for (const EventRef& event : events) {
    bool cited =
        std::ranges::any_of(finding_.evidence, [&](const Evidence& piece) { return piece.event == event; });
    if (event != nullptr && !cited && finding_.evidence.size() < 10) {
      with(event);
    }
  }
  return *this;
}

Findings::Draft& Findings::Draft::without(std::string note, const EventRef& event) {
  finding_.evidence.push_back({Evidence::Role::absence, event, std::move(note)});
  return *this;
}

Findings::Draft& Findings::Draft::why(std::string text) {
  finding_.why = std::move(text);
  return *this;
}

Findings::Draft& Findings::Draft::title(std::string text) {
  finding_.title = std::move(text);
  return *this;
}

Findings::Draft& Findings::Draft::level(Level level) {
  finding_.level = level;
  return *this;
}

Findings::Draft& Findings::Draft::fix(std::string kind, std::string applicability, std::string text,
                                      const std::string& edit) {
  finding_.fixes.push_back({std::move(kind), std::move(applicability), std::move(text), at::redact(edit)});
  return *this;
}

Findings::Draft& Findings::Draft::next(std::string command, std::string outcome) {
  finding_.next_command = std::move(command);
  finding_.next_outcome = std::move(outcome);
  return *this;
}

}  // namespace attache::doctor
