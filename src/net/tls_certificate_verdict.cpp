#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "net/tls_facts.hpp"
#include "net/tls_verdict.hpp"

namespace attache::net {

namespace {

// The CA whose date broke the chain: an expired certificate of the tag in it, or, with a chain that ends
// elsewhere, any expired CA of the tag (what the user wrote there once was right).
const CertificateFacts* expired_authority(const TlsCase& at) {
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

TlsVerdict judge_unknown_issuer(const TlsCase& at) {
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

std::string role(const TlsCase& at, const VerifyError& error) {
  if (error.depth > 0 && at.authority_named(error.certificate.subject) != nullptr) {
    return fmt::format("CA under sec_tag {} ({})", at.sec_tag(), error.certificate.name);
  }
  return error.depth == 0 ? fmt::format("server certificate ({})", error.certificate.name)
                          : fmt::format("certificate {} of the server's chain", error.certificate.name);
}

TlsVerdict judge_dates(const TlsCase& at, const VerifyError& error) {
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

TlsVerdict judge_name(const TlsCase& at) {
  std::string names = at.seen.server_chain.empty()
                          ? ""
                          : fmt::format("{}", fmt::join(at.seen.server_chain.front().names, ", "));
  return {base::Cause::hostname_mismatch,
          fmt::format("server certificate is for {}, not for {}", names.empty() ? "no host at all" : names,
                      at.host()),
          "Connect to a name in the certificate, or add this name to the certificate (subjectAltName)."};
}

}  // namespace

TlsVerdict judge_certificate(const TlsCase& at) {
  std::vector<TlsVerdict> verdicts;
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
  TlsVerdict all = std::move(verdicts.front());
  for (auto verdict = verdicts.begin() + 1; verdict != verdicts.end(); ++verdict) {
    all.why += "; besides, " + verdict->why;
  }
  return all;
}

}  // namespace attache::net
