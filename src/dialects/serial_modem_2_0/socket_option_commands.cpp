#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/socket_parameters.hpp"
#include "dialects/serial_modem_2_0/socket_session.hpp"
#include "dialects/socket_options.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using Entry = SocketSession::Entry;
using PeerVerify = net::TlsOptions::PeerVerify;

constexpr std::int64_t op_get = 0;
constexpr std::size_t name_at = 2;
constexpr std::size_t value_at = 3;

constexpr std::int64_t receive_timeout_name = 20;
constexpr std::int64_t send_timeout_name = 21;
constexpr std::array held_options{
    HeldOption{.name = 2, .readable = false},  // Reuse of addresses.
    HeldOption{.name = 30},                    // No answers to echo requests …
    HeldOption{.name = 31, .initial = 1},      // … of IPv4 …
    HeldOption{.name = 32, .initial = 1},      // … and IPv6: answers.
    HeldOption{.name = 34},                    // Stays open without a PDN.
    HeldOption{.name = 55, .most = 135},       // Sessions of a TCP server.
    HeldOption{.name = 62},                    // Renewal of IPv6 addresses.
    HeldOption{.name = release_assistance_option, .least = 1, .most = 5, .readable = false},
};

constexpr std::int64_t pdn_name = 40;

constexpr std::int64_t host_name_name = 2;
constexpr std::int64_t cipher_name = 4;
constexpr std::int64_t peer_verify_name = 5;
constexpr std::int64_t cid_status_name = 15;
constexpr std::int64_t save_name = 19;
constexpr std::int64_t load_name = 20;
constexpr std::array held_secure_options{
    HeldOption{.name = session_cache_option},
    HeldOption{.name = session_purge_option, .least = INT32_MIN, .most = INT32_MAX, .readable = false},
    HeldOption{.name = connection_id_option, .most = 2},
    HeldOption{.name = handshake_timeout_option, .most = 123, .initial = 123},
    HeldOption{.name = fragment_option, .most = 2},
};

base::Reason no_option(std::int64_t name, std::string_view way) {
  return base::make_reason(base::Cause::bad_parameter, "socket option not supported",
                           fmt::format("<name> {} is none that can be {}", name, way), "");
}

base::Reason no_value(std::int64_t name, std::int64_t value) {
  return base::make_reason(base::Cause::bad_parameter, "socket option not changed",
                           fmt::format("<value> {} is none that option {} takes", value, name), "");
}

std::int64_t whole_seconds(base::Duration time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

// Options of both kinds are kept under numbers of their own.
int key_of(std::int64_t name, bool secure) {
  constexpr int secure_ones = 1000;
  return static_cast<int>(name) + (secure ? secure_ones : 0);
}

template <std::size_t Size>
std::optional<std::int64_t> held_value(const Entry& entry, const std::array<HeldOption, Size>& options,
                                       std::int64_t name, bool secure) {
  const HeldOption* held = find_held(options, name);
  if (held == nullptr || !held->readable) {
    return std::nullopt;
  }
  auto set = entry.options.find(key_of(name, secure));
  return set != entry.options.end() ? set->second : held->initial;
}

// #XSOCKETOPT

std::optional<std::int64_t> option_of(const Entry& entry, std::int64_t name) {
  if (name == receive_timeout_name) {
    return whole_seconds(entry.socket->receive_timeout());
  }
  if (name == send_timeout_name) {
    return whole_seconds(entry.socket->send_timeout());
  }
  return held_value(entry, held_options, name, false);
}

// The modem calls a PDN connection by the number of its context (%XGETPDNID).
std::optional<base::Reason> bind_to_pdn(Application& application, const Entry& entry, std::int64_t value) {
  constexpr std::int64_t most_pdn = 10;
  if (value < 0 || value > most_pdn) {
    return no_value(pdn_name, value);
  }
  auto& table = application.session<SocketSession>().table();
  auto bound = table.bind_to_context(entry.handle, static_cast<std::uint8_t>(value));
  return bound ? std::nullopt : std::optional(bound.error().reason);
}

// The reason why not.
std::optional<base::Reason> change_option(Application& application, Entry& entry, std::int64_t name,
                                          std::int64_t value) {
  bool is_receive_timeout = name == receive_timeout_name;
  if (is_receive_timeout || name == send_timeout_name) {
    if (value < 0) {
      return no_value(name, value);
    }
    auto time = std::chrono::seconds(value);
    is_receive_timeout ? entry.socket->set_receive_timeout(time) : entry.socket->set_send_timeout(time);
    return std::nullopt;
  }
  if (name == pdn_name) {
    return bind_to_pdn(application, entry, value);
  }
  const HeldOption* held = find_held(held_options, name);
  if (held == nullptr) {
    return no_option(name, "changed");
  }
  if (!takes(*held, value)) {
    return no_value(name, value);
  }
  entry.options[key_of(name, false)] = value;
  return apply_option(*entry.socket, name, value);
}

void option(Application& application, Answer answer) {
  Entry* entry = find_socket(application, answer);
  if (entry == nullptr) {
    return;
  }
  auto name = answer.parameters().number(name_at);
  if (answer.parameters().number(1) == op_get) {
    auto value = option_of(*entry, name);
    if (!value) {
      answer.error(no_option(name, "read"));
      return;
    }
    answer.line(fmt::format("#XSOCKETOPT: {},{}", entry->handle, *value));
    answer.ok();
    return;
  }
  if (auto fault = change_option(application, *entry, name, answer.parameters().number(value_at))) {
    answer.error(std::move(*fault));
    return;
  }
  answer.ok();
}

// #XSSOCKETOPT

bool is_dtls_connection(const Entry& entry) {
  return entry.socket->type() == services::Socket::Type::datagram && entry.socket->peer();
}

std::optional<std::string> secure_option_of(const Entry& entry, std::int64_t name) {
  const net::TlsOptions& tls = *entry.socket->tls();
  if (name == host_name_name) {
    return tls.host_name;
  }
  if (name == peer_verify_name) {
    return fmt::format("{}", static_cast<int>(tls.peer_verify));
  }
  if (name == cipher_name) {
    auto suite = entry.socket->cipher_suite();
    return suite ? std::optional(fmt::format("{:#x}", *suite)) : std::nullopt;
  }
  if (name == cid_status_name) {
    constexpr std::string_view not_used = "0";  // No peer of OpenSSL's has one.
    return is_dtls_connection(entry) ? std::optional(std::string(not_used)) : std::nullopt;
  }
  auto held = held_value(entry, held_secure_options, name, true);
  return held ? std::optional(fmt::format("{}", *held)) : std::nullopt;
}

void set_host_name(Entry& entry, Answer answer) {
  const at::Parameter& given = answer.parameters()[value_at];
  bool is_text = given.kind == at::Parameter::Kind::string &&
                 static_cast<std::int64_t>(given.text.size()) <= longest_host;
  if (!is_text) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "socket option not changed",
                                   "<value> is no host name",
                                   "a text in quotes of up to 127 characters; NULL takes it away"));
    return;
  }
  entry.socket->tls()->host_name =
      base::equal_ignoring_case(given.text, "NULL") ? std::string() : std::string(given.text);
  answer.ok();
}

// A connection that is saved carries nothing until it is loaded again.
std::optional<base::Reason> save_or_load(Entry& entry, SocketSession::Settings& settings, bool saves) {
  if (!is_dtls_connection(entry) || settings.saved == saves) {
    return base::make_reason(base::Cause::nothing_open, "socket option not changed",
                             saves ? "there is no DTLS connection to save, or it is saved already"
                                   : "there is no saved DTLS connection",
                             "AT#XCONNECT makes one, option 19 saves it, 20 loads it");
  }
  settings.saved = saves;
  return std::nullopt;
}

std::optional<base::Reason> change_secure_option(Entry& entry, std::int64_t name, std::int64_t value) {
  if (name == peer_verify_name) {
    if (value < 0 || value > 2) {
      return no_value(name, value);
    }
    entry.socket->tls()->peer_verify = static_cast<PeerVerify>(value);
    return std::nullopt;
  }
  const HeldOption* held = find_held(held_secure_options, name);
  if (held == nullptr) {
    return no_option(name, "changed");
  }
  if (!takes(*held, value)) {
    return no_value(name, value);
  }
  entry.options[key_of(name, true)] = value;
  apply_secure_option(*entry.socket, name, value);
  return std::nullopt;
}

void warn_of_connection_id(Answer& answer) {
  if (auto objection = objection_to_connection_id(answer.parameters().number(value_at))) {
    answer.warn(std::move(*objection));
  }
}

void set_secure_option(Entry& entry, SocketSession::Settings& settings, std::int64_t name, Answer answer) {
  if (!answer.parameters().has(value_at)) {
    answer.error(
        base::make_reason(base::Cause::bad_parameter, "socket option not changed", "<value> is missing", ""));
    return;
  }
  if (name == host_name_name) {
    set_host_name(entry, std::move(answer));
    return;
  }
  std::array rules{handle_rule(), at::number("op", 0, 1), at::number("name", INT32_MIN, INT32_MAX),
                   at::number("value", INT32_MIN, INT32_MAX)};
  auto fault = answer.check(rules);
  if (!fault && (name == save_name || name == load_name)) {
    fault = save_or_load(entry, settings, name == save_name);
  } else if (!fault) {
    fault = change_secure_option(entry, name, answer.parameters().number(value_at));
  }
  if (fault) {
    answer.error(std::move(*fault));
    return;
  }
  if (name == connection_id_option) {
    warn_of_connection_id(answer);
  }
  answer.ok();
}

void secure_option(Application& application, Answer answer) {
  Entry* entry = find_socket(application, answer);
  if (entry == nullptr) {
    return;
  }
  if (!entry->socket->secured()) {
    answer.warn(base::make_reason(base::Cause::input_ignored, "nothing was done",
                                  "the socket has no TLS, and the firmware answers OK",
                                  "AT#XSSOCKET opens one with TLS"));
    answer.parameters().disregard_rest();
    answer.ok();
    return;
  }
  std::array rules{handle_rule(), at::number("op", 0, 1), at::number("name", INT32_MIN, INT32_MAX)};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  auto name = answer.parameters().number(name_at);
  if (answer.parameters().number(1) != op_get) {
    auto& settings = application.session<SocketSession>().settings(entry->handle);
    set_secure_option(*entry, settings, name, std::move(answer));
    return;
  }
  auto value = secure_option_of(*entry, name);
  if (!value) {
    answer.error(no_option(name, "read"));
    return;
  }
  answer.line(fmt::format("#XSSOCKETOPT: {},{}", entry->handle, *value));
  answer.ok();
}

}  // namespace

void add_socket_option_commands(Commands& commands) {
  commands.add("#XSOCKETOPT", {.set = option,
                               .parameters = {handle_rule(), at::number("op", 0, 1),
                                              at::number("name", INT32_MIN, INT32_MAX),
                                              at::optional(at::number("value", INT32_MIN, INT32_MAX))},
                               .test = "#XSOCKETOPT: <handle>,(0,1),<name>,<value>"});
  commands.add("#XSSOCKETOPT", {.set = secure_option,
                                .parameters = {handle_rule()},
                                .test = "#XSSOCKETOPT: <handle>,(0,1),<name>,<value>"});
}

}  // namespace attache::dialects::serial_modem_2_0
