#include "certificates/examination.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "certificates/certificate.hpp"
#include "certificates/private_key.hpp"

namespace attache::certificates {

namespace {

std::string day_in(base::WallTime time) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

class Examiner {
 public:
  Examiner(std::span<const Credential> credentials, const std::set<CredentialKind>& stored,
           base::WallTime now)
      : credentials_(credentials), stored_(stored), now_(now) {}

  std::vector<Doubt> run() {
    for (const Credential& credential : credentials_) {
      examine_size(credential);
      switch (credential.kind) {
        case CredentialKind::authority:
        case CredentialKind::certificate:
          examine_certificates(credential);
          break;
        case CredentialKind::key:
          examine_private_key(credential);
          break;
        case CredentialKind::psk:
          examine_psk(credential);
          break;
        case CredentialKind::psk_identity:
          examine_identity(credential);
          break;
      }
    }
    examine_client_pair();
    examine_what_lacks();
    ERR_clear_error();
    return std::move(found_);
  }

 private:
  void doubt(const Credential& credential, bool is_grave, base::Cause cause, std::string why,
             std::string advice) {
    base::Reason reason = base::make_reason(
        cause, fmt::format("the {} {}", name_of(credential.kind), is_grave ? "cannot work" : "is doubtful"),
        std::move(why), std::move(advice));
    reason.where = credential.source;
    found_.push_back({std::move(reason), is_grave});
  }

  void examine_size(const Credential& credential) {
    constexpr std::size_t longest_password = 32;
    // AT%CMNG=0,2147483647,0,"…","…"
    std::size_t line = std::string_view("AT%CMNG=0,2147483647,0,\"\"\r\n").size() + credential.content.size();
    line += credential.password.empty() ? 0 : credential.password.size() + 3;
    if (line > longest_line) {
      doubt(credential, true, base::Cause::buffer_limit,
            fmt::format("its {} bytes do not fit into an AT line, which has {} at most",
                        credential.content.size(), longest_line),
            credential.kind == CredentialKind::authority
                ? "Write fewer roots under one sec_tag: the one that the server's chain ends at is enough."
                : "Use a shorter chain, or an EC key in the place of RSA.");
    }
    if (credential.content.find('"') != std::string::npos) {
      doubt(credential, true, base::Cause::bad_parameter, "it contains a quote, which ends the parameter",
            "Use one without quotes.");
    }
    if (credential.password.size() > longest_password) {
      doubt(credential, true, base::Cause::key_format,
            fmt::format("its password has more than {} characters", longest_password),
            "Encrypt the key with a shorter one, or decrypt it: openssl pkcs8 -in FILE -out NEW.");
    }
  }

  void examine_certificates(const Credential& credential) {
    auto chain = read_certificates(credential.content);
    for (const base::CertificateHandle& certificate : chain) {
      CertificateFacts facts = facts_of(certificate.get());
      examine_validity(credential, facts);
      if (auto kind = unusable(X509_get0_pubkey(certificate.get()))) {
        doubt(credential, true, base::Cause::tls_chain_unsupported,
              fmt::format("{} has {}, which the modem cannot use", facts.name, *kind),
              std::string(usable_keys));
      }
      if (credential.kind == CredentialKind::authority && X509_check_ca(certificate.get()) == 0) {
        examine_no_authority(credential, facts);
      }
    }
    if (credential.kind == CredentialKind::certificate && !chain.empty()) {
      examine_chain(credential, chain);
    }
  }

  void examine_validity(const Credential& credential, const CertificateFacts& facts) {
    constexpr auto soon = std::chrono::hours(24 * 30);
    if (facts.not_after < now_) {
      doubt(credential, true, base::Cause::ca_expired,
            fmt::format("{} expired on {}", facts.name, day_in(facts.not_after)),
            "Write one that is valid today; if this one is, correct this machine's time.");
    } else if (facts.not_before > now_) {
      doubt(credential, false, base::Cause::clock_wrong,
            fmt::format("{} is not valid before {}", facts.name, day_in(facts.not_before)),
            "Correct this machine's time, or write one that is valid today.");
    } else if (facts.not_after < now_ + soon) {
      doubt(credential, false, base::Cause::ca_expired,
            fmt::format("{} expires on {}", facts.name, day_in(facts.not_after)),
            "Write its successor soon.");
    }
  }

  void examine_no_authority(const Credential& credential, const CertificateFacts& facts) {
    if (facts.self_issued()) {
      doubt(credential, false, base::Cause::credential_wrong_type,
            fmt::format("{} is self-signed and no CA (basicConstraints)", facts.name),
            "It serves for a server that shows this very certificate; for others write the CA that issued "
            "theirs.");
    } else {
      doubt(credential, false, base::Cause::credential_wrong_type,
            fmt::format("{} is no CA (basicConstraints): its issuer is {}", facts.name, facts.issuer_name),
            fmt::format("Write the certificate of {}.", facts.issuer_name));
    }
  }

  // Leaf first, each issued by the next; that the last issuer is left out is usual, servers have it.
  void examine_chain(const Credential& credential, const std::vector<base::CertificateHandle>& chain) {
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
      X509* issuer = chain[i + 1].get();
      CertificateFacts subject = facts_of(chain[i].get());
      bool issued = X509_check_issued(issuer, chain[i].get()) == X509_V_OK &&
                    X509_verify(chain[i].get(), X509_get0_pubkey(issuer)) == 1;
      if (!issued) {
        doubt(credential, true, base::Cause::tls_chain_unsupported,
              fmt::format("{} is followed by {}, which has not issued it: its issuer is {}", subject.name,
                          facts_of(issuer).name, subject.issuer_name),
              fmt::format("Put the certificate of {} behind it, and nothing that is not of this chain.",
                          subject.issuer_name));
        return;
      }
    }
    X509* leaf = chain.front().get();
    bool for_clients = (X509_get_extended_key_usage(leaf) & XKU_SSL_CLIENT) != 0;
    if (!for_clients) {
      doubt(credential, false, base::Cause::client_cert_missing,
            fmt::format("{} is not for clients (extendedKeyUsage)", facts_of(leaf).name),
            "Many servers refuse it: use one with clientAuth.");
    }
    if (X509_check_ca(leaf) != 0 && chain.size() == 1 && facts_of(leaf).self_issued()) {
      doubt(credential, false, base::Cause::credential_wrong_type,
            fmt::format("{} is the certificate of a CA", facts_of(leaf).name),
            "If servers are to be recognised by it, write it as the root CA (type 0, --ca).");
    }
  }

  void examine_private_key(const Credential& credential) {
    base::KeyHandle key = read_private_key(credential.content, credential.password);
    if (auto kind = unusable(key.get())) {
      doubt(credential, true, base::Cause::key_format,
            fmt::format("it is {}, which the modem cannot use", *kind), std::string(usable_keys));
    }
  }

  void examine_psk(const Credential& credential) {
    constexpr std::size_t most_digits = 128;
    if (credential.content.size() > most_digits) {
      doubt(credential, true, base::Cause::key_format,
            fmt::format("it has {} bytes, and the modem takes 64 at most", credential.content.size() / 2),
            "Use a shorter key.");
    }
  }

  void examine_identity(const Credential& credential) {
    bool printable = std::all_of(credential.content.begin(), credential.content.end(),
                                 [](char c) { return c >= ' ' && c <= '~'; });
    if (credential.content.empty() || !printable) {
      doubt(credential, true, base::Cause::bad_parameter, "it is no text of printable ASCII characters",
            "Use letters, digits and signs.");
    }
  }

  void examine_client_pair() {
    const Credential* certificate = given(CredentialKind::certificate);
    const Credential* key_text = given(CredentialKind::key);
    if (certificate == nullptr || key_text == nullptr) {
      return;
    }
    auto chain = read_certificates(certificate->content);
    base::KeyHandle key = read_private_key(key_text->content, key_text->password);
    bool fits = !chain.empty() && key && X509_check_private_key(chain.front().get(), key.get()) == 1;
    if (!chain.empty() && key && !fits) {
      doubt(
          *key_text, true, base::Cause::credential_wrong_type,
          fmt::format("it does not belong to the client certificate {}", facts_of(chain.front().get()).name),
          "Write the certificate and the key that were made together.");
    }
  }

  // One half of a pair whose other half is neither given nor stored.
  void examine_what_lacks() {
    constexpr std::pair<CredentialKind, CredentialKind> pairs[] = {
        {CredentialKind::certificate, CredentialKind::key},
        {CredentialKind::key, CredentialKind::certificate},
        {CredentialKind::psk, CredentialKind::psk_identity},
        {CredentialKind::psk_identity, CredentialKind::psk}};
    for (const auto& [half, other] : pairs) {
      const Credential* credential = given(half);
      if (credential != nullptr && given(other) == nullptr && stored_.count(other) == 0) {
        doubt(*credential, false, base::Cause::sec_tag_missing,
              fmt::format("the modem does not use it without the {} under the same sec_tag", name_of(other)),
              fmt::format("Write the {} too.", name_of(other)));
      }
    }
  }

  [[nodiscard]] const Credential* given(CredentialKind kind) const {
    auto found = std::find_if(credentials_.begin(), credentials_.end(),
                              [&](const Credential& credential) { return credential.kind == kind; });
    return found == credentials_.end() ? nullptr : &*found;
  }

  std::span<const Credential> credentials_;
  const std::set<CredentialKind>& stored_;
  base::WallTime now_;
  std::vector<Doubt> found_;
};

}  // namespace

std::vector<Doubt> examine(std::span<const Credential> credentials, const std::set<CredentialKind>& stored,
                           base::WallTime now) {
  return Examiner(credentials, stored, now).run();
}

}  // namespace attache::certificates
