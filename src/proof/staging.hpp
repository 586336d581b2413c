#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/cause.hpp"
#include "proof/scene.hpp"

namespace attache::proof {

/// How a cause is brought about and how it is mended. Both change the scene; the mending starts from the
/// scene in which the cause was brought about.
struct Staging {
  base::Cause cause = base::Cause::none;
  /// Sets the cause up, unless the host's lines alone are it (null).
  void (*set_up)(Scene& scene, const Claim& claim) = nullptr;
  /// Applies the fix; says in a sentence what it was, or nothing if it does not know one for this log.
  std::optional<std::string> (*mend)(Scene& scene, const Claim& claim) = nullptr;
};

/// The staging of a cause; null if the emulator cannot bring it about.
const Staging* find_staging(base::Cause cause);

/// Why it cannot, in a sentence without its subject: "lies on the line between host and modem, …".
std::string_view why_not_staged(base::Cause cause);

// The table by layers.
std::span<const Staging> command_line_stagings();
std::span<const Staging> dialect_stagings();
std::span<const Staging> modem_stagings();
std::span<const Staging> network_stagings();
std::span<const Staging> credential_stagings();

/// The step that a claim is about; null if it is about none, or about one that is not of the log.
Step* step_at(Scene& scene, const Claim& claim);

/// "The host sends … instead."
std::string sends_instead(std::string_view line);

/// Inserts AT+CFUN=4 before a step, and behind it AT+CFUN=1 with time to register.
void put_offline(Script& script, std::size_t step);

/// How long a modem is given to register.
inline constexpr base::Duration registration_time = std::chrono::minutes(2);

}  // namespace attache::proof
