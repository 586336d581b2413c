#pragma once

#include <set>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"
#include "certificates/credential.hpp"

namespace attache::certificates {

/// Something about credentials that are to be written together.
struct Doubt {
  base::Reason reason;
  bool is_grave = false;  ///< It cannot work so; else it may, and the user should know.
};

/// What is wrong with credentials for one `sec_tag` before they are written: key and certificate that do not
/// belong together, a chain with gaps, dates, keys that the firmware's TLS has not, content that no line
/// takes (reference nrf91-modem/tls.md, credentials.md). `stored`: what the tag holds already and keeps. No
/// secret is in them.
std::vector<Doubt> examine(std::span<const Credential> credentials, const std::set<CredentialKind>& stored,
                           base::WallTime now);

/// The most bytes of an AT line of the modem firmware.
inline constexpr std::size_t longest_line = 4096;

}  // namespace attache::certificates
