#include "proof/tls_peer.hpp"

#include <gtest/gtest.h>

namespace attache::proof {
namespace {

using namespace std::chrono_literals;

lab::KeyAndCertificate self_signed(std::chrono::hours valid_until) {
  lab::LeafOptions options;
  options.common_name = "example.com";
  options.dns_names = {"example.com"};
  options.valid_from = -24h * 3650;
  options.valid_until = valid_until;
  return lab::make_self_signed(options);
}

net::TlsCircumstances circumstances(const std::string& host) {
  net::TlsCircumstances given;
  given.options.sec_tag = 42;
  given.options.host_name = host;
  given.server = {boost::asio::ip::make_address("192.0.2.1"), 443};
  given.firmware = "mfw_nrf9160_1.3.5";
  given.suites = net::TlsSuites::of_firmware(given.firmware);
  given.time = std::chrono::system_clock::now();
  return given;
}

std::optional<modem::CredentialBundle> with_root(const std::string& pem) {
  modem::CredentialBundle bundle;
  bundle.root_ca = pem;
  return bundle;
}

base::Cause cause_of(const std::optional<net::Failure>& failure) {
  return failure ? failure->reason.cause : base::Cause::none;
}

TEST(TlsPeer, IsTakenWithItsOwnRoot) {
  TlsPeer peer{self_signed(24h * 3650)};
  EXPECT_FALSE(shake_hands(peer, with_root(peer.identity.certificate_pem), circumstances("example.com")));
}

TEST(TlsPeer, IsRefusedForEachReasonOfItsOwn) {
  TlsPeer good{self_signed(24h * 3650)};
  TlsPeer expired{self_signed(-24h)};
  auto own = with_root(good.identity.certificate_pem);
  EXPECT_EQ(cause_of(shake_hands(good, std::nullopt, circumstances("example.com"))),
            base::Cause::sec_tag_missing);
  EXPECT_EQ(cause_of(shake_hands(good, with_root(self_signed(24h * 3650).certificate_pem),
                                 circumstances("example.com"))),
            base::Cause::ca_mismatch);
  EXPECT_EQ(cause_of(shake_hands(expired, with_root(expired.identity.certificate_pem),
                                 circumstances("example.com"))),
            base::Cause::ca_expired);
  EXPECT_EQ(cause_of(shake_hands(good, own, circumstances("other.example"))), base::Cause::hostname_mismatch);
  TlsPeer newer = good;
  newer.tls_1_3_only = true;
  EXPECT_EQ(cause_of(shake_hands(newer, own, circumstances("example.com"))),
            base::Cause::tls_version_or_cipher);
  TlsPeer strict = good;
  strict.client_ca_pem = good.identity.certificate_pem;
  EXPECT_EQ(cause_of(shake_hands(strict, own, circumstances("example.com"))),
            base::Cause::client_cert_missing);
}

}  // namespace
}  // namespace attache::proof
