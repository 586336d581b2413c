#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace attache::cellular {

/// A certificate and its key, PEM without the last line end.
struct Identity {
  std::string certificate;
  std::string key;
};

using MadeKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

inline MadeKey make_curve_key(const char* curve) {
  return {EVP_EC_gen(curve), EVP_PKEY_free};
}

inline MadeKey make_edwards_key() {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free};
}

/// A public key of that many bits that nobody has the private key of: real ones take long to make.
inline MadeKey make_rsa_public_key(int bits) {
  BIGNUM* modulus = BN_new();
  BIGNUM* exponent = BN_new();
  BN_set_bit(modulus, bits - 1);
  BN_set_bit(modulus, 0);
  BN_set_word(exponent, RSA_F4);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(exponent);
  BN_free(modulus);
  return {key, EVP_PKEY_free};
}

struct CertificateTerms {
  std::time_t not_after = 4000000000;
  std::time_t not_before = 0;
  bool authority = false;
  std::string_view issuer = {};  ///< Common name; empty = it is its own.
};

inline std::string take_text(BIO* bio) {
  char* data = nullptr;
  auto length = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(length));
  BIO_free(bio);
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

inline std::string key_text(EVP_PKEY* key, const char* password = nullptr) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, key, password != nullptr ? EVP_aes_128_cbc() : nullptr, nullptr, 0,
                                nullptr, const_cast<char*>(password));
  return take_text(bio);
}

/// A certificate of the key, signed by another one made for it.
inline std::string make_certificate(std::string_view common_name, EVP_PKEY* key,
                                    const CertificateTerms& terms = {}) {
  auto set_name = [](X509_NAME* name, std::string_view text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                               static_cast<int>(text.size()), -1, 0);
  };
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  ASN1_TIME_set(X509_getm_notBefore(certificate), terms.not_before);
  ASN1_TIME_set(X509_getm_notAfter(certificate), terms.not_after);
  set_name(X509_get_subject_name(certificate), common_name);
  set_name(X509_get_issuer_name(certificate), terms.issuer.empty() ? common_name : terms.issuer);
  X509_set_pubkey(certificate, key);
  if (terms.authority) {
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  MadeKey signer = make_curve_key("P-256");
  X509_sign(certificate, signer.get(), EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  X509_free(certificate);
  return take_text(bio);
}

inline Identity make_identity(std::string_view common_name, const CertificateTerms& terms = {}) {
  MadeKey key = make_curve_key("P-256");
  return {make_certificate(common_name, key.get(), terms), key_text(key.get())};
}

}  // namespace attache::cellular
