#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace attache::modem {

/// The credentials under one sec_tag, as written by AT%CMNG (reference nrf91-modem/credentials.md).
struct CredentialBundle {
  std::optional<std::string> root_ca;               ///< Type 0, PEM; several certificates allowed.
  std::optional<std::string> client_certificate;    ///< Type 1, PEM; chain allowed.
  std::optional<std::string> private_key;           ///< Type 2, PEM. Secret.
  std::optional<std::string> private_key_password;  ///< Secret.
  std::optional<std::string> psk;                   ///< Type 3, hexadecimal text. Secret.
  std::optional<std::string> psk_identity;          ///< Type 4.
  bool kept_in_modem = false;  ///< A real modem holds them: their content cannot be read here.
};

/// Where TLS finds its credentials. One thread only.
class CredentialStore {
 public:
  virtual ~CredentialStore() = default;
  /// Everything stored under the tag; nothing if it holds nothing at all.
  [[nodiscard]] virtual std::optional<CredentialBundle> bundle(std::uint32_t sec_tag) const = 0;
};

}  // namespace attache::modem
