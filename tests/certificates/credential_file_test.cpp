#include "certificates/credential_file.hpp"

#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "certificates/certificate.hpp"
#include "certificates/content_digest.hpp"
#include "certificates/private_key.hpp"
#include "lab/certificate_authority.hpp"

namespace attache::certificates {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = CredentialKind;

/// The one credential of a file.
Credential only(std::string_view bytes, std::optional<Kind> wanted = {}, const std::string& password = {}) {
  auto read = read_credentials(bytes, "file", wanted, password);
  EXPECT_TRUE(read) << (read ? "" : base::to_block(read.error()));
  EXPECT_TRUE(!read || read->size() == 1);
  return read && !read->empty() ? read->front() : Credential();
}

base::Reason refusal(std::string_view bytes, std::optional<Kind> wanted = {},
                     const std::string& password = {}) {
  auto read = read_credentials(bytes, "file", wanted, password);
  EXPECT_FALSE(read);
  return read ? base::Reason() : read.error();
}

std::string with_crlf(std::string_view text) {
  std::string result;
  for (char c : text) {
    result += c == '\n' ? "\r\n" : std::string(1, c);
  }
  return result;
}

/// As in a C source.
std::string in_quotes(std::string_view text) {
  std::string result = "static const char ca[] = {\n";
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    result += "  \"" + std::string(text.substr(0, end)) + "\\n\"\n";
    text.remove_prefix(end + 1);
  }
  return result + "};\n";
}

std::string written(const base::BioHandle& bio) {
  char* text = nullptr;
  long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

struct Files : testing::Test {
  lab::CertificateAuthority authority{"Test CA"};
  std::string ca = authority.certificate_pem();
  lab::KeyAndCertificate client = authority.issue({.common_name = "device 7", .client = true});
};

using CredentialFile = Files;

TEST_F(CredentialFile, KeepsTheBytesOfAFileThatNeedsNoChange) {
  EXPECT_EQ(only(ca).content, ca);
  EXPECT_THAT(only(ca).notes, IsEmpty());
  std::string without_end = ca.substr(0, ca.size() - 1);
  EXPECT_EQ(only(without_end).content, without_end);
  EXPECT_EQ(only(client.private_key_pem).content, client.private_key_pem);
}

TEST_F(CredentialFile, GuessesWhatAFileIs) {
  EXPECT_EQ(only(ca).kind, Kind::authority);
  EXPECT_EQ(only(to_pem(read_certificates(client.certificate_pem).front().get())).kind, Kind::certificate);
  EXPECT_EQ(only(client.private_key_pem).kind, Kind::key);
  EXPECT_EQ(only("0011aaFF\n").kind, Kind::psk);
  EXPECT_EQ(only("0011aaFF\n").content, "0011aaFF");
}

TEST_F(CredentialFile, TakesCertificateAndKeyOutOfOneFile) {
  auto read = read_credentials(client.private_key_pem + client.certificate_pem, "file", {}, "");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].kind, Kind::certificate);
  EXPECT_EQ((*read)[0].content, client.certificate_pem);
  EXPECT_EQ((*read)[1].kind, Kind::key);
  EXPECT_EQ((*read)[1].content, client.private_key_pem);
  EXPECT_EQ(only(client.private_key_pem + client.certificate_pem, Kind::key).content, client.private_key_pem);
}

TEST_F(CredentialFile, MakesLineEndsLf) {
  Credential read = only(with_crlf(ca));
  EXPECT_EQ(read.content, ca);
  EXPECT_THAT(read.notes, ElementsAre("line ends made LF"));
}

TEST_F(CredentialFile, ReadsTheStringsOfACSource) {
  Credential read = only(in_quotes(ca));
  EXPECT_EQ(read.content, ca);
  EXPECT_THAT(read.notes, ElementsAre("line ends made of the characters \\ and n",
                                      "text outside of the borders left out"));
}

TEST_F(CredentialFile, LeavesOutWhatOpensslSaysBesideThePem) {
  Credential read = only("subject=CN = Test CA\nissuer=CN = Test CA\n" + ca);
  EXPECT_EQ(read.content, ca);
  EXPECT_THAT(read.notes, ElementsAre("text outside of the borders left out"));
}

TEST_F(CredentialFile, ConvertsDer) {
  auto certificate = std::move(read_certificates(ca).front());
  base::BioHandle bio(BIO_new(BIO_s_mem()));
  i2d_X509_bio(bio.get(), certificate.get());
  Credential read = only(written(bio));
  EXPECT_EQ(read.content, ca);
  EXPECT_THAT(read.notes, ElementsAre("converted from DER to PEM"));

  base::BioHandle key_bio(BIO_new(BIO_s_mem()));
  i2d_PrivateKey_bio(key_bio.get(), read_private_key(client.private_key_pem).get());
  EXPECT_EQ(only(written(key_bio)).content, client.private_key_pem);
}

TEST_F(CredentialFile, ConvertsKeysToPkcs8) {
  base::KeyHandle key = read_private_key(client.private_key_pem);
  base::BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  ASSERT_THAT(written(bio), HasSubstr("BEGIN EC PRIVATE KEY"));
  Credential read = only(written(bio));
  EXPECT_EQ(read.content, client.private_key_pem);
  EXPECT_THAT(read.notes, ElementsAre("converted from EC PRIVATE KEY to PKCS#8"));
}

TEST_F(CredentialFile, KeepsAnEncryptedKeyWithItsPassword) {
  base::KeyHandle key = read_private_key(client.private_key_pem);
  base::BioHandle bio(BIO_new(BIO_s_mem()));
  std::string password = "open sesame";
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), EVP_aes_128_cbc(), password.data(),
                                static_cast<int>(password.size()), nullptr, nullptr);
  std::string encrypted = written(bio);
  Credential read = only(encrypted, {}, password);
  EXPECT_EQ(read.content, encrypted);
  EXPECT_EQ(read.password, password);
  EXPECT_EQ(refusal(encrypted).why, "the private key is encrypted and no password is given");
  base::Reason wrong = refusal(encrypted, {}, "another");
  EXPECT_EQ(wrong.why, "the private key is encrypted with another password");
  EXPECT_EQ(wrong.cause, base::Cause::key_format);
}

TEST_F(CredentialFile, OpensAKeyThatIsEncryptedInTheOldForm) {
  base::KeyHandle key = read_private_key(client.private_key_pem);
  base::BioHandle bio(BIO_new(BIO_s_mem()));
  std::string password = "open sesame";
  PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), EVP_aes_128_cbc(),
                                       reinterpret_cast<unsigned char*>(password.data()),
                                       static_cast<int>(password.size()), nullptr, nullptr);
  std::string encrypted = written(bio);
  ASSERT_THAT(encrypted, HasSubstr("Proc-Type: 4,ENCRYPTED"));
  EXPECT_EQ(only(encrypted, {}, password).content, client.private_key_pem);
  EXPECT_EQ(only(encrypted, {}, password).password, "");
}

TEST_F(CredentialFile, PutsAClientsChainInOrder) {
  std::string leaf = to_pem(read_certificates(client.certificate_pem).front().get());
  Credential read = only(ca + leaf, Kind::certificate);
  EXPECT_EQ(read.content, leaf + ca);
  EXPECT_THAT(read.notes,
              ElementsAre("put in order: the client's certificate first, each followed by its issuer"));
  EXPECT_EQ(only(leaf + ca, Kind::certificate).content, leaf + ca);
  EXPECT_THAT(only(leaf + ca, Kind::certificate).notes, IsEmpty());
}

TEST_F(CredentialFile, SaysWhatAFileIsInstead) {
  base::Reason reason = refusal(client.private_key_pem, Kind::authority);
  EXPECT_EQ(reason.why, "it is given as the root CA, and holds a private key");
  EXPECT_EQ(reason.cause, base::Cause::credential_wrong_type);
  EXPECT_EQ(reason.advice, "Give it with --key.");
  EXPECT_EQ(refusal(ca, Kind::key).why, "it is given as the private key, and holds a certificate");
  EXPECT_EQ(refusal("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").why,
            "it holds a public key");
  EXPECT_EQ(refusal("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n").why,
            "it holds a certificate request");
}

TEST_F(CredentialFile, SaysThatAFileIsCutShort) {
  for (std::size_t length : {ca.size() / 2, ca.size() - 30}) {
    base::Reason reason = refusal(ca.substr(0, length));
    EXPECT_EQ(reason.why, "the block CERTIFICATE has no end border (-----END CERTIFICATE-----)");
    EXPECT_EQ(reason.cause, base::Cause::cert_malformed);
  }
  std::string damaged = ca;
  damaged.erase(100, 20);
  EXPECT_EQ(refusal(damaged).why, "certificate 1 of it cannot be decoded");
}

TEST_F(CredentialFile, SaysThatAFileIsNothingThatAModemTakes) {
  EXPECT_EQ(refusal("").why, "it is empty");
  EXPECT_THAT(refusal("hello").why, HasSubstr("neither PEM"));
  EXPECT_THAT(refusal("\x30\x03\x02\x01\x03").advice, HasSubstr("pkcs12"));
  EXPECT_THAT(refusal("012", Kind::psk).why, HasSubstr("two for each byte"));
  EXPECT_THAT(refusal("ff", Kind::key).why, HasSubstr("neither PEM"));
}

// Nothing of a key may be in a reason, whatever the file looks like.
TEST_F(CredentialFile, NeverShowsWhatIsInAKey) {
  std::string body = client.private_key_pem.substr(28, 60);
  std::string label = "-----BEGIN PRIVATE KEY-----\n";
  for (const std::string& file : {label + body, body, label + body + "\n-----END PRIVATE KEY-----\n"}) {
    EXPECT_THAT(base::to_block(refusal(file)), testing::Not(HasSubstr(body.substr(0, 20))));
  }
}

TEST(ContentDigest, IsSha256InUpperCase) {
  EXPECT_EQ(digest_of_content("abc"), "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
}

TEST(ContentDigest, TellsHowLineEndsDiffer) {
  std::string text = "a\nb\n";
  EXPECT_EQ(difference_from(digest_of_content("a\nb\n"), text), "");
  EXPECT_EQ(difference_from(digest_of_content("a\nb"), text), "without its last line end");
  EXPECT_EQ(difference_from(digest_of_content("a\r\nb\r\n"), text), "with CR LF line ends");
  EXPECT_EQ(difference_from(digest_of_content("a\r\nb"), text),
            "with CR LF line ends and without its last line end");
  EXPECT_EQ(difference_from(digest_of_content("a\nb\n"), "a\nb"), "with a line end behind it");
  EXPECT_EQ(difference_from(digest_of_content("a\nc\n"), text), std::nullopt);
}

}  // namespace
}  // namespace attache::certificates
