#include "certificates/examination.hpp"

#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "certificates/certificate.hpp"
#include "certificates/private_key.hpp"
#include "certificates/trust.hpp"
#include "lab/certificate_authority.hpp"

namespace attache::certificates {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = CredentialKind;

std::string alone(const std::string& pem) {
  return to_pem(read_certificates(pem).front().get());
}

struct Examined : testing::Test {
  /// "error: …" or "warning: …", one for each doubt.
  std::vector<std::string> doubts(const std::vector<Credential>& credentials,
                                  const std::set<Kind>& stored = {}) const {
    std::vector<std::string> found;
    for (const Doubt& doubt : examine(credentials, stored, now)) {
      EXPECT_NE(doubt.reason.cause, base::Cause::none);
      EXPECT_NE(doubt.reason.advice, "");
      found.push_back((doubt.is_grave ? "error: " : "warning: ") + doubt.reason.why);
    }
    return found;
  }

  lab::CertificateAuthority authority{"Test CA"};
  lab::CertificateAuthority stranger{"Other CA"};
  lab::KeyAndCertificate client = authority.issue({.common_name = "device 7", .client = true});
  Credential ca{Kind::authority, authority.certificate_pem()};
  Credential certificate{Kind::certificate, alone(client.certificate_pem)};
  Credential key{Kind::key, client.private_key_pem};
  base::WallTime now = std::chrono::system_clock::now();
};

using Examination = Examined;

TEST_F(Examination, HasNothingAgainstWhatBelongsTogether) {
  EXPECT_THAT(doubts({ca, certificate, key}), IsEmpty());
  EXPECT_THAT(doubts({{Kind::psk, "00ff"}, {Kind::psk_identity, "device"}}), IsEmpty());
  EXPECT_THAT(doubts({{Kind::certificate, certificate.content + ca.content}, key}), IsEmpty());
}

TEST_F(Examination, SaysThatAKeyIsNotTheCertificatesOwn) {
  Credential other{Kind::key, authority.issue({.client = true}).private_key_pem};
  EXPECT_THAT(doubts({certificate, other}),
              ElementsAre("error: it does not belong to the client certificate device 7"));
}

TEST_F(Examination, SaysThatHalfOfAPairLacks) {
  EXPECT_THAT(doubts({certificate}), ElementsAre("warning: the modem does not use it without the private key "
                                                 "under the same sec_tag"));
  EXPECT_THAT(doubts({certificate}, {Kind::key}), IsEmpty());
  EXPECT_THAT(doubts({{Kind::psk, "00"}}), ElementsAre(HasSubstr("without the identity")));
  EXPECT_THAT(doubts({{Kind::psk_identity, "me"}}), ElementsAre(HasSubstr("without the pre-shared key")));
}

TEST_F(Examination, SaysThatAChainHasAGap) {
  Credential gap{Kind::certificate, certificate.content + stranger.certificate_pem()};
  EXPECT_THAT(doubts({gap, key}), ElementsAre("error: device 7 is followed by Other CA, which has not issued "
                                              "it: its issuer is Test CA"));
}

TEST_F(Examination, LooksAtDates) {
  using std::chrono::hours;
  auto made = [&](hours from, hours until) {
    auto leaf = authority.issue(
        {.common_name = "device 7", .valid_from = from, .valid_until = until, .client = true});
    return std::vector<Credential>{{Kind::certificate, alone(leaf.certificate_pem)},
                                   {Kind::key, leaf.private_key_pem}};
  };
  EXPECT_THAT(doubts(made(hours(-48), hours(-24))), ElementsAre(HasSubstr("error: device 7 expired on 20")));
  EXPECT_THAT(doubts(made(hours(-48), hours(48))), ElementsAre(HasSubstr("warning: device 7 expires on 20")));
  EXPECT_THAT(doubts(made(hours(48), hours(24 * 365))),
              ElementsAre(HasSubstr("warning: device 7 is not valid before 20")));
}

TEST_F(Examination, SaysThatARootIsNoAuthority) {
  EXPECT_THAT(doubts({{Kind::authority, certificate.content}}),
              ElementsAre("warning: device 7 is no CA (basicConstraints): its issuer is Test CA"));
  Credential self{Kind::authority, lab::make_self_signed({.common_name = "box"}).certificate_pem};
  EXPECT_THAT(doubts({self}), ElementsAre(HasSubstr("box is self-signed and no CA")));
}

TEST_F(Examination, SaysThatAServersCertificateIsNotForClients) {
  auto server = authority.issue({.common_name = "server"});
  EXPECT_THAT(
      doubts({{Kind::certificate, alone(server.certificate_pem)}, {Kind::key, server.private_key_pem}}),
      ElementsAre("warning: server is not for clients (extendedKeyUsage)"));
}

TEST_F(Examination, KnowsTheKeysOfTheFirmware) {
  auto pem = [](EVP_PKEY* made) { return to_pkcs8(base::KeyHandle(made).get()); };
  EXPECT_THAT(doubts({{Kind::key, pem(EVP_EC_gen("P-384"))}}, {Kind::certificate}), IsEmpty());
  EXPECT_THAT(doubts({{Kind::key, pem(EVP_RSA_gen(1024))}}, {Kind::certificate}), IsEmpty());
  EXPECT_THAT(doubts({{Kind::key, pem(EVP_EC_gen("P-521"))}}, {Kind::certificate}),
              ElementsAre("error: it is an EC key on the curve secp521r1, which the modem cannot use"));
  EXPECT_THAT(doubts({{Kind::key, pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))}}, {Kind::certificate}),
              ElementsAre("error: it is a key of the type ED25519, which the modem cannot use"));
}

TEST_F(Examination, SaysThatALineIsTooLong) {
  std::string many;
  while (many.size() < longest_line) {
    many += ca.content;
  }
  EXPECT_THAT(doubts({{Kind::authority, many}}),
              ElementsAre(HasSubstr("do not fit into an AT line, which has 4096")));
}

TEST_F(Examination, KnowsThePasswordsAndPreSharedKeysThatFit) {
  Credential long_password = key;
  long_password.password = std::string(33, 'x');
  EXPECT_THAT(doubts({long_password, certificate}),
              ElementsAre("error: its password has more than 32 characters"));
  EXPECT_THAT(doubts({{Kind::psk, std::string(130, '0')}}, {Kind::psk_identity}),
              ElementsAre("error: it has 65 bytes, and the modem takes 64 at most"));
  EXPECT_THAT(doubts({{Kind::psk_identity, "a\"b"}}, {Kind::psk}),
              ElementsAre("error: it contains a quote, which ends the parameter"));
  EXPECT_THAT(doubts({{Kind::psk_identity, "a\r\n"}}, {Kind::psk}),
              ElementsAre("error: it is no text of printable ASCII characters"));
}

TEST_F(Examination, FindsTheAnchorOfAChain) {
  auto server = authority.issue({.common_name = "server"});
  std::vector<std::string> chain{alone(server.certificate_pem)};
  auto anchor = anchor_among(stranger.certificate_pem() + ca.content, chain, now);
  ASSERT_TRUE(anchor);
  EXPECT_EQ(anchor->facts.name, "Test CA");
  EXPECT_EQ(anchor->pem, ca.content);
  EXPECT_FALSE(anchor_among(stranger.certificate_pem(), chain, now));
  EXPECT_FALSE(anchor_among(ca.content, {}, now));
  EXPECT_FALSE(anchor_among(ca.content, chain, now + std::chrono::hours(24 * 400)));
  EXPECT_FALSE(anchor_of_this_machine(chain, now));
}

}  // namespace
}  // namespace attache::certificates
