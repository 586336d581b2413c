#include "net/tls_diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/failure.hpp"
#include "net/tls_facts.hpp"
#include "net/tls_verdict.hpp"

namespace attache::net {

namespace {

// --- the server's alert

bool is_about_client_certificate(int alert) {
  constexpr std::array<int, 9> numbers = {40, 42, 43, 44, 45, 46, 48, 49, 116};
  return std::find(numbers.begin(), numbers.end(), alert) != numbers.end();
}

TlsVerdict judge_client_certificate(const TlsCase& at) {
  if (at.tag.client.empty()) {
    return {
        base::Cause::client_cert_missing,
        fmt::format("the server asks for a client certificate and sec_tag {} holds none with its key (types "
                    "1 and 2)",
                    at.sec_tag()),
        fmt::format("Write the client certificate with {} and its private key with {}.", cmng_write(at, 1),
                    cmng_write(at, 2))};
  }
  const CertificateFacts& client = at.tag.client.front();
  std::string why =
      fmt::format("the server does not accept the client certificate of sec_tag {} ({}, issued by {}",
                  at.sec_tag(), client.name, client.issuer_name);
  bool expired = at.circumstances.time && client.not_after < *at.circumstances.time;
  why += expired ? fmt::format(", expired {})", day(client.not_after)) : ")";
  return {expired ? base::Cause::ca_expired : base::Cause::client_cert_missing, std::move(why),
          "Write a client certificate that the server's CA has issued and that is valid."};
}

TlsVerdict judge_no_common_suite(const TlsCase& at) {
  std::string advice =
      at.circumstances.suites.gcm
          ? "Allow one of the modem's cipher suites on the server."
          : "Allow an AES-CBC suite on the server, or use firmware 1.3.1 or later, which knows AES-GCM.";
  if (at.circumstances.datagram && !at.tag.has_psk) {
    advice += " If it goes by pre-shared keys alone, the tag needs one (types 3 and 4).";
  }
  return {base::Cause::tls_version_or_cipher,
          fmt::format("server and modem have no cipher suite in common; firmware {} offers {}",
                      at.circumstances.firmware, at.suites_offered()),
          std::move(advice)};
}

TlsVerdict judge_alert(const TlsCase& at, const TlsAlert& alert) {
  constexpr int bad_record_mac = 20;
  constexpr int handshake_failure = 40;
  constexpr int decrypt_error = 51;
  constexpr int protocol_version = 70;
  constexpr int insufficient_security = 71;
  constexpr int unrecognized_name = 112;
  constexpr int unknown_psk_identity = 115;

  if (alert.number == protocol_version && at.circumstances.datagram) {
    return {base::Cause::tls_version_or_cipher,
            "server does not speak DTLS 1.2; this modem firmware speaks nothing else",
            "Allow DTLS 1.2 on the server."};
  }
  if (alert.number == protocol_version) {
    return {base::Cause::tls_version_or_cipher,
            "server speaks only TLS 1.3; this modem firmware speaks TLS 1.2",
            "Allow TLS 1.2 on the server: no nRF91 firmware of this generation speaks TLS 1.3."};
  }
  if (at.seen.client_certificate_asked && is_about_client_certificate(alert.number)) {
    return judge_client_certificate(at);
  }
  if (alert.number == handshake_failure || alert.number == insufficient_security) {
    return judge_no_common_suite(at);
  }
  if (alert.number == unrecognized_name) {
    return {base::Cause::hostname_mismatch, fmt::format("the server knows no host named {}", at.host()),
            "Check the host name and the server's virtual hosts."};
  }
  bool is_psk = alert.number == unknown_psk_identity ||
                (at.tag.has_psk && (alert.number == decrypt_error || alert.number == bad_record_mac));
  if (is_psk) {
    return {base::Cause::psk_rejected,
            fmt::format("the server does not accept the pre-shared key or its identity under sec_tag {}",
                        at.sec_tag()),
            "Write the same key (type 3, hexadecimal) and identity (type 4) as the server has."};
  }
  return {base::Cause::handshake_failed,
          fmt::format("the server ended the handshake with alert {} ({})", alert.number, alert.name),
          "Look into the server's log: it knows why it sent the alert."};
}

// --- everything else

TlsVerdict judge_fault(const TlsCase& at) {
  std::string_view protocol = at.circumstances.datagram ? "DTLS" : "TLS";
  switch (at.seen.fault) {
    case TlsObservation::Fault::not_tls:
      return {base::Cause::not_tls, fmt::format("what answers there is not {}", protocol),
              at.circumstances.datagram ? "Check the port: 5684 rather than 5683 …"
                                        : "Check the port: 443 rather than 80, 8883 rather than 1883 …"};
    case TlsObservation::Fault::old_protocol:
      return {base::Cause::tls_version_or_cipher,
              fmt::format("server speaks {}; this modem firmware speaks {} 1.2",
                          at.seen.protocol.empty() ? "an older version" : at.seen.protocol, protocol),
              fmt::format("Allow {} 1.2 on the server.", protocol)};
    case TlsObservation::Fault::other:
    case TlsObservation::Fault::none:
      break;
  }
  return {base::Cause::handshake_failed,
          fmt::format("the handshake failed: {}",
                      at.seen.library_error.empty() ? "unknown cause" : at.seen.library_error),
          fmt::format("Examine the server with `openssl s_client {}`.",
                      at.circumstances.datagram ? "-dtls1_2" : "-tls1_2")};
}

std::string progress(const TlsObservation& seen) {
  if (!seen.server_answered) {
    return "before it answered the ClientHello";
  }
  if (seen.client_certificate_asked) {
    return "after it had asked for a client certificate";
  }
  return "after its ServerHello";
}

TlsVerdict judge(TlsEnding ending, const TlsCase& at) {
  switch (ending) {
    case TlsEnding::timed_out:
      if (at.circumstances.datagram && !at.seen.server_answered) {
        return {base::Cause::server_timeout, "no DTLS server answered in time",
                "Check address and port, that the server speaks DTLS 1.2, and firewalls on the way."};
      }
      if (at.circumstances.datagram && at.tag.has_psk) {
        return {base::Cause::psk_rejected,
                fmt::format("the server fell silent {}: DTLS passes over what it cannot decrypt, so the "
                            "pre-shared key under sec_tag {} may not be the server's",
                            progress(at.seen), at.sec_tag()),
                "Write the same key (type 3, hexadecimal) and identity (type 4) as the server has."};
      }
      return {base::Cause::server_timeout,
              fmt::format("{}the handshake did not end in time (it stalled {})",
                          at.circumstances.datagram ? "" : "the server took the connection, but ",
                          progress(at.seen)),
              "Check that a TLS server answers on this port and that nothing in between holds its packets."};
    case TlsEnding::closed:
    case TlsEnding::reset:
      return {
          base::Cause::server_closed,
          fmt::format("the server {} the connection {}", ending == TlsEnding::closed ? "closed" : "reset",
                      progress(at.seen)),
          "Check the port and the server's log; some servers close without an alert when they dislike the "
          "name or the client certificate."};
    case TlsEnding::failed:
      break;
  }
  if (!at.seen.verify_errors.empty() &&
      at.circumstances.options.peer_verify == TlsOptions::PeerVerify::required) {
    return judge_certificate(at);
  }
  if (at.seen.alert_received) {
    return judge_alert(at, *at.seen.alert_received);
  }
  return judge_fault(at);
}

std::string title(const TlsCircumstances& circumstances) {
  const std::string& host = circumstances.options.host_name;
  return fmt::format("{} handshake with {} failed", circumstances.datagram ? "DTLS" : "TLS",
                     host.empty() ? to_string(circumstances.server)
                                  : fmt::format("{} ({})", host, to_string(circumstances.server)));
}

Failure refuse(const TlsCircumstances& circumstances, TlsVerdict verdict) {
  Failure failure = make_failure(verdict.cause, tls_refusal(circumstances), title(circumstances),
                                 std::move(verdict.why), std::move(verdict.advice));
  failure.reason.where = fmt::format("sec_tag {}", circumstances.options.sec_tag);
  return failure;
}

// Of a tag that cannot authenticate any server.
TlsVerdict what_the_tag_lacks(const TlsCase& at) {
  if (at.tag.psk_lacks_identity) {
    return {base::Cause::sec_tag_missing,
            fmt::format(
                "sec_tag {} holds a pre-shared key (type 3) without its identity (type 4), and nothing else "
                "to recognise the server by",
                at.sec_tag()),
            fmt::format("Write the identity with AT%CMNG=0,{},4,\"<identity>\".", at.sec_tag())};
  }
  if (at.tag.psk_lacks_key) {
    return {base::Cause::sec_tag_missing,
            fmt::format(
                "sec_tag {} holds the identity of a pre-shared key (type 4) without the key (type 3), and "
                "nothing else to recognise the server by",
                at.sec_tag()),
            fmt::format("Write the key with AT%CMNG=0,{},3,\"<hexadecimal digits>\".", at.sec_tag())};
  }
  return {base::Cause::sec_tag_missing,
          fmt::format("sec_tag {} holds no CA (type 0), so the server's certificate cannot be verified",
                      at.sec_tag()),
          fmt::format("Write the CA of the server's certificate with {}.", cmng_write(at, 0))};
}

}  // namespace

Errno tls_refusal(const TlsCircumstances& circumstances) {
  return circumstances.failure_is_refused ? Errno::connection_refused : Errno::not_supported_operation;
}

Failure diagnose_tls(TlsEnding ending, const TlsObservation& seen, const TagContents& tag,
                     const TlsCircumstances& circumstances) {
  TlsCase at{seen, tag, circumstances};
  Failure failure = refuse(circumstances, judge(ending, at));
  if (ending == TlsEnding::timed_out) {
    failure.code = Errno::timed_out;
  } else if (ending == TlsEnding::closed) {
    failure.code = Errno::connection_reset;
  }
  add_tag_facts(failure.reason, tag, at.sec_tag());
  add_server_facts(failure.reason, seen);
  add_alert_facts(failure.reason, seen);
  add_protocol_facts(failure.reason, seen, circumstances, at.suites_offered());
  return failure;
}

std::optional<Failure> check_tag(const TagContents& tag, const TlsCircumstances& circumstances) {
  bool verifies = circumstances.options.peer_verify == TlsOptions::PeerVerify::required;
  if (!verifies || !tag.authorities.empty() || tag.has_psk) {
    return std::nullopt;
  }
  TlsObservation nothing_seen;
  TlsCase at{nothing_seen, tag, circumstances};
  Failure failure = refuse(circumstances, what_the_tag_lacks(at));
  add_tag_facts(failure.reason, tag, at.sec_tag());
  return failure;
}

Failure empty_tag(const TlsCircumstances& circumstances) {
  TlsObservation nothing_seen;
  TagContents nothing_held;
  TlsCase at{nothing_seen, nothing_held, circumstances};
  return refuse(circumstances,
                {base::Cause::sec_tag_missing,
                 fmt::format("sec_tag {} is empty: it holds no CA (type 0) nor anything else", at.sec_tag()),
                 fmt::format("Write the CA of the server's certificate with {} while the modem is off or in "
                             "flight mode; list what is stored with AT%CMNG=1.",
                             cmng_write(at, 0))});
}

}  // namespace attache::net
