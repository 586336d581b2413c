#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

void power(const Session& session, Findings& findings) {
  ItemRef refused = session.first(
      [](const Item& item) { return item.result.kind == Result::Kind::cme && item.result.number == 528; });
  ItemRef warned = session.first([](const Item& item) {
    return item.kind == Item::Kind::notice && (item.is("%MDMEV") || item.is("+CGEV")) &&
           item.event->text.find("BATTERY LOW") != std::string::npos;
  });
  ItemRef low = session.first(
      [](const Item& item) { return item.kind == Item::Kind::notice && item.is("%XVBATLOWLVL"); });
  ItemRef read;
  EventRef reading;
  for (const ItemRef& item : session.items) {
    for (const EventRef& line : item->lines) {
      if (item->is("%XVBAT") && line->text.starts_with("%XVBAT:")) {
        auto fields = cut_arguments(line->text, 7);
        auto millivolts = fields.empty() ? std::nullopt : fields[0].number();
        if (millivolts && *millivolts > 0 && *millivolts < 3000) {
          reading = line;
        }
      }
    }
  }
  if (refused != nullptr) {
    findings.add(Cause::power, 95, "cme-528")
        .at(refused->final, "an active power-off warning blocks each write")
        .with(refused->event)
        .with(reading);
  } else if (warned != nullptr) {
    findings.add(Cause::power, 95, "battery-low")
        .at(warned->event, "the modem has switched itself off")
        .with(reading);
  } else if (low != nullptr || reading != nullptr) {
    findings.add(Cause::power, 76, "low-voltage")
        .at(low != nullptr ? low->event : reading, "the supply is low");
  }
}

void sleep(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || item->event->quoted_in_log || item->result.kind != Result::Kind::none ||
        !item->was_followed) {
      continue;
    }
    ItemRef sent_to_sleep =
        session.last_before(*item, [](const Item& other) { return other.sets("#XSLEEP"); });
    if (sent_to_sleep != nullptr) {
      findings.add(Cause::psm_sleep, 86, "asleep-by-command")
          .at(item->event, "no answer")
          .with(sent_to_sleep->event, "the application sleeps");
      return;
    }
    const auto& asleep = item->before->is_asleep;
    if (asleep && *asleep) {
      findings.add(Cause::psm_sleep, 66, "asleep")
          .at(item->event, "no answer")
          .with(asleep.source, "the modem sleeps");
      return;
    }
  }
  // A server that cannot reach the device: PSM was granted and data fail to come.
  const DeviceState& end = *session.end;
  if (!end.registration || end.registration.value->active_time.empty() ||
      end.registration.value->active_time == "11100000") {
    return;
  }
  ItemRef received_nothing = session.last([](const Item& item) {
    return (item.sets("#XRECV") || item.sets("#XRECVFROM")) && item.result.failed();
  });
  ItemRef sleeping = session.last(
      [](const Item& item) { return item.kind == Item::Kind::notice && item.is("%XMODEMSLEEP"); });
  if (received_nothing != nullptr && sleeping != nullptr) {
    findings.add(Cause::psm_sleep, 72, "downlink-while-asleep")
        .at(received_nothing->event, "nothing comes")
        .with(sleeping->event, "the modem sleeps")
        .with(end.registration.source, "PSM granted");
  }
}

void psm_values(const Session& session, Findings& findings) {
  ItemRef request = session.last([](const Item& item) {
    return item.sets("+CPSMS") && item.number_at(0) == 1 && item.result.kind == Result::Kind::ok;
  });
  const auto& registration = session.end->registration;
  if (request == nullptr || !registration || !registration.value->is_registered() ||
      registration.value->active_time.empty()) {
    return;
  }
  std::string_view active = request->text_at(4);
  std::string_view update = request->text_at(3);
  bool refused = registration.value->active_time == "11100000";
  bool other_active = !active.empty() && active != registration.value->active_time;
  bool other_update = !update.empty() && update != registration.value->periodic_update;
  if (!refused && !other_active && !other_update) {
    return;
  }
  findings.add(Cause::psm_network_values, refused ? 90 : 88, refused ? "psm-not-granted" : "psm-other-timers")
      .at(registration.source, refused ? "no PSM granted" : "the network grants these")
      .with(request->event, "asked for")
      .level(Level::warning);
}

constexpr std::array all_power{Rule{"power", power}, Rule{"sleep", sleep}, Rule{"psm-values", psm_values}};

}  // namespace

std::span<const Rule> power_rules() {
  return all_power;
}

}  // namespace attache::doctor
