#include <fmt/format.h>

#include "net/failure.hpp"
#include "net/tls_diagnosis.hpp"

namespace attache::net {

namespace {

constexpr int handshake_failure = 40;
constexpr int first_about_certificate = 42;
constexpr int last_about_certificate = 48;
constexpr int protocol_version = 70;

base::Reason reason_of_alert(const TlsAlert& alert, std::uint32_t sec_tag) {
  if (alert.number >= first_about_certificate && alert.number <= last_about_certificate) {
    return base::make_reason(
        base::Cause::ca_mismatch, "",
        fmt::format("the client does not accept the certificate of sec_tag {}: alert {} ({})", sec_tag,
                    alert.number, alert.name),
        "Give the client the CA that issued this certificate.");
  }
  return base::make_reason(
      base::Cause::handshake_failed, "",
      fmt::format("the client ended the handshake with alert {} ({})", alert.number, alert.name),
      "Look into the client's log: it knows why it sent the alert.");
}

base::Reason reason_of_ours(const TlsObservation& seen) {
  if (seen.fault == TlsObservation::Fault::not_tls) {
    return base::make_reason(base::Cause::not_tls, "", "what the client sent is not TLS",
                             "Let the client connect with TLS.");
  }
  int sent = seen.alert_sent ? seen.alert_sent->number : 0;
  if (sent == protocol_version) {
    return base::make_reason(base::Cause::tls_version_or_cipher, "", "the client does not speak TLS 1.2",
                             "Allow TLS 1.2 on the client.");
  }
  if (sent == handshake_failure) {
    return base::make_reason(base::Cause::tls_version_or_cipher, "",
                             "client and modem have no cipher suite in common",
                             "Allow one of the modem's cipher suites on the client.");
  }
  return base::make_reason(base::Cause::handshake_failed, "",
                           fmt::format("the handshake failed: {}", seen.library_error),
                           "Examine the device with `openssl s_client -tls1_2`.");
}

base::Reason judge_client(TlsEnding ending, const TlsObservation& seen, std::uint32_t sec_tag) {
  switch (ending) {
    case TlsEnding::timed_out:
      return base::make_reason(base::Cause::handshake_failed, "",
                               "the client did not end the handshake in time",
                               "Check that a TLS client connects to this port.");
    case TlsEnding::closed:
    case TlsEnding::reset:
      return base::make_reason(base::Cause::handshake_failed, "",
                               fmt::format("the client {} the connection during the handshake",
                                           ending == TlsEnding::closed ? "closed" : "reset"),
                               "Check that a TLS client connects to this port, and the client's log.");
    case TlsEnding::failed:
      break;
  }
  return seen.alert_received ? reason_of_alert(*seen.alert_received, sec_tag) : reason_of_ours(seen);
}

}  // namespace

Failure diagnose_tls_client(TlsEnding ending, const TlsObservation& seen, const TagContents& tag,
                            const TlsCircumstances& circumstances) {
  std::uint32_t sec_tag = circumstances.options.sec_tag;
  Failure failure{Errno::connection_aborted, judge_client(ending, seen, sec_tag)};
  failure.reason.what = fmt::format("TLS handshake of client {} failed", to_string(circumstances.server));
  failure.reason.where = fmt::format("sec_tag {}", sec_tag);
  if (!tag.client.empty()) {
    failure.reason.facts.emplace_back("certificate", tag.client.front().subject);
  }
  if (!seen.library_error.empty()) {
    failure.reason.facts.emplace_back("OpenSSL", seen.library_error);
  }
  return failure;
}

std::optional<Failure> check_server_tag(const TagContents& tag, const TlsCircumstances& circumstances) {
  if (!tag.client.empty() || tag.has_psk) {
    return std::nullopt;
  }
  std::uint32_t sec_tag = circumstances.options.sec_tag;
  return make_failure(
      base::Cause::sec_tag_missing, tls_refusal(circumstances), "listening with TLS failed",
      fmt::format("sec_tag {} holds no certificate with its key (types 1 and 2) to show to clients", sec_tag),
      fmt::format("Write the certificate with AT%CMNG=0,{0},1,\"<PEM>\" and its private key with "
                  "AT%CMNG=0,{0},2,\"<PEM>\".",
                  sec_tag));
}

}  // namespace attache::net
