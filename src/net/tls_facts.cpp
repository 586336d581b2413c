#include "net/tls_facts.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <optional>

namespace attache::net {

namespace {

std::string describe(const CertificateFacts& certificate) {
  return fmt::format("{} (issuer {}, valid until {})", certificate.subject, certificate.issuer_name,
                     day(certificate.not_after));
}

void add_alert(base::Reason& reason, std::string_view direction, const std::optional<TlsAlert>& alert) {
  if (alert) {
    reason.facts.emplace_back("TLS alert",
                              fmt::format("{} {} {} ({})", direction, alert->fatal ? "fatal" : "warning",
                                          alert->number, alert->name));
  }
}

}  // namespace

std::string day(base::WallTime time) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string minute(base::WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

void add_tag_facts(base::Reason& reason, const TagContents& tag, std::uint32_t sec_tag) {
  std::string place = fmt::format("sec_tag {}", sec_tag);
  for (const auto& authority : tag.authorities) {
    reason.facts.emplace_back(place, "CA " + describe(authority));
  }
  if (!tag.client.empty()) {
    reason.facts.emplace_back(place, "client certificate " + describe(tag.client.front()));
  }
  if (tag.has_psk) {
    reason.facts.emplace_back(place, "pre-shared key and its identity");
  } else if (tag.psk_lacks_identity) {
    reason.facts.emplace_back(place, "pre-shared key without an identity: not used");
  } else if (tag.psk_lacks_key) {
    reason.facts.emplace_back(place, "identity of a pre-shared key without the key: not used");
  }
}

void add_server_facts(base::Reason& reason, const TlsObservation& seen) {
  for (std::size_t i = 0; i < seen.server_chain.size(); ++i) {
    reason.facts.emplace_back(fmt::format("server {}", i), describe(seen.server_chain[i]));
  }
  for (const auto& error : seen.verify_errors) {
    reason.facts.emplace_back(
        "verify", fmt::format("{} at depth {} ({})", error.text, error.depth, error.certificate.name));
  }
}

void add_alert_facts(base::Reason& reason, const TlsObservation& seen) {
  add_alert(reason, "received", seen.alert_received);
  add_alert(reason, "sent", seen.alert_sent);
}

void add_protocol_facts(base::Reason& reason, const TlsObservation& seen,
                        const TlsCircumstances& circumstances, std::string_view suites_offered) {
  const std::string& host = circumstances.options.host_name;
  reason.facts.emplace_back(
      "offered",
      fmt::format("{} 1.2, {}, as firmware {}{}", circumstances.datagram ? "DTLS" : "TLS", suites_offered,
                  circumstances.firmware, host.empty() ? "" : fmt::format(", host name {}", host)));
  if (seen.server_answered) {
    reason.facts.emplace_back("chosen", fmt::format("{} {}", seen.protocol, seen.cipher));
  }
  if (!seen.library_error.empty()) {
    reason.facts.emplace_back("OpenSSL", seen.library_error);
  }
  reason.facts.emplace_back("time", circumstances.time
                                        ? "the modem's is " + minute(*circumstances.time)
                                        : "the modem has none: dates of certificates are not checked");
}

}  // namespace attache::net
