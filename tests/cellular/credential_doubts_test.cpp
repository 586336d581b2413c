#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_certificates.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::time_t in_2001 = 1000000000;
constexpr std::time_t in_2033 = 2000000000;
constexpr std::string_view usable_keys =
    "The modem has ECDSA on P-256 and P-384, and RSA of up to 4096 bits: use a key of these.";

// A modem to whose sec_tag 1 credentials are written.
class CredentialDoubts : public testing::Test {
 protected:
  /// What is reported at the moment of writing, each as the log shows it.
  std::vector<std::string> write(int type, std::string_view content, std::string_view password = {}) {
    modem_.journal.reasons.clear();
    modem_.journal.lines.clear();
    std::string last = password.empty() ? "" : fmt::format(",\"{}\"", password);
    EXPECT_EQ(modem_.send(fmt::format("AT%CMNG=0,1,{},\"{}\"{}", type, content, last)), ok);
    std::vector<std::string> blocks;
    for (const auto& reason : modem_.journal.reasons) {
      blocks.push_back(base::to_block(reason));
    }
    EXPECT_EQ(modem_.journal.lines.size(), blocks.size()) << "lines beside the reasons";
    return blocks;
  }

  static std::string block(int type, std::string_view code, std::string_view why, std::string_view advice,
                           std::string_view time = {}) {
    constexpr std::array names{"root CA", "client certificate", "private key"};
    return fmt::format(
        "  what:     the {} just written is doubtful\n"
        "  where:    sec_tag 1, type {}\n"
        "  why:      {}\n"
        "{}"
        "  do:       {}\n"
        "  more:     attache explain {}\n",
        names.at(static_cast<std::size_t>(type)), type, why,
        time.empty() ? "" : fmt::format("  time:     {}\n", time), advice, code);
  }

  SimulatedModem modem_;  // On a machine where it is June 2021.
};

constexpr std::string_view machine_time =
    "this machine's is 2021-06-01 00:00 UTC; the modem has none yet, and looks at no dates until it has";

TEST_F(CredentialDoubts, AreNotHadOfWhatWillDo) {
  Identity client = make_identity("Device");
  EXPECT_THAT(write(0, make_identity("Root", {.authority = true}).certificate), IsEmpty());
  EXPECT_THAT(write(1, client.certificate), IsEmpty());
  EXPECT_THAT(write(2, client.key), IsEmpty());
  EXPECT_THAT(write(3, "0102"), IsEmpty());
  EXPECT_THAT(write(4, "-----BEGIN"), IsEmpty());
}

TEST_F(CredentialDoubts, NameAnExpiredCertificateByThisMachinesTimeUntilTheModemHasOne) {
  std::string root = make_identity("Old Root", {.not_after = in_2001, .authority = true}).certificate;
  EXPECT_THAT(write(0, root),
              ElementsAre(block(0, "ca-expired", "the certificate CN = Old Root expired on 2001-09-09",
                                "Write one that is valid today with AT%CMNG=0,1,0,\"<PEM>\"; if this one is, "
                                "correct this machine's time.",
                                machine_time)));
  modem_.send("AT+CCLK=\"20/02/03,04:05:06+00\"");
  EXPECT_THAT(write(0, root),
              ElementsAre(block(0, "ca-expired", "the certificate CN = Old Root expired on 2001-09-09",
                                "Write one that is valid today with AT%CMNG=0,1,0,\"<PEM>\"; if this one is, "
                                "correct the modem's time (AT+CCLK).",
                                "the modem's is 2020-02-03 04:05 UTC")));
}

TEST_F(CredentialDoubts, FollowTheModemsTimeOnceItHasOne) {
  Identity client = make_identity("Device", {.not_after = 1600000000});  // September 2020.
  EXPECT_EQ(write(1, client.certificate).size(), 1U);
  modem_.send("AT+CCLK=\"20/02/03,04:05:06+00\"");
  EXPECT_THAT(write(1, client.certificate), IsEmpty());
}

TEST_F(CredentialDoubts, NameACertificateThatIsNotYetValid) {
  std::string future = make_identity("Device", {.not_before = in_2033}).certificate;
  EXPECT_THAT(
      write(1, future),
      ElementsAre(block(1, "clock-wrong", "the certificate CN = Device is not valid before 2033-05-18",
                        "Correct this machine's time, or write a certificate that is "
                        "valid today.",
                        machine_time)));
  modem_.send("AT+CCLK=\"34/01/01,00:00:00+00\"");
  EXPECT_THAT(write(1, future), IsEmpty());
}

TEST_F(CredentialDoubts, NameARootThatIsNoAuthority) {
  EXPECT_THAT(write(0, make_identity("server.example", {.issuer = "Some CA"}).certificate),
              ElementsAre(block(0, "credential-wrong-type",
                                "the certificate CN = server.example is no CA (basicConstraints)",
                                "Write the certificate of its issuer, CN = Some CA, with "
                                "AT%CMNG=0,1,0,\"<PEM>\".")));
  EXPECT_THAT(
      write(0, make_identity("server.example").certificate),
      ElementsAre(block(
          0, "credential-wrong-type",
          "the certificate CN = server.example is self-signed and no CA (basicConstraints)",
          "It serves for a server that shows this very certificate; for others write the CA that issued "
          "theirs.")));
}

TEST_F(CredentialDoubts, NameEachFaultOfEachCertificateOfAChain) {
  std::string root = make_identity("Root", {.authority = true}).certificate;
  std::string leaf = make_identity("Leaf", {.not_after = in_2001, .issuer = "Root"}).certificate;
  auto blocks = write(0, leaf + "\n" + root);
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(modem_.journal.reasons[0].why, "the certificate CN = Leaf is no CA (basicConstraints)");
  EXPECT_EQ(modem_.journal.reasons[1].why, "the certificate CN = Leaf expired on 2001-09-09");
  EXPECT_THAT(
      write(0, root + "\n" + leaf.substr(0, leaf.size() / 2)),
      ElementsAre(block(0, "cert-malformed", "what follows the first 1 of its certificates cannot be decoded",
                        "Write the whole PEM text again, with its line ends: it may have been cut "
                        "short.")));
}

TEST_F(CredentialDoubts, NameAKeyOfAKindThatTheModemHasNot) {
  auto with_key = [](const MadeKey& key) { return make_certificate("Odd", key.get(), {.authority = true}); };
  auto doubt = [](int type, std::string_view kind) {
    return block(type, "tls-chain-unsupported",
                 fmt::format("the certificate CN = Odd has {}, which the modem cannot use", kind),
                 usable_keys);
  };
  EXPECT_THAT(write(0, with_key(make_curve_key("P-521"))),
              ElementsAre(doubt(0, "an EC key on the curve secp521r1")));
  EXPECT_THAT(write(1, with_key(make_curve_key("secp256k1"))),
              ElementsAre(doubt(1, "an EC key on the curve secp256k1")));
  EXPECT_THAT(write(0, with_key(make_edwards_key())), ElementsAre(doubt(0, "a key of the type ED25519")));
  EXPECT_THAT(write(1, with_key(make_rsa_public_key(4104))),
              ElementsAre(doubt(1, "an RSA key of 4104 bits")));
  for (const MadeKey& key : {make_curve_key("P-256"), make_curve_key("P-384")}) {
    EXPECT_THAT(write(0, with_key(key)), IsEmpty());
  }
  EXPECT_THAT(write(0, with_key(make_rsa_public_key(4096))), IsEmpty());
}

TEST_F(CredentialDoubts, NameAPrivateKeyOfAKindThatTheModemHasNot) {
  EXPECT_THAT(write(2, key_text(make_edwards_key().get())),
              ElementsAre(block(2, "key-format",
                                "the private key is a key of the type ED25519, which the modem cannot use",
                                usable_keys)));
}

TEST_F(CredentialDoubts, NameAMissingPasswordOfAPrivateKey) {
  std::string key = key_text(make_curve_key("P-256").get(), "secret");
  std::string doubt =
      block(2, "key-format", "the private key is encrypted and its password is missing or wrong",
            "Write it with its password: AT%CMNG=0,1,2,\"<PEM>\",\"<password>\".");
  EXPECT_THAT(write(2, key), ElementsAre(doubt));
  EXPECT_THAT(write(2, key, "other"), ElementsAre(doubt));
  EXPECT_THAT(write(2, key, "secret"), IsEmpty());
}

TEST_F(CredentialDoubts, NameAKeyOfAnotherCertificate) {
  Identity one = make_identity("One");
  std::string_view why = "the private key (type 2) does not belong to the client certificate CN = One";
  std::string_view advice = "Write the certificate and the key that were made together.";
  EXPECT_THAT(write(2, make_identity("Other").key), IsEmpty());
  EXPECT_THAT(write(1, one.certificate), ElementsAre(block(1, "credential-wrong-type", why, advice)));
  EXPECT_THAT(write(2, one.key), IsEmpty());
  EXPECT_THAT(write(2, make_identity("Other").key),
              ElementsAre(block(2, "credential-wrong-type", why, advice)));
}

TEST_F(CredentialDoubts, NameWhatIsNoPemOfItsType) {
  Identity client = make_identity("Device");
  std::string whole = "Write the whole PEM text, with its borders and line ends.";
  std::string types = "The types are: 0 root CA, 1 client certificate, 2 private key.";
  std::string cut = "Write the whole PEM text again, with its line ends: it may have been cut short.";
  for (const std::string& content : {std::string("MIIB"), client.certificate.substr(0, 200)}) {
    EXPECT_THAT(
        write(0, content),
        ElementsAre(block(0, "cert-malformed",
                          "the root CA lacks a PEM border (-----BEGIN …-----, -----END …-----)", whole)));
  }
  EXPECT_THAT(
      write(0, client.key),
      ElementsAre(block(0, "credential-wrong-type", "what was written as root CA is a private key", types)));
  EXPECT_THAT(write(2, client.certificate),
              ElementsAre(block(2, "credential-wrong-type",
                                "what was written as private key is a certificate", types)));
  std::string shortened = client.certificate;
  shortened.erase(100, 41);
  EXPECT_THAT(write(1, shortened),
              ElementsAre(block(1, "cert-malformed", "the client certificate cannot be decoded", cut)));
  std::string on_one_line = client.certificate;
  for (std::size_t at = on_one_line.find('\n'); at != std::string::npos; at = on_one_line.find('\n')) {
    on_one_line.replace(at, 1, "\\n");
  }
  EXPECT_THAT(write(1, on_one_line),
              ElementsAre(block(1, "cert-malformed",
                                "the lines of the client certificate end in the characters \\ and n",
                                "Send line ends themselves (LF) between the quotes.")));
}

TEST(CredentialDoubtsOfAnApplication, AreNotTheModems) {
  SimulationOptions options;
  options.examine_credentials = false;
  SimulatedModem modem(options);
  EXPECT_EQ(modem.send("AT%CMNG=0,422,0,\"key\""), ok);
  EXPECT_THAT(modem.journal.reasons, IsEmpty());
}

TEST_F(CredentialDoubts, NeverShowAKey) {
  Identity one = make_identity("One");
  std::string middle = one.key.substr(one.key.size() / 2, 20);
  std::vector<std::string> all;
  for (const std::string& content : {one.key, one.key.substr(0, one.key.size() - 30), middle,
                                     one.key + one.key, "-----BEGIN " + middle + "PRIVATE KEY-----"}) {
    for (int type : {0, 1, 2}) {
      for (const std::string& block : write(type, content, "pass")) {
        EXPECT_EQ(block.find(middle), std::string::npos) << block;
        EXPECT_EQ(block.find("pass\""), std::string::npos) << block;
        all.push_back(block);
      }
    }
  }
  EXPECT_GT(all.size(), 8U);
}

}  // namespace
}  // namespace attache::cellular
