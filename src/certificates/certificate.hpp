#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/openssl_handles.hpp"
#include "certificates/certificate_facts.hpp"

namespace attache::certificates {

/// A read-only BIO over the text, which must outlive it.
[[nodiscard]] base::BioHandle bio_over(std::string_view text);

/// What it says, as text that outlives it; nothing is verified.
[[nodiscard]] CertificateFacts facts_of(const X509* certificate);

/// The certificate as PEM text with LF line ends.
[[nodiscard]] std::string to_pem(const X509* certificate);

/// The certificates of a PEM text up to the first that cannot be read.
struct CertificateChain {
  std::vector<base::CertificateHandle> certificates;
  bool is_complete = false;  ///< All could be read; else OpenSSL's queue says why not.
};
/// Text between the certificates is passed over. Empties OpenSSL's queue of errors first.
[[nodiscard]] CertificateChain read_chain(std::string_view pem);

/// All certificates of a PEM text; none if it holds none or one cannot be read.
[[nodiscard]] std::vector<base::CertificateHandle> read_certificates(std::string_view pem);

/// OpenSSL's queue of errors of this thread as one line; empties it.
[[nodiscard]] std::string take_openssl_errors();

}  // namespace attache::certificates
