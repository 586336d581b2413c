#include "explain/meanings.hpp"

namespace attache::explain {

std::span<const NumberMeaning> resolver_meanings() {
  using base::Cause;
  static const NumberMeaning meanings[] = {
      {any_number,
       "A result of the resolver. #XGETADDRINFO of SLM 1.x shows it without a sign, other places with a "
       "minus; later releases print its name.",
       {Cause::dns_failure},
       "By address the same server is reached: it is the name or the name servers.",
       {{"#XGETADDRINFO: <number> without a sign.", "slm-1"},
        {"Here the name stands in the place of the number.", "serial-modem"}}},
      {2,
       "No such name; in the modem also: a family that it does not support.",
       {Cause::dns_failure, Cause::ipv6_unreachable},
       "Check the spelling first; then whether the name has an address of the family that is granted."},
      {3,
       "No answer from the name servers, or not for the moment.",
       {Cause::dns_failure, Cause::not_registered_yet, Cause::wrong_apn},
       "Well-known names fail too: name servers or the way to them. Only this one: its own servers."},
      {4, "The name servers failed for good.", {Cause::dns_failure}},
      {5,
       "The name exists and has no address of this family.",
       {Cause::ipv6_unreachable, Cause::dns_failure}},
      {6, "The family is not supported.", {Cause::ipv6_unreachable}},
      {7, "The socket type does not fit the question.", {Cause::bad_parameter}},
      {9, "The name has no address of the family asked for.", {Cause::ipv6_unreachable}},
      {10, "No memory.", {Cause::buffer_limit}},
      {11,
       "Any other failure: mostly no network (errno 114 or 115 then).",
       {Cause::not_registered_yet, Cause::pdn_inactive, Cause::dns_failure},
       "AT+CEREG? and AT+CGPADDR=0: without registration and address no name can be asked."},
      {100, "A question is under way already.", {Cause::modem_busy_order}},
  };
  return meanings;
}

std::span<const NumberMeaning> connack_meanings() {
  using base::Cause;
  static const NumberMeaning meanings[] = {
      {any_number,
       "What the broker answers to CONNECT: the second number of #XMQTTEVT: 0,….",
       {Cause::broker_rejects}},
      {0, "Accepted: the session is there.", {}},
      {1,
       "The broker does not speak the version of the protocol; the modem has MQTT 3.1.1.",
       {Cause::broker_rejects}},
      {2,
       "The broker does not like the client ID: empty, too long, or of a form that it does not allow.",
       {Cause::broker_rejects}},
      {3, "The service cannot be had for the moment.", {Cause::broker_rejects, Cause::server_closed}},
      {4, "User name or password are wrong in their form, or wrong.", {Cause::broker_rejects}},
      {5,
       "This client may not connect: rights, certificate or policy.",
       {Cause::broker_rejects, Cause::client_cert_missing},
       "With a client certificate: is it registered and active there? Without: user and password."},
  };
  return meanings;
}

std::span<const NumberMeaning> tls_alert_meanings() {
  using base::Cause;
  static const NumberMeaning meanings[] = {
      {any_number,
       "An alert of TLS: what one side said when it gave up. The device shows none to its host; it stands in "
       "traces, in server logs and in Attaché's reasons.",
       {Cause::handshake_failed}},
      {0, "An orderly end of the connection.", {Cause::server_closed}},
      {10, "A message that does not belong there.", {Cause::handshake_failed, Cause::not_tls}},
      {20,
       "A record that cannot be verified: the keys of both sides differ.",
       {Cause::psk_rejected, Cause::handshake_failed}},
      {22, "A record is too long.", {Cause::not_tls, Cause::tls_chain_unsupported}},
      {40,
       "No agreement could be found: suites, curves, or a client certificate that is missing.",
       {Cause::tls_version_or_cipher, Cause::client_cert_missing, Cause::hostname_mismatch},
       "Right after the ClientHello: suites or name. After the client's certificate message: the "
       "certificate."},
      {42,
       "A certificate is bad: sent by the server, the client's; sent by the modem, the server's.",
       {Cause::client_cert_missing, Cause::ca_mismatch}},
      {43, "A certificate of a kind that is not supported.", {Cause::tls_chain_unsupported}},
      {44, "A certificate was revoked.", {Cause::client_cert_missing}},
      {45,
       "A certificate has expired, or is not valid yet.",
       {Cause::ca_expired, Cause::clock_wrong},
       "Sent by the modem: the server's, or the modem's clock. Sent by the server: the client's."},
      {46, "Something else about a certificate.", {Cause::client_cert_missing, Cause::ca_mismatch}},
      {47, "A value out of range.", {Cause::handshake_failed}},
      {48,
       "The authority behind a certificate is not known.",
       {Cause::ca_mismatch, Cause::client_cert_missing},
       "Sent by the modem: the root under the tag. Sent by the server: who issued the client's certificate."},
      {49,
       "The certificate is good, and access is denied.",
       {Cause::broker_rejects, Cause::client_cert_missing}},
      {51,
       "A signature or key does not fit.",
       {Cause::key_format, Cause::psk_rejected},
       "With certificates: the private key is not that of the client certificate. With a PSK: the key "
       "differs."},
      {70,
       "The version is not supported: the server wants TLS 1.3, or offers 1.1 at most.",
       {Cause::tls_version_or_cipher}},
      {71, "The suites in common are too weak for one side.", {Cause::tls_version_or_cipher}},
      {80, "A fault inside one side.", {Cause::handshake_failed}},
      {90, "The user has given up.", {Cause::ended_by_host}},
      {112, "The server knows no host of this name.", {Cause::hostname_mismatch}},
      {115, "The server does not know this PSK identity.", {Cause::psk_rejected}},
      {116, "The server wants a client certificate.", {Cause::client_cert_missing}},
  };
  return meanings;
}

std::span<const NumberMeaning> http_connection_meanings() {
  using base::Cause;
  static const NumberMeaning meanings[] = {
      {any_number, "The state of the HTTP connection in #XHTTPCCON.", {}},
      {0,
       "No connection. With ERROR behind it the attempt failed; the number says nothing of the reason, which "
       "may be name, network, server or TLS. With OK, or without anything, the connection has ended.",
       {Cause::ca_mismatch, Cause::sec_tag_missing, Cause::dns_failure, Cause::server_timeout,
        Cause::server_refused, Cause::ca_expired, Cause::hostname_mismatch},
       "By the log of the application (errno 114: IPv6 only; 116: no answer; 111 or 95: TLS), by time, and "
       "by one try without a security tag to the plain port.",
       {{"With this application a failed handshake is errno 95 in its log.", "slm-1.5"},
        {"This application has no #XHTTPCCON: its requests go over a socket of the host's own.",
         "serial-modem"}}},
      {1, "Connected.", {}},
  };
  return meanings;
}

std::span<const NumberMeaning> ftp_reply_meanings() {
  using base::Cause;
  static const NumberMeaning meanings[] = {
      {any_number,
       "A reply of an FTP server, as the device shows it: 4xx may pass, 5xx will not.",
       {Cause::request_refused}},
      {421, "The server ends the session: idle, too many clients, or going down.", {Cause::server_closed}},
      {425,
       "The second connection, for the data, cannot be opened.",
       {Cause::server_timeout, Cause::request_refused},
       "The device uses passive mode: the server's range of ports has to be open, and its address has to be "
       "the outer one."},
      {426, "The transfer was cut off.", {Cause::server_closed, Cause::pdn_lost}},
      {430, "User or password are wrong.", {Cause::request_refused}},
      {530, "Not logged in, or the login is wrong.", {Cause::request_refused}},
      {534, "The server wants TLS.", {Cause::not_tls, Cause::request_refused}},
      {550, "The file is not there, or may not be had.", {Cause::request_refused}},
      {552, "No more room for this user.", {Cause::request_refused}},
      {553, "The name is not allowed.", {Cause::request_refused}},
  };
  return meanings;
}

std::span<const NumberMeaning> tftp_error_meanings() {
  using base::Cause;
  static const NumberMeaning meanings[] = {
      {any_number,
       "An error of a TFTP server.",
       {Cause::request_refused},
       "",
       {{"This application has no TFTP.", "slm-1"}, {"This application has no TFTP.", "serial-modem"}}},
      {1, "The file is not there.", {Cause::request_refused}},
      {2, "The file may not be had: its rights on the server.", {Cause::request_refused}},
      {3, "The server has no more room.", {Cause::request_refused}},
      {5, "A packet of another transfer: a NAT has changed the port.", {Cause::bad_answer}},
      {6, "The file exists, and the server does not replace it.", {Cause::request_refused}},
  };
  return meanings;
}

}  // namespace attache::explain
