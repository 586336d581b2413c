#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace attache::lab {

template <auto Free>
struct OpensslDeleter {
  template <class Object>
  void operator()(Object* object) const {
    Free(object);
  }
};

using KeyHandle = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using CertificateHandle = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using ExtensionHandle = std::unique_ptr<X509_EXTENSION, OpensslDeleter<X509_EXTENSION_free>>;
using NamesHandle = std::unique_ptr<GENERAL_NAMES, OpensslDeleter<GENERAL_NAMES_free>>;
using NameHandle = std::unique_ptr<GENERAL_NAME, OpensslDeleter<GENERAL_NAME_free>>;
using Asn1StringHandle = std::unique_ptr<ASN1_STRING, OpensslDeleter<ASN1_STRING_free>>;
using BioHandle = std::unique_ptr<BIO, OpensslDeleter<BIO_free_all>>;
using NumberHandle = std::unique_ptr<BIGNUM, OpensslDeleter<BN_free>>;

/// Throws std::runtime_error with `what` and OpenSSL's oldest queued error unless `done` is true.
void require_openssl(bool done, std::string_view what);

/// The certificate in a PEM text; throws std::runtime_error if there is none.
CertificateHandle read_certificate(const std::string& pem);
/// The unencrypted private key in a PEM text; throws std::runtime_error if there is none.
KeyHandle read_private_key(const std::string& pem);

}  // namespace attache::lab
