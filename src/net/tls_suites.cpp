#include "net/tls_suites.hpp"

#include <array>
#include <span>
#include <tuple>

#include "base/text.hpp"

namespace attache::net {

namespace {

constexpr std::array<std::string_view, 3> gcm_suites = {
    "ECDHE-ECDSA-AES128-GCM-SHA256",  // C02B
    "ECDHE-RSA-AES256-GCM-SHA384",    // C030
    "ECDHE-RSA-AES128-GCM-SHA256",    // C02F
};
constexpr std::array<std::string_view, 7> cbc_suites = {
    "ECDHE-ECDSA-AES256-SHA384",  // C024
    "ECDHE-ECDSA-AES256-SHA",     // C00A
    "ECDHE-ECDSA-AES128-SHA256",  // C023
    "ECDHE-ECDSA-AES128-SHA",     // C009
    "ECDHE-RSA-AES256-SHA",       // C014
    "ECDHE-RSA-AES128-SHA256",    // C027
    "ECDHE-RSA-AES128-SHA",       // C013
};
constexpr std::array<std::string_view, 4> psk_suites = {
    "PSK-AES256-CBC-SHA",     // 008D
    "PSK-AES128-CBC-SHA256",  // 00AE
    "PSK-AES128-CBC-SHA",     // 008C
    "PSK-AES128-CCM8",        // C0A8
};

using Version = std::tuple<int, int, int>;

// "mfw_nrf9160_1.3.5" and "mfw_nrf91x1_2.0.2-rc1": the three numbers behind the last underscore.
Version version_of(std::string_view profile) {
  std::string_view text = profile.substr(profile.rfind('_') + 1);
  auto parts = base::split(text.substr(0, text.find('-')), '.');
  auto part = [&](std::size_t index) {
    return index < parts.size() ? base::parse_number<int>(parts[index]).value_or(99) : 0;
  };
  return {part(0), part(1), part(2)};
}

void append(std::string& list, std::span<const std::string_view> suites) {
  for (auto suite : suites) {
    list += list.empty() ? "" : ":";
    list += suite;
  }
}

}  // namespace

TlsSuites TlsSuites::of_firmware(std::string_view profile) {
  auto [major, minor, patch] = version_of(profile);
  if (major != 1) {
    return {major >= 2};
  }
  constexpr std::array<int, 4> first_patch_with_gcm = {100, 5, 7, 1};  // 1.0: never, 1.1.5, 1.2.7, 1.3.1
  bool is_known = minor >= 0 && minor < static_cast<int>(first_patch_with_gcm.size());
  return {!is_known || patch >= first_patch_with_gcm[static_cast<std::size_t>(minor)]};
}

std::string TlsSuites::cipher_list(bool with_certificates, bool with_psk) const {
  std::string list;
  if (with_certificates && gcm) {
    append(list, gcm_suites);
  }
  if (with_certificates) {
    append(list, cbc_suites);
  }
  if (with_psk) {
    append(list, psk_suites);
  }
  return list;
}

}  // namespace attache::net
