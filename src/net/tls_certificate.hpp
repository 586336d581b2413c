#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>
#include <vector>

#include "net/tls_observation.hpp"

namespace attache::net {

struct OpensslDelete {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using X509Pointer = std::unique_ptr<X509, OpensslDelete>;
using BioPointer = std::unique_ptr<BIO, OpensslDelete>;
using KeyPointer = std::unique_ptr<EVP_PKEY, OpensslDelete>;

/// A read-only BIO over the text, which must outlive it.
[[nodiscard]] BioPointer bio_over(std::string_view text);

[[nodiscard]] CertificateFacts facts_of(const X509* certificate);

/// All certificates of a PEM text; none if it holds none or one cannot be read.
[[nodiscard]] std::vector<X509Pointer> read_certificates(std::string_view pem);

/// OpenSSL's queue of errors of this thread as one line; empties it.
[[nodiscard]] std::string take_openssl_errors();

}  // namespace attache::net
