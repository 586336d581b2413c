#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/settings.hpp"
#include "modem/credential_store.hpp"

namespace attache::cellular {

/// As %CMNG numbers them (reference nrf91-modem/credentials.md).
enum class CredentialType {
  root_ca = 0,
  client_certificate = 1,
  private_key = 2,
  psk = 3,
  psk_identity = 4,
  public_key = 5,       ///< Of %XPMNG.
  identity_key = 6,     ///< The device's own, made at first use.
  endorsement_key = 8,  ///< Of %KEYGEN.
  identity_root = 10,   ///< The vendor's, listed only.
  vendor_key = 11,      ///< The vendor's, listed only.
  asset_key = 13,       ///< Of %KEYGEN.
};

/// The name of a type in reasons: "root CA".
std::string_view name(CredentialType type);

/// The credentials of the modem: in memory and, at each change, in the settings' section "credentials".
class CredentialVault {
 public:
  struct Id {
    std::uint32_t sec_tag = 0;
    CredentialType type = CredentialType::root_ca;
    auto operator<=>(const Id&) const = default;
  };
  struct Entry {
    std::string content;   ///< The bytes between the quotes, unchanged.
    std::string password;  ///< Of an encrypted private key; else empty.
  };

  static constexpr std::size_t most_entries = 160;  ///< 32 tags with all five types.
  static constexpr std::size_t most_bytes = 64 * 1024;

  explicit CredentialVault(base::Settings& settings);

  /// In the order of tag and type, that of %CMNG=1.
  [[nodiscard]] const std::map<Id, Entry>& all() const { return entries_; }
  /// Null if there is none; good until it is written or erased.
  [[nodiscard]] const Entry* find(const Id& id) const;
  /// What TLS uses of a tag; nothing if the tag has no entry at all.
  [[nodiscard]] std::optional<modem::CredentialBundle> bundle(std::uint32_t sec_tag) const;

  /// True if the store could not take the entry in place of what it holds under that id.
  [[nodiscard]] bool full_for(const Id& id, const Entry& entry) const;

  /// Both write the settings first; if that fails nothing is changed.
  base::Result<void> write(const Id& id, Entry entry);
  /// Succeeds too if there is none of that id.
  base::Result<void> erase(const Id& id);

 private:
  base::Settings& settings_;
  std::map<Id, Entry> entries_;
};

}  // namespace attache::cellular
