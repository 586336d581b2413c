#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "certificates/credential.hpp"

namespace attache::certificates {

/// Makes credentials for a modem of the bytes of a file: certificates and keys in PEM (also with CR LF, in
/// the quotes of a C source, among other text) or DER, or a pre-shared key in hexadecimal digits.
///
/// PEM comes out with LF line ends and nothing but its blocks, keys as PKCS#8, a chain with the leaf first; a
/// file that is so already comes out byte for byte. An encrypted key stays encrypted: `password` is its own.
/// Without `wanted` the kind is guessed: certificates that are CAs are roots, others a client's chain; with
/// it only what is of this kind is taken.
///
/// Fails if the file holds nothing of the kind or what it holds cannot be decoded. No secret is in the
/// reason.
base::Result<std::vector<Credential>> read_credentials(std::string_view bytes, const std::string& source,
                                                       std::optional<CredentialKind> wanted,
                                                       const std::string& password);

}  // namespace attache::certificates
