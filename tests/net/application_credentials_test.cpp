#include "net/application_credentials.hpp"

#include <gtest/gtest.h>

#include <map>

namespace attache::net {
namespace {

class Store final : public modem::CredentialStore {
 public:
  std::map<std::uint32_t, std::string> authorities;
  [[nodiscard]] std::optional<modem::CredentialBundle> bundle(std::uint32_t sec_tag) const override {
    auto found = authorities.find(sec_tag);
    if (found == authorities.end()) {
      return std::nullopt;
    }
    modem::CredentialBundle bundle;
    bundle.root_ca = found->second;
    return bundle;
  }
};

TEST(ApplicationCredentials, AreRootAuthoritiesUnderTenTimesTheirTag) {
  Store store;
  store.authorities = {{420, "ca"}, {421, "certificate"}, {422, "key"}, {423, "psk"}, {424, "identity"}};
  auto bundle = application_bundle(store, 42);
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->root_ca, "ca");
  EXPECT_EQ(bundle->client_certificate, "certificate");
  EXPECT_EQ(bundle->private_key, "key");
  EXPECT_FALSE(bundle->psk || bundle->psk_identity) << "storable, not usable";
}

TEST(ApplicationCredentials, AreNoneWithoutAUsableOne) {
  Store store;
  store.authorities = {{423, "psk"}, {4, "x"}};
  EXPECT_FALSE(application_bundle(store, 42));
  EXPECT_FALSE(application_bundle(store, 43));
  EXPECT_FALSE(application_bundle(store, greatest_application_tag + 1)) << "ten times that is no tag";
}

}  // namespace
}  // namespace attache::net
