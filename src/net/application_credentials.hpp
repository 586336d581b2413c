#pragma once

#include <cstdint>
#include <optional>

#include "modem/credential_store.hpp"

namespace attache::net {

/// An application with TLS of its own keeps its credentials in the modem too, where it can read them back:
/// what it calls type `type` of `sec_tag` is a root CA under this tag (reference slm-1.6/cmng-native-tls.md).
constexpr std::uint32_t application_tag(std::uint32_t sec_tag, std::uint32_t type) {
  return sec_tag * 10 + type;
}
inline constexpr std::uint32_t greatest_application_tag = 214748364;

/// What an application has under its `sec_tag`: root CA, certificate and key; PSKs are stored, never used.
/// Nothing if it holds nothing at all.
std::optional<modem::CredentialBundle> application_bundle(const modem::CredentialStore& modem,
                                                          std::uint32_t sec_tag);

}  // namespace attache::net
