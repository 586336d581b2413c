#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/openssl_handles.hpp"

namespace attache::lab {

using base::Asn1StringHandle;
using base::BioHandle;
using base::CertificateHandle;
using base::ExtensionHandle;
using base::KeyHandle;
using base::NameHandle;
using base::NamesHandle;
using base::NumberHandle;
using SessionHandle = std::unique_ptr<SSL, base::OpensslDeleter<SSL_free>>;

/// Throws std::runtime_error with `what` and OpenSSL's oldest queued error unless `done` is true.
void require_openssl(bool done, std::string_view what);

/// The certificate in a PEM text; throws std::runtime_error if there is none.
CertificateHandle read_certificate(const std::string& pem);
/// The unencrypted private key in a PEM text; throws std::runtime_error if there is none.
KeyHandle read_private_key(const std::string& pem);

}  // namespace attache::lab
