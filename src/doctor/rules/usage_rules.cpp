#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doctor/follower/open_sockets.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

bool is_serial_modem(const Session& session) {
  return session.dialect.starts_with("serial-modem");
}

// Serial Modem names the socket first in each command that works on one.
bool works_on_socket(const Item& item) {
  static constexpr std::array<std::string_view, 12> names{
      "#XSEND",   "#XRECV",   "#XSENDTO", "#XRECVFROM",  "#XCONNECT",    "#XBIND",
      "#XLISTEN", "#XACCEPT", "#XCLOSE",  "#XSOCKETOPT", "#XSSOCKETOPT", "#XHTTPCREQ"};
  return item.number_at(0) && (std::ranges::find(names, item.name) != names.end() || item.is("#XCOAPCREQ"));
}

// Who has no connection is told at once; the time limit of a request is half a minute.
bool is_given_up_late(const Item& request, const Item& end) {
  constexpr double shortest_wait = 20;
  return end.event->seconds && request.event->seconds &&
         *end.event->seconds - *request.event->seconds > shortest_wait;
}

// The device was seen from its start, or nearly: what was opened would be in the log.
bool is_seen_from_the_start(const Session& session, const Item& item) {
  return session.last_before(item, [](const Item& other) {
    return other.kind == Item::Kind::boot || other.is("#XSLMVER") || other.is("#XSMVER") || other.is("+CFUN");
  }) != nullptr;
}

// A handle that is not open, or a socket that nobody has connected.
void socket_by_handle(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || item->type != at::CommandType::set || !works_on_socket(*item)) {
      continue;
    }
    const OpenSocket* socket = socket_of(*item->before, item->number_at(0));
    ItemRef given_up = session.first_after(*item, [&](const Item& other) {
      return other.kind == Item::Kind::notice && other.is("#XHTTPCSTAT") &&
             other.number_at(0) == item->number_at(0) && other.number_at(1) == -1;
    });
    bool is_request = item->is("#XHTTPCREQ") && item->result.kind == Result::Kind::ok &&
                      given_up != nullptr && !is_given_up_late(*item, *given_up);
    bool needs_connection = item->is("#XSEND") || item->is("#XRECV") || item->is("#XHTTPCREQ");
    if (socket == nullptr && is_failed(*item)) {
      const Fact<bool>& open = item->before->socket_open;
      bool is_closed = open && !*open;
      auto draft = findings.add(Cause::socket_not_open,
                                is_closed                                ? 90
                                : is_seen_from_the_start(session, *item) ? 74
                                                                         : 58,
                                "handle-not-open");
      draft.at(item->event, fmt::format("needs the socket {} open", *item->number_at(0))).with(item->final);
      if (is_closed) {
        draft.with(open.source, "it was closed here");
      } else {
        draft.without("AT#XSOCKET that has given this handle before it", item->event);
      }
      return;
    }
    // A send that was tried tells how much of it was taken, nothing, before it is refused.
    bool was_tried = !item->is("#XSEND") || !item->lines.empty();
    bool is_unconnected = socket != nullptr && !socket->was_connected && was_tried;
    if (is_unconnected && needs_connection && (is_failed(*item) || is_request)) {
      ItemRef tried = session.last_before(
          *item, [&](const Item& other) { return other.sets("#XCONNECT") && other.result.failed(); });
      if (tried != nullptr) {
        return;  // Why it did not connect is the question.
      }
      findings.add(Cause::socket_not_open, 82, "socket-not-connected")
          .at(item->event, "over a socket that is open and not connected")
          .with(is_request ? given_up->event : item->final)
          .with(socket->source, "it was opened here")
          .without("AT#XCONNECT that succeeded before it", item->event);
      return;
    }
  }
}

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
  bool by_handle = is_serial_modem(session);
  if (by_handle) {
    socket_by_handle(session, findings);
  }
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || item->type != at::CommandType::set) {
      continue;
    }
    const Use* use = std::ranges::find(uses, item->name, &Use::name);
    if (use == uses.end() || (by_handle && use->state != &DeviceState::mqtt_connected)) {
      continue;
    }
    const Fact<bool>& open = (*item->before).*(use->state);
    bool closed = open && !*open;
    if (open && !closed) {
      continue;
    }
    auto draft = findings.add(Cause::socket_not_open,
                              closed                                   ? 90
                              : is_seen_from_the_start(session, *item) ? 74
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

/// A notification that comes only when it was asked for.
struct Subscription {
  std::string_view notice;
  std::string_view command;
};

// What a sentence of the host waits for.
std::optional<Subscription> awaited_by(const Item& item) {
  const std::string& text = item.event->text;
  bool is_words = item.kind == Item::Kind::log || item.kind == Item::Kind::text;
  bool waits = has_text(text, "waiting for") || has_text(text, "wait for") || has_text(text, "timeout") ||
               has_text(text, "timed out");
  if (!is_words || !waits) {
    return std::nullopt;
  }
  if (has_text(text, "CGEV")) {
    return Subscription{"+CGEV", "+CGEREP"};
  }
  if (has_text(text, "XTIME")) {
    return Subscription{"%XTIME", "%XTIME"};
  }
  bool registration = has_text(text, "CEREG") || has_text(text, "registration") || has_text(text, "network");
  return registration ? std::optional(Subscription{"+CEREG", "+CEREG"}) : std::nullopt;
}

// The command that has asked for a notification, and that which made the device forget it since.
struct Subscribed {
  ItemRef asked;
  ItemRef forgotten;
};

Subscribed subscription_before(const Session& session, const Item& wait, std::string_view command) {
  Subscribed state;
  for (const ItemRef& item : session.items) {
    if (item->number > wait.number) {
      break;
    }
    if (item->sets(command) && item->result.kind == Result::Kind::ok && item->number_at(0).value_or(0) > 0) {
      state = {item, nullptr};
    } else if (state.asked != nullptr && item->sets("+CFUN") && item->number_at(0) == 0 &&
               item->result.kind == Result::Kind::ok) {
      state.forgotten = item;
    }
  }
  return state;
}

void urc_not_subscribed(const Session& session, Findings& findings) {
  bool serial_modem = is_serial_modem(session);
  ItemRef waits =
      session.first([&](const Item& item) { return !session.is_told(item) && awaited_by(item).has_value(); });
  std::optional<Subscription> awaited = waits == nullptr ? std::nullopt : awaited_by(*waits);
  ItemRef read = session.last([](const Item& item) {
    return item.is("+CEREG") && item.is_exchange() && item.type == at::CommandType::read &&
           !item.lines.empty();
  });
  bool unsubscribed = session.end->registration_level && *session.end->registration_level == 0;
  bool never = session.first([](const Item& item) { return item.sets("+CEREG"); }) == nullptr;
  ItemRef notified =
      session.first([](const Item& item) { return item.kind == Item::Kind::notice && item.is("+CEREG"); });
  bool registered = session.end->registration && session.end->registration.value->is_registered();
  bool is_cereg = !awaited || awaited->notice == "+CEREG";
  if (read != nullptr && unsubscribed && never && notified == nullptr && registered && is_cereg) {
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
  if (!awaited) {
    return;
  }
  Subscribed state = subscription_before(session, *waits, awaited->command);
  std::size_t from = state.forgotten != nullptr ? state.forgotten->number : 0;
  ItemRef came = session.first([&](const Item& item) {
    const auto& mode = item.before->functional_mode;
    bool is_off = mode && (*mode == 0 || *mode == 4);
    return item.kind == Item::Kind::notice && item.is(awaited->notice) && item.number >= from && !is_off;
  });
  bool is_named = has_text(waits->event->text, awaited->notice.substr(1));
  if (came != nullptr || !is_named || (state.asked != nullptr && state.forgotten == nullptr)) {
    return;
  }
  if (state.forgotten != nullptr) {
    findings.add(Cause::urc_not_subscribed, serial_modem ? 88 : 80, "subscription-forgotten")
        .at(waits->event, "the host waits for it")
        .with(state.forgotten->event, "this ends all subscriptions")
        .with(state.asked->event, "asked for before that")
        .without(fmt::format("AT{}=<n> behind it", awaited->command), state.forgotten->event)
        .next(fmt::format("AT{}?", awaited->command), "if <n> is 0, it does not come by itself");
    return;
  }
  ItemRef on = session.last([](const Item& item) {
    return item.sets("+CFUN") && item.number_at(0) == 1 && item.result.kind == Result::Kind::ok;
  });
  findings.add(Cause::urc_not_subscribed, serial_modem ? 82 : 68, "waits-for-what-nobody-asked-for")
      .at(waits->event, "the host waits for it")
      .with(on != nullptr ? on->event : nullptr, "switched on here")
      .without(fmt::format("AT{}=<n> in the log", awaited->command), nullptr)
      .next(fmt::format("AT{}?", awaited->command), "if <n> is 0, it does not come by itself");
}

// A receive command without a time limit: nothing is answered until data come.
void blocking_receive(const Session& session, Findings& findings) {
  constexpr std::int64_t without_waiting = 64;
  if (!is_serial_modem(session)) {
    return;
  }
  for (const ItemRef& item : session.items) {
    bool receives = item->sets("#XRECV") || item->sets("#XRECVFROM");
    bool for_ever =
        receives && item->number_at(3) == 0 && (item->number_at(2).value_or(0) & without_waiting) == 0;
    if (!for_ever || item->result.kind != Result::Kind::none || item->event->quoted_in_log) {
      continue;
    }
    ItemRef next = session.first_after(*item, [](const Item& other) { return other.is_exchange(); });
    if (next == nullptr || next->result.kind != Result::Kind::none) {
      continue;
    }
    findings.add(Cause::modem_busy_order, 88, "receives-without-time-limit")
        .at(item->event, "its time limit of 0 is none: it waits until data come")
        .with(next->event, "no answer while it waits")
        .why(
            "A blocking command holds all channels: what is sent behind it stays in the line until the "
            "server sends something or closes.")
        .fix("command", "exact",
             "Give it a time limit, or flag 64, or let AT#XAPOLL say when data are there.",
             fmt::format("AT{}={},{},{},10", item->name, item->text_at(0), item->text_at(1),
                         item->text_at(2)));
    return;
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
                               Rule{"blocking-receive", blocking_receive},
                               Rule{"modem-busy-order", modem_busy_order}, Rule{"host-driver", host_driver}};

}  // namespace

std::span<const Rule> usage_rules() {
  return all_usage;
}

}  // namespace attache::doctor
