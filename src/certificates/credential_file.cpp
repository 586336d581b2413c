#include "certificates/credential_file.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "certificates/certificate.hpp"
#include "certificates/pem_blocks.hpp"
#include "certificates/private_key.hpp"

namespace attache::certificates {

namespace {

using Credentials = std::vector<Credential>;

constexpr std::string_view certificate_label = "CERTIFICATE";

base::Reason unusable_file(const std::string& source, base::Cause cause, std::string why,
                           std::string advice) {
  base::Reason reason =
      base::make_reason(cause, fmt::format("{} cannot be used", source), std::move(why), std::move(advice));
  return reason;
}

bool is_certificate(const PemBlock& block) {
  return block.label == certificate_label || block.label == "X509 CERTIFICATE" ||
         block.label == "TRUSTED CERTIFICATE";
}

bool is_key(const PemBlock& block) {
  return block.label.ends_with("PRIVATE KEY");
}

std::string kind_of_block(const PemBlock& block) {
  if (block.label.ends_with("CERTIFICATE REQUEST")) {
    return "a certificate request";
  }
  return block.label.ends_with("PUBLIC KEY") ? "a public key"
                                             : fmt::format("PEM of the kind {}", block.label);
}

// The leaf is the one that has issued none of the others; each is followed by its issuer. Those that belong
// to no chain stay behind it, in their order.
std::vector<std::size_t> order_of_chain(const std::vector<base::CertificateHandle>& chain) {
  auto has_issued = [&](std::size_t issuer, std::size_t subject) {
    return issuer != subject && X509_check_issued(chain[issuer].get(), chain[subject].get()) == X509_V_OK;
  };
  std::vector<std::size_t> left(chain.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    left[i] = i;
  }
  std::vector<std::size_t> order;
  auto next = std::find_if(left.begin(), left.end(), [&](std::size_t candidate) {
    return std::none_of(left.begin(), left.end(),
                        [&](std::size_t other) { return has_issued(candidate, other); });
  });
  while (next != left.end()) {
    order.push_back(*next);
    left.erase(next);
    next = std::find_if(left.begin(), left.end(),
                        [&](std::size_t candidate) { return has_issued(candidate, order.back()); });
  }
  order.insert(order.end(), left.begin(), left.end());
  return order;
}

/// The blocks of one file on their way to credentials.
class PemFile {
 public:
  PemFile(std::string_view bytes, const std::string& source, const std::string& password)
      : bytes_(bytes), source_(source), password_(password), text_(read_pem_blocks(bytes)) {}

  base::Result<Credentials> read(std::optional<CredentialKind> wanted) {
    for (const PemBlock& block : text_.blocks) {
      if (!block.ended) {
        return unusable_file(
            source_, base::Cause::cert_malformed,
            fmt::format("the block {} has no end border (-----END {}-----)", block.label, block.label),
            "It may have been cut short: take the whole file.");
      }
    }
    bool wants_key = !wanted || *wanted == CredentialKind::key;
    bool wants_certificate =
        !wanted || *wanted == CredentialKind::authority || *wanted == CredentialKind::certificate;
    Credentials found;
    if (wants_certificate && std::any_of(text_.blocks.begin(), text_.blocks.end(), is_certificate)) {
      if (auto read = add_certificates(found, wanted); !read) {
        return read.error();
      }
    }
    auto key = std::find_if(text_.blocks.begin(), text_.blocks.end(), is_key);
    if (wants_key && key != text_.blocks.end()) {
      if (auto read = add_key(found, *key); !read) {
        return read.error();
      }
    }
    if (found.empty()) {
      return nothing_of(wanted);
    }
    return found;
  }

 private:
  [[nodiscard]] base::Reason nothing_of(std::optional<CredentialKind> wanted) const {
    const PemBlock& first = text_.blocks.front();
    std::string holds = is_certificate(first) ? "a certificate"
                        : is_key(first)       ? "a private key"
                                              : kind_of_block(first);
    if (!wanted) {
      return unusable_file(source_, base::Cause::credential_wrong_type, fmt::format("it holds {}", holds),
                           "A modem takes certificates, private keys and pre-shared keys.");
    }
    std::string_view option = is_certificate(first) ? "--ca or --cert" : "--key";
    bool is_other = is_certificate(first) || is_key(first);
    return unusable_file(source_, base::Cause::credential_wrong_type,
                         fmt::format("it is given as the {}, and holds {}", name_of(*wanted), holds),
                         is_other ? fmt::format("Give it with {}.", option) : "Give the file that holds it.");
  }

  base::Result<void> add_certificates(Credentials& found, std::optional<CredentialKind> wanted) {
    std::vector<std::string> texts;
    for (const PemBlock& block : text_.blocks) {
      if (is_certificate(block)) {
        texts.push_back(block.text);
      }
    }
    std::vector<base::CertificateHandle> chain;
    for (const std::string& text : texts) {
      auto read = read_certificates(text);
      ERR_clear_error();
      if (read.empty()) {
        return unusable_file(source_, base::Cause::cert_malformed,
                             fmt::format("certificate {} of it cannot be decoded", chain.size() + 1),
                             "It may have been cut short or changed: take the file from where it was made.");
      }
      chain.push_back(std::move(read.front()));
    }
    Credential credential;
    bool is_authority = X509_check_ca(chain.front().get()) != 0;
    credential.kind = wanted.value_or(is_authority ? CredentialKind::authority : CredentialKind::certificate);
    std::vector<std::size_t> order = order_of_chain(chain);
    bool reordered =
        credential.kind == CredentialKind::certificate && !std::is_sorted(order.begin(), order.end());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      credential.content += texts[reordered ? order[i] : i];
    }
    finish(credential);
    if (reordered) {
      credential.notes.emplace_back(
          "put in order: the client's certificate first, each followed by its issuer");
    }
    found.push_back(std::move(credential));
    return {};
  }

  base::Result<void> add_key(Credentials& found, const PemBlock& block) {
    Credential credential;
    credential.kind = CredentialKind::key;
    bool is_encrypted = block.text.find("ENCRYPTED") != std::string::npos;
    base::KeyHandle key = read_private_key(block.text, password_);
    if (!key && is_encrypted) {
      return unusable_file(source_, base::Cause::key_format,
                           password_.empty() ? "the private key is encrypted and no password is given"
                                             : "the private key is encrypted with another password",
                           "Put the password into a file and give that with --key-password, or decrypt the "
                           "key: openssl pkcs8 -in FILE -out NEW.");
    }
    if (!key) {
      return unusable_file(source_, base::Cause::key_format, "the private key in it cannot be decoded",
                           "It may have been cut short or changed: take the file from where it was made.");
    }
    bool is_pkcs8 = block.label == "PRIVATE KEY" || block.label == "ENCRYPTED PRIVATE KEY";
    credential.content = is_pkcs8 ? block.text : to_pkcs8(key.get());
    credential.password = is_pkcs8 && is_encrypted ? password_ : "";
    finish(credential);
    if (!is_pkcs8) {
      credential.notes.push_back(fmt::format("converted from {} to PKCS#8{}", block.label,
                                             is_encrypted ? ", without its password" : ""));
    }
    found.push_back(std::move(credential));
    return {};
  }

  // A file that needs no change keeps its bytes, and so its digest.
  void finish(Credential& credential) const {
    credential.source = source_;
    bool same = credential.content == bytes_ || credential.content == std::string(bytes_) + "\n";
    if (same) {
      credential.content = bytes_;
      return;
    }
    if (text_.had_carriage_returns) {
      credential.notes.emplace_back("line ends made LF");
    }
    if (text_.had_escapes) {
      credential.notes.emplace_back("line ends made of the characters \\ and n");
    }
    if (text_.had_other_text) {
      credential.notes.emplace_back("text outside of the borders left out");
    }
  }

  std::string_view bytes_;
  const std::string& source_;
  const std::string& password_;
  PemText text_;
};

// DER: one certificate, or one private key.
std::optional<std::string> pem_of_der(std::string_view bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  auto size = static_cast<long>(bytes.size());
  const unsigned char* position = data;
  std::optional<std::string> pem;
  if (base::CertificateHandle certificate{d2i_X509(nullptr, &position, size)}) {
    pem = to_pem(certificate.get());
  } else {
    position = data;
    if (base::KeyHandle key{d2i_AutoPrivateKey(nullptr, &position, size)}) {
      pem = to_pkcs8(key.get());
    }
  }
  ERR_clear_error();
  return pem;
}

bool is_hexadecimal(std::string_view text) {
  return !text.empty() && base::from_hex(text).has_value();
}

base::Reason no_credential(std::string_view bytes, const std::string& source,
                           std::optional<CredentialKind> wanted) {
  constexpr unsigned char sequence = 0x30;
  if (bytes.empty()) {
    return unusable_file(source, base::Cause::cert_malformed, "it is empty",
                         "Give the file with the content.");
  }
  if (wanted == CredentialKind::psk) {
    return unusable_file(source, base::Cause::key_format,
                         "a pre-shared key is written in hexadecimal digits, two for each byte",
                         "For a key of bytes: xxd -p -c 256 FILE.");
  }
  if (static_cast<unsigned char>(bytes.front()) == sequence) {
    return unusable_file(
        source, base::Cause::cert_malformed,
        "it looks like DER, and is neither a certificate nor an unencrypted private key",
        "If it is a PKCS#12 file (.p12, .pfx): openssl pkcs12 -in FILE -nodes -out FILE.pem.");
  }
  return unusable_file(source, base::Cause::cert_malformed,
                       "it is neither PEM (-----BEGIN …-----) nor DER nor hexadecimal digits",
                       "Give the file from where it was made.");
}

}  // namespace

std::string_view name_of(CredentialKind kind) {
  constexpr std::array<std::string_view, 5> names{"root CA", "client certificate", "private key",
                                                  "pre-shared key", "identity of the pre-shared key"};
  return names[static_cast<std::size_t>(kind)];
}

base::Result<std::vector<Credential>> read_credentials(std::string_view bytes, const std::string& source,
                                                       std::optional<CredentialKind> wanted,
                                                       const std::string& password) {
  if (!read_pem_blocks(bytes).blocks.empty() && wanted != CredentialKind::psk) {
    return PemFile(bytes, source, password).read(wanted);
  }
  if (auto pem = pem_of_der(bytes); pem && wanted != CredentialKind::psk) {
    auto read = PemFile(*pem, source, password).read(wanted);
    if (read) {
      read->front().notes.insert(read->front().notes.begin(), "converted from DER to PEM");
    }
    return read;
  }
  std::string_view digits = base::trim(bytes);
  if (is_hexadecimal(digits) && wanted.value_or(CredentialKind::psk) == CredentialKind::psk) {
    return Credentials{Credential{CredentialKind::psk, std::string(digits), {}, source}};
  }
  return no_credential(bytes, source, wanted);
}

}  // namespace attache::certificates
