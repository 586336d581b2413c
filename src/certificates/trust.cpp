#include "certificates/trust.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <memory>
#include <vector>

#include "certificates/certificate.hpp"

namespace attache::certificates {

namespace {

using StoreHandle = std::unique_ptr<X509_STORE, base::OpensslDeleter<X509_STORE_free>>;
using VerificationHandle = std::unique_ptr<X509_STORE_CTX, base::OpensslDeleter<X509_STORE_CTX_free>>;
using StackHandle = std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)>;

// As in the modem's TLS: whatever is trusted is an anchor, SHA-1 and small keys are taken.
std::optional<Anchor> verify(X509_STORE* store, std::span<const std::string> chain, base::WallTime time) {
  std::vector<base::CertificateHandle> sent;
  for (const std::string& pem : chain) {
    for (base::CertificateHandle& certificate : read_certificates(pem)) {
      sent.push_back(std::move(certificate));
    }
  }
  if (sent.empty()) {
    return std::nullopt;
  }
  StackHandle others(sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  for (std::size_t i = 1; i < sent.size(); ++i) {
    sk_X509_push(others.get(), sent[i].get());
  }
  VerificationHandle verification(X509_STORE_CTX_new());
  X509_STORE_CTX_init(verification.get(), store, sent.front().get(), others.get());
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(time));
  std::optional<Anchor> anchor;
  if (X509_verify_cert(verification.get()) == 1) {
    const STACK_OF(X509)* built = X509_STORE_CTX_get0_chain(verification.get());
    const X509* last = sk_X509_value(built, sk_X509_num(built) - 1);
    anchor = Anchor{facts_of(last), to_pem(last)};
  }
  ERR_clear_error();
  return anchor;
}

}  // namespace

std::optional<Anchor> anchor_among(std::string_view authorities, std::span<const std::string> chain,
                                   base::WallTime time) {
  for (const base::CertificateHandle& authority : read_certificates(authorities)) {
    StoreHandle store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), authority.get());
    if (auto anchor = verify(store.get(), chain, time)) {
      return anchor;
    }
  }
  ERR_clear_error();
  return std::nullopt;
}

std::optional<Anchor> anchor_of_this_machine(std::span<const std::string> chain, base::WallTime time) {
  StoreHandle store(X509_STORE_new());
  X509_STORE_set_default_paths(store.get());
  return verify(store.get(), chain, time);
}

}  // namespace attache::certificates
