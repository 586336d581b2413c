#include "cellular/device_identity.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <vector>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Request = std::unique_ptr<X509_REQ, Freed<X509_REQ, X509_REQ_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG, ECDSA_SIG_free>>;

base::Reason key_failure(std::string what) {
  return base::make_reason(std::move(what), "OpenSSL refused the operation");
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Bio reader(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Key private_key_of(std::string_view pem) {
  Bio bio = reader(pem);
  return Key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

base::Result<std::string> value(std::string text) {
  return {boost::system::in_place_value, std::move(text)};
}

std::optional<std::string> der_signature(EVP_PKEY* key, std::string_view text) {
  Digest digest(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (!digest || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, bytes(text), text.size()) != 1) {
    return std::nullopt;
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(digest.get(), bytes(signature), &size, bytes(text), text.size()) != 1) {
    return std::nullopt;
  }
  signature.resize(size);
  return signature;
}

// r and s, 32 bytes each: what COSE and JOSE want.
std::optional<std::string> raw_signature(std::string_view key_pem, std::string_view text) {
  constexpr int half = 32;
  Key key = private_key_of(key_pem);
  auto der = key ? der_signature(key.get(), text) : std::nullopt;
  if (!der) {
    return std::nullopt;
  }
  const unsigned char* at = bytes(*der);
  Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der->size())));
  std::string raw(2 * half, '\0');
  bool done = signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes(raw), half) == half &&
              BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes(raw) + half, half) == half;
  return done ? std::optional(raw) : std::nullopt;
}

// CBOR (RFC 8949), as far as tokens need it.
std::string cbor_head(unsigned major, std::uint64_t value) {
  auto head = [major](unsigned low) { return static_cast<char>(major << 5U | low); };
  constexpr std::uint64_t direct = 24;
  if (value < direct) {
    return {head(static_cast<unsigned>(value))};
  }
  int length = value <= 0xFF ? 1 : (value <= 0xFFFF ? 2 : 4);
  std::string text{head(length == 1 ? 24U : (length == 2 ? 25U : 26U))};
  for (int i = length - 1; i >= 0; --i) {
    text += static_cast<char>(value >> (8U * static_cast<unsigned>(i)) & 0xFFU);
  }
  return text;
}

std::string cbor_number(std::uint64_t value) {
  return cbor_head(0, value);
}
std::string cbor_bytes(std::string_view value) {
  return cbor_head(2, value.size()) + std::string(value);
}
std::string cbor_text(std::string_view value) {
  return cbor_head(3, value.size()) + std::string(value);
}
std::string cbor_array(std::size_t count) {
  return cbor_head(4, count);
}

// COSE_Sign1 (RFC 9052, 4.2) with ES256.
std::optional<std::string> cose_sign(const DeviceIdentity& device, std::string_view payload) {
  const std::string protected_header("\xA1\x01\x26", 3);  // {1: -7}
  std::string to_sign = cbor_array(4) + cbor_text("Signature1") + cbor_bytes(protected_header) +
                        cbor_bytes("") + cbor_bytes(payload);
  auto signature = raw_signature(device.key_pem, to_sign);
  if (!signature) {
    return std::nullopt;
  }
  return '\xD2' + cbor_array(4) + cbor_bytes(protected_header) + '\xA0' + cbor_bytes(payload) +
         cbor_bytes(*signature);
}

std::string uuid_bytes(std::string uuid) {
  std::erase(uuid, '-');
  return base::from_hex(uuid).value_or("");
}

std::string nonce() {
  std::string random(16, '\0');
  if (RAND_bytes(bytes(random), static_cast<int>(random.size())) != 1) {
    random.clear();
  }
  return random;
}

std::string json_escaped(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    if (c == '"' || c == '\\') {
      escaped += '\\';
      escaped += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

bool add_names(X509_NAME* name, std::string_view subject) {
  for (std::string_view part : base::split(subject, ',')) {
    std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return false;
    }
    std::string key(base::trim(part.substr(0, equals)));
    std::string_view text = base::trim(part.substr(equals + 1));
    if (X509_NAME_add_entry_by_txt(name, key.c_str(), MBSTRING_UTF8, bytes(text),
                                   static_cast<int>(text.size()), -1, 0) != 1) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string base64url(std::string_view data) {
  std::string text(4 * ((data.size() + 2) / 3) + 1, '\0');
  int size = EVP_EncodeBlock(bytes(text), bytes(data), static_cast<int>(data.size()));
  text.resize(static_cast<std::size_t>(size));
  for (char& c : text) {
    c = c == '+' ? '-' : (c == '/' ? '_' : c);
  }
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

std::string device_uuid(std::string_view imei) {
  std::string hex = base::to_lower(base::to_hex(base::sha256(imei)));
  return fmt::format("{}-{}-4{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3),
                     hex.substr(17, 3), hex.substr(20, 12));
}

base::Result<std::string> generate_key() {
  Key key(EVP_EC_gen("P-256"));
  Bio bio(BIO_new(BIO_s_mem()));
  if (!key || !bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return key_failure("a key cannot be made");
  }
  return value(text_of(bio.get()));
}

base::Result<std::string> certificate_request(std::string_view key_pem, std::string_view subject) {
  Key key = private_key_of(key_pem);
  Request request(X509_REQ_new());
  if (!key || !request || X509_REQ_set_pubkey(request.get(), key.get()) != 1) {
    return key_failure("a certificate request cannot be made");
  }
  if (!add_names(X509_REQ_get_subject_name(request.get()), subject)) {
    return base::make_reason("a certificate request cannot be made",
                             "the attributes are not of the form \"O=Test,CN=Device\"");
  }
  unsigned char* der = nullptr;
  int size =
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) > 0 ? i2d_X509_REQ(request.get(), &der) : 0;
  if (size <= 0) {
    return key_failure("a certificate request cannot be signed");
  }
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return value(std::move(text));
}

base::Result<std::string> public_key(std::string_view key_pem) {
  Key key = private_key_of(key_pem);
  unsigned char* der = nullptr;
  int size = key ? i2d_PUBKEY(key.get(), &der) : 0;
  if (size <= 0) {
    return key_failure("the public key cannot be read");
  }
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return value(std::move(text));
}

base::Result<std::string> attest_key(const DeviceIdentity& device, std::uint32_t sec_tag, int type,
                                     std::string_view der) {
  std::string payload = cbor_array(5) + cbor_number(static_cast<std::uint64_t>(type)) +
                        cbor_bytes(uuid_bytes(device.uuid)) + cbor_number(sec_tag) +
                        cbor_bytes(base::sha256(der)) + cbor_bytes(nonce());
  auto signed_payload = cose_sign(device, payload);
  if (!signed_payload) {
    return key_failure("the key cannot be attested");
  }
  return value(std::move(*signed_payload));
}

base::Result<std::string> attestation_token(const DeviceIdentity& device) {
  auto key = public_key(device.key_pem);
  if (!key) {
    return key.error();
  }
  std::string payload = cbor_array(4) + cbor_number(1) + cbor_bytes(uuid_bytes(device.uuid)) +
                        cbor_text(device.hardware) + cbor_bytes(*key);
  auto signed_payload = cose_sign(device, payload);
  if (!signed_payload) {
    return key_failure("the attestation token cannot be signed");
  }
  return value(base64url(payload) + "." + base64url(*signed_payload));
}

base::Result<std::string> web_token(const DeviceIdentity& device, std::string_view key_pem,
                                    const TokenClaims& claims) {
  auto key = public_key(key_pem);
  if (!key) {
    return key.error();
  }
  std::string header = fmt::format(R"({{"alg":"ES256","typ":"JWT","kid":"{}"}})",
                                   base::to_lower(base::to_hex(base::sha256(*key))));
  auto issued = std::chrono::duration_cast<std::chrono::seconds>(claims.issued.time_since_epoch()).count();
  std::string audience =
      claims.audience.empty() ? "" : fmt::format(R"("aud":"{}",)", json_escaped(claims.audience));
  std::string payload =
      fmt::format(R"({{"iss":"{}.{}","sub":"{}",{}"iat":{},"exp":{}}})", device.hardware, device.uuid,
                  json_escaped(claims.subject), audience, issued, issued + claims.lifetime_s);
  std::string to_sign = base64url(header) + "." + base64url(payload);
  auto signature = raw_signature(key_pem, to_sign);
  if (!signature) {
    return key_failure("the web token cannot be signed");
  }
  return value(to_sign + "." + base64url(*signature));
}

bool is_signed(std::string_view text, std::string_view signature, std::string_view public_key_pem) {
  Bio bio = reader(public_key_pem);
  Key key(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  std::string der(signature.size(), '\0');
  int size = EVP_DecodeBlock(bytes(der), bytes(signature), static_cast<int>(signature.size()));
  Digest digest(EVP_MD_CTX_new());
  if (!key || size <= 0 || !digest) {
    return false;
  }
  std::size_t padding = signature.ends_with("==") ? 2 : (signature.ends_with("=") ? 1 : 0);
  der.resize(static_cast<std::size_t>(size) - padding);
  return EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(digest.get(), bytes(der), der.size(), bytes(text), text.size()) == 1;
}

}  // namespace attache::cellular
