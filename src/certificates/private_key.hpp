#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/openssl_handles.hpp"

namespace attache::certificates {

/// The private key in a PEM text, null if it cannot be read: no key, or the password is not its own. Nobody
/// is ever asked for one.
[[nodiscard]] base::KeyHandle read_private_key(std::string_view pem, std::string password = {});

/// The key as unencrypted PKCS#8 in PEM. Secret.
[[nodiscard]] std::string to_pkcs8(const EVP_PKEY* key);

/// Whether the text holds something in PEM that can be decoded, by its outer form alone: an encrypted key
/// needs no password.
[[nodiscard]] bool is_decodable_pem(std::string_view pem);

/// What to do about a key that unusable() names.
inline constexpr std::string_view usable_keys =
    "The modem has ECDSA on P-256 and P-384, and RSA of up to 4096 bits: use a key of these.";

/// What the key is if the modem's TLS cannot use it ("an RSA key of 8192 bits"): it has ECDSA on P-256 and
/// P-384, and RSA of up to 4096 bits (reference nrf91-modem/tls.md). Null is a key that cannot be read.
[[nodiscard]] std::optional<std::string> unusable(const EVP_PKEY* key);

}  // namespace attache::certificates
