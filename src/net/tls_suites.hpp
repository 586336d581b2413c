#pragma once

#include <string>
#include <string_view>

namespace attache::net {

/// The cipher suites a modem firmware offers (reference nrf91-modem/tls.md, "Protocol").
struct TlsSuites {
  bool gcm = false;  ///< From 1.1.5, 1.2.7, 1.3.1 and 2.0.0 on.

  /// For this firmware profile: "mfw_nrf9160_1.3.5", "mfw_nrf91x1_2.0.2". An unknown one has them all.
  [[nodiscard]] static TlsSuites of_firmware(std::string_view profile);

  /// OpenSSL's cipher list: those with certificates, those with a pre-shared key, or both.
  [[nodiscard]] std::string cipher_list(bool with_certificates, bool with_psk) const;
};

}  // namespace attache::net
