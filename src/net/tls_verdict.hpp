#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/cause.hpp"
#include "net/tls_diagnosis.hpp"

namespace attache::net {

// What the parts of the diagnosis of a handshake have in common.

/// The findings that belong together in one sentence each, and what follows from them.
struct TlsVerdict {
  base::Cause cause = base::Cause::none;
  std::string why;
  std::string advice;
};

/// One failed handshake under examination.
struct TlsCase {
  const TlsObservation& seen;
  const TagContents& tag;
  const TlsCircumstances& circumstances;

  [[nodiscard]] std::uint32_t sec_tag() const { return circumstances.options.sec_tag; }
  [[nodiscard]] const std::string& host() const { return circumstances.options.host_name; }

  /// The suites in a ClientHello with these credentials, in words; see TlsSuites.
  [[nodiscard]] std::string suites_offered() const {
    if (tag.has_psk && tag.authorities.empty() && tag.client.empty()) {
      return "PSK suites";
    }
    return fmt::format("ECDHE with AES-CBC{}{}", circumstances.suites.gcm ? " and AES-GCM" : "",
                       tag.has_psk ? ", PSK suites" : "");
  }

  /// The first objection of a kind, null without one; it lives as long as `seen`.
  [[nodiscard]] const VerifyError* objection(VerifyError::Kind kind) const {
    auto found = std::find_if(seen.verify_errors.begin(), seen.verify_errors.end(),
                              [kind](const VerifyError& error) { return error.kind == kind; });
    return found == seen.verify_errors.end() ? nullptr : &*found;
  }

  /// The CA under the tag that has this subject; null without one.
  [[nodiscard]] const CertificateFacts* authority_named(const std::string& subject) const {
    auto found = std::find_if(tag.authorities.begin(), tag.authorities.end(),
                              [&](const CertificateFacts& ca) { return ca.subject == subject; });
    return found == tag.authorities.end() ? nullptr : &*found;
  }
};

/// The command that writes a credential of a type under the tag.
inline std::string cmng_write(const TlsCase& at, int type) {
  return fmt::format("AT%CMNG=0,{},{},\"<PEM>\"", at.sec_tag(), type);
}

/// Of a handshake to whose certificates there were objections: all of them, the first one with its cause.
[[nodiscard]] TlsVerdict judge_certificate(const TlsCase& at);

}  // namespace attache::net
