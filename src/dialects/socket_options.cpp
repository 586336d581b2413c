#include "dialects/socket_options.hpp"

#include <chrono>

#include "modem/radio_link.hpp"

namespace attache::dialects {

namespace {

// 1 + 2 + 4 + … s: a time-out ends where a flight would be sent again.
constexpr std::array<std::int64_t, 7> handshake_timeouts{1, 3, 7, 15, 31, 63, 123};

modem::ReleaseAssistance assistance_of(std::int64_t value) {
  using modem::ReleaseAssistance;
  static constexpr std::array all{ReleaseAssistance::no_more, ReleaseAssistance::last,
                                  ReleaseAssistance::one_response, ReleaseAssistance::ongoing,
                                  ReleaseAssistance::wait_more};
  return all.at(static_cast<std::size_t>(value - 1));
}

}  // namespace

bool takes(const HeldOption& option, std::int64_t value) {
  if (option.name == handshake_timeout_option) {
    return std::find(handshake_timeouts.begin(), handshake_timeouts.end(), value) != handshake_timeouts.end();
  }
  return value >= option.least && value <= option.most;
}

std::optional<base::Reason> apply_option(services::Socket& socket, std::int64_t name, std::int64_t value) {
  if (name != release_assistance_option) {
    return std::nullopt;
  }
  auto told = socket.announce(assistance_of(value));
  return told ? std::nullopt : std::optional(told.error().reason);
}

void apply_secure_option(services::Socket& socket, std::int64_t name, std::int64_t value) {
  net::TlsOptions& tls = *socket.tls();
  switch (name) {
    case session_cache_option:
      tls.keeps_session = value != 0;
      break;
    case session_purge_option:
      socket.purge_tls_sessions();
      break;
    case handshake_timeout_option:
      tls.handshake_timeout = std::chrono::seconds(value);
      break;
    case fragment_option:
      tls.fragment_length = static_cast<net::TlsOptions::FragmentLength>(value);
      break;
    default:
      break;
  }
}

std::optional<base::Reason> objection_to_connection_id(std::int64_t value) {
  if (value == 0) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::input_ignored, "no DTLS connection identifier is used",
                           "OpenSSL 3.0, which makes the DTLS here, has none",
                           "expect a handshake of its own after each change of address");
}

}  // namespace attache::dialects
