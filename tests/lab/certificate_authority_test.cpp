#include "lab/certificate_authority.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "lab/openssl_handles.hpp"

namespace attache::lab {
namespace {

using StoreHandle = std::unique_ptr<X509_STORE, base::OpensslDeleter<X509_STORE_free>>;
using StoreContextHandle = std::unique_ptr<X509_STORE_CTX, base::OpensslDeleter<X509_STORE_CTX_free>>;

/// X509_V_OK or what OpenSSL has against `leaf` when `trusted` is all it trusts.
int verify(const std::string& leaf, const std::string& trusted, int purpose = X509_PURPOSE_SSL_SERVER) {
  const StoreHandle store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), read_certificate(trusted).get());
  X509_STORE_set_purpose(store.get(), purpose);
  const auto certificate = read_certificate(leaf);
  const StoreContextHandle context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

bool is_for_host(const std::string& leaf, const std::string& name) {
  return X509_check_host(read_certificate(leaf).get(), name.data(), name.size(), 0, nullptr) == 1;
}

bool is_for_address(const std::string& leaf, const std::string& address) {
  return X509_check_ip_asc(read_certificate(leaf).get(), address.c_str(), 0) == 1;
}

TEST(CertificateAuthority, IssuesLeavesThatItsCertificateVerifies) {
  const CertificateAuthority authority("Test CA");
  const auto leaf = authority.issue({.dns_names = {"localhost"}});
  EXPECT_EQ(verify(leaf.certificate_pem, authority.certificate_pem()), X509_V_OK);
}

TEST(CertificateAuthority, IsNotVerifiedByAnotherOfTheSameName) {
  const CertificateAuthority authority("Test CA");
  const CertificateAuthority other("Test CA");
  const auto leaf = authority.issue({});
  EXPECT_NE(verify(leaf.certificate_pem, other.certificate_pem()), X509_V_OK);
}

TEST(CertificateAuthority, PutsNamesAndAddressesIntoTheLeaf) {
  const CertificateAuthority authority("Test CA");
  const auto leaf = authority.issue({.common_name = "a.example",
                                     .dns_names = {"a.example", "*.example.com"},
                                     .addresses = {"127.0.0.1", "::1"}});
  EXPECT_TRUE(is_for_host(leaf.certificate_pem, "a.example"));
  EXPECT_TRUE(is_for_host(leaf.certificate_pem, "b.example.com"));
  EXPECT_FALSE(is_for_host(leaf.certificate_pem, "b.example"));
  EXPECT_TRUE(is_for_address(leaf.certificate_pem, "127.0.0.1"));
  EXPECT_TRUE(is_for_address(leaf.certificate_pem, "::1"));
  EXPECT_FALSE(is_for_address(leaf.certificate_pem, "127.0.0.2"));
}

TEST(CertificateAuthority, TakesNamesLongerThanACommonNameMayBe) {
  const CertificateAuthority authority("Test CA");
  const auto name = fmt::format("{:a>60}.{:b>60}.example", "", "");
  const auto leaf = authority.issue({.common_name = name, .dns_names = {name}});
  EXPECT_TRUE(is_for_host(leaf.certificate_pem, name));
}

TEST(CertificateAuthority, IssuesExpiredLeaves) {
  const CertificateAuthority authority("Test CA");
  const auto leaf =
      authority.issue({.valid_from = std::chrono::hours(-48), .valid_until = std::chrono::hours(-24)});
  EXPECT_EQ(verify(leaf.certificate_pem, authority.certificate_pem()), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST(CertificateAuthority, IssuesLeavesForClientsThatAreNoServers) {
  const CertificateAuthority authority("Test CA");
  const auto leaf = authority.issue({.common_name = "client", .client = true});
  EXPECT_EQ(verify(leaf.certificate_pem, authority.certificate_pem(), X509_PURPOSE_SSL_CLIENT), X509_V_OK);
  EXPECT_EQ(verify(leaf.certificate_pem, authority.certificate_pem(), X509_PURPOSE_SSL_SERVER),
            X509_V_ERR_INVALID_PURPOSE);
}

TEST(CertificateAuthority, GivesTheKeyOfTheLeaf) {
  const CertificateAuthority authority("Test CA");
  const auto leaf = authority.issue({});
  EXPECT_EQ(X509_check_private_key(read_certificate(leaf.certificate_pem).get(),
                                   read_private_key(leaf.private_key_pem).get()),
            1);
}

TEST(CertificateAuthority, RefusesAnAddressThatIsNone) {
  const CertificateAuthority authority("Test CA");
  EXPECT_THROW((void)authority.issue({.addresses = {"localhost"}}), std::invalid_argument);
}

TEST(CertificateAuthority, GivesEveryLeafItsOwnSerialNumber) {
  const CertificateAuthority authority("Test CA");
  const auto first = read_certificate(authority.issue({}).certificate_pem);
  const auto second = read_certificate(authority.issue({}).certificate_pem);
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(first.get()), X509_get0_serialNumber(second.get())), 0);
}

TEST(SelfSigned, IsItsOwnIssuerAndVerifiedByNoCa) {
  const CertificateAuthority authority("Test CA");
  const auto leaf = make_self_signed({.dns_names = {"localhost"}});
  const auto certificate = read_certificate(leaf.certificate_pem);
  EXPECT_EQ(X509_NAME_cmp(X509_get_issuer_name(certificate.get()), X509_get_subject_name(certificate.get())),
            0);
  EXPECT_EQ(verify(leaf.certificate_pem, authority.certificate_pem()),
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
}

}  // namespace
}  // namespace attache::lab
