#include "lab/certificate_authority.hpp"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <string_view>

#include "lab/openssl_handles.hpp"

namespace attache::lab {

namespace {

constexpr std::size_t longest_common_name = 64;  // ub-common-name of RFC 5280, appendix A.1.
constexpr std::chrono::hours authority_valid_from{-24 * 366};
constexpr std::chrono::hours authority_valid_until{24 * 3653};

/// Who signs: a CA, or nobody but the leaf itself (no certificate).
struct Issuer {
  X509* certificate = nullptr;
  EVP_PKEY* key = nullptr;
};

KeyHandle make_key() {
  KeyHandle key(EVP_EC_gen("P-256"));
  require_openssl(key != nullptr, "making a P-256 key");
  return key;
}

void set_random_serial_number(X509* certificate) {
  NumberHandle number(BN_new());
  require_openssl(number && BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
                  "making a serial number");
}

void set_validity(X509* certificate, std::chrono::hours from, std::chrono::hours until) {
  const auto seconds = [](std::chrono::hours hours) {
    return static_cast<long>(std::chrono::seconds(hours).count());
  };
  require_openssl(X509_gmtime_adj(X509_getm_notBefore(certificate), seconds(from)) != nullptr &&
                      X509_gmtime_adj(X509_getm_notAfter(certificate), seconds(until)) != nullptr,
                  "setting the validity");
}

void set_subject(X509* certificate, std::string_view common_name) {
  // Longer host names are in the alternative names, which are what counts.
  const auto cut = common_name.substr(0, longest_common_name);
  auto* name = X509_get_subject_name(certificate);
  const auto add = [name](const char* field, std::string_view value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  require_openssl(add("O", "Attache lab") && add("CN", cut), "setting the subject");
}

void add_extension(X509* certificate, const Issuer& issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer.certificate != nullptr ? issuer.certificate : certificate, certificate,
                 nullptr, nullptr, 0);
  ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  require_openssl(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "adding an extension");
}

void append(GENERAL_NAMES* names, int type, Asn1StringHandle value, std::string_view text) {
  NameHandle name(GENERAL_NAME_new());
  if (!value || !name) {
    throw std::invalid_argument(fmt::format("\"{}\" cannot be an alternative name of a certificate", text));
  }
  GENERAL_NAME_set0_value(name.get(), type, value.release());
  require_openssl(sk_GENERAL_NAME_push(names, name.get()) > 0, "adding an alternative name");
  (void)name.release();  // The list owns it now.
}

Asn1StringHandle dns_value(const std::string& name) {
  Asn1StringHandle value(ASN1_IA5STRING_new());
  require_openssl(value && ASN1_STRING_set(value.get(), name.data(), static_cast<int>(name.size())) == 1,
                  "adding an alternative name");
  return value;
}

void add_alternative_names(X509* certificate, const LeafOptions& options) {
  if (options.dns_names.empty() && options.addresses.empty()) {
    return;
  }
  NamesHandle names(GENERAL_NAMES_new());
  require_openssl(names != nullptr, "adding alternative names");
  for (const auto& name : options.dns_names) {
    append(names.get(), GEN_DNS, dns_value(name), name);
  }
  for (const auto& address : options.addresses) {
    append(names.get(), GEN_IPADD, Asn1StringHandle(a2i_IPADDRESS(address.c_str())), address);
  }
  require_openssl(
      X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1,
      "adding alternative names");
}

/// A certificate with all that leaves and CAs have in common, not signed yet.
CertificateHandle begin_certificate(EVP_PKEY* key, std::string_view common_name, std::chrono::hours from,
                                    std::chrono::hours until) {
  CertificateHandle certificate(X509_new());
  require_openssl(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                      X509_set_pubkey(certificate.get(), key) == 1,
                  "making a certificate");
  set_random_serial_number(certificate.get());
  set_validity(certificate.get(), from, until);
  set_subject(certificate.get(), common_name);
  return certificate;
}

void set_issuer_and_sign(X509* certificate, const Issuer& issuer) {
  const auto* by = issuer.certificate != nullptr ? issuer.certificate : certificate;
  require_openssl(X509_set_issuer_name(certificate, X509_get_subject_name(by)) == 1, "setting the issuer");
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
  require_openssl(X509_sign(certificate, issuer.key, EVP_sha256()) > 0, "signing a certificate");
}

std::string content(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(X509* certificate) {
  BioHandle memory(BIO_new(BIO_s_mem()));
  require_openssl(memory && PEM_write_bio_X509(memory.get(), certificate) == 1, "writing a certificate");
  return content(memory.get());
}

std::string to_pem(EVP_PKEY* key) {
  BioHandle memory(BIO_new(BIO_s_secmem()));
  require_openssl(
      memory && PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "writing a private key");
  return content(memory.get());
}

/// `issuer` without a certificate makes the leaf sign itself.
KeyAndCertificate make_leaf(const LeafOptions& options, Issuer issuer) {
  const auto key = make_key();
  auto leaf = begin_certificate(key.get(), options.common_name, options.valid_from, options.valid_until);
  if (issuer.certificate == nullptr) {
    issuer.key = key.get();
  }
  add_extension(leaf.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(leaf.get(), issuer, NID_ext_key_usage, options.client ? "clientAuth" : "serverAuth");
  add_alternative_names(leaf.get(), options);
  set_issuer_and_sign(leaf.get(), issuer);
  return {to_pem(leaf.get()), to_pem(key.get())};
}

}  // namespace

struct CertificateAuthority::State {
  KeyHandle key;
  CertificateHandle certificate;
  std::string certificate_pem;
};

CertificateAuthority::CertificateAuthority(const std::string& common_name)
    : state_(std::make_unique<State>()) {
  state_->key = make_key();
  state_->certificate =
      begin_certificate(state_->key.get(), common_name, authority_valid_from, authority_valid_until);
  const Issuer itself{nullptr, state_->key.get()};
  add_extension(state_->certificate.get(), itself, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(state_->certificate.get(), itself, NID_key_usage, "critical,keyCertSign,cRLSign");
  set_issuer_and_sign(state_->certificate.get(), itself);
  state_->certificate_pem = to_pem(state_->certificate.get());
}

CertificateAuthority::~CertificateAuthority() = default;
CertificateAuthority::CertificateAuthority(CertificateAuthority&&) noexcept = default;
CertificateAuthority& CertificateAuthority::operator=(CertificateAuthority&&) noexcept = default;

const std::string& CertificateAuthority::certificate_pem() const {
  return state_->certificate_pem;
}

KeyAndCertificate CertificateAuthority::issue(const LeafOptions& options) const {
  return make_leaf(options, Issuer{state_->certificate.get(), state_->key.get()});
}

KeyAndCertificate make_self_signed(const LeafOptions& options) {
  return make_leaf(options, Issuer{});
}

}  // namespace attache::lab
