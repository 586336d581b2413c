#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/bearer.hpp"
#include "net/tls_observation.hpp"
#include "net/tls_sessions.hpp"
#include "net/tls_suites.hpp"
#include "net/traffic.hpp"

namespace attache::net {

/// What was wanted of a handshake, beside what was seen of it.
struct TlsCircumstances {
  TlsOptions options;
  Endpoint server;
  std::string firmware;
  TlsSuites suites;
  bool failure_is_refused = true;          ///< NetworkOptions::tls_failure_is_refused.
  std::optional<base::WallTime> time;      ///< The modem's.
  bool datagram = false;                   ///< DTLS.
  KeyLog key_log{};                        ///< What is told the secrets of the session; empty = nobody.
  std::shared_ptr<KeptSession> session{};  ///< What a handshake is shortened by; null = a full one.
};

/// How a handshake ended that did not fail by itself.
enum class TlsEnding {
  failed,     ///< An alert, a bad certificate, a message that is not TLS …
  closed,     ///< The peer closed the connection.
  reset,      ///< The peer reset it.
  timed_out,  ///< The time for connecting was over.
};

/// The device's error number of a failed handshake (nrf91-modem/tls.md) and its reason: what the tag holds,
/// what the server sent, what did not fit, in words, and what to do.
[[nodiscard]] Failure diagnose_tls(TlsEnding ending, const TlsObservation& seen, const TagContents& tag,
                                   const TlsCircumstances& circumstances);

/// The same of a client that connected to us: ECONNABORTED. `circumstances.server` is the client.
[[nodiscard]] Failure diagnose_tls_client(TlsEnding ending, const TlsObservation& seen,
                                          const TagContents& tag, const TlsCircumstances& circumstances);

/// The failure of a sec_tag that has nothing to show to clients; nothing if it has.
[[nodiscard]] std::optional<Failure> check_server_tag(const TagContents& tag,
                                                      const TlsCircumstances& circumstances);

/// The failure of a sec_tag that cannot do what is asked, found before anything is sent; nothing if it can.
[[nodiscard]] std::optional<Failure> check_tag(const TagContents& tag, const TlsCircumstances& circumstances);

/// The failure of a sec_tag that holds nothing at all.
[[nodiscard]] Failure empty_tag(const TlsCircumstances& circumstances);

/// The device's number of "TLS does not work with this".
[[nodiscard]] Errno tls_refusal(const TlsCircumstances& circumstances);

}  // namespace attache::net
