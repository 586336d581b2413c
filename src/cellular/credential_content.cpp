#include "cellular/credential_content.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace attache::cellular {

namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

bool is_pem_type(CredentialType type) {
  return type == CredentialType::root_ca || type == CredentialType::client_certificate ||
         type == CredentialType::private_key;
}

bool has_borders(CredentialType type, std::string_view content) {
  std::string_view label = type == CredentialType::private_key ? "PRIVATE KEY-----" : "CERTIFICATE-----";
  std::size_t begin = content.find("-----BEGIN ");
  std::size_t end = content.find("-----END ");
  return begin != std::string_view::npos && end != std::string_view::npos && begin < end &&
         content.substr(begin, end - begin).find(label) != std::string_view::npos;
}

Bio memory(std::string_view content) {
  return Bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
}

std::vector<Certificate> certificates(std::string_view content) {
  std::vector<Certificate> all;
  Bio bio = memory(content);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    all.emplace_back(certificate);
  }
  ERR_clear_error();
  return all;
}

// A key with the password of its entry; OpenSSL must never ask a terminal for one.
int give_password(char* buffer, int size, int, void* password) {
  const auto& text = *static_cast<const std::string*>(password);
  auto length = std::min(text.size(), static_cast<std::size_t>(size));
  text.copy(buffer, length);
  return static_cast<int>(length);
}

Key private_key(std::string_view content, std::string password) {
  Bio bio = memory(content);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &password));
  ERR_clear_error();
  return key;
}

// The outer form alone, so that an encrypted key needs no password.
bool is_decodable_pem(std::string_view content) {
  Bio bio = memory(content);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long length = 0;
  bool readable = PEM_read_bio(bio.get(), &name, &header, &data, &length) == 1;
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_clear_free(data, static_cast<std::size_t>(length));
  ERR_clear_error();
  return readable;
}

std::string subject(const X509& certificate) {
  Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(&certificate), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  auto length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string date(const ASN1_TIME& time) {
  std::tm fields{};
  ASN1_TIME_to_tm(&time, &fields);
  return fmt::format("{:04}-{:02}-{:02}", fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday);
}

void doubt_dates(std::vector<std::string>& found, std::string_view content, base::WallTime now) {
  std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  for (const Certificate& certificate : certificates(content)) {
    const ASN1_TIME* end = X509_get0_notAfter(certificate.get());
    const ASN1_TIME* start = X509_get0_notBefore(certificate.get());
    if (ASN1_TIME_cmp_time_t(end, seconds) < 0) {
      found.push_back(fmt::format("the certificate {} expired on {}", subject(*certificate), date(*end)));
    } else if (ASN1_TIME_cmp_time_t(start, seconds) > 0) {
      found.push_back(
          fmt::format("the certificate {} is not valid before {}", subject(*certificate), date(*start)));
    }
  }
}

void doubt_pair(std::vector<std::string>& found, const CredentialBundle& bundle) {
  if (!bundle.client_certificate || !bundle.private_key) {
    return;
  }
  auto chain = certificates(*bundle.client_certificate);
  Key key = private_key(*bundle.private_key, bundle.private_key_password.value_or(""));
  if (!key && bundle.private_key->find("ENCRYPTED") != std::string::npos) {
    found.emplace_back("the private key is encrypted and its password is missing or wrong");
  } else if (!chain.empty() && key && X509_check_private_key(chain.front().get(), key.get()) != 1) {
    found.push_back(fmt::format("the private key (type 2) does not belong to the client certificate {}",
                                subject(*chain.front())));
    ERR_clear_error();
  }
}

}  // namespace

std::optional<base::Reason> refused_content(const FirmwareProfile& profile, CredentialType type,
                                            std::string_view content, bool refuse_crlf) {
  bool examined = type == CredentialType::root_ca || type == CredentialType::client_certificate;
  if (!examined || !profile.at_least(2, 0, 2)) {
    return std::nullopt;
  }
  if (refuse_crlf && content.find('\r') != std::string_view::npos) {
    return base::make_reason("", "the PEM text has CR LF line ends, which this firmware refuses",
                             "Send it with LF alone; `refuse_crlf` of [device] decides that it is refused.");
  }
  if (!has_borders(type, content) || certificates(content).empty()) {
    return base::make_reason("", fmt::format("the content is no {} in PEM form", name(type)),
                             "It must begin with -----BEGIN …----- and be complete.");
  }
  return std::nullopt;
}

std::vector<std::string> doubts(CredentialType type, std::string_view content, const CredentialBundle& bundle,
                                std::optional<base::WallTime> now) {
  std::vector<std::string> found;
  if (!is_pem_type(type)) {
    return found;
  }
  if (!has_borders(type, content)) {
    found.push_back(
        fmt::format("the {} has no PEM borders (-----BEGIN …-----, -----END …-----)", name(type)));
    return found;
  }
  if (type != CredentialType::private_key) {
    if (certificates(content).empty()) {
      found.push_back(fmt::format("the {} cannot be decoded", name(type)));
    } else if (now) {
      doubt_dates(found, content, *now);
    }
  } else if (!is_decodable_pem(content)) {
    found.push_back(fmt::format("the {} cannot be decoded", name(type)));
  }
  if (type != CredentialType::root_ca) {
    doubt_pair(found, bundle);
  }
  return found;
}

}  // namespace attache::cellular
