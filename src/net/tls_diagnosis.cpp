#include "net/tls_diagnosis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "net/failure.hpp"
#include "net/tls_facts.hpp"

namespace attache::net {

namespace {

/// The findings that belong together in one sentence each, and what follows from them.
struct Verdict {
  base::Cause cause = base::Cause::none;
  std::string why;
  std::string advice;
};

/// One failed handshake under examination.
struct Case {
  const TlsObservation& seen;
  const TagContents& tag;
  const TlsCircumstances& circumstances;

  [[nodiscard]] std::uint32_t sec_tag() const { return circumstances.options.sec_tag; }
  [[nodiscard]] const std::string& host() const { return circumstances.options.host_name; }

  [[nodiscard]] std::string suites_offered() const {
    if (tag.has_psk && tag.authorities.empty() && tag.client.empty()) {
      return "PSK suites";
    }
    return fmt::format("ECDHE with AES-CBC{}{}", circumstances.suites.gcm ? " and AES-GCM" : "",
                       tag.has_psk ? ", PSK suites" : "");
  }

  [[nodiscard]] const VerifyError* objection(VerifyError::Kind kind) const {
    auto found = std::find_if(seen.verify_errors.begin(), seen.verify_errors.end(),
                              [kind](const VerifyError& error) { return error.kind == kind; });
    return found == seen.verify_errors.end() ? nullptr : &*found;
  }

  [[nodiscard]] const CertificateFacts* authority_named(const std::string& subject) const {
    auto found = std::find_if(tag.authorities.begin(), tag.authorities.end(),
                              [&](const CertificateFacts& ca) { return ca.subject == subject; });
    return found == tag.authorities.end() ? nullptr : &*found;
  }
};

std::string cmng_write(const Case& at, int type) {
  return fmt::format("AT%CMNG=0,{},{},\"<PEM>\"", at.sec_tag(), type);
}

// --- the server's certificate

// The CA whose date broke the chain: an expired certificate of the tag in it, or, with a chain that ends
// elsewhere, any expired CA of the tag (what the user wrote there once was right).
const CertificateFacts* expired_authority(const Case& at) {
  for (const auto& error : at.seen.verify_errors) {
    if (error.kind == VerifyError::Kind::expired) {
      const auto* authority = at.authority_named(error.certificate.subject);
      if (authority != nullptr && authority->not_after == error.certificate.not_after) {
        return authority;
      }
    }
  }
  if (!at.circumstances.time || at.objection(VerifyError::Kind::unknown_issuer) == nullptr) {
    return nullptr;
  }
  auto found = std::find_if(at.tag.authorities.begin(), at.tag.authorities.end(),
                            [&](const auto& ca) { return ca.not_after < *at.circumstances.time; });
  return found == at.tag.authorities.end() ? nullptr : &*found;
}

Verdict judge_unknown_issuer(const Case& at) {
  const auto& chain = at.seen.server_chain;
  if (chain.empty()) {
    return {base::Cause::tls_chain_unsupported, "the server sent no certificate",
            "Give the server a certificate chain."};
  }
  const CertificateFacts& last = chain.back();
  if (at.authority_named(last.issuer) != nullptr) {
    return {base::Cause::ca_mismatch,
            fmt::format("sec_tag {} holds a CA named {}, but with another key than the one that signed {}",
                        at.sec_tag(), last.issuer_name, last.name),
            fmt::format("Write the CA that issued the server's certificate with {}.", cmng_write(at, 0))};
  }
  std::string advice =
      fmt::format("Write the certificate of {} with {}, or let the server send its full chain.",
                  last.issuer_name, cmng_write(at, 0));
  if (chain.size() == 1 && last.self_issued()) {
    return {
        base::Cause::ca_mismatch,
        fmt::format("server certificate {} is self-signed and is not in sec_tag {}", last.name, at.sec_tag()),
        std::move(advice)};
  }
  if (last.self_issued()) {
    return {base::Cause::ca_mismatch,
            fmt::format("server chain ends at {}, which is not in sec_tag {}", last.name, at.sec_tag()),
            std::move(advice)};
  }
  return {base::Cause::ca_mismatch,
          fmt::format("server chain ends at {} (issuer of {}), which is not in sec_tag {}", last.issuer_name,
                      last.name, at.sec_tag()),
          std::move(advice)};
}

std::string role(const Case& at, const VerifyError& error) {
  if (error.depth > 0 && at.authority_named(error.certificate.subject) != nullptr) {
    return fmt::format("CA under sec_tag {} ({})", at.sec_tag(), error.certificate.name);
  }
  return error.depth == 0 ? fmt::format("server certificate ({})", error.certificate.name)
                          : fmt::format("certificate {} of the server's chain", error.certificate.name);
}

Verdict judge_dates(const Case& at, const VerifyError& error) {
  if (error.kind == VerifyError::Kind::expired) {
    return {base::Cause::ca_expired,
            fmt::format("{} expired {}", role(at, error), day(error.certificate.not_after)),
            "Renew the server's certificate; if it is not expired, correct the modem's time (AT+CCLK)."};
  }
  std::string now = at.circumstances.time ? day(*at.circumstances.time) : "not known";
  return {base::Cause::clock_wrong,
          fmt::format("{} is valid only from {}; the modem's time is {}", role(at, error),
                      day(error.certificate.not_before), now),
          "Correct the modem's time (AT+CCLK), or the server's certificate."};
}

Verdict judge_name(const Case& at) {
  std::string names = at.seen.server_chain.empty()
                          ? ""
                          : fmt::format("{}", fmt::join(at.seen.server_chain.front().names, ", "));
  return {base::Cause::hostname_mismatch,
          fmt::format("server certificate is for {}, not for {}", names.empty() ? "no host at all" : names,
                      at.host()),
          "Connect to a name in the certificate, or add this name to the certificate (subjectAltName)."};
}

Verdict judge_certificate(const Case& at) {
  std::vector<Verdict> verdicts;
  const CertificateFacts* expired_ca = expired_authority(at);
  if (expired_ca != nullptr) {
    verdicts.push_back({base::Cause::ca_expired,
                        fmt::format("CA under sec_tag {} ({}) expired {}", at.sec_tag(), expired_ca->name,
                                    day(expired_ca->not_after)),
                        fmt::format("Write the CA that the server uses today with {}.", cmng_write(at, 0))});
  }
  if (at.objection(VerifyError::Kind::unknown_issuer) != nullptr) {
    verdicts.push_back(judge_unknown_issuer(at));
  }
  for (const auto& error : at.seen.verify_errors) {
    bool is_date = error.kind == VerifyError::Kind::expired || error.kind == VerifyError::Kind::not_yet_valid;
    bool is_told = expired_ca != nullptr && error.certificate.subject == expired_ca->subject;
    if (is_date && !is_told) {
      verdicts.push_back(judge_dates(at, error));
    }
  }
  if (at.objection(VerifyError::Kind::wrong_name) != nullptr) {
    verdicts.push_back(judge_name(at));
  }
  for (const auto& error : at.seen.verify_errors) {
    if (error.kind == VerifyError::Kind::other || error.kind == VerifyError::Kind::bad_signature) {
      verdicts.push_back({base::Cause::tls_chain_unsupported,
                          fmt::format("{}: {}", role(at, error), error.text),
                          "Examine the server's certificates with `openssl s_client -showcerts`."});
    }
  }
  Verdict all = std::move(verdicts.front());
  for (auto verdict = verdicts.begin() + 1; verdict != verdicts.end(); ++verdict) {
    all.why += "; besides, " + verdict->why;
  }
  return all;
}

// --- the server's alert

bool is_about_client_certificate(int alert) {
  constexpr std::array<int, 9> numbers = {40, 42, 43, 44, 45, 46, 48, 49, 116};
  return std::find(numbers.begin(), numbers.end(), alert) != numbers.end();
}

Verdict judge_client_certificate(const Case& at) {
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

Verdict judge_no_common_suite(const Case& at) {
  return {base::Cause::tls_version_or_cipher,
          fmt::format("server and modem have no cipher suite in common; firmware {} offers {}",
                      at.circumstances.firmware, at.suites_offered()),
          at.circumstances.suites.gcm
              ? "Allow one of the modem's cipher suites on the server."
              : "Allow an AES-CBC suite on the server, or use firmware 1.3.1 or later, which knows AES-GCM."};
}

Verdict judge_alert(const Case& at, const TlsAlert& alert) {
  constexpr int bad_record_mac = 20;
  constexpr int handshake_failure = 40;
  constexpr int decrypt_error = 51;
  constexpr int protocol_version = 70;
  constexpr int insufficient_security = 71;
  constexpr int unrecognized_name = 112;
  constexpr int unknown_psk_identity = 115;

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

Verdict judge_fault(const Case& at) {
  switch (at.seen.fault) {
    case TlsObservation::Fault::not_tls:
      return {base::Cause::not_tls, "what answers there is not TLS",
              "Check the port: 443 rather than 80, 8883 rather than 1883 …"};
    case TlsObservation::Fault::old_protocol:
      return {base::Cause::tls_version_or_cipher,
              fmt::format("server speaks {}; this modem firmware speaks TLS 1.2",
                          at.seen.protocol.empty() ? "an older TLS" : at.seen.protocol),
              "Allow TLS 1.2 on the server."};
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

Verdict judge(TlsEnding ending, const Case& at) {
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

Failure refuse(const TlsCircumstances& circumstances, Verdict verdict) {
  Failure failure = make_failure(verdict.cause, tls_refusal(circumstances), title(circumstances),
                                 std::move(verdict.why), std::move(verdict.advice));
  failure.reason.where = fmt::format("sec_tag {}", circumstances.options.sec_tag);
  return failure;
}

// Of a tag that cannot authenticate any server.
Verdict what_the_tag_lacks(const Case& at) {
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
  Case at{seen, tag, circumstances};
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
  Case at{nothing_seen, tag, circumstances};
  Failure failure = refuse(circumstances, what_the_tag_lacks(at));
  add_tag_facts(failure.reason, tag, at.sec_tag());
  return failure;
}

Failure empty_tag(const TlsCircumstances& circumstances) {
  TlsObservation nothing_seen;
  TagContents nothing_held;
  Case at{nothing_seen, nothing_held, circumstances};
  return refuse(circumstances,
                {base::Cause::sec_tag_missing,
                 fmt::format("sec_tag {} is empty: it holds no CA (type 0) nor anything else", at.sec_tag()),
                 fmt::format("Write the CA of the server's certificate with {} while the modem is off or in "
                             "flight mode; list what is stored with AT%CMNG=1.",
                             cmng_write(at, 0))});
}

}  // namespace attache::net
