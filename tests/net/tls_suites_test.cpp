#include "net/tls_suites.hpp"

#include <gtest/gtest.h>

namespace attache::net {
namespace {

TEST(TlsSuites, KnowGcmFromTheFirmwareThatBroughtIt) {
  for (const auto* firmware : {"mfw_nrf9160_1.1.5", "mfw_nrf9160_1.2.7", "mfw_nrf9160_1.3.1",
                               "mfw_nrf9160_1.3.5", "mfw_nrf91x1_2.0.2", "mfw_nrf9160_1.4.0"}) {
    EXPECT_TRUE(TlsSuites::of_firmware(firmware).gcm) << firmware;
  }
  for (const auto* firmware :
       {"mfw_nrf9160_1.1.4", "mfw_nrf9160_1.2.3", "mfw_nrf9160_1.3.0", "mfw_nrf9160_1.0.1"}) {
    EXPECT_FALSE(TlsSuites::of_firmware(firmware).gcm) << firmware;
  }
}

TEST(TlsSuites, OfferPskSuitesAloneToATagWithoutCertificates) {
  EXPECT_EQ(TlsSuites{}.cipher_list(false, true),
            "PSK-AES256-CBC-SHA:PSK-AES128-CBC-SHA256:PSK-AES128-CBC-SHA:PSK-AES128-CCM8");
  EXPECT_EQ(
      TlsSuites{}.cipher_list(true, false),
      "ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:"
      "ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES128-SHA");
}

}  // namespace
}  // namespace attache::net
