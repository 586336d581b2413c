#pragma once

#include <span>
#include <string_view>

namespace attache::vocabulary {

/// The kinds of numbers in which a device tells its host why something failed. The same number means another
/// thing in each.
enum class Numbering {
  error_number,  ///< errno as the device prints it: newlib's, not Linux's (reference slm-1.6/errno.md).
  former_error_number,  ///< errno in documents and reports of 2020 and early 2021, of another C library.
  resolver,             ///< getaddrinfo(), without its sign.
  equipment,            ///< +CME ERROR: 3GPP TS 27.007, and Nordic's own from 513 on.
  message,              ///< +CMS ERROR: 3GPP TS 24.011, 23.040, 27.005, and Nordic's own from 513 on.
  mobility,             ///< EMM cause, the reject cause of +CEREG: 3GPP TS 24.301, 9.9.3.9.
  session,              ///< ESM cause of a PDN connection: 3GPP TS 24.301, 9.9.4.4.
  registration,         ///< <stat> of +CEREG.
  card,                 ///< <cause> of %XSIM: 0.
  connack,              ///< Return code of an MQTT 3.1.1 CONNACK.
  tls_alert,            ///< Description of a TLS alert (RFC 5246, 7.2).
  http_connection,      ///< State of #XHTTPCCON.
  ftp_reply,            ///< Reply of an FTP server (RFC 959, 4.2).
  tftp_error,           ///< Error code of TFTP (RFC 1350).
};

/// A number and what it is called; the name lives for ever.
struct NamedNumber {
  int number = 0;
  std::string_view name;
};

/// All numbers of a kind that have a name, in ascending order.
std::span<const NamedNumber> names_of(Numbering numbering);

/// "ENETUNREACH", "PLMN not allowed"; empty if the number has no name.
std::string_view name_of(Numbering numbering, int number);

}  // namespace attache::vocabulary
