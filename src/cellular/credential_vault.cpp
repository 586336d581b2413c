#include "cellular/credential_vault.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

constexpr std::string_view credentials_section = "credentials";
constexpr std::string_view password_suffix = ",password";

std::string content_key(const CredentialVault::Id& id) {
  return fmt::format("{},{}", id.sec_tag, static_cast<int>(id.type));
}

std::string password_key(const CredentialVault::Id& id) {
  return content_key(id) + std::string(password_suffix);
}

std::optional<CredentialVault::Id> parse_key(std::string_view key) {
  auto parts = base::split(key, ',');
  auto tag = base::parse_number<std::uint32_t>(parts[0]);
  auto type = parts.size() > 1 ? base::parse_number<std::int32_t>(parts[1]) : std::nullopt;
  if (!tag || !type || *type < 0 || *type > static_cast<int>(CredentialType::asset_key)) {
    return std::nullopt;
  }
  return CredentialVault::Id{*tag, static_cast<CredentialType>(*type)};
}

}  // namespace

std::string_view name(CredentialType type) {
  switch (type) {
    case CredentialType::root_ca:
      return "root CA";
    case CredentialType::client_certificate:
      return "client certificate";
    case CredentialType::private_key:
      return "private key";
    case CredentialType::psk:
      return "PSK";
    case CredentialType::psk_identity:
      return "PSK identity";
    case CredentialType::public_key:
      return "public key";
    case CredentialType::identity_key:
      return "device identity key";
    case CredentialType::endorsement_key:
      return "endorsement key";
    case CredentialType::identity_root:
      return "identity root CA";
    case CredentialType::vendor_key:
      return "vendor key";
    case CredentialType::asset_key:
      break;
  }
  return "asset encryption key";
}

CredentialVault::CredentialVault(base::Settings& settings) : settings_(settings) {
  for (auto& [key, value] : settings.section(credentials_section)) {
    auto id = parse_key(key);
    if (!id) {
      continue;
    }
    if (key.ends_with(password_suffix)) {
      entries_[*id].password = value;
    } else {
      entries_[*id].content = value;
    }
  }
}

const CredentialVault::Entry* CredentialVault::find(const Id& id) const {
  auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

std::optional<modem::CredentialBundle> CredentialVault::bundle(std::uint32_t sec_tag) const {
  modem::CredentialBundle bundle;
  bool any = false;
  for (auto found = entries_.lower_bound({sec_tag, CredentialType::root_ca});
       found != entries_.end() && found->first.sec_tag == sec_tag; ++found) {
    const auto& [id, entry] = *found;
    any = true;
    switch (id.type) {
      case CredentialType::root_ca:
        bundle.root_ca = entry.content;
        break;
      case CredentialType::client_certificate:
        bundle.client_certificate = entry.content;
        break;
      case CredentialType::private_key:
        bundle.private_key = entry.content;
        if (!entry.password.empty()) {
          bundle.private_key_password = entry.password;
        }
        break;
      case CredentialType::psk:
        bundle.psk = entry.content;
        break;
      case CredentialType::psk_identity:
        bundle.psk_identity = entry.content;
        break;
      case CredentialType::public_key:
      case CredentialType::identity_key:
      case CredentialType::endorsement_key:
      case CredentialType::identity_root:
      case CredentialType::vendor_key:
      case CredentialType::asset_key:
        break;  // Not for TLS.
    }
  }
  return any ? std::optional(std::move(bundle)) : std::nullopt;
}

bool CredentialVault::full_for(const Id& id, const Entry& entry) const {
  std::size_t bytes = entry.content.size() + entry.password.size();
  std::size_t count = 1;
  for (const auto& [other, held] : entries_) {
    if (other != id) {
      bytes += held.content.size() + held.password.size();
      ++count;
    }
  }
  return count > most_entries || bytes > most_bytes;
}

base::Result<void> CredentialVault::write(const Id& id, Entry entry) {
  std::string section(credentials_section);
  std::array<base::Settings::Change, 2> changes{{
      {section, content_key(id), entry.content},
      {section, password_key(id), entry.password.empty() ? std::nullopt : std::optional(entry.password)},
  }};
  auto written = settings_.apply(changes);
  if (written) {
    entries_[id] = std::move(entry);
  }
  return written;
}

base::Result<void> CredentialVault::erase(const Id& id) {
  std::string section(credentials_section);
  std::array<base::Settings::Change, 2> changes{{
      {section, content_key(id), std::nullopt},
      {section, password_key(id), std::nullopt},
  }};
  auto written = settings_.apply(changes);
  if (written) {
    entries_.erase(id);
  }
  return written;
}

}  // namespace attache::cellular
