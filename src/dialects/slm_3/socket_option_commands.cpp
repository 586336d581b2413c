#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/socket_needs.hpp"
#include "dialects/slm_3/socket_session.hpp"
#include "dialects/socket_options.hpp"

namespace attache::dialects::slm_3 {

namespace {

using Entry = SocketSession::Entry;

constexpr std::int64_t receive_timeout_option = 20;
constexpr std::int64_t send_timeout_option = 21;
constexpr std::int64_t pdn_option = 40;
constexpr std::int64_t most_pdn = 10;
constexpr std::array held_options{
    HeldOption{.name = 2, .readable = false},  // Reuse of addresses.
    HeldOption{.name = 30},                    // No answers to echo requests …
    HeldOption{.name = 31, .initial = 1},      // … of IPv4 …
    HeldOption{.name = 32, .initial = 1},      // … and IPv6: answers.
    HeldOption{.name = 55, .most = 135},       // Idle TCP sessions of a server, minutes.
    HeldOption{.name = 62},                    // The IPv6 address is refreshed later.
    HeldOption{.name = release_assistance_option, .least = 1, .most = 5, .readable = false},
};

constexpr std::int64_t host_name_option = 2;
constexpr std::int64_t cipher_option = 4;
constexpr std::int64_t peer_verify_option = 5;
constexpr std::array held_secure_options{
    HeldOption{.name = session_cache_option},
    HeldOption{.name = session_purge_option, .least = INT32_MIN, .most = INT32_MAX, .readable = false},
    HeldOption{.name = connection_id_option, .most = 2, .readable = false},
    HeldOption{.name = handshake_timeout_option, .most = 123, .initial = 123},
};
constexpr std::int64_t cid_status_option = 15;  // What became of the connection identifier: it is not used.

std::int64_t seconds_of(base::Duration time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

base::Reason not_supported(std::int64_t name, std::string_view way) {
  return base::make_reason(base::Cause::bad_parameter, "socket option not supported",
                           fmt::format("<name> {} is none that can be {}", name, way), "");
}

base::Reason bad_value(std::int64_t name, std::int64_t value) {
  return base::make_reason(base::Cause::bad_parameter, "socket option not changed",
                           fmt::format("<value> {} is none that option {} takes", value, name), "");
}

Entry& active(Application& application) {
  return *application.session<SocketSession>().active();
}

// #XSOCKETOPT

void get_option(Application& application, Answer answer) {
  auto name = answer.parameters().number(1);
  Entry& entry = active(application);
  const HeldOption* held = find_held(held_options, name);
  std::optional<std::int64_t> value;
  if (name == receive_timeout_option) {
    value = seconds_of(entry.socket->receive_timeout());
  } else if (name == send_timeout_option) {
    value = seconds_of(entry.socket->send_timeout());
  } else if (held != nullptr && held->readable) {
    auto set = entry.options.find(static_cast<int>(name));
    value = set != entry.options.end() ? set->second : held->initial;
  }
  if (!value) {
    answer.error(not_supported(name, "read"));
    return;
  }
  answer.line(fmt::format("#XSOCKETOPT: {}", *value));
  answer.ok();
}

// The modem calls a PDN connection by the number of its context (%XGETPDNID).
std::optional<base::Reason> bind_to_pdn(Application& application, std::int64_t value) {
  if (value < 0 || value > most_pdn) {
    return bad_value(pdn_option, value);
  }
  auto bound = application.session<SocketSession>().bind_to_context(static_cast<std::uint8_t>(value));
  return bound ? std::nullopt : std::optional(bound.error().reason);
}

// The reason why not.
std::optional<base::Reason> change(Application& application, std::int64_t name, std::int64_t value) {
  Entry& entry = active(application);
  bool is_receive_timeout = name == receive_timeout_option;
  if (is_receive_timeout || name == send_timeout_option) {
    if (value < 0) {
      return bad_value(name, value);
    }
    auto time = std::chrono::seconds(value);
    is_receive_timeout ? entry.socket->set_receive_timeout(time) : entry.socket->set_send_timeout(time);
    return std::nullopt;
  }
  if (name == pdn_option) {
    return bind_to_pdn(application, value);
  }
  const HeldOption* held = find_held(held_options, name);
  if (held == nullptr) {
    return not_supported(name, "changed");
  }
  if (!takes(*held, value)) {
    return bad_value(name, value);
  }
  entry.options[static_cast<int>(name)] = value;
  return apply_option(*entry.socket, name, value);
}

void set_option(Application& application, Answer answer) {
  if (auto fault = check_from(answer, 2, {at::number("value", INT32_MIN, INT32_MAX)})) {
    answer.error(std::move(*fault));
    return;
  }
  auto name = answer.parameters().number(1);
  if (auto fault = change(application, name, answer.parameters().number(2))) {
    answer.error(std::move(*fault));
    return;
  }
  answer.ok();
}

// #XSSOCKETOPT

std::optional<base::Reason> objection_to_plain(Application& application, const Answer&) {
  if (active(application).socket->secured()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "the socket is not secure",
                           "#XSOCKET has opened it, and these are options of TLS",
                           "AT#XSSOCKET opens a secure one");
}

constexpr Need secure_socket{"a secure socket", objection_to_plain};

// What has no place of its own lies behind the numbers of the plain options.
int place_of(std::int64_t secure_option) {
  constexpr int first = 1000;
  return first + static_cast<int>(secure_option);
}

void get_secure_option(Application& application, Answer answer) {
  auto name = answer.parameters().number(1);
  Entry& entry = active(application);
  const net::TlsOptions& tls = *entry.socket->tls();
  const HeldOption* held = find_held(held_secure_options, name);
  auto set = entry.options.find(place_of(name));
  bool is_set = set != entry.options.end();
  if (name == host_name_option) {
    answer.line(fmt::format("#XSSOCKETOPT: {}", tls.host_name));
  } else if (name == peer_verify_option) {
    answer.line(fmt::format("#XSSOCKETOPT: {}", static_cast<int>(tls.peer_verify)));
  } else if (name == cid_status_option && entry.socket->type() == SocketSession::Type::datagram) {
    answer.line("#XSSOCKETOPT: 0");
  } else if (auto suite = entry.socket->cipher_suite(); suite && name == cipher_option) {
    answer.line(fmt::format("#XSSOCKETOPT: {:#x}", *suite));
  } else if (held != nullptr && held->readable) {
    answer.line(fmt::format("#XSSOCKETOPT: {}", is_set ? set->second : held->initial));
  } else {
    base::Reason reason = not_supported(name, "read");
    if (name == cipher_option) {
      reason.advice = "connect the socket first";
    }
    answer.error(std::move(reason));
    return;
  }
  answer.ok();
}

void set_host_name(Application& application, Answer answer) {
  std::vector<at::ParameterRule> rules(2, {"", at::ParameterRule::Kind::any});
  rules.push_back(at::string("value", longest_url));
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  std::string_view name = answer.parameters().text(2);
  bool clears = base::equal_ignoring_case(name, "NULL");
  active(application).socket->tls()->host_name = clears ? std::string() : std::string(name);
  answer.ok();
}

void set_secure_option(Application& application, Answer answer) {
  auto name = answer.parameters().number(1);
  if (name == host_name_option) {
    set_host_name(application, std::move(answer));
    return;
  }
  std::vector<at::ParameterRule> rules(2, {"", at::ParameterRule::Kind::any});
  rules.push_back(at::number("value", INT32_MIN, INT32_MAX));
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  auto value = answer.parameters().number(2);
  Entry& entry = active(application);
  const HeldOption* held = find_held(held_secure_options, name);
  bool is_known = name == peer_verify_option || held != nullptr;
  if (!is_known) {
    answer.error(not_supported(name, "changed"));
    return;
  }
  bool fits = name == peer_verify_option ? value >= 0 && value <= 2 : takes(*held, value);
  if (!fits) {
    answer.error(bad_value(name, value));
    return;
  }
  if (name == peer_verify_option) {
    entry.socket->tls()->peer_verify = peer_verify(value);
  } else {
    entry.options[place_of(name)] = value;
    apply_secure_option(*entry.socket, name, value);
  }
  auto objection = name == connection_id_option ? objection_to_connection_id(value) : std::nullopt;
  if (objection) {
    answer.warn(std::move(*objection));
  }
  answer.ok();
}

}  // namespace

void add_socket_option_commands(Commands& commands) {
  auto name = at::number("name", 0, UINT16_MAX);
  Command plain;
  plain.parameters = {name};
  plain.operations = {{0, get_option}, {1, set_option}};
  plain.passes_over_unknown_operations = true;
  plain.test = "#XSOCKETOPT: (0,1),<name>,<value>";
  plain.set_needs = {open_socket};
  commands.add("#XSOCKETOPT", plain);

  Command secure;
  secure.parameters = {name};
  secure.operations = {{0, get_secure_option}, {1, set_secure_option}};
  secure.test = "#XSSOCKETOPT: (0,1),<name>,<value>";
  secure.set_needs = {open_socket, secure_socket};
  commands.add("#XSSOCKETOPT", secure);
}

}  // namespace attache::dialects::slm_3
