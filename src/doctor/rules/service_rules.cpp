#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doctor/follower/open_sockets.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

void broker(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (item->kind != Item::Kind::notice || !item->is("#XMQTTEVT")) {
      continue;
    }
    auto kind = item->number_at(0);
    auto result = item->number_at(1);
    constexpr std::int64_t refused = -111;
    ItemRef asked = session.last_before(
        *item, [](const Item& other) { return other.sets("#XMQTTCON") && other.number_at(0) == 1; });
    if (kind == 0 && result == refused && asked != nullptr && asked->result.kind == Result::Kind::ok &&
        !opens_tls(*asked)) {
      findings.add(Cause::broker_rejects, 88, "refused-after-connect")
          .at(item->event, "the broker refuses the session")
          .with(asked->event, "the connection itself was made: OK");
      return;
    }
    if (kind == 0 && result && *result > 0 && *result < 6) {
      findings.add(Cause::broker_rejects, 95, "connack-code")
          .at(item->event, fmt::format("CONNACK code {}", *result))
          .next(fmt::format("attache explain CONNACK:{}", *result), "what the broker says with it");
      return;
    }
    ItemRef connected = session.last_before(
        *item, [](const Item& other) { return other.sets("#XMQTTCON") && other.number_at(0) == 1; });
    ItemRef acknowledged = session.last_before(*item, [](const Item& other) {
      return other.kind == Item::Kind::notice && other.is("#XMQTTEVT") && other.number_at(0) == 0 &&
             other.number_at(1) == 0;
    });
    if (kind == 1 && connected != nullptr && acknowledged == nullptr) {
      findings.add(Cause::broker_rejects, 72, "closed-after-connect")
          .at(item->event, "ended before the broker accepted")
          .with(connected->event);
      return;
    }
    ItemRef disconnect = session.last_before(
        *item, [](const Item& other) { return other.sets("#XMQTTCON") && other.number_at(0) == 0; });
    bool used = session.last_before(*item, [](const Item& other) {
      return other.is("#XMQTTPUB") || other.is("#XMQTTSUB");
    }) != nullptr;
    if (kind == 1 && acknowledged != nullptr && disconnect == nullptr && result && *result != 0) {
      findings.add(Cause::broker_rejects, used ? 66 : 56, "broker-closes")
          .at(item->event, "the broker ends the session")
          .with(acknowledged->event);
      return;
    }
  }
}

// The server waits for bytes that the host never sent.
void request_incomplete(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!item->is("#XHTTPCREQ") || !item->is_exchange() || item->type != at::CommandType::set) {
      continue;
    }
    std::string_view header = item->text_at(2);
    bool has_header = header.find(':') != std::string_view::npos;
    bool ended = header.ends_with("\\r\\n") || header.ends_with("\r\n");
    ItemRef failed = session.first_after(*item, [](const Item& other) {
      return (other.kind == Item::Kind::notice && (other.is("#XHTTPCRSP") || other.is("#XHTTPCSTAT")) &&
              std::ranges::any_of(
                  other.arguments,
                  [](const Argument& field) { return field.number() && *field.number() < 0; })) ||
             (other.kind == Item::Kind::notice && other.is("#XHTTPCCON") && other.number_at(0) == 0);
    });
    if (has_header && !ended && (failed != nullptr || item->result.failed())) {
      findings.add(Cause::request_incomplete, 84, "header-without-end")
          .at(item->event, "the header text does not end in CR LF")
          .with(failed != nullptr ? failed->event : item->final);
      return;
    }
    auto length = item->number_at(4);
    ItemRef data = session.first_after(
        *item, [](const Item& other) { return other.kind == Item::Kind::text || other.is("#XDATAMODE"); });
    if (length && *length > 0 && failed != nullptr && data != nullptr && data->kind == Item::Kind::text &&
        static_cast<std::int64_t>(data->event->text.size()) < *length) {
      findings.add(Cause::request_incomplete, 76, "payload-too-short")
          .at(item->event, fmt::format("{} bytes announced", *length))
          .with(data->event, fmt::format("{} bytes sent", data->event->text.size()));
      return;
    }
  }
}

// Serial Modem's HTTP client: connected, and given up before any header came.
void request_unanswered(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!item->sets("#XHTTPCREQ") || item->result.kind != Result::Kind::ok) {
      continue;
    }
    const OpenSocket* socket = socket_of(*item->before, item->number_at(0));
    auto is_of_it = [&](const Item& other, std::string_view name) {
      return other.kind == Item::Kind::notice && other.is(name) && other.number_at(0) == item->number_at(0);
    };
    ItemRef end =
        session.first_after(*item, [&](const Item& other) { return is_of_it(other, "#XHTTPCSTAT"); });
    ItemRef head =
        session.first_after(*item, [&](const Item& other) { return is_of_it(other, "#XHTTPCHEAD"); });
    bool is_without_head = head == nullptr || (end != nullptr && head->number > end->number);
    ItemRef cancelled = session.first_after(*item, [&](const Item& other) {
      return other.number < (end == nullptr ? 0 : end->number) &&
             (other.sets("#XHTTPCCANCEL") || other.sets("#XCLOSE"));
    });
    if (end == nullptr || end->number_at(1) != -1 || !is_without_head || cancelled != nullptr) {
      continue;
    }
    constexpr double shortest_wait = 20;
    bool has_times = end->event->seconds && item->event->seconds;
    bool is_late = has_times && *end->event->seconds - *item->event->seconds > shortest_wait;
    if (!is_late && (socket == nullptr || !socket->was_connected)) {
      continue;
    }
    findings.add(Cause::server_timeout,
                 is_late     ? 82
                 : has_times ? 48
                             : 72,
                 "request-unanswered")
        .at(end->event, "given up before the server has answered")
        .with(item->event, "the request");
    findings.add(Cause::server_closed,
                 is_late     ? 40
                 : has_times ? 72
                             : 50,
                 "request-unanswered")
        .at(end->event, "no header has come")
        .with(item->event, "the request");
    return;
  }
}

void too_large(const Session& session, Findings& findings) {
  struct Limit {
    std::string_view name;
    std::size_t index;
    std::size_t most;
  };
  // Of Serial Modem's sends, digits; text may be as long as a line.
  constexpr std::size_t most_digits = 2800;
  constexpr std::int64_t as_digits = 1;
  static constexpr std::array limits{Limit{"#XSEND", 0, 1024}, Limit{"#XTCPSEND", 0, 1024},
                                     Limit{"#XUDPSEND", 0, 1024}, Limit{"#XMQTTPUB", 1, 1024},
                                     Limit{"#XSMS", 2, 160}};
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || !item->result.failed()) {
      continue;
    }
    bool is_of_serial_modem = item->is("#XSEND") && item->number_at(1) == as_digits;
    if (is_of_serial_modem && item->text_at(3).size() > most_digits) {
      findings.add(Cause::message_too_large, 86, "long-hexadecimal")
          .at(item->event, fmt::format("{} digits, {} are taken", item->text_at(3).size(), most_digits))
          .with(item->final);
      return;
    }
    const Limit* limit = std::ranges::find(limits, item->name, &Limit::name);
    if (limit != limits.end() && item->text_at(limit->index).size() > limit->most) {
      findings.add(Cause::message_too_large, 84, "long-text")
          .at(item->event, fmt::format("{} bytes", item->text_at(limit->index).size()))
          .with(item->final);
      return;
    }
    if (item->event->text.size() > 4096 && !item->is("%CMNG") && !item->is("#XCMNG")) {
      findings.add(Cause::message_too_large, 76, "long-line")
          .at(item->event, fmt::format("a line of {} bytes", item->event->text.size()))
          .with(item->final);
      return;
    }
  }
}

// nRF Cloud was asked for, and says good-bye without having said hello. The AT line shows no more than that.
void cloud(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (item->kind != Item::Kind::notice || !item->is("#XNRFCLOUD") || item->number_at(0) != 0) {
      continue;
    }
    ItemRef since = session.last_before(*item, [](const Item& other) {
      return other.is("#XNRFCLOUD") && (other.kind == Item::Kind::notice || other.number_at(0) == 1);
    });
    if (since == nullptr || !since->sets("#XNRFCLOUD") || since->result.kind != Result::Kind::ok) {
      continue;
    }
    findings.add(Cause::client_cert_missing, 58, "cloud-not-reached")
        .at(item->event, "nRF Cloud was not reached, or has not taken the device in")
        .with(since->event)
        .next("AT%CMNG=1,16842753",
              "the tag of the usual build: types 0, 1 and 2 (0 and 2 with CoAP) must be there; are they, the "
              "device must be claimed on nRF Cloud under the identity that AT#XNRFCLOUD? shows");
    findings.add(Cause::sec_tag_missing, 54, "cloud-not-reached").at(item->event).with(since->event);
    findings.add(Cause::dns_failure, 44, "cloud-not-reached").at(item->event).with(since->event);
    return;
  }
}

constexpr std::array all_service{
    Rule{"broker", broker}, Rule{"cloud", cloud}, Rule{"request-incomplete", request_incomplete},
    Rule{"request-unanswered", request_unanswered}, Rule{"message-too-large", too_large}};

}  // namespace

std::span<const Rule> service_rules() {
  return all_service;
}

}  // namespace attache::doctor
