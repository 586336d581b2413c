#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"
#include "vocabulary/numbers.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

// An error number in the log, with what it is about.
struct Told {
  int number = 0;
  ItemRef item;
  ItemRef command;      // The command that it belongs to; may be null.
  bool is_tls = false;  // That command, or the sentence itself, is about TLS.
  bool is_ipv6 = false;
  bool is_name = false;  // About a look-up.
};

bool mentions_names(std::string_view text) {
  return has_text(text, "getaddrinfo") || has_text(text, "resolve") || has_word(text, "DNS") ||
         has_text(text, "host name") || has_text(text, "hostname") || has_text(text, "lookup") ||
         has_text(text, "EAI_");
}

std::vector<Told> told_errors(const Session& session) {
  std::vector<Told> errors;
  ItemRef command;
  bool ipv6 = false;
  for (const ItemRef& item : session.items) {
    if (item->is_exchange()) {
      command = item;
      ipv6 = false;
      for (const EventRef& line : item->lines) {
        std::size_t dash = line->text.find('-');
        if (item->name.starts_with("#X") && dash != std::string::npos && line->text.find('"') > dash) {
          auto fields = cut_arguments(line->text, line->text.find(':') + 1);
          for (const Argument& field : fields) {
            auto number = field.number();
            if (number && *number < 0 && *number > -1000) {
              errors.push_back({static_cast<int>(-*number), item, item, opens_tls(*item), false,
                                item->is("#XGETADDRINFO")});
              break;
            }
          }
        }
      }
      continue;
    }
    if (item->kind == Item::Kind::boot || item->kind == Item::Kind::mark) {
      command = nullptr;
    }
    const std::string& text = item->event->text;
    bool is_words =
        (item->kind == Item::Kind::log || item->kind == Item::Kind::text) && !session.is_told(*item);
    if (is_words && has_text(text, "IPv6")) {
      ipv6 = true;
    }
    if (is_words && has_text(text, "IPv4")) {
      ipv6 = false;
    }
    std::optional<int> number = error_of_notice(*item);
    if (is_words && item->event->level != 'd') {
      number = error_number_in(text);
    }
    if (!number) {
      continue;
    }
    Told told{*number, item, command, false, ipv6, mentions_names(text)};
    told.is_tls = (command != nullptr && opens_tls(*command)) || has_word(text, "TLS") ||
                  has_word(text, "DTLS") || has_text(text, "mbedtls") || has_text(text, "https") ||
                  has_text(text, "handshake") || has_text(text, "mqtts");
    errors.push_back(std::move(told));
  }
  return errors;
}

bool is_connect(const Told& told) {
  if (told.command != nullptr && target_of(*told.command)) {
    return true;
  }
  const std::string& text = told.item->event->text;
  return has_text(text, "connect") || has_text(text, "socket") || has_text(text, "mqtt") ||
         has_text(text, "http") || has_text(text, "coap") || has_text(text, "send") || has_text(text, "recv");
}

void by_error_number(const Session& session, Findings& findings) {
  for (const Told& told : told_errors(session)) {
    const EventRef& event = told.item->event;
    const EventRef command =
        told.command != nullptr && told.command != told.item ? told.command->event : nullptr;
    std::string note =
        fmt::format("{} {}", told.number, name_of(vocabulary::Numbering::error_number, told.number));
    auto add = [&](Cause cause, int score) {
      return findings.add(cause, score, "error-number").at(event, note).with(command);
    };
    if (told.is_name && told.number != 114 && told.number != 115) {
      add(Cause::dns_failure, 86);
      continue;
    }
    switch (told.number) {
      case 114:
      case 118:
        if (told.is_ipv6) {
          findings.add(Cause::ipv6_unreachable, 86, "error-number")
              .at(event, note)
              .with(command)
              .level(Level::warning);
        } else if (session.end->registration && session.end->registration.value->is_registered()) {
          add(Cause::ipv6_unreachable, 72);
        } else {
          add(Cause::not_registered_yet, 76);
          add(Cause::ipv6_unreachable, 50);
        }
        break;
      case 115:
        add(session.end->registration && session.end->registration.value->is_registered()
                ? Cause::pdn_lost
                : Cause::not_registered_yet,
            74);
        break;
      case 111:
        if (told.item->is("#XMQTTEVT")) {
          break;  // The broker's refusal, not the port's.
        }
        if (!told.is_tls) {
          add(Cause::server_refused, is_connect(told) ? 86 : 64);
        }
        break;
      case 116:
        if (!told.is_tls || is_connect(told)) {
          add(Cause::server_timeout, 80);
        }
        break;
      case 110:
        if (is_connect(told) && has_text(event->text, "time")) {
          add(Cause::server_timeout, 70);
        }
        break;
      case 9:
      case 128:
        add(Cause::socket_not_open, 76);
        break;
      case 122:
        add(Cause::message_too_large, 88);
        break;
      case 12:
      case 24:
      case 105:
        add(Cause::buffer_limit, 86);
        break;
      case 104:
      case 113:
        add(Cause::server_closed, 70);
        break;
      case 112:
        add(Cause::address_in_use, 80);
        break;
      case 117:
        add(Cause::modem_not_running, told.command == nullptr ? 86 : 70);
        break;
      default:
        break;
    }
  }
}

void resolver_answer(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!item->is("#XGETADDRINFO") || !item->is_exchange() || !item->result.failed()) {
      continue;
    }
    bool registered = item->before->registration && item->before->registration.value->is_registered();
    bool unregistered = item->before->registration && !registered;
    if (!unregistered) {
      findings.add(Cause::dns_failure, registered ? 86 : 72, "lookup-refused")
          .at(item->event, "not resolved")
          .with(item->lines.empty() ? item->final : item->lines.front());
    }
    return;
  }
}

// A name that cannot be one.
void odd_host(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    auto target = target_of(*item);
    if (!target || target->host.empty() || item->result.kind == Result::Kind::ok) {
      continue;
    }
    bool scheme = target->host.find("://") != std::string::npos;
    bool path = !scheme && target->host.find('/') != std::string::npos;
    bool blank = target->host.find(' ') != std::string::npos;
    bool no_dot = target->host.find_first_of(".:") == std::string::npos && target->host != "localhost";
    if (scheme || path || blank || no_dot) {
      findings.add(Cause::dns_failure, scheme || path || blank ? 90 : 62, "no-host-name")
          .at(item->event, scheme ? "a host name is wanted, without scheme"
                           : path ? "a host name is wanted, without path"
                                  : "no name that a server can have")
          .with(item->final);
      return;
    }
  }
}

// An IPv6 attempt with an address of IPv4 alone.
void plain_refusal(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    auto target = target_of(*item);
    if (!target || target->is_tls || !item->result.failed() || item->is("#XPING") ||
        item->is("#XGETADDRINFO")) {
      continue;
    }
    bool registered = item->before->registration && item->before->registration.value->is_registered();
    if (!registered) {
      continue;
    }
    bool literal6 = is_address(target->host) && target->host.find(':') != std::string::npos;
    if (literal6 && item->before->has_ipv6 && !*item->before->has_ipv6) {
      findings.add(Cause::ipv6_unreachable, 92, "ipv6-literal")
          .at(item->event)
          .with(item->before->has_ipv6.source, "an IPv4 address alone");
      return;
    }
    std::optional<double> waited;
    if (item->final != nullptr && item->final->seconds && item->event->seconds) {
      waited = *item->final->seconds - *item->event->seconds;
    }
    if (waited && *waited > 20) {
      findings.add(Cause::server_timeout, 74, "long-wait")
          .at(item->event, fmt::format("given up after {:.0f} s", *waited))
          .with(item->final);
    } else if (waited && *waited < 5) {
      findings.add(Cause::server_refused, 62, "short-wait")
          .at(item->event, fmt::format("refused after {:.1f} s", *waited))
          .with(item->final);
      findings.add(Cause::dns_failure, 48, "short-wait").at(item->event).with(item->final);
    } else {
      findings.add(Cause::server_refused, 46, "connect-fails").at(item->event).with(item->final);
      findings.add(Cause::server_timeout, 45, "connect-fails").at(item->event).with(item->final);
      if (!is_address(target->host)) {
        findings.add(Cause::dns_failure, 44, "connect-fails")
            .at(item->event)
            .next(fmt::format("AT#XGETADDRINFO=\"{}\"", target->host),
                  "an address: the name is not the fault; ERROR: it is");
      }
    }
    return;
  }
}

void ping(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (item->kind == Item::Kind::notice && item->is("#XPING") && has_text(item->event->text, "fail")) {
      findings.add(Cause::dns_failure, 52, "ping-fails").at(item->event);
      return;
    }
  }
}

constexpr std::array all_reach{Rule{"error-number", by_error_number}, Rule{"lookup", resolver_answer},
                               Rule{"host-name", odd_host}, Rule{"connect-fails", plain_refusal},
                               Rule{"ping", ping}};

}  // namespace

std::span<const Rule> reach_rules() {
  return all_reach;
}

}  // namespace attache::doctor
