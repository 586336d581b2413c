#pragma once

#include <optional>
#include <string>

#include "lab/certificate_authority.hpp"
#include "modem/credential_store.hpp"
#include "net/bearer.hpp"
#include "net/tls_diagnosis.hpp"

namespace attache::proof {

/// What a server of a network in memory shows to clients that ask for TLS.
struct TlsPeer {
  lab::KeyAndCertificate identity;
  std::string client_ca_pem{};  ///< If not empty, clients must show a certificate of this CA.
  bool tls_1_3_only = false;    ///< Else 1.2 and 1.3.
};

/// The handshake of a device that has `credentials` under its tag (nothing = the tag is empty) with the peer,
/// in memory and at once: nothing if both sides agree, else the failure as the device has it.
/// Throws std::runtime_error if the peer's own identity cannot be used.
std::optional<net::Failure> shake_hands(const TlsPeer& peer,
                                        const std::optional<modem::CredentialBundle>& credentials,
                                        const net::TlsCircumstances& circumstances);

}  // namespace attache::proof
