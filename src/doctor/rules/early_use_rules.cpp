#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

// A device that answers AT+CEREG? with "registered", and would have told of it had it come only now, was
// registered all the time.
bool was_registered_all_along(const Session& session, const Item& item) {
  constexpr double at_once = 1.0;
  ItemRef next = session.first_after(item, [](const Item& other) { return other.is("+CEREG"); });
  if (next == nullptr || !next->is_exchange() || next->type != at::CommandType::read || next->lines.empty()) {
    return false;
  }
  auto fields = cut_arguments(next->lines.front()->text, 7);
  auto status = fields.size() > 1 ? fields[1].number() : std::nullopt;
  if (status != 1 && status != 5) {
    return false;
  }
  bool would_have_told = item.before->registration_level && *item.before->registration_level > 0;
  bool is_asked_at_once =
      item.event->seconds && next->event->seconds && *next->event->seconds - *item.event->seconds < at_once;
  return would_have_told || is_asked_at_once;
}

// Seconds since the command that has switched LTE on; nothing where the log does not tell.
std::optional<double> time_since_activation(const Item& item) {
  const EventRef& activated = item.before->activated;
  return activated != nullptr && activated->seconds && item.event->seconds
             ? std::optional(*item.event->seconds - *activated->seconds)
             : std::nullopt;
}

void not_yet(const Session& session, Findings& findings) {
  constexpr double longest_usual_attach = 120;
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || !item->result.failed() || !needs_network(*item)) {
      continue;
    }
    const DeviceState& before = *item->before;
    bool known_not = before.registration && !before.registration.value->is_registered();
    bool off = before.functional_mode && (*before.functional_mode == 0 || *before.functional_mode == 4);
    bool fresh = !before.registration && before.functional_mode && before.is_lte_active();
    bool ever = session.last_before(*item, [](const Item& other) {
      return other.before->registration && other.before->registration.value->is_registered();
    }) != nullptr;
    if ((!known_not && !off && !fresh) || (fresh && was_registered_all_along(session, *item))) {
      continue;
    }
    bool is_late = time_since_activation(*item).value_or(0) > longest_usual_attach;
    int score = off || known_not ? 88 : is_late ? 48 : 66;
    auto draft = findings.add(Cause::not_registered_yet, score, "data-before-registration");
    draft.at(item->event, off ? "the modem is switched off" : "not registered").with(item->final);
    if (known_not) {
      draft.with(before.registration.source, ever ? "registration lost" : "still searching");
    } else {
      draft.with(before.functional_mode.source);
      draft.without("+CEREG: 1 or 5 before it", item->event);
    }
    return;
  }
}

bool uses_connection(const Item& item) {
  static constexpr std::array<std::string_view, 8> names{"#XSEND",    "#XRECV",    "#XTCPSEND", "#XUDPSEND",
                                                         "#XTCPRECV", "#XMQTTPUB", "#XMQTTSUB", "#XHTTPCREQ"};
  return item.is_exchange() && item.type == at::CommandType::set &&
         std::ranges::find(names, item.name) != names.end();
}

// The notification by which a device that was registered is not any more; null if it is, or never was.
ItemRef loss_before(const Session& session, const Item& item) {
  return session.last_before(item, [](const Item& other) {
    bool was_registered = other.before->registration && other.before->registration.value->is_registered();
    auto status = other.number_at(0);
    return other.kind == Item::Kind::notice && other.is("+CEREG") && was_registered && status != 1 &&
           status != 5;
  });
}

// Registered, then no cell any more, and none until the end.
void coverage_lost(const Session& session, Findings& findings) {
  const auto& end = session.end->registration;
  bool searches = end && (end->status == 2 || end->status == 4) && !end->cause;
  bool is_off = session.end->functional_mode && !session.end->is_lte_active();
  ItemRef last = session.items.empty() ? nullptr : session.items.back();
  ItemRef loss = last == nullptr || !searches || is_off ? nullptr : loss_before(session, *last);
  if (loss == nullptr && last != nullptr && searches && !is_off && last->is("+CEREG")) {
    loss = last->before->registration && last->before->registration->is_registered() ? last : nullptr;
  }
  if (loss == nullptr) {
    return;
  }
  ItemRef failed = session.first_after(*loss, [](const Item& item) {
    return (needs_network(item) || uses_connection(item)) && item.result.kind != Result::Kind::ok;
  });
  auto draft = findings.add(Cause::no_coverage, failed != nullptr ? 70 : 50, "coverage-lost");
  draft.at(loss->event, "registered until then")
      .level(failed != nullptr ? Level::error : Level::hint)
      .without("+CEREG: 1 or 5 behind it", loss->event)
      .next("AT+CEREG?",
            "1 or 5: it is back; 2 or 4: still no cell, so look at place and antenna by AT+CESQ");
  if (failed != nullptr) {
    draft.with(failed->event, "without a network").with(failed->final);
  }
}

// A connection does not outlive the registration under which it was made.
void connection_of_lost_network(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!uses_connection(*item) || !item->result.failed()) {
      continue;
    }
    ItemRef loss = loss_before(session, *item);
    ItemRef made = session.last_before(*item, [](const Item& other) {
      return target_of(other).has_value() && other.result.kind == Result::Kind::ok;
    });
    if (loss == nullptr || made == nullptr || made->number > loss->number) {
      continue;
    }
    findings.add(Cause::pdn_lost, 76, "connection-of-lost-network")
        .at(item->event, "over a connection of before")
        .with(item->final)
        .with(loss->event, "the registration was lost here, and its connections with it")
        .with(made->event, "connected here")
        .next("AT#XSOCKET?", "or the like: close what is left, and connect anew after each +CEREG: 1 or 5");
    return;
  }
}

constexpr std::array all_early_use{Rule{"not-registered-yet", not_yet}, Rule{"coverage-lost", coverage_lost},
                                   Rule{"connection-of-lost-network", connection_of_lost_network}};

}  // namespace

std::span<const Rule> early_use_rules() {
  return all_early_use;
}

}  // namespace attache::doctor
