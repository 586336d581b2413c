#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

// A service that is used before it was opened.
void socket_not_open(const Session& session, Findings& findings) {
  struct Use {
    std::string_view name;
    std::string_view opener;
    Fact<bool> DeviceState::*state;
  };
  static constexpr std::array uses{Use{"#XSEND", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XRECV", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XSENDTO", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XRECVFROM", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XCONNECT", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XBIND", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XLISTEN", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XACCEPT", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XSOCKETOPT", "#XSOCKET", &DeviceState::socket_open},
                                   Use{"#XHTTPCREQ", "#XHTTPCCON", &DeviceState::http_connected},
                                   Use{"#XMQTTPUB", "#XMQTTCON", &DeviceState::mqtt_connected},
                                   Use{"#XMQTTSUB", "#XMQTTCON", &DeviceState::mqtt_connected}};
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || item->type != at::CommandType::set) {
      continue;
    }
    const Use* use = std::ranges::find(uses, item->name, &Use::name);
    if (use == uses.end()) {
      continue;
    }
    const Fact<bool>& open = (*item->before).*(use->state);
    bool closed = open && !*open;
    if (open && !closed) {
      continue;
    }
    bool from_the_start = session.last_before(*item, [](const Item& other) {
      return other.kind == Item::Kind::boot || other.is("#XSLMVER") || other.is("#XSMVER") ||
             other.is("+CFUN");
    }) != nullptr;
    auto draft = findings.add(Cause::socket_not_open,
                              closed           ? 90
                              : from_the_start ? 74
                                               : 58,
                              "used-before-opened");
    draft.at(item->event, "needs an open one").with(item->final);
    if (closed) {
      draft.with(open.source, "it was closed here");
    } else {
      draft.without(fmt::format("AT{} that succeeded before it", use->opener), item->event);
    }
    return;
  }
}

void urc_not_subscribed(const Session& session, Findings& findings) {
  bool serial_modem = session.dialect.starts_with("serial-modem");
  ItemRef waits = session.first([](const Item& item) {
    return (item.kind == Item::Kind::log || item.kind == Item::Kind::text) &&
           (has_text(item.event->text, "waiting for") || has_text(item.event->text, "wait for") ||
            has_text(item.event->text, "timeout") || has_text(item.event->text, "timed out")) &&
           (has_text(item.event->text, "CEREG") || has_text(item.event->text, "registration") ||
            has_text(item.event->text, "network") || has_text(item.event->text, "XTIME") ||
            has_text(item.event->text, "CGEV"));
  });
  ItemRef read = session.last([](const Item& item) {
    return item.is("+CEREG") && item.is_exchange() && item.type == at::CommandType::read &&
           !item.lines.empty();
  });
  bool unsubscribed = session.end->registration_level && *session.end->registration_level == 0;
  bool never = session.first([](const Item& item) { return item.sets("+CEREG"); }) == nullptr;
  ItemRef notified =
      session.first([](const Item& item) { return item.kind == Item::Kind::notice && item.is("+CEREG"); });
  bool registered = session.end->registration && session.end->registration.value->is_registered();
  if (read != nullptr && unsubscribed && never && notified == nullptr && registered) {
    findings
        .add(Cause::urc_not_subscribed,
             waits != nullptr ? 92
             : serial_modem   ? 80
                              : 70,
             "registered-without-a-word")
        .at(waits != nullptr ? waits->event : read->lines.front(),
            waits != nullptr ? "the host waits" : "registered, with n = 0")
        .with(read->lines.front(), "registered, and nobody asked for notifications")
        .level(waits != nullptr || serial_modem ? Level::error : Level::hint)
        .without("AT+CEREG=<n> before it", nullptr);
    return;
  }
  if (waits != nullptr && never && notified == nullptr && has_text(waits->event->text, "CEREG")) {
    findings.add(Cause::urc_not_subscribed, serial_modem ? 82 : 68, "waits-for-cereg")
        .at(waits->event, "the host waits for it")
        .without("AT+CEREG=<n> in the log", nullptr)
        .next("AT+CEREG?", "if <n> is 0, no +CEREG comes by itself");
  }
}

void modem_busy_order(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || item->type != at::CommandType::set) {
      continue;
    }
    const DeviceState& before = *item->before;
    bool active = before.is_lte_active();
    if (item->is("+CFUN") && item->number_at(0) == 40 && active) {
      findings.add(Cause::modem_busy_order, 88, "cfun-40-after-activation")
          .at(item->event, "goes only from mode 44 or with UICC alone")
          .with(before.functional_mode.source);
      return;
    }
    bool has_context = before.registration && before.registration.value->is_registered();
    if ((item->is("+CGDCONT") || item->is("+CGAUTH")) && (active || has_context)) {
      findings.add(Cause::modem_busy_order, 86, "context-in-use")
          .at(item->event, "the context is active")
          .with(item->final)
          .with(active ? before.functional_mode.source : before.registration.source)
          .why(
              "A PDN context can be set only while it is not active; context 0 is active from the attach on.")
          .fix("command", "exact", "Set it before the attach.", "AT+CFUN=4");
      return;
    }
  }
  ItemRef busy = session.first([](const Item& item) {
    return item.is_exchange() && item.result.kind == Result::Kind::cme &&
           (item.result.number == 516 || item.result.number == 521);
  });
  if (busy != nullptr) {
    findings.add(Cause::modem_busy_order, 90, "radio-busy").at(busy->final).with(busy->event);
  }
}

void host_driver(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange()) {
      continue;
    }
    bool dial = has_text(item->event->text.substr(0, 3), "ATD");
    if (dial && (item->result.failed() || item->result.kind == Result::Kind::none)) {
      findings.add(Cause::host_driver_mismatch, 88, "dials-with-atd")
          .at(item->event, "this modem does not dial")
          .with(item->final)
          .why(
              "PPP is started with AT#XPPP, in Serial Modem 2.0 with AT+CGDATA as well; ATD is a dial script "
              "of another modem.");
      return;
    }
    if ((item->is("+CMUX") && item->result.failed()) || (item->is("+CGDATA") && item->result.failed())) {
      findings.add(Cause::host_driver_mismatch, 74, "refuses-the-dial-script")
          .at(item->event, "a step of the host's dial script")
          .with(item->final)
          .why(
              "Which of AT+CMUX and AT#XCMUX, AT+CGDATA and AT#XPPP an application takes depends on its "
              "release and build.");
      return;
    }
    if (item->is("+IFC") && item->result.failed()) {
      findings.add(Cause::host_driver_mismatch, 60, "sets-flow-control").at(item->event).with(item->final);
      return;
    }
  }
}

constexpr std::array all_usage{Rule{"socket-not-open", socket_not_open},
                               Rule{"urc-not-subscribed", urc_not_subscribed},
                               Rule{"modem-busy-order", modem_busy_order}, Rule{"host-driver", host_driver}};

}  // namespace

std::span<const Rule> usage_rules() {
  return all_usage;
}

}  // namespace attache::doctor
