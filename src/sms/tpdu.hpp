#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sms/address.hpp"
#include "sms/timestamp.hpp"
#include "sms/user_data.hpp"
#include "sms/validity.hpp"

/// The transfer protocol data units of SMS (3GPP TS 23.040, 9.2.2). Sans-I/O: octets to structures and back.
/// Decoders take any octets: a unit that ends too early, has a length beyond its limit or is of another type
/// gives a reason; octets after its end are ignored, as are reserved bits.
namespace attache::sms {

/// Mobile to service centre.
struct Submit {
  bool reject_duplicates = false;
  bool report_requested = false;
  bool reply_path = false;
  std::uint8_t reference = 0;
  Address destination;
  std::uint8_t protocol = 0;
  std::uint8_t coding_scheme = 0;
  Validity validity;
  UserData data;  ///< Its alphabet is that of the coding scheme.
};

/// Service centre to mobile.
struct Deliver {
  bool more_to_send = false;
  bool report_indicated = false;
  bool reply_path = false;
  Address originator;
  std::uint8_t protocol = 0;
  std::uint8_t coding_scheme = 0;
  Timestamp timestamp;
  UserData data;
};

/// What became of a message submitted earlier.
struct StatusReport {
  static constexpr std::uint8_t delivered = 0x00;
  static constexpr std::uint8_t expired = 0x46;         ///< Validity period expired.
  static constexpr std::uint8_t not_obtainable = 0x43;  ///< Permanent: the recipient cannot be reached.

  bool more_to_send = false;
  std::uint8_t reference = 0;
  Address recipient;
  Timestamp submitted;
  Timestamp discharged;
  std::uint8_t status = delivered;
  std::optional<UserData> data;
};

/// Mobile's answer to Deliver and StatusReport: with a cause an error.
struct DeliverReport {
  std::optional<std::uint8_t> cause;
  std::optional<std::uint8_t> protocol;
  std::optional<std::uint8_t> coding_scheme;
  std::optional<UserData> data;
};

/// Service centre's answer to Submit: with a cause an error.
struct SubmitReport {
  std::optional<std::uint8_t> cause;
  Timestamp timestamp;
  std::optional<std::uint8_t> protocol;
  std::optional<std::uint8_t> coding_scheme;
  std::optional<UserData> data;
};

/// The octets of the unit, here SMS-SUBMIT (9.2.2.2). As of all five, the reason of a failure is that the
/// user data do not fit into 140 octets.
base::Result<std::string> encode(const Submit& submit);
/// SMS-DELIVER (9.2.2.1).
base::Result<std::string> encode(const Deliver& deliver);
/// SMS-STATUS-REPORT (9.2.2.3); its data get the plain coding scheme of their alphabet.
base::Result<std::string> encode(const StatusReport& report);
/// SMS-DELIVER-REPORT (9.2.2.1a).
base::Result<std::string> encode(const DeliverReport& report);
/// SMS-SUBMIT-REPORT (9.2.2.2a).
base::Result<std::string> encode(const SubmitReport& report);

/// The ways back. A reason names the unit, the field and the octet (Cause::message_malformed).
base::Result<Submit> decode_submit(std::string_view octets);
base::Result<Deliver> decode_deliver(std::string_view octets);
base::Result<StatusReport> decode_status_report(std::string_view octets);
/// `failed` = the unit came with an RP-ERROR and so has a cause.
base::Result<DeliverReport> decode_deliver_report(std::string_view octets, bool failed);
/// The same of the other direction.
base::Result<SubmitReport> decode_submit_report(std::string_view octets, bool failed);

/// A PDU as AT commands carry it: the service centre's address, then the TPDU.
struct AddressedPdu {
  std::optional<Address> centre;
  std::string_view tpdu;  ///< Points into the octets.
};
/// Fails if the address is cut off or longer than 11 octets; the TPDU is not looked at.
base::Result<AddressedPdu> split_pdu(std::string_view octets);

}  // namespace attache::sms
