#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"
#include "cellular/credential_store.hpp"
#include "cellular/credential_vault.hpp"
#include "cellular/firmware_profile.hpp"

namespace attache::cellular {

/// Why the firmware refuses the content with +CME ERROR: 527, or nothing. Only firmware 2.0.2 and later
/// looks, and only at types 0 and 1: they must be certificates in PEM (reference nrf91-modem/credentials.md).
/// CR LF line ends are no fault unless `refuse_crlf` (SimulationOptions) makes them one.
std::optional<base::Reason> refused_content(const FirmwareProfile& profile, CredentialType type,
                                            std::string_view content, bool refuse_crlf);

/// What will go wrong later with credentials that the modem takes: missing PEM borders, expired or
/// not yet valid certificates (with a known time), a key that does not belong to the certificate beside it.
/// One sentence each, with the tag; no secret in them.
std::vector<std::string> doubts(CredentialType type, std::string_view content, const CredentialBundle& bundle,
                                std::optional<base::WallTime> now);

}  // namespace attache::cellular
