#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace attache::cellular {

/// What device identity signs and makes (reference nrf91-modem/credentials.md, "%KEYGEN", "Tokens"). All keys
/// are ECDSA P-256, as PEM texts (PKCS#8). Functions only: who keeps the keys is the caller's business.

/// A new private key.
base::Result<std::string> generate_key();

/// What a certificate request says besides the key.
struct RequestTerms {
  std::string subject;  ///< "O=Test,CN=Device" (RFC 4514, simple values).
  /// The bits of the extension keyUsage (RFC 5280, 4.2.1.3) as digits 0 and 1, digitalSignature first; at
  /// most nine and one of them 1. By default digitalSignature, nonRepudiation, keyEncipherment and
  /// keyAgreement.
  std::string key_usage = "11101";
  /// The signature's algorithm has parameters: a NULL, against RFC 5758 (3.2), as firmware before 2.0 does.
  bool null_parameters = false;
};

/// A certificate request in DER for a key, signed with it. The reason says which of the terms is wrong.
base::Result<std::string> certificate_request(std::string_view key_pem, const RequestTerms& terms);
/// The public key of a private key, SubjectPublicKeyInfo in DER.
base::Result<std::string> public_key(std::string_view key_pem);

/// What identifies a device in its tokens.
struct DeviceIdentity {
  std::string uuid;      ///< "50503041-…"
  std::string key_pem;   ///< Device identity key. Secret.
  std::string hardware;  ///< "nRF9160"
  int device_type = 0;   ///< FirmwareProfile::device_type()
  std::string firmware_uuid;
};

/// What the second half of %KEYGEN's answer is about.
enum class KeyMessage { public_key = 8, certificate_request = 9 };

/// The second half of %KEYGEN's answer: a COSE_Sign1 (RFC 9052) that carries device, sec_tag, the digest of
/// the first half's DER and a nonce.
base::Result<std::string> attest_key(const DeviceIdentity& device, std::uint32_t sec_tag, KeyMessage message,
                                     std::string_view der);

/// "<payload>.<COSE_Sign1>" of %ATTESTTOKEN, base64url: device, its type, firmware and a nonce; the
/// COSE_Sign1 signs the payload and does not repeat it.
base::Result<std::string> attestation_token(const DeviceIdentity& device);

/// What a JSON web token says.
struct TokenClaims {
  std::string subject;
  std::string audience;
  base::WallTime issued;
  std::int64_t lifetime_s = 0;
};

/// "<header>.<payload>.<signature>", ES256 with the key; the issuer is hardware and UUID.
base::Result<std::string> web_token(const DeviceIdentity& device, std::string_view key_pem,
                                    const TokenClaims& claims);

/// True if `signature` (base64, DER) is an ECDSA SHA-256 signature of the text by the public key (PEM).
bool is_signed(std::string_view text, std::string_view signature, std::string_view public_key_pem);

/// Base64 with the URL's alphabet and without padding (RFC 4648, 5).
std::string base64url(std::string_view bytes);

/// A UUID of version 4 made from the IMEI, so that a device keeps its own.
std::string device_uuid(std::string_view imei);

}  // namespace attache::cellular
