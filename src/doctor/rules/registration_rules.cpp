#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

// The last line that says how the registration stands, wherever it is.
struct Refusal {
  int cause = 0;
  EventRef event;
  std::vector<EventRef> all;  // All lines with this cause.
};

std::optional<Refusal> last_refusal(const Session& session, bool of_session) {
  std::optional<Refusal> refusal;
  auto take = [&](int cause, const EventRef& event) {
    if (!refusal || refusal->cause != cause) {
      refusal = Refusal{cause, event, {}};
    }
    refusal->event = event;
    refusal->all.push_back(event);
  };
  auto look = [&](const EventRef& event) {
    std::string_view name = of_session ? "+CNEC_ESM" : "+CNEC_EMM";
    if (event->text.starts_with(name)) {
      auto fields = cut_arguments(event->text, name.size() + 1);
      if (!fields.empty() && fields[0].number()) {
        take(static_cast<int>(*fields[0].number()), event);
      }
    } else if (!of_session && event->text.starts_with("+CEREG")) {
      auto fields = cut_arguments(event->text, 7);
      // …,<AcT>,0,<cause>: behind the cell in quotes.
      for (std::size_t i = 0; i + 4 < fields.size() && fields.size() >= 6; ++i) {
        if (fields[i].is_quoted && fields[i + 1].is_quoted && fields[i + 3].number() == 0 &&
            i + 4 < fields.size()) {
          auto cause = fields[i + 4].number();
          auto status = fields[i > 0 ? i - 1 : 0].number();
          if (cause && *cause > 0 && status && *status != 1 && *status != 5) {
            take(static_cast<int>(*cause), event);
          }
          break;
        }
      }
    }
  };
  for (const ItemRef& item : session.items) {
    look(item->event);
    for (const EventRef& line : item->lines) {
      look(line);
    }
  }
  return refusal;
}

bool registered_after(const Session& session, const EventRef& event) {
  return session.end->registration && session.end->registration.value->is_registered() &&
         session.end->registration.source->place.line > event->place.line;
}

constexpr int esm_failure = 19;  // An EMM cause: the context with which it attaches was refused.

Cause cause_of_emm(int number) {
  switch (number) {
    case 11:
    case 13:
    case 14:
      return Cause::roaming_not_allowed;
    case esm_failure:
      return Cause::wrong_apn;
    case 17:
    case 22:
    case 42:
      return Cause::network_failure;
    default:
      return Cause::registration_denied;
  }
}

void refused(const Session& session, Findings& findings) {
  auto refusal = last_refusal(session, false);
  EventRef denied;
  for (const ItemRef& item : session.items) {
    auto take = [&](const EventRef& event, std::size_t status_at) {
      auto fields = cut_arguments(event->text, 7);
      if (fields.size() > status_at && fields[status_at].number() == 3) {
        denied = event;
      }
    };
    if (item->kind == Item::Kind::notice && item->is("+CEREG")) {
      bool answer = item->arguments.size() >= 2 && !item->arguments[0].is_quoted &&
                    !item->arguments[1].is_quoted && !item->arguments[1].text.empty();
      take(item->event, answer ? 1 : 0);
    }
    for (const EventRef& line : item->lines) {
      if (line->text.starts_with("+CEREG:")) {
        take(line, 1);
      }
    }
  }
  if (denied != nullptr && registered_after(session, denied)) {
    denied = nullptr;
  }
  if (refusal && registered_after(session, refusal->event)) {
    findings.add(cause_of_emm(refusal->cause), 50, "refused-once")
        .at(refusal->event, "refused, and registered later")
        .level(Level::hint);
    return;
  }
  if (refusal && refusal->cause == esm_failure && last_refusal(session, true)) {
    return;  // The session's refusal says more.
  }
  const auto& lock = session.end->operator_lock;
  ItemRef forced =
      session.first([](const Item& item) { return item.sets("+COPS") && item.number_at(0) == 1; });
  bool is_forced = lock || (forced != nullptr && session.first([](const Item& item) {
                     return item.sets("+COPS") && item.number_at(0) == 0;
                   }) == nullptr);
  EventRef force = lock ? lock.source : forced != nullptr ? forced->event : nullptr;
  if (refusal && refusal->cause != 18) {
    Cause cause = cause_of_emm(refusal->cause);
    bool roaming = cause == Cause::roaming_not_allowed;
    bool by_force = is_forced && force != nullptr && force->place.line < refusal->event->place.line &&
                    refusal->cause != 15;
    if (by_force) {
      findings.add(Cause::manual_plmn_rejected, roaming ? 95 : 78, "forced-operator-refuses")
          .at(force, "this operator and no other")
          .with(refusal->event, fmt::format("it refuses, cause {}", refusal->cause))
          .fix("command", "exact", "Let the modem choose.", "AT+COPS=0");
    }
    auto draft = findings.add(cause, by_force ? (roaming ? 66 : 82) : 92, "refused-with-cause");
    draft.at(refusal->event, fmt::format("EMM cause {}", refusal->cause))
        .with_all(refusal->all)
        .with(denied)
        .next(fmt::format("attache explain EMM:{}", refusal->cause), "what the network says with it");
    return;
  }
  if (denied != nullptr) {
    int level = session.end->registration_level ? *session.end->registration_level : 1;
    bool blind = level == 1 || level == 2 || level == 4;
    findings.add(Cause::registration_denied, 84, "denied")
        .at(denied, "the network refuses")
        .next("AT+CEREG=5", "then AT+CFUN=4 and AT+CFUN=1: the next refusal shows its cause");
    if (blind) {
      findings.add(Cause::reject_cause_not_requested, 74, "denied-without-cause")
          .at(denied, "refused, and no cause is shown")
          .with(session.end->registration_level.source, "subscribed without causes: only 3 and 5 show them")
          .level(Level::warning);
    }
    return;
  }
  if (is_forced && force != nullptr && session.end->registration &&
      !session.end->registration.value->is_registered() && session.end->registration.value->status != 0 &&
      session.end->registration.source->place.line > force->place.line) {
    findings.add(Cause::manual_plmn_rejected, 76, "forced-operator-not-found")
        .at(force, "this operator and no other")
        .with(session.end->registration.source, "not registered")
        .fix("command", "exact", "Let the modem choose.", "AT+COPS=0");
  }
}

/// The lines that speak of a search without a cell.
struct SearchSigns {
  EventRef line;  ///< The one that tells most; null = there is none.
  std::vector<EventRef> all;

  void look_at(const EventRef& event) {
    if (event->text.starts_with("+CESQ:")) {
      auto fields = cut_arguments(event->text, 6);
      bool nothing = fields.size() >= 6 && fields[4].number() == 255 && fields[5].number() == 255;
      line = nothing ? event : fields.size() >= 6 ? nullptr : line;
      all.push_back(nothing ? event : nullptr);
    } else if ((event->text.starts_with("+CEREG:") && event->text.find("\"FFFE\"") != std::string::npos) ||
               event->text.find("SEARCH STATUS 2") != std::string::npos) {
      line = line == nullptr ? event : line;
      all.push_back(event);
    }
  }
  [[nodiscard]] bool are_strong() const {
    return line != nullptr && line->text.find("SEARCH STATUS") == std::string::npos;
  }
};

SearchSigns signs_of_empty_search(const Session& session) {
  SearchSigns signs;
  for (const ItemRef& item : session.items) {
    signs.look_at(item->event);
    for (const EventRef& each : item->lines) {
      signs.look_at(each);
    }
  }
  return signs;
}

bool names_cell(const Fact<Registration>& registration) {
  return registration && !registration.value->cell.empty() && registration.value->cell != "FFFFFFFF";
}

bool has_seen_cell(const Session& session) {
  return session.first([](const Item& item) { return names_cell(item.before->registration); }) != nullptr ||
         names_cell(session.end->registration);
}

bool is_searching(const Session& session) {
  const auto& registration = session.end->registration;
  bool switched_off = session.end->functional_mode && !session.end->is_lte_active();
  return !switched_off && registration &&
         (registration.value->status == 2 || registration.value->status == 4) && !registration.value->cause;
}

bool is_scan(const Item& item) {
  return item.is_exchange() && item.is("+COPS") && item.type == at::CommandType::test;
}

// One line that a search has begun is no search that finds nothing.
bool search_goes_on(const Session& session) {
  auto searches = std::ranges::count_if(session.items, [](const ItemRef& item) {
    bool is_read = item->is_exchange() && item->type == at::CommandType::read && !item->lines.empty();
    return item->is("+CEREG") && (item->kind == Item::Kind::notice || is_read);
  });
  const auto& registration = session.end->registration;
  return searches >= 2 || (registration && registration.value->status == 4);
}

void search_with_band_lock(const Session& session, Findings& findings) {
  const auto& lock = session.end->band_lock;
  if (!lock || lock.value->find('1') == std::string::npos) {
    return;
  }
  const auto& registration = session.end->registration;
  auto bands = std::ranges::count(*lock, '1');
  findings.add(Cause::band_lock_excludes_operator, bands <= 3 ? 80 : 62, "search-with-band-lock")
      .at(lock.source, fmt::format("only {} band{}", bands, bands == 1 ? "" : "s"))
      .with(registration ? registration.source : nullptr, "no cell is found")
      .fix("command", "exact", "Search all bands (LTE off).", "AT%XBANDLOCK=0")
      .next("AT%XBANDLOCK=0", "(with LTE off) and AT+CFUN=1: a cell now proves it");
}

ItemRef words_about_another_board(const Session& session) {
  return session.first([](const Item& item) {
    const std::string& text = item.event->text;
    return (item.kind == Item::Kind::text || item.kind == Item::Kind::mark || item.kind == Item::Kind::log) &&
           (has_text(text, "custom board") || has_text(text, "own board") || has_text(text, "our board") ||
            has_text(text, "reference board") || has_text(text, "dev kit") || has_word(text, "DK"));
  });
}

// `empty_scan`: a list of operators without one; null = there is none.
void nothing_received(const Session& session, const SearchSigns& signs, const ItemRef& empty_scan,
                      Findings& findings) {
  const auto& registration = session.end->registration;
  bool goes_on = search_goes_on(session);
  int score = signs.are_strong()      ? 84
              : empty_scan != nullptr ? 80
              : signs.line != nullptr ? 74
              : goes_on               ? 62
                                      : 50;
  if (registration && registration.value->status == 4) {
    score += 4;
  }
  bool is_begun = signs.line == nullptr && empty_scan == nullptr && !goes_on;
  Level level = is_begun ? Level::hint : Level::error;
  EventRef primary = signs.line != nullptr ? signs.line
                     : registration        ? registration.source
                                           : empty_scan->event;
  auto draft = findings.add(Cause::no_coverage, score, "no-cell");
  draft.level(level);
  draft.at(primary, "no cell is received");
  if (registration && registration.source != signs.line) {
    draft.with(registration.source);
  }
  draft.with_all(signs.all).next(
      "AT+CESQ",
      "255 for RSRP and RSRQ: nothing is received at all (antenna, place, bands); other values: a "
      "cell is there");
  ItemRef board = words_about_another_board(session);
  findings.add(Cause::rf_hardware, board != nullptr ? score + 4 : std::max(score - 18, 40), "no-cell")
      .at(primary)
      .with(board != nullptr ? board->event : nullptr, "boards differ")
      .with(registration ? registration.source : nullptr)
      .with_all(signs.all)
      .level(level);
}

void scan_fails(const Item& scan, Findings& findings) {
  bool active = scan.before->is_lte_active();
  findings.add(Cause::rf_hardware, active ? 64 : 48, "scan-fails")
      .at(scan.event)
      .with(scan.final)
      .next("AT+CMEE=1",
            "then the scan again: 516 or 521 mean that it was the wrong moment, else look at the antenna "
            "path");
  findings.add(Cause::no_coverage, active ? 58 : 44, "scan-fails").at(scan.event).with(scan.final);
  if (!active) {
    findings.add(Cause::modem_busy_order, 52, "scan-with-lte-off")
        .at(scan.event)
        .with(scan.before->functional_mode.source);
  }
}

// Searching, and no cell is found.
void no_cell(const Session& session, Findings& findings) {
  const auto& registration = session.end->registration;
  bool registered = registration && registration.value->is_registered();
  if (registered || has_seen_cell(session)) {
    return;
  }
  ItemRef failed_scan = session.last([](const Item& item) { return is_scan(item) && item.result.failed(); });
  ItemRef empty_scan = session.last([](const Item& item) {
    return is_scan(item) && item.result.kind == Result::Kind::ok &&
           (item.lines.empty() || item.lines.front()->text.find('(') == std::string::npos);
  });
  bool searching = is_searching(session);
  if (searching || failed_scan != nullptr || empty_scan != nullptr) {
    search_with_band_lock(session, findings);
  }
  SearchSigns signs = signs_of_empty_search(session);
  if (signs.are_strong() || (searching && session.end->activated != nullptr) || empty_scan != nullptr) {
    nothing_received(session, signs, empty_scan, findings);
  }
  if (failed_scan != nullptr && failed_scan->result.kind == Result::Kind::error) {
    scan_fails(*failed_scan, findings);
  }
}

void session_refused(const Session& session, Findings& findings) {
  auto refusal = last_refusal(session, true);
  if (refusal && refusal->cause != 50 && refusal->cause != 51 && refusal->cause != 52 &&
      refusal->cause != 36) {
    bool apn = refusal->cause == 27 || refusal->cause == 29 || refusal->cause == 33 || refusal->cause == 8 ||
               refusal->cause == 30 || refusal->cause == 32;
    bool type = refusal->cause == 28;
    auto draft = findings.add(type  ? Cause::pdn_type_refused
                              : apn ? Cause::wrong_apn
                                    : Cause::network_failure,
                              apn || type ? 92 : 70, "context-refused");
    draft.at(refusal->event, fmt::format("ESM cause {}", refusal->cause));
    draft.with(session.end->apn.source, "the APN asked for");
    draft.next(fmt::format("attache explain ESM:{}", refusal->cause), "what the network says with it");
    return;
  }
  ItemRef rejected = session.first([](const Item& item) {
    return item.kind == Item::Kind::notice && item.is("+CGEV") && has_text(item.event->text, "PDN REJ");
  });
  if (rejected != nullptr) {
    findings.add(Cause::wrong_apn, 74, "context-rejected").at(rejected->event).with(session.end->apn.source);
    return;
  }
  // Registered, and no address.
  const auto& registration = session.end->registration;
  if (!registration || !registration.value->is_registered()) {
    return;
  }
  ItemRef address = session.last([](const Item& item) {
    return item.is_exchange() && item.is("+CGPADDR") && item.result.kind == Result::Kind::ok;
  });
  if (address == nullptr || address->event->place.line <= registration.source->place.line) {
    return;
  }
  auto shown = std::ranges::find_if(address->lines,
                                    [](const EventRef& line) { return line->text.starts_with("+CGPADDR:"); });
  bool has_address = std::ranges::any_of(address->lines, [](const EventRef& line) {
    return line->text.find('.') != std::string::npos || line->text.find(':', 10) != std::string::npos;
  });
  // A context that is named has a line of its own, with an address or without: else the log has lost it.
  bool is_lost = shown == address->lines.end() && address->number_at(0).has_value();
  if (!has_address && !is_lost) {
    findings.add(Cause::wrong_apn, 80, "registered-without-address")
        .at(shown == address->lines.end() ? address->event : *shown, "no address")
        .with(registration.source, "registered");
  }
}

constexpr std::array all_registration{Rule{"registration-refused", refused}, Rule{"no-cell", no_cell},
                                      Rule{"context-refused", session_refused}};

}  // namespace

std::span<const Rule> registration_rules() {
  return all_registration;
}

}  // namespace attache::doctor
