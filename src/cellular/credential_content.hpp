#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"
#include "cellular/credential_vault.hpp"
#include "cellular/firmware_profile.hpp"
#include "modem/credential_store.hpp"

namespace attache::cellular {

/// Why the firmware refuses the content with +CME ERROR: 527, or nothing. Only firmware 2.0.2 and later
/// looks, and only at types 0 and 1: they must be certificates in PEM (reference nrf91-modem/credentials.md).
/// CR LF line ends are no fault unless `refuse_crlf` (SimulationOptions) makes them one.
std::optional<base::Reason> refused_content(const FirmwareProfile& profile, CredentialType type,
                                            std::string_view content, bool refuse_crlf);

/// The time that the dates of certificates are held against.
struct DateOfExamination {
  base::WallTime time;
  bool of_modem = false;  ///< Else this machine's, as long as the modem does not know the time.
};

/// What will go wrong later with a credential that the modem has taken, one reason for each fault: no PEM of
/// its type, a certificate that is expired or not yet valid, under type 0 one that is no CA, a key of a kind
/// that the firmware's TLS has not (reference nrf91-modem/tls.md), a wrong password, a key that does not
/// belong to the certificate beside it. `bundle` is what the tag holds now. No secret is in them.
std::vector<base::Reason> doubts(const CredentialVault::Id& id, std::string_view content,
                                 const modem::CredentialBundle& bundle, const DateOfExamination& date);

}  // namespace attache::cellular
