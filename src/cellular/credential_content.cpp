#include "cellular/credential_content.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <utility>

#include "base/openssl_handles.hpp"
#include "certificates/certificate.hpp"
#include "certificates/private_key.hpp"

namespace attache::cellular {

namespace {

constexpr std::size_t longest_border = 64;

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

std::string named(const base::CertificateHandle& certificate) {
  return fmt::format("the certificate {}", certificates::facts_of(certificate.get()).subject);
}

std::string day_of(const ASN1_TIME& time) {
  std::tm fields{};
  ASN1_TIME_to_tm(&time, &fields);
  return fmt::format("{:%Y-%m-%d}", fields);
}

std::string minute(base::WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

/// What is wrong, and what to do about it.
struct Verdict {
  base::Cause cause = base::Cause::none;
  std::string why;
  std::string advice;
};

// What the text is instead of what it was written as, by its first border.
std::optional<std::string_view> other_kind(CredentialType type, std::string_view content) {
  std::string_view wanted = type == CredentialType::private_key ? "a private key" : "a certificate";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kinds{{
      {"PRIVATE KEY-----", "a private key"},
      {"PUBLIC KEY-----", "a public key"},
      {"CERTIFICATE REQUEST-----", "a certificate request"},
      {"CERTIFICATE-----", "a certificate"},
  }};
  std::size_t begin = content.find("-----BEGIN ");
  std::string_view first = begin == std::string_view::npos ? "" : content.substr(begin, longest_border);
  for (const auto& [label, kind] : kinds) {
    if (first.find(label) != std::string_view::npos) {
      return kind == wanted ? std::nullopt : std::optional(kind);
    }
  }
  return std::nullopt;
}

// Why the text is no PEM of its type at all.
std::optional<Verdict> judge_form(CredentialType type, std::string_view content) {
  if (!has_borders(type, content)) {
    if (auto other = other_kind(type, content)) {
      return Verdict{base::Cause::credential_wrong_type,
                     fmt::format("what was written as {} is {}", name(type), *other),
                     "The types are: 0 root CA, 1 client certificate, 2 private key."};
    }
    return Verdict{base::Cause::cert_malformed,
                   fmt::format("the {} lacks a PEM border (-----BEGIN …-----, -----END …-----)", name(type)),
                   "Write the whole PEM text, with its borders and line ends."};
  }
  bool readable = type == CredentialType::private_key
                      ? certificates::is_decodable_pem(content)
                      : !certificates::read_chain(content).certificates.empty();
  ERR_clear_error();
  if (readable) {
    return std::nullopt;
  }
  if (content.find("\\n") != std::string_view::npos) {
    return Verdict{base::Cause::cert_malformed,
                   fmt::format("the lines of the {} end in the characters \\ and n", name(type)),
                   "Send line ends themselves (LF) between the quotes."};
  }
  return Verdict{base::Cause::cert_malformed, fmt::format("the {} cannot be decoded", name(type)),
                 "Write the whole PEM text again, with its line ends: it may have been cut short."};
}

/// One written credential under examination.
class Examination {
 public:
  Examination(const CredentialVault::Id& id, const DateOfExamination& date) : id_(id), date_(date) {}

  void examine_chain(std::string_view content) {
    certificates::CertificateChain chain = certificates::read_chain(content);
    if (!chain.is_complete) {
      doubt({base::Cause::cert_malformed,
             fmt::format("what follows the first {} of its certificates cannot be decoded",
                         chain.certificates.size()),
             "Write the whole PEM text again, with its line ends: it may have been cut short."});
    }
    for (const base::CertificateHandle& certificate : chain.certificates) {
      if (id_.type == CredentialType::root_ca && X509_check_ca(certificate.get()) == 0) {
        doubt(judge_no_authority(certificate));
      }
      if (auto kind = certificates::unusable(X509_get0_pubkey(certificate.get()))) {
        doubt({base::Cause::tls_chain_unsupported,
               fmt::format("{} has {}, which the modem cannot use", named(certificate), *kind),
               std::string(certificates::usable_keys)});
      }
      examine_dates(certificate);
    }
    ERR_clear_error();
  }

  void examine_key(std::string_view content, const std::string& password) {
    base::KeyHandle key = certificates::read_private_key(content, password);
    if (key == nullptr && content.find("ENCRYPTED") != std::string_view::npos) {
      doubt({base::Cause::key_format, "the private key is encrypted and its password is missing or wrong",
             fmt::format("Write it with its password: {}.", write_command("\"<PEM>\",\"<password>\""))});
    } else if (key == nullptr) {
      doubt({base::Cause::key_format, "what the PEM text of the private key holds cannot be read",
             "Write the key as PKCS#8: openssl pkcs8 -topk8 -nocrypt."});
    } else if (auto kind = certificates::unusable(key.get())) {
      doubt({base::Cause::key_format, fmt::format("the private key is {}, which the modem cannot use", *kind),
             std::string(certificates::usable_keys)});
    }
    ERR_clear_error();
  }

  // The certificate and the key beside it, once both are there.
  void examine_pair(const modem::CredentialBundle& bundle) {
    if (!bundle.client_certificate || !bundle.private_key) {
      return;
    }
    auto chain = certificates::read_chain(*bundle.client_certificate).certificates;
    base::KeyHandle key =
        certificates::read_private_key(*bundle.private_key, bundle.private_key_password.value_or(""));
    if (!chain.empty() && key && X509_check_private_key(chain.front().get(), key.get()) != 1) {
      doubt({base::Cause::credential_wrong_type,
             fmt::format("the private key (type 2) does not belong to the client certificate {}",
                         certificates::facts_of(chain.front().get()).subject),
             "Write the certificate and the key that were made together."});
    }
    ERR_clear_error();
  }

  void doubt(Verdict verdict) { doubt(std::move(verdict), {}); }

  [[nodiscard]] std::vector<base::Reason> take() { return std::move(found_); }

 private:
  void doubt(Verdict verdict, std::vector<std::pair<std::string, std::string>> facts) {
    base::Reason reason =
        base::make_reason(verdict.cause, fmt::format("the {} just written is doubtful", name(id_.type)),
                          std::move(verdict.why), std::move(verdict.advice));
    reason.where = fmt::format("sec_tag {}, type {}", id_.sec_tag, static_cast<int>(id_.type));
    reason.facts = std::move(facts);
    found_.push_back(std::move(reason));
  }

  [[nodiscard]] std::string write_command(std::string_view parameters = "\"<PEM>\"") const {
    return fmt::format("AT%CMNG=0,{},{},{}", id_.sec_tag, static_cast<int>(id_.type), parameters);
  }

  [[nodiscard]] Verdict judge_no_authority(const base::CertificateHandle& certificate) const {
    certificates::CertificateFacts facts = certificates::facts_of(certificate.get());
    if (facts.self_issued()) {
      return {base::Cause::credential_wrong_type,
              fmt::format("{} is self-signed and no CA (basicConstraints)", named(certificate)),
              "It serves for a server that shows this very certificate; for others write the CA that issued "
              "theirs."};
    }
    return {base::Cause::credential_wrong_type,
            fmt::format("{} is no CA (basicConstraints)", named(certificate)),
            fmt::format("Write the certificate of its issuer, {}, with {}.", facts.issuer, write_command())};
  }

  void examine_dates(const base::CertificateHandle& certificate) {
    constexpr int unreadable = -2;
    std::time_t now = std::chrono::system_clock::to_time_t(date_.time);
    const ASN1_TIME* start = X509_get0_notBefore(certificate.get());
    const ASN1_TIME* end = X509_get0_notAfter(certificate.get());
    int since_start = ASN1_TIME_cmp_time_t(start, now);
    int until_end = ASN1_TIME_cmp_time_t(end, now);
    if (since_start == unreadable || until_end == unreadable) {
      doubt({base::Cause::cert_malformed, fmt::format("the dates of {} cannot be read", named(certificate)),
             fmt::format("Write another one with {}.", write_command())});
    } else if (until_end < 0) {
      doubt({base::Cause::ca_expired, fmt::format("{} expired on {}", named(certificate), day_of(*end)),
             fmt::format("Write one that is valid today with {}; if this one is, correct {}.",
                         write_command(), clock_to_correct())},
            {time_fact()});
    } else if (since_start > 0) {
      doubt({base::Cause::clock_wrong,
             fmt::format("{} is not valid before {}", named(certificate), day_of(*start)),
             fmt::format("Correct {}, or write a certificate that is valid today.", clock_to_correct())},
            {time_fact()});
    }
  }

  [[nodiscard]] std::string_view clock_to_correct() const {
    return date_.of_modem ? "the modem's time (AT+CCLK)" : "this machine's time";
  }

  [[nodiscard]] std::pair<std::string, std::string> time_fact() const {
    return {"time", date_.of_modem
                        ? fmt::format("the modem's is {}", minute(date_.time))
                        : fmt::format("this machine's is {}; the modem has none yet, and looks at no dates "
                                      "until it has",
                                      minute(date_.time))};
  }

  CredentialVault::Id id_;
  DateOfExamination date_;
  std::vector<base::Reason> found_;
};

}  // namespace

std::optional<base::Reason> refused_content(const FirmwareProfile& profile, CredentialType type,
                                            std::string_view content, bool refuse_crlf) {
  bool examined = type == CredentialType::root_ca || type == CredentialType::client_certificate;
  if (!examined || !profile.at_least(2, 0, 2)) {
    return std::nullopt;
  }
  if (refuse_crlf && content.find('\r') != std::string_view::npos) {
    return base::make_reason(base::Cause::cert_crlf, "",
                             "the PEM text has CR LF line ends, which this firmware refuses",
                             "Send it with LF alone; `refuse_crlf` of [device] decides that it is refused.");
  }
  auto fault = judge_form(type, content);
  return fault ? std::optional(
                     base::make_reason(fault->cause, "", std::move(fault->why), std::move(fault->advice)))
               : std::nullopt;
}

std::vector<base::Reason> doubts(const CredentialVault::Id& id, std::string_view content,
                                 const modem::CredentialBundle& bundle, const DateOfExamination& date) {
  Examination examination(id, date);
  if (!is_pem_type(id.type)) {
    return {};
  }
  if (auto fault = judge_form(id.type, content)) {
    examination.doubt(std::move(*fault));
    return examination.take();
  }
  if (id.type == CredentialType::private_key) {
    examination.examine_key(content, bundle.private_key_password.value_or(""));
  } else {
    examination.examine_chain(content);
  }
  if (id.type != CredentialType::root_ca) {
    examination.examine_pair(bundle);
  }
  return examination.take();
}

}  // namespace attache::cellular
