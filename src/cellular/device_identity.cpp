#include "cellular/device_identity.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <vector>

#include "base/openssl_handles.hpp"
#include "base/text.hpp"
#include "cellular/cbor.hpp"

namespace attache::cellular {

namespace {

base::Reason key_failure(std::string what) {
  return base::make_reason(base::Cause::host_computer, std::move(what), "OpenSSL refused the operation", "");
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

base::BioHandle reader(std::string_view text) {
  return base::BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

base::KeyHandle private_key_of(std::string_view pem) {
  base::BioHandle bio = reader(pem);
  return base::KeyHandle(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

std::string pem_of(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

base::Result<std::string> value(std::string text) {
  return {boost::system::in_place_value, std::move(text)};
}

std::optional<std::string> der_signature(EVP_PKEY* key, std::string_view text) {
  base::DigestHandle digest(EVP_MD_CTX_new());
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
  base::KeyHandle key = private_key_of(key_pem);
  auto der = key ? der_signature(key.get(), text) : std::nullopt;
  if (!der) {
    return std::nullopt;
  }
  const unsigned char* at = bytes(*der);
  base::SignatureHandle signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der->size())));
  std::string raw(2 * half, '\0');
  bool done = signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes(raw), half) == half &&
              BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes(raw) + half, half) == half;
  return done ? std::optional(raw) : std::nullopt;
}

enum class Payload { attached, detached };

// COSE_Sign1 (RFC 9052, 4.2) with ES256 and the device identity key, which the vendor's tools know as key -2.
std::optional<std::string> cose_sign(const DeviceIdentity& device, std::string_view payload, Payload kind) {
  constexpr std::int64_t cose_sign1 = 18;
  constexpr std::int64_t algorithm = 1;
  constexpr std::int64_t es256 = -7;
  constexpr std::int64_t key_id = 4;
  constexpr std::int64_t identity_key = -2;
  std::string protected_header =
      cbor::byte_string(cbor::map(1) + cbor::integer(algorithm) + cbor::integer(es256));
  std::string unprotected_header =
      cbor::map(1) + cbor::integer(key_id) + cbor::byte_string(cbor::integer(identity_key));
  auto signature =
      raw_signature(device.key_pem, cbor::array(4) + cbor::text_string("Signature1") + protected_header +
                                        cbor::byte_string("") + cbor::byte_string(payload));
  if (!signature) {
    return std::nullopt;
  }
  return cbor::tag(cose_sign1) + cbor::array(4) + protected_header + unprotected_header +
         (kind == Payload::attached ? cbor::byte_string(payload) : cbor::null()) +
         cbor::byte_string(*signature);
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

bool is_key_usage(std::string_view bits) {
  constexpr std::size_t most_bits = 9;
  return bits.size() <= most_bits && bits.find_first_not_of("01") == std::string_view::npos &&
         bits.find('1') != std::string_view::npos;
}

// The attribute extensionRequest with keyUsage, not critical.
bool add_key_usage(X509_REQ* request, std::string_view bits) {
  base::BitStringHandle usage(ASN1_BIT_STRING_new());
  for (std::size_t i = 0; usage && i < bits.size(); ++i) {
    if (bits[i] == '1' && ASN1_BIT_STRING_set_bit(usage.get(), static_cast<int>(i), 1) != 1) {
      return false;
    }
  }
  STACK_OF(X509_EXTENSION)* extensions = nullptr;
  bool added = usage &&
               X509V3_add1_i2d(&extensions, NID_key_usage, usage.get(), 0, X509V3_ADD_DEFAULT) == 1 &&
               X509_REQ_add_extensions(request, extensions) == 1;
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  return added;
}

// The algorithm stands beside what is signed, not in it.
bool add_null_parameters(X509_REQ* request) {
  base::AlgorithmHandle algorithm(X509_ALGOR_new());
  return algorithm &&
         X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_NULL, nullptr) == 1 &&
         X509_REQ_set1_signature_algo(request, algorithm.get()) == 1;
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
  base::KeyHandle key(EVP_EC_gen("P-256"));
  base::BioHandle bio(BIO_new(BIO_s_mem()));
  if (!key || !bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return key_failure("a key cannot be made");
  }
  return value(pem_of(bio.get()));
}

base::Result<std::string> certificate_request(std::string_view key_pem, const RequestTerms& terms) {
  constexpr std::string_view what = "a certificate request cannot be made";
  base::KeyHandle key = private_key_of(key_pem);
  base::RequestHandle request(X509_REQ_new());
  if (!key || !request || X509_REQ_set_pubkey(request.get(), key.get()) != 1) {
    return key_failure(std::string(what));
  }
  if (!add_names(X509_REQ_get_subject_name(request.get()), terms.subject)) {
    return base::make_reason(base::Cause::bad_parameter, std::string(what),
                             "the attributes are not of the form \"O=Test,CN=Device\"", "");
  }
  if (!is_key_usage(terms.key_usage)) {
    return base::make_reason(base::Cause::bad_parameter, std::string(what),
                             "the key usage is not up to nine digits 0 and 1, with a 1 among them", "");
  }
  bool is_signed = add_key_usage(request.get(), terms.key_usage) &&
                   X509_REQ_sign(request.get(), key.get(), EVP_sha256()) > 0 &&
                   (!terms.null_parameters || add_null_parameters(request.get()));
  unsigned char* der = nullptr;
  int size = is_signed ? i2d_X509_REQ(request.get(), &der) : 0;
  if (size <= 0) {
    return key_failure("a certificate request cannot be signed");
  }
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return value(std::move(text));
}

base::Result<std::string> public_key(std::string_view key_pem) {
  base::KeyHandle key = private_key_of(key_pem);
  unsigned char* der = nullptr;
  int size = key ? i2d_PUBKEY(key.get(), &der) : 0;
  if (size <= 0) {
    return key_failure("the public key cannot be read");
  }
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return value(std::move(text));
}

base::Result<std::string> attest_key(const DeviceIdentity& device, std::uint32_t sec_tag, KeyMessage message,
                                     std::string_view der) {
  // The firmware keeps tags as signed numbers.
  std::string tag = cbor::integer(static_cast<std::int32_t>(sec_tag));
  std::string payload = cbor::tag(cbor::self_described) + cbor::array(5) +
                        cbor::integer(static_cast<int>(message)) +
                        cbor::byte_string(uuid_bytes(device.uuid)) + cbor::byte_string(tag) +
                        cbor::byte_string(base::sha256(der)) + cbor::byte_string(nonce());
  auto signed_payload = cose_sign(device, payload, Payload::attached);
  if (!signed_payload) {
    return key_failure("the key cannot be attested");
  }
  return value(std::move(*signed_payload));
}

base::Result<std::string> attestation_token(const DeviceIdentity& device) {
  constexpr std::int64_t identity_message = 1;
  std::string payload = cbor::tag(cbor::self_described) + cbor::array(5) + cbor::integer(identity_message) +
                        cbor::byte_string(uuid_bytes(device.uuid)) + cbor::integer(device.device_type) +
                        cbor::byte_string(uuid_bytes(device.firmware_uuid)) + cbor::byte_string(nonce());
  auto signed_payload = cose_sign(device, payload, Payload::detached);
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
  base::BioHandle bio = reader(public_key_pem);
  base::KeyHandle key(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  std::string der(signature.size(), '\0');
  int size = EVP_DecodeBlock(bytes(der), bytes(signature), static_cast<int>(signature.size()));
  base::DigestHandle digest(EVP_MD_CTX_new());
  if (!key || size <= 0 || !digest) {
    return false;
  }
  std::size_t padding = signature.ends_with("==") ? 2 : (signature.ends_with("=") ? 1 : 0);
  der.resize(static_cast<std::size_t>(size) - padding);
  return EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(digest.get(), bytes(der), der.size(), bytes(text), text.size()) == 1;
}

}  // namespace attache::cellular
