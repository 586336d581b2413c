#include "net/tls_suites.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "vocabulary/firmware.hpp"

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

using vocabulary::version;

void append(std::string& list, std::span<const std::string_view> suites) {
  for (auto suite : suites) {
    list += list.empty() ? "" : ":";
    list += suite;
  }
}

}  // namespace

TlsSuites TlsSuites::of_firmware(std::string_view profile) {
  constexpr std::array<vocabulary::Releases, 3> with_gcm{
      {{version(1, 1, 5), version(1, 2)}, {version(1, 2, 7), version(1, 3)}, {version(1, 3, 1)}}};
  auto firmware = vocabulary::read_firmware(profile);
  return {!firmware ||
          std::any_of(with_gcm.begin(), with_gcm.end(),
                      [&](const vocabulary::Releases& releases) { return releases.have(*firmware); })};
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
