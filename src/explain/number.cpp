#include "explain/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/text.hpp"
#include "explain/meanings.hpp"

namespace attache::explain {

using vocabulary::Numbering;

namespace {

struct Kind {
  Numbering numbering = Numbering::error_number;
  std::string_view prefix;
  std::string_view title;
  std::span<const NumberMeaning> (*meanings)() = nullptr;
  std::string_view line{};  ///< What stands before the colon and the number in a line of the device.
};

// In the order in which a number alone is read.
constexpr std::array kinds{
    Kind{Numbering::error_number, "errno", "error number of the modem library", error_number_meanings},
    Kind{Numbering::former_error_number, "errno-2020",
         "error number in documents and reports of 2020 and early 2021", error_number_meanings},
    Kind{Numbering::resolver, "EAI", "result of the resolver", resolver_meanings, "#XGETADDRINFO"},
    Kind{Numbering::equipment, "CME", "error of the modem", equipment_meanings, "+CME ERROR"},
    Kind{Numbering::message, "CMS", "error of the service for short messages", message_meanings,
         "+CMS ERROR"},
    Kind{Numbering::mobility, "EMM", "cause of a rejected registration", mobility_meanings, "+CNEC_EMM"},
    Kind{Numbering::session, "ESM", "cause of a rejected or ended data connection", session_meanings,
         "+CNEC_ESM"},
    Kind{Numbering::registration, "CEREG", "state of the registration", registration_meanings, "+CEREG"},
    Kind{Numbering::card, "XSIM", "cause of a card that is not ready", card_meanings},
    Kind{Numbering::connack, "CONNACK", "answer of an MQTT broker", connack_meanings},
    Kind{Numbering::tls_alert, "alert", "alert of TLS", tls_alert_meanings},
    Kind{Numbering::http_connection, "XHTTPCCON", "state of the HTTP connection", http_connection_meanings,
         "#XHTTPCCON"},
    Kind{Numbering::ftp_reply, "FTP", "reply of an FTP server", ftp_reply_meanings},
    Kind{Numbering::tftp_error, "TFTP", "error of a TFTP server", tftp_error_meanings},
};

const Kind& kind_of(Numbering numbering) {
  return *std::ranges::find(kinds, numbering, &Kind::numbering);
}

bool is_known(const Number& number) {
  return !vocabulary::name_of(number.numbering, number.number).empty();
}

// Errors and results of the resolver are shown with a minus in most places.
std::optional<int> read_digits(std::string_view text) {
  text = base::trim(text);
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  }
  return base::parse_number<int>(text);
}

std::vector<Number> known_of(std::string_view prefix, int number) {
  std::vector<Number> found;
  if (prefix.empty()) {
    return found;
  }
  for (const Kind& kind : kinds) {
    if (base::equal_ignoring_case(prefix, kind.prefix) || base::equal_ignoring_case(prefix, kind.line)) {
      found.push_back({kind.numbering, number});
    }
  }
  // What was called so in 2020 is asked for by the same word.
  if (!found.empty() && found.front().numbering == Numbering::error_number) {
    found.push_back({Numbering::former_error_number, number});
  }
  std::erase_if(found, [](const Number& one) { return !is_known(one); });
  return found;
}

// "#XTCPCLI: -111", "#XFOTA: 5,1,-9", "#XMQTTEVT: 1,-104": what the application shows with a minus is an
// error number of the modem library, wherever it stands.
std::vector<Number> read_error_of_application(std::span<const std::string_view> fields) {
  for (std::string_view field : fields) {
    auto number = base::trim(field).starts_with('-') ? read_digits(field) : std::nullopt;
    if (number) {
      return known_of(kind_of(Numbering::error_number).prefix, *number);
    }
  }
  return {};
}

// "%XSIM: 0,9", and "+CEREG: 2,"…","…",7,0,11" with a cause: the last number is the one that matters.
std::vector<Number> read_line(std::string_view name, std::string_view fields) {
  std::vector<std::string_view> parts = base::split(fields, ',');
  constexpr std::size_t cause_type = 4;
  if (base::equal_ignoring_case(name, "+CEREG") && parts.size() > cause_type + 1 &&
      parts[cause_type] == "0") {
    auto cause = read_digits(parts[cause_type + 1]);
    return cause ? known_of("EMM", *cause) : std::vector<Number>();
  }
  if (base::equal_ignoring_case(name, "%XSIM") && parts.size() > 1) {
    auto cause = read_digits(parts[1]);
    return cause ? known_of("XSIM", *cause) : std::vector<Number>();
  }
  if (base::equal_ignoring_case(name, "#XMQTTEVT") && parts.size() > 1 && base::trim(parts[0]) == "0") {
    auto code = base::parse_number<int>(base::trim(parts[1]));
    return code && *code >= 0 ? known_of("CONNACK", *code) : read_error_of_application(parts);
  }
  auto number = read_digits(parts.front());
  std::vector<Number> found = number ? known_of(name, *number) : std::vector<Number>();
  return found.empty() && name.starts_with('#') ? read_error_of_application(parts) : found;
}

std::vector<Number> read_alone(int number, bool has_sign) {
  std::vector<Number> found;
  for (const Kind& kind : kinds) {
    bool may_have_sign = kind.meanings == error_number_meanings || kind.numbering == Numbering::resolver;
    Number one{kind.numbering, number};
    if ((may_have_sign || !has_sign) && is_known(one)) {
      found.push_back(one);
    }
  }
  return found;
}

std::vector<Number> read_name(std::string_view text) {
  for (const Kind& kind : kinds) {
    for (const vocabulary::NamedNumber& one : vocabulary::names_of(kind.numbering)) {
      if (base::equal_ignoring_case(one.name, text)) {
        return {{kind.numbering, one.number}};
      }
    }
  }
  return {};
}

}  // namespace

std::string code_of(const Number& number) {
  return fmt::format("{}:{}", kind_of(number.numbering).prefix, number.number);
}

std::string_view title_of(Numbering numbering) {
  return kind_of(numbering).title;
}

// The numbers of older resolvers follow those of today.
Number as_of_today(const Number& number) {
  bool is_former = number.numbering == Numbering::former_error_number;
  if (!is_former && number.numbering != Numbering::resolver) {
    return number;
  }
  Numbering numbering = is_former ? Numbering::error_number : number.numbering;
  std::string_view name = vocabulary::name_of(number.numbering, number.number);
  auto today = vocabulary::names_of(numbering);
  auto found = std::ranges::find(today, name, &vocabulary::NamedNumber::name);
  return found != today.end() ? Number{numbering, found->number} : number;
}

const NumberMeaning& meaning_of(const Number& number) {
  Number today = as_of_today(number);
  std::span<const NumberMeaning> meanings = kind_of(today.numbering).meanings();
  auto found = std::ranges::find(meanings, today.number, &NumberMeaning::number);
  return found != meanings.end() ? *found : meanings.front();
}

std::vector<Number> read_number(std::string_view text) {
  text = base::trim(text);
  if (auto number = read_digits(text)) {
    return read_alone(*number, text.starts_with('-'));
  }
  std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? read_name(text)
                                         : read_line(text.substr(0, colon), text.substr(colon + 1));
}

std::vector<std::string_view> number_prefixes() {
  std::vector<std::string_view> prefixes;
  for (const Kind& kind : kinds) {
    prefixes.push_back(kind.prefix);
  }
  return prefixes;
}

}  // namespace attache::explain
