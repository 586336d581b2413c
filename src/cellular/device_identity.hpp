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

/// A certificate request in DER for a key, with a subject like "O=Test,CN=Device" (RFC 4514, simple values).
base::Result<std::string> certificate_request(std::string_view key_pem, std::string_view subject);
/// The public key of a private key, SubjectPublicKeyInfo in DER.
base::Result<std::string> public_key(std::string_view key_pem);

/// What identifies a device in its tokens.
struct DeviceIdentity {
  std::string uuid;      ///< "50503041-…"
  std::string key_pem;   ///< Device identity key. Secret.
  std::string hardware;  ///< "nRF9160"
};

/// The second half of %KEYGEN's answer: a COSE_Sign1 over device, sec_tag and the digest of the DER.
base::Result<std::string> attest_key(const DeviceIdentity& device, std::uint32_t sec_tag, int type,
                                     std::string_view der);

/// "<payload>.<COSE_Sign1>" of %ATTESTTOKEN, base64url.
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
