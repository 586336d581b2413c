#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

bool is_notice(const Item& item, std::string_view name) {
  return (item.kind == Item::Kind::notice) && item.is(name);
}

bool starts_gnss(const Item& item) {
  return item.sets("+CFUN") ? item.number_at(0) == 31
                            : (item.sets("#XGPS") || item.sets("#XGNSS")) && item.number_at(0) == 1;
}

void system_mode(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || !item->result.failed() || !starts_gnss(*item)) {
      continue;
    }
    const auto& mode = item->before->system_mode;
    if (mode && (*mode)[2] == 1) {
      continue;
    }
    auto draft = findings.add(Cause::wrong_system_mode, mode ? 95 : 86, "gnss-not-in-system-mode");
    draft.at(item->event, "GNSS must be in the system mode").with(item->final);
    if (mode) {
      draft.with(mode.source, "the third value is 0: no GNSS");
    } else {
      draft.without("AT%XSYSTEMMODE before it", item->event);
    }
    draft.fix("command", "exact", "Enable GNSS with LTE off, and store it with AT+CFUN=0.",
              mode ? fmt::format("AT%XSYSTEMMODE={},{},1,{}", (*mode)[0], (*mode)[1], (*mode)[3])
                   : "AT%XSYSTEMMODE=1,0,1,0");
    draft.next("AT%XSYSTEMMODE?", "a third value of 0 proves it");
    return;
  }
  // LTE switched on with neither technology.
  for (const ItemRef& item : session.items) {
    const auto& mode = item->before->system_mode;
    if (item->sets("+CFUN") && item->result.failed() &&
        (item->number_at(0) == 1 || item->number_at(0) == 21) && mode && (*mode)[0] == 0 && (*mode)[1] == 0) {
      findings.add(Cause::wrong_system_mode, 92, "no-lte-in-system-mode")
          .at(item->event)
          .with(mode.source, "neither LTE-M nor NB-IoT");
      return;
    }
  }
  // A search without end in one technology alone.
  const DeviceState& end = *session.end;
  bool switched_off = end.functional_mode && !end.is_lte_active();
  if (!switched_off && end.system_mode && end.registration && !end.registration.value->is_registered() &&
      end.registration.value->cause == std::nullopt) {
    const auto& mode = *end.system_mode;
    bool one_alone = mode[0] + mode[1] == 1;
    ItemRef finished = session.first([](const Item& item) {
      return is_notice(item, "%MDMEV") && item.event->text.find("SEARCH STATUS 2") != std::string::npos;
    });
    bool searching = end.registration.value->status == 2 || end.registration.value->status == 4;
    ItemRef registered = session.first([](const Item& item) {
      return item.before->registration && item.before->registration.value->is_registered();
    });
    if (one_alone && searching && registered == nullptr && end.registration.value->cell.empty()) {
      findings.add(Cause::wrong_system_mode, finished != nullptr ? 66 : 56, "one-technology-and-no-cell")
          .at(end.system_mode.source, mode[0] == 1 ? "LTE-M alone" : "NB-IoT alone")
          .with(end.registration.source, "no cell is found")
          .with(finished != nullptr ? finished->event : nullptr, "the search is over")
          .next("AT%XSYSTEMMODE=1,1,0,0",
                "(with LTE off) if a cell is found now, the operator has only the other technology");
    }
  }
}

void reset_loop(const Session& session, Findings& findings) {
  ItemRef told = session.first(
      [](const Item& item) { return item.event->text.find("RESET LOOP") != std::string::npos; });
  if (told != nullptr) {
    findings.add(Cause::reset_loop_restriction, 98, "reset-loop-told").at(told->event, "the modem says so");
    return;
  }
  std::vector<ItemRef> boots;
  for (const ItemRef& item : session.items) {
    const std::string& text = item->event->text;
    bool boot = item->kind == Item::Kind::boot || has_text(text, "kernel reboot") ||
                has_text(text, "*** Booting") || (item->is_exchange() && item->is("#XRESET")) ||
                has_text(text, "rebooting") || has_text(text, "sys_reboot") ||
                has_text(text, "power cycle") || has_text(text, "reset cause") || has_word(text, "watchdog");
    bool graceful = item->sets("+CFUN") && item->number_at(0) == 0;
    bool ordered = !boots.empty() && boots.back()->is_exchange();  // Ready belongs to this reset.
    if (graceful) {
      boots.clear();
    } else if (ordered && item->kind == Item::Kind::boot) {
      boots.back() = item;
    } else if (boot && (boots.empty() || item->number > boots.back()->number)) {
      boots.push_back(item);
    }
  }
  if (boots.size() < 3) {
    return;
  }
  bool registered_at_end = session.end->registration && session.end->registration.value->is_registered();
  auto draft = findings.add(Cause::reset_loop_restriction,
                            registered_at_end   ? 40
                            : boots.size() >= 4 ? 76
                                                : 66,
                            "resets-without-cfun-0");
  draft.at(boots.back()->event, fmt::format("{} resets", boots.size()));
  draft.with(boots.front()->event);
  draft.without("AT+CFUN=0 before them", boots.back()->event);
  draft.next("AT%MDMEV=1", "then AT+CFUN=1: `%MDMEV: RESET LOOP` proves it");
}

void modem_image(const Session& session, Findings& findings) {
  const auto& image = session.end->image;
  if (!image) {
    ItemRef alpha = session.first(
        [](const Item& item) { return item.is("+CGMR") && has_text(item.event->text, "alpha"); });
    if (alpha != nullptr) {
      findings.add(Cause::wrong_modem_firmware, 70, "alpha-image").at(alpha->event);
    }
    return;
  }
  bool production = image.value->find("pti") != std::string::npos;
  bool alpha = image.value->find("alpha") != std::string::npos;
  if (!production && !alpha) {
    ItemRef hardware =
        session.first([](const Item& item) { return has_text(item.event->text, "%HWVERSION: nRF"); });
    std::string shown;
    if (hardware != nullptr) {
      shown = hardware->event->text;
    }
    for (const ItemRef& item : session.items) {
      for (const EventRef& line : item->lines) {
        if (has_text(line->text, "%HWVERSION:")) {
          shown = line->text;
        }
      }
    }
    bool old_chip = shown.find("nRF9160") != std::string::npos;
    bool new_chip = shown.find("nRF9151") != std::string::npos ||
                    shown.find("nRF9161") != std::string::npos || shown.find("nRF9131") != std::string::npos;
    bool old_image = image.value->find("nrf9160") != std::string::npos;
    if ((old_chip && !old_image) || (new_chip && old_image)) {
      findings.add(Cause::wrong_modem_firmware, 92, "image-of-other-chip").at(image.source, shown);
    }
    return;
  }
  ItemRef imei_trouble = session.first([](const Item& item) {
    return item.is_exchange() && item.result.failed() && (item.is("+CGSN") || item.is("%IMEIWRITE"));
  });
  ItemRef trouble = session.last([](const Item& item) {
    return item.is_exchange() && item.result.kind != Result::Kind::ok && !item.event->quoted_in_log;
  });
  if (imei_trouble != nullptr) {
    findings.add(Cause::wrong_modem_firmware, 60, "production-image")
        .at(image.source, "an image for production tests");
    return;
  }
  auto draft = findings.add(Cause::wrong_modem_firmware, trouble != nullptr ? 88 : 70, "production-image");
  draft.at(image.source, production ? "an image for production tests" : "an alpha image");
  if (trouble != nullptr) {
    draft.with(trouble->event, "no answer, or refused");
  }
}

void imei(const Session& session, Findings& findings) {
  ItemRef told = session.first([](const Item& item) {
    return is_notice(item, "%MDMEV") && item.event->text.find("NO IMEI") != std::string::npos;
  });
  ItemRef read = session.first([](const Item& item) {
    return item.is_exchange() && item.is("+CGSN") && item.result.failed() &&
           item.type != at::CommandType::test && item.type != at::CommandType::read;
  });
  ItemRef write =
      session.first([](const Item& item) { return item.is("%IMEIWRITE") && item.result.failed(); });
  ItemRef zero = session.first([](const Item& item) {
    if (!item.is("+CGSN")) {
      return false;
    }
    for (const EventRef& line : item.lines) {
      if (line->text.find("000000000000000") != std::string::npos ||
          line->text.find("004999010640000") != std::string::npos) {
        return true;
      }
    }
    return false;
  });
  if (told == nullptr && read == nullptr && write == nullptr && zero == nullptr) {
    return;
  }
  const ItemRef& main = told != nullptr ? told : read != nullptr ? read : write != nullptr ? write : zero;
  auto draft = findings.add(Cause::imei_missing,
                            told != nullptr                       ? 96
                            : read != nullptr && write != nullptr ? 88
                            : read != nullptr                     ? 80
                                                                  : 66,
                            "no-imei");
  draft.at(main->event).with(main->final);
  if (write != nullptr && write != main) {
    draft.with(write->event, "writing it is refused as well");
  }
}

// All is refused from one moment on to the end, and AT too, which a modem that runs takes always.
void all_refused(const Session& session, Findings& findings) {
  bool was_well = false;
  ItemRef first;  // Of the refusals at the end.
  ItemRef bare;   // AT among them.
  for (const ItemRef& item : session.items) {
    if (item->kind == Item::Kind::noise) {
      return;  // What came may not be what was sent.
    }
    bool is_answered = item->is_exchange() && item->result.kind == Result::Kind::ok;
    was_well = was_well || is_answered;
    if (is_answered || item->kind == Item::Kind::boot) {
      first = bare = nullptr;
    } else if (item->is_exchange() && item->result.failed()) {
      first = first == nullptr ? item : first;
      bool is_bare = base::equal_ignoring_case(base::trim(item->event->text), "AT");
      bare = is_bare && item->result.kind == Result::Kind::error ? item : bare;
    }
  }
  bool is_alone = first == bare;
  if (bare != nullptr && (was_well || !is_alone)) {
    findings.add(Cause::modem_crash, was_well && !is_alone ? 86 : 70, "all-refused")
        .at(bare->event, "AT itself is refused")
        .with(bare->final)
        .with(is_alone ? nullptr : first->event, "from here on each command")
        .next("(reset the modem)", "if it takes AT again, look for its fault report with a trace");
  }
}

void crash(const Session& session, Findings& findings) {
  all_refused(session, findings);
  ItemRef modem_event = session.first([](const Item& item) {
    return item.is("#XMODEM") && item.kind == Item::Kind::notice && has_text(item.event->text, "FAULT");
  });
  if (modem_event != nullptr) {
    findings.add(Cause::modem_crash, 92, "fault-notified").at(modem_event->event);
  }
  // All answers stop from one moment on.
  std::size_t answered = 0;
  ItemRef first_silent;
  std::size_t silent = 0;
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || item->event->quoted_in_log) {
      continue;
    }
    if (item->result.kind == Result::Kind::none) {
      first_silent = silent == 0 ? item : first_silent;
      ++silent;
    } else {
      answered += silent == 0 ? 1 : 0;
      if (silent > 0) {
        return;
      }
    }
  }
  if (answered >= 3 && silent >= 3 && first_silent != nullptr) {
    bool open_quotes = first_silent->event->text.find('"') != std::string::npos;
    bool asleep = first_silent->before->is_asleep && *first_silent->before->is_asleep;
    findings.add(Cause::modem_crash, open_quotes || asleep ? 40 : 62, "answers-stop")
        .at(first_silent->event, fmt::format("from here on no answer, {} commands", silent))
        .next("(reset the modem)", "if it answers again, look for its fault report with a trace");
  }
}

void gnss_contention(const Session& session, Findings& findings) {
  ItemRef start = session.first([](const Item& item) {
    return item.is_exchange() && starts_gnss(item) && item.result.kind == Result::Kind::ok;
  });
  if (start == nullptr) {
    return;
  }
  ItemRef fix = session.first_after(*start, [](const Item& item) {
    return (item.is("#XGPS") || item.is("#XGNSS") || item.is("#XGNSSPOS")) &&
           item.kind == Item::Kind::notice && item.arguments.size() >= 4;
  });
  ItemRef timeout = session.first_after(*start, [](const Item& item) {
    return (item.is("#XGPS") || item.is("#XGNSS")) && item.kind == Item::Kind::notice &&
           item.number_at(1) == 2;
  });
  ItemRef connected = session.last([](const Item& item) {
    return item.kind == Item::Kind::notice && item.is("+CSCON") && item.number_at(0) == 1;
  });
  bool lte_on = session.end->is_lte_active() || start->before->is_lte_active() ||
                (session.end->registration && session.end->registration.value->is_registered());
  if (fix == nullptr && lte_on) {
    int score = timeout != nullptr && connected != nullptr ? 82
                : timeout != nullptr                       ? 74
                : connected != nullptr                     ? 62
                                                           : 0;
    if (score > 0) {
      findings.add(Cause::gnss_lte_contention, score, "no-fix-beside-lte")
          .at(timeout != nullptr ? timeout->event : start->event, "no fix")
          .with(start->event)
          .with(connected != nullptr ? connected->event : nullptr, "LTE is connected: GNSS gets no window");
    }
  }
}

void clock(const Session& session, Findings& findings) {
  const auto& year = session.end->clock_year;
  if (!year) {
    return;
  }
  ItemRef tls = session.last(
      [](const Item& item) { return item.is_exchange() && item.result.failed() && opens_tls(item); });
  // The log's own date, or a clock that the host itself has set, years behind.
  constexpr int most_years = 1;
  auto off_by = [&](int other) { return std::abs(*year - other) > most_years; };
  bool off_log = year.source->year && off_by(*year.source->year);
  ItemRef set = session.first([](const Item& item) { return item.sets("+CCLK"); });
  using namespace std::chrono;
  int today = static_cast<int>(year_month_day(floor<days>(session.now)).year());
  bool off_today = set != nullptr && tls != nullptr && off_by(today);
  if (off_today && !off_log) {
    findings.add(Cause::clock_wrong, 72, "set-by-host")
        .at(set->event, "the host has set this time")
        .with(year.source, "and it holds")
        .with(tls->event, "dates of certificates are held against it");
  }
  if (*year < 2019 || *year > 2090 || off_log) {
    findings.add(Cause::clock_wrong, tls != nullptr ? 88 : 64, "year-off")
        .at(year.source, fmt::format("the modem believes that it is {}", *year))
        .with(tls != nullptr ? tls->event : nullptr, "dates of certificates are held against it");
  }
}

constexpr std::array all_modem{Rule{"system-mode", system_mode},
                               Rule{"reset-loop", reset_loop},
                               Rule{"modem-image", modem_image},
                               Rule{"imei", imei},
                               Rule{"crash", crash},
                               Rule{"gnss-contention", gnss_contention},
                               Rule{"clock", clock}};

}  // namespace

std::span<const Rule> modem_rules() {
  return all_modem;
}

}  // namespace attache::doctor
