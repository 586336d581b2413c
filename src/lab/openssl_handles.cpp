#include "lab/openssl_handles.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>

namespace attache::lab {

namespace {

BioHandle memory_of(const std::string& text) {
  BioHandle memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  require_openssl(memory != nullptr, "reading a PEM text");
  return memory;
}

}  // namespace

void require_openssl(bool done, std::string_view what) {
  if (done) {
    return;
  }
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  throw std::runtime_error(fmt::format("{} failed: {}", what, text.data()));
}

CertificateHandle read_certificate(const std::string& pem) {
  auto memory = memory_of(pem);
  CertificateHandle certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  require_openssl(certificate != nullptr, "reading a PEM certificate");
  return certificate;
}

KeyHandle read_private_key(const std::string& pem) {
  auto memory = memory_of(pem);
  KeyHandle key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  require_openssl(key != nullptr, "reading a PEM private key");
  return key;
}

}  // namespace attache::lab
