#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/reason.hpp"
#include "services/socket.hpp"

namespace attache::dialects {

// Options of the modem's sockets by the numbers that SLM 2.x and 3.x share with Serial Modem (reference
// slm-3.1/socket.md, serial-modem-2.0/socket.md 5 and 6).

/// An option that reads as what the host has set.
struct HeldOption {
  std::int64_t name = 0;
  std::int64_t least = 0;
  std::int64_t most = 1;
  std::int64_t initial = 0;
  bool readable = true;
};

/// The option of that number; nullptr if it is none of these.
template <std::size_t Size>
[[nodiscard]] const HeldOption* find_held(const std::array<HeldOption, Size>& options, std::int64_t name) {
  auto found =
      std::find_if(options.begin(), options.end(), [&](const HeldOption& one) { return one.name == name; });
  return found != options.end() ? &*found : nullptr;
}

/// Of all sockets: release assistance, 1 … 5.
inline constexpr std::int64_t release_assistance_option = 61;

// Of secure ones.
inline constexpr std::int64_t session_cache_option = 12;
inline constexpr std::int64_t session_purge_option = 13;
inline constexpr std::int64_t connection_id_option = 14;
inline constexpr std::int64_t handshake_timeout_option = 18;  ///< Seconds; DTLS.
inline constexpr std::int64_t fragment_option = 22;           ///< 1 = 512 bytes, 2 = 1024; DTLS.

/// Whether the option takes the value; of the handshake time-out only the ends of DTLS's retransmissions.
[[nodiscard]] bool takes(const HeldOption& option, std::int64_t value);

/// What a value that the option takes does to the socket: nothing for most options. The reason if the modem
/// refuses it.
[[nodiscard]] std::optional<base::Reason> apply_option(services::Socket& socket, std::int64_t name,
                                                       std::int64_t value);
/// The same for the options of a secure socket; they hold from its next connection on.
void apply_secure_option(services::Socket& socket, std::int64_t name, std::int64_t value);

/// What the log has to say of a DTLS connection identifier (0 off, 1 supported, 2 wanted), which is never
/// used; nothing if it is not to be.
[[nodiscard]] std::optional<base::Reason> objection_to_connection_id(std::int64_t value);

}  // namespace attache::dialects
