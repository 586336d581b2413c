#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attache::certificates {

/// What a modem keeps under a `sec_tag`, by the numbers of its types (reference nrf91-modem/credentials.md).
enum class CredentialKind { authority = 0, certificate = 1, key = 2, psk = 3, psk_identity = 4 };

/// "root CA", "client certificate", "private key", "pre-shared key", "identity of the pre-shared key".
std::string_view name_of(CredentialKind kind);

/// A credential as it is written into a modem.
struct Credential {
  CredentialKind kind = CredentialKind::authority;
  std::string content;               ///< The bytes between the quotes. Secret for keys.
  std::string password{};            ///< Of an encrypted key; else empty. Secret.
  std::string source{};              ///< The file it is from; empty if it was typed.
  std::vector<std::string> notes{};  ///< What was made of the file: "converted from DER to PEM".
};

}  // namespace attache::certificates
