#pragma once

#include <string_view>

namespace attache::net {

/// Why a network operation failed, named as in POSIX. The values are the numbers the device prints: newlib's,
/// not Linux's (reference slm-1.6/errno.md).
enum class Errno : int {
  not_permitted = 1,
  no_entry = 2,
  io = 5,
  bad_descriptor = 9,
  try_again = 11,
  no_memory = 12,
  access = 13,
  busy = 16,
  invalid = 22,
  too_many_files = 24,
  not_supported_operation = 95,
  connection_reset = 104,
  no_buffers = 105,
  address_family = 106,
  prototype = 107,
  protocol_option = 109,
  shut_down = 110,
  connection_refused = 111,
  address_in_use = 112,
  connection_aborted = 113,
  network_unreachable = 114,
  network_down = 115,
  timed_out = 116,
  host_unreachable = 118,
  already_running = 120,
  no_destination = 121,
  message_size = 122,
  address_not_available = 125,
  already_connected = 127,
  not_connected = 128,
  cancelled = 140,
};

/// What the device prints, without a sign: the dialect puts the minus where its reference has one.
[[nodiscard]] constexpr int number(Errno code) {
  return static_cast<int>(code);
}

/// The POSIX name: "ENETUNREACH".
[[nodiscard]] std::string_view name(Errno code);

/// The device's code for an error number of this machine (Linux errno).
[[nodiscard]] Errno from_system(int system_errno);

}  // namespace attache::net
