#include "certificates/certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <ctime>

namespace attache::certificates {

namespace {

std::string entry(const X509_NAME* name, int nid) {
  int index = X509_NAME_get_index_by_NID(name, nid, -1);
  if (index < 0) {
    return {};
  }
  unsigned char* text = nullptr;
  int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (length < 0) {
    return {};
  }
  std::string result(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
  OPENSSL_free(text);
  return result;
}

std::string full(const X509_NAME* name) {
  base::BioHandle bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

// GlobalSign's root R2 has "GlobalSign" as O and CN; what tells it from others is its OU.
std::string short_name(const X509_NAME* name) {
  std::string common_name = entry(name, NID_commonName);
  std::string organisation = entry(name, NID_organizationName);
  std::string unit = entry(name, NID_organizationalUnitName);
  if (!unit.empty() && (common_name.empty() || common_name == organisation)) {
    return unit;
  }
  if (!common_name.empty()) {
    return common_name;
  }
  return organisation.empty() ? full(name) : organisation;
}

base::WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    return {};
  }
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string address_of(const ASN1_OCTET_STRING* octets) {
  const unsigned char* data = ASN1_STRING_get0_data(octets);
  if (ASN1_STRING_length(octets) == 4) {
    boost::asio::ip::address_v4::bytes_type bytes{};
    std::copy_n(data, bytes.size(), bytes.begin());
    return boost::asio::ip::address_v4(bytes).to_string();
  }
  if (ASN1_STRING_length(octets) == 16) {
    boost::asio::ip::address_v6::bytes_type bytes{};
    std::copy_n(data, bytes.size(), bytes.begin());
    return boost::asio::ip::address_v6(bytes).to_string();
  }
  return {};
}

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> names;
  auto* alternatives =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  bool has_dns = false;
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
    const GENERAL_NAME* alternative = sk_GENERAL_NAME_value(alternatives, i);
    if (alternative->type == GEN_DNS) {
      names.push_back(text_of(alternative->d.dNSName));
      has_dns = true;
    } else if (alternative->type == GEN_IPADD) {
      names.push_back(address_of(alternative->d.iPAddress));
    }
  }
  GENERAL_NAMES_free(alternatives);
  std::string common_name = entry(X509_get_subject_name(certificate), NID_commonName);
  if (!has_dns && !common_name.empty()) {
    names.push_back(common_name);
  }
  return names;
}

}  // namespace

base::BioHandle bio_over(std::string_view text) {
  return base::BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

CertificateFacts facts_of(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const X509_NAME* issuer = X509_get_issuer_name(certificate);
  return {short_name(subject),
          full(subject),
          short_name(issuer),
          full(issuer),
          time_of(X509_get0_notBefore(certificate)),
          time_of(X509_get0_notAfter(certificate)),
          names_of(certificate)};
}

std::string to_pem(const X509* certificate) {
  base::BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  char* text = nullptr;
  long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

CertificateChain read_chain(std::string_view pem) {
  CertificateChain chain;
  base::BioHandle bio = bio_over(pem);
  ERR_clear_error();
  while (base::CertificateHandle certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    chain.certificates.push_back(std::move(certificate));
  }
  chain.is_complete = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (chain.is_complete) {
    ERR_clear_error();
  }
  return chain;
}

std::vector<base::CertificateHandle> read_certificates(std::string_view pem) {
  CertificateChain chain = read_chain(pem);
  return chain.is_complete ? std::move(chain.certificates) : std::vector<base::CertificateHandle>{};
}

std::string take_openssl_errors() {
  std::string line;
  while (unsigned long error = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(error);
    line += line.empty() ? "" : "; ";
    line += reason != nullptr ? reason : "error " + std::to_string(error);
  }
  return line;
}

}  // namespace attache::certificates
