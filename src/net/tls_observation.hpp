#pragma once

#include <optional>
#include <string>
#include <vector>

#include "certificates/certificate_facts.hpp"

namespace attache::net {

using certificates::CertificateFacts;

/// What a sec_tag holds, without anything secret.
struct TagContents {
  std::vector<CertificateFacts> authorities;  ///< Type 0.
  std::vector<CertificateFacts> client;       ///< Type 1, leaf first; used with the key of type 2.
  bool has_psk = false;                       ///< Types 3 and 4.
  bool psk_lacks_identity = false;            ///< Type 3 without type 4: not used.
  bool psk_lacks_key = false;                 ///< Type 4 without type 3: not used.
};

/// An alert (RFC 5246, 7.2): its number is IANA's, its name OpenSSL's.
struct TlsAlert {
  bool fatal = true;
  int number = 0;
  std::string name;  ///< "handshake failure"
};

/// One objection to the server's certificate chain.
struct VerifyError {
  enum class Kind { expired, not_yet_valid, unknown_issuer, wrong_name, bad_signature, other };
  Kind kind = Kind::other;
  int depth = 0;  ///< 0 = the server's own certificate.
  std::string text;
  CertificateFacts certificate;
};

/// Everything that was seen of a handshake, for the reason of its failure.
struct TlsObservation {
  enum class Fault {
    none,
    not_tls,
    old_protocol,
    other
  };  ///< What we did not like of the server's messages.

  bool server_answered = false;  ///< A ServerHello came.
  bool client_certificate_asked = false;
  std::string protocol;  ///< That of the ServerHello: "TLSv1.2".
  std::string cipher;
  std::optional<std::uint16_t> cipher_number;  ///< IANA's.
  std::vector<CertificateFacts> server_chain;  ///< As sent.
  std::vector<VerifyError> verify_errors;
  std::optional<TlsAlert> alert_received;
  std::optional<TlsAlert> alert_sent;
  Fault fault = Fault::none;
  std::string library_error;  ///< OpenSSL's words.
};

}  // namespace attache::net
