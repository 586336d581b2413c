#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

constexpr std::array<std::string_view, 6> card_commands{"+CIMI", "%XICCID", "+CNUM",
                                                        "+CRSM", "+CPIN",   "+CPINR"};

bool asks_card(const Item& item) {
  return item.is_exchange() && std::ranges::find(card_commands, item.name) != card_commands.end();
}

bool uicc_is_on(const Item& item) {
  const auto& mode = item.before->functional_mode;
  return mode && *mode != 0 && *mode != 4;
}

struct CardNotice {
  EventRef event;
  int state = -1;
  int cause = 0;
};

// Every "%XSIM: …" line, notified or read, in order.
std::vector<CardNotice> card_notices(const Session& session) {
  std::vector<CardNotice> notices;
  auto add = [&](const EventRef& event) {
    if (!event->text.starts_with("%XSIM:")) {
      return;
    }
    auto fields = cut_arguments(event->text, 6);
    CardNotice notice;
    notice.event = event;
    notice.state = fields.empty() ? -1 : static_cast<int>(fields[0].number().value_or(-1));
    notice.cause = fields.size() > 1 ? static_cast<int>(fields[1].number().value_or(0)) : 0;
    notices.push_back(notice);
  };
  for (const ItemRef& item : session.items) {
    add(item->event);
    for (const EventRef& line : item->lines) {
      add(line);
    }
  }
  return notices;
}

bool later_ready(const Session& session, const EventRef& event) {
  return session.first([&](const Item& item) {
    if (item.event->place.file != event->place.file || item.event->place.line <= event->place.line) {
      return false;
    }
    bool notified = item.kind == Item::Kind::notice && item.is("%XSIM") && item.number_at(0) == 1;
    bool answered = asks_card(item) && item.result.kind == Result::Kind::ok &&
                    (!item.is("+CPIN") || (item.type == at::CommandType::read && !item.lines.empty() &&
                                           item.lines.front()->text.find("READY") != std::string::npos));
    bool registered = item.before->registration && item.before->registration.value->is_registered() &&
                      item.before->registration.source->place.line > event->place.line;
    return notified || answered || registered;
  }) != nullptr ||
         (session.end->registration && session.end->registration.value->is_registered() &&
          session.end->registration.source->place.line > event->place.line);
}

void pin(const Session& session, Findings& findings) {
  EventRef wanted;
  std::string note = "the card waits for its PIN";
  bool blocked = false;
  for (const CardNotice& notice : card_notices(session)) {
    if (notice.state == 0 && (notice.cause == 1 || notice.cause == 3 || notice.cause == 5)) {
      wanted = notice.event;
      blocked = notice.cause != 1;
    }
  }
  ItemRef wrong;
  for (const ItemRef& item : session.items) {
    for (const EventRef& line : item->lines) {
      if (line->text.starts_with("+CPIN:") && line->text.find("READY") == std::string::npos) {
        wanted = line;
        blocked = line->text.find("PUK") != std::string::npos;
      }
    }
    if (item->result.kind == Result::Kind::cme && (item->result.number == 11 || item->result.number == 12 ||
                                                   item->result.number == 17 || item->result.number == 18)) {
      wanted = item->final;
      blocked = item->result.number == 12 || item->result.number == 18;
    }
    if (item->result.kind == Result::Kind::cme && item->result.number == 16) {
      wrong = item;
    }
  }
  ItemRef refused = session.last(
      [](const Item& item) { return item.sets("+CPIN") && item.result.kind == Result::Kind::error; });
  if (wrong != nullptr && !later_ready(session, wrong->event)) {
    findings.add(Cause::sim_pin, 95, "wrong-pin")
        .at(wrong->final, "the PIN is wrong")
        .with(wrong->event)
        .with(wanted);
    return;
  }
  if (wanted == nullptr || later_ready(session, wanted)) {
    return;
  }
  bool given_after = session.last([&](const Item& item) {
    return item.sets("+CPIN") && item.result.kind == Result::Kind::ok &&
           item.event->place.line > wanted->place.line;
  }) != nullptr;
  if (given_after) {
    return;
  }
  auto draft = findings.add(Cause::sim_pin, 95, blocked ? "puk-wanted" : "pin-wanted");
  draft.at(wanted, blocked ? "the PIN is blocked, the card waits for its PUK" : note);
  if (refused != nullptr) {
    draft.with(refused->event, "refused");
  } else {
    draft.without("AT+CPIN=\"…\" answered with OK behind it", wanted);
  }
}

// The modem says itself that the card does not start. `refused`: a command that failed for it; may be null.
bool card_failure_told(const Session& session, const std::vector<CardNotice>& notices, const ItemRef& refused,
                       Findings& findings) {
  for (const CardNotice& notice : notices) {
    if (notice.state != 0 || notice.cause < 7 || later_ready(session, notice.event)) {
      continue;
    }
    auto draft = findings.add(Cause::sim_failure, 88, "card-failure-told");
    draft.at(notice.event,
             notice.cause == 9 ? "cause 9: the card does not start up" : "the card cannot be used");
    if (refused != nullptr) {
      draft.with(refused->event, "refused").with(refused->final);
    }
    draft.why(
        "The modem has tried to start the card and failed: contacts, slot selection, supply of the card (1.8 "
        "V), or no card at all. No AT command mends it.");
    findings.add(Cause::no_sim, 72, "card-failure-told")
        .at(notice.event, "a slot without a card shows the same");
    return true;
  }
  return false;
}

bool error_of_card(const Session& session, Findings& findings) {
  constexpr int not_inserted = 10;
  ItemRef cme = session.first([](const Item& item) {
    return item.result.kind == Result::Kind::cme &&
           (item.result.number == not_inserted || item.result.number == 13 || item.result.number == 15);
  });
  if (cme == nullptr || later_ready(session, cme->event)) {
    return false;
  }
  bool absent = cme->result.number == not_inserted;
  if (!absent && !uicc_is_on(*cme) && cme->before->functional_mode) {
    return false;
  }
  findings.add(absent ? Cause::no_sim : Cause::sim_failure, absent ? 92 : 78, "cme-of-the-card")
      .at(cme->final)
      .with(cme->event);
  findings.add(absent ? Cause::sim_failure : Cause::no_sim, absent ? 50 : 70, "cme-of-the-card")
      .at(cme->final)
      .with(cme->event);
  return true;
}

// +CEREG: 90, "UICC fail": the last line that says so.
EventRef registration_failed_for_card(const Session& session) {
  constexpr int uicc_failure = 90;
  EventRef last;
  for (const ItemRef& item : session.items) {
    if (item->is("+CEREG") && item->kind == Item::Kind::notice && item->number_at(0) == uicc_failure) {
      last = item->event;
    }
    for (const EventRef& line : item->lines) {
      if (line->text.starts_with("+CEREG:")) {
        auto fields = cut_arguments(line->text, 7);
        last = fields.size() > 1 && fields[1].number() == uicc_failure ? line : last;
      }
    }
  }
  return last;
}

bool registration_tells_card_failure(const Session& session, Findings& findings) {
  EventRef told = registration_failed_for_card(session);
  if (told == nullptr || later_ready(session, told)) {
    return false;
  }
  findings.add(Cause::no_sim, 80, "registration-90").at(told, "not registered because of the card");
  findings.add(Cause::sim_failure, 74, "registration-90").at(told);
  return true;
}

// "%XSIM: 0" with the card's supply on, and never 1.
bool card_never_ready(const Session& session, const std::vector<CardNotice>& notices, Findings& findings) {
  const auto& mode = session.end->functional_mode;
  bool on = mode && *mode != 0 && *mode != 4;
  if (notices.empty() || !on) {
    return false;
  }
  const CardNotice& last = notices.back();
  if (last.state != 0 || last.cause != 0 || mode.source->place.line >= last.event->place.line) {
    return false;
  }
  findings.add(Cause::no_sim, 82, "card-never-ready")
      .at(last.event, "no card, with the modem switched on")
      .with(mode.source);
  findings.add(Cause::sim_failure, 60, "card-never-ready").at(last.event);
  return true;
}

// All card commands refused, others work, and nothing says why.
void card_commands_refused(const Session& session, const ItemRef& first, Findings& findings) {
  auto refused = std::ranges::count_if(session.items, [](const ItemRef& item) {
    return asks_card(*item) && item->result.failed() && uicc_is_on(*item);
  });
  if (first == nullptr || later_ready(session, first->event) || session.end->pin_given || refused < 2) {
    return;
  }
  ItemRef ready = session.first([](const Item& item) {
    return item.is("%XSIM") && item.kind == Item::Kind::notice && item.number_at(0) == 1;
  });
  if (ready != nullptr) {
    findings.add(Cause::sim_no_profile, 70, "ready-and-no-identity")
        .at(first->event)
        .with(first->final)
        .with(ready->event, "the card is up");
    return;
  }
  std::string next =
      "`0,9`: the card does not start (no card, contacts, slot); `0,1`: it waits for its PIN; `1`: it is "
      "ready";
  findings.add(Cause::sim_failure, 64, "card-commands-refused")
      .at(first->event)
      .with(first->final)
      .next("AT%XSIM?", next);
  findings.add(Cause::no_sim, 56, "card-commands-refused").at(first->event).next("AT%XSIM?", next);
  findings.add(Cause::sim_pin, 50, "card-commands-refused").at(first->event).next("AT%XSIM?", next);
}

// What says most of the card comes first, and the rest is not looked at then.
void card_failure(const Session& session, Findings& findings) {
  std::vector<CardNotice> notices = card_notices(session);
  ItemRef refused = session.first(
      [](const Item& item) { return asks_card(item) && item.result.failed() && uicc_is_on(item); });
  bool is_told = card_failure_told(session, notices, refused, findings) || error_of_card(session, findings) ||
                 registration_tells_card_failure(session, findings) ||
                 card_never_ready(session, notices, findings);
  if (!is_told) {
    card_commands_refused(session, refused, findings);
  }
}

void no_profile(const Session& session, Findings& findings) {
  ItemRef ready = session.first([](const Item& item) {
    return item.is("%XSIM") && item.kind == Item::Kind::notice && item.number_at(0) == 1;
  });
  ItemRef iccid = session.first(
      [](const Item& item) { return item.is("%XICCID") && item.result.kind == Result::Kind::ok; });
  ItemRef imsi = session.first([](const Item& item) { return item.is("+CIMI") && item.result.failed(); });
  if (imsi == nullptr || (ready == nullptr && iccid == nullptr) || later_ready(session, imsi->event) ||
      (!uicc_is_on(*imsi))) {
    return;
  }
  findings.add(Cause::sim_no_profile, 80, "card-without-imsi")
      .at(imsi->event, "no identity")
      .with(imsi->final)
      .with(iccid != nullptr ? iccid->event : ready->event, "the card itself answers");
}

// Asked before the card was up: it worked a moment later. Nothing to mend but the order.
void asked_too_early(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    bool busy = item->result.kind == Result::Kind::cme && item->result.number == 14;
    if ((asks_card(*item) && item->result.failed() && uicc_is_on(*item)) || busy) {
      bool pin_between =
          session.first_after(*item, [](const Item& other) { return other.sets("+CPIN"); }) != nullptr;
      if (later_ready(session, item->event) && !pin_between && !item->sets("+CPIN")) {
        findings.add(Cause::sim_not_ready, busy ? 70 : 56, "asked-before-ready")
            .at(item->event)
            .with(item->final)
            .level(busy ? Level::warning : Level::hint);
        return;
      }
      if (busy) {
        findings.add(Cause::sim_not_ready, 84, "card-busy").at(item->final).with(item->event);
        return;
      }
    }
  }
}

constexpr std::array all_sim{Rule{"sim-pin", pin}, Rule{"card-failure", card_failure},
                             Rule{"no-profile", no_profile}, Rule{"asked-too-early", asked_too_early}};

}  // namespace

std::span<const Rule> sim_rules() {
  return all_sim;
}

}  // namespace attache::doctor
