#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/modem_lines.hpp"

namespace attache::serial::cmux {

/// Types of the messages on the control channel, without EA and C/R (3GPP TS 27.010, 5.4.6.3).
enum class MessageType : std::uint8_t {
  parameter_negotiation = 0x80,    ///< PN
  power_saving = 0x40,             ///< PSC
  close_down = 0xC0,               ///< CLD
  test = 0x20,                     ///< Test
  flow_on = 0xA0,                  ///< FCon
  flow_off = 0x60,                 ///< FCoff
  modem_status = 0xE0,             ///< MSC
  non_supported = 0x10,            ///< NSC
  remote_port_negotiation = 0x90,  ///< RPN
  remote_line_status = 0x50,       ///< RLS
  service_negotiation = 0xD0       ///< SNC
};

/// "PN", "MSC" …; empty for any other.
std::string_view name(MessageType type);

/// One message: type, length, value.
struct ControlMessage {
  MessageType type = MessageType::test;  ///< May be none of the enumerators.
  bool is_command = true;                ///< C/R: else a response.
  std::string value{};

  friend bool operator==(const ControlMessage&, const ControlMessage&) = default;
};

/// The octets of the message; a value of more than 127 octets gets a length of two (5.4.6.1), 16383 at most.
std::string encode(const ControlMessage& message);

/// What the information field of a frame on the control channel holds.
struct ControlMessages {
  std::vector<ControlMessage> messages;
  bool is_whole = true;  ///< False: octets are left that are no message; those before them are good.
};
/// An information field holds several messages at times; any octets may be given.
ControlMessages read_messages(std::string_view information);

/// Signals of MSC (5.4.6.3.7).
struct ModemStatus {
  std::uint8_t dlci = 0;
  bool flow_stopped = false;         ///< FC: the sender of the message takes no frames.
  bool ready_to_communicate = true;  ///< RTC: DTR of a host, DSR of a device.
  bool ready_to_receive = true;      ///< RTR: RTS of a host, CTS of a device.
  bool incoming_call = false;        ///< IC: RI.
  bool data_valid = true;            ///< DV: DCD.

  friend bool operator==(const ModemStatus&, const ModemStatus&) = default;
};

/// What a device with these lines tells of the channel.
ModemStatus status_of(std::uint8_t dlci, const base::DeviceLines& lines, bool flow_stopped);
/// What a host's MSC says of its DTR and RTS; the other signals say nothing of a host.
base::HostLines host_lines_of(const ModemStatus& status);
/// The value of MSC, 2 octets: without the break signal.
std::string encode(const ModemStatus& status);
/// Nothing if it is too short. What follows (break) is of no concern.
std::optional<ModemStatus> read_modem_status(std::string_view value);

/// PN (5.4.6.3.1).
struct LinkParameters {
  std::uint8_t dlci = 0;
  std::uint8_t convergence = 0;   ///< Frame type and convergence layer, both halves: 0 = UIH, type 1.
  std::uint8_t priority = 0;      ///< 0 to 63.
  std::uint8_t acknowledge = 10;  ///< T1 in hundredths of a second.
  std::uint16_t frame_size = 31;  ///< N1.
  std::uint8_t tries = 3;         ///< N2.
  std::uint8_t window = 2;        ///< k, of error recovery mode.

  friend bool operator==(const LinkParameters&, const LinkParameters&) = default;
};
/// The value of PN, 8 octets.
std::string encode(const LinkParameters& parameters);
/// Nothing if it has not 8 octets.
std::optional<LinkParameters> read_link_parameters(std::string_view value);

}  // namespace attache::serial::cmux
