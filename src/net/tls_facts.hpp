#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/reason.hpp"
#include "net/tls_diagnosis.hpp"

namespace attache::net {

/// A time in UTC: "2026-11-30".
std::string day(base::WallTime time);
/// "2026-11-30 07:25 UTC".
std::string minute(base::WallTime time);

// What is added to the reason of a failed handshake, in the order in which a reader goes through it.

/// The certificates and keys under the sec_tag.
void add_tag_facts(base::Reason& reason, const TagContents& tag, std::uint32_t sec_tag);
/// The server's certificates, and what was objected to.
void add_server_facts(base::Reason& reason, const TlsObservation& seen);
/// The alerts received and sent.
void add_alert_facts(base::Reason& reason, const TlsObservation& seen);
/// What was offered and chosen, OpenSSL's own words and the modem's time.
void add_protocol_facts(base::Reason& reason, const TlsObservation& seen,
                        const TlsCircumstances& circumstances, std::string_view suites_offered);

}  // namespace attache::net
