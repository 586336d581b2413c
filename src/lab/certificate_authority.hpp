#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace attache::lab {

/// A certificate (leaf first, then its chain) and its key, both PEM.
struct KeyAndCertificate {
  std::string certificate_pem;
  std::string private_key_pem;
};

/// What a leaf certificate says.
struct LeafOptions {
  std::string common_name = "localhost";  ///< Cut to the 64 bytes that X.509 allows.
  std::vector<std::string> dns_names{};   ///< Subject alternative names; "*.example.com" allowed.
  std::vector<std::string> addresses{};   ///< IP subject alternative names.
  std::chrono::hours valid_from{-24};     ///< From now; an expired leaf has both in the past.
  std::chrono::hours valid_until{24 * 365};
  bool client = false;  ///< For client instead of server authentication.
};

/// A small CA made at start, EC P-256, for demos and tests only. Its own key never leaves the process.
/// Throws std::invalid_argument for an address that is none, std::runtime_error if OpenSSL fails.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& common_name);
  ~CertificateAuthority();
  CertificateAuthority(CertificateAuthority&&) noexcept;
  CertificateAuthority& operator=(CertificateAuthority&&) noexcept;

  /// Its own certificate, for clients to trust.
  [[nodiscard]] const std::string& certificate_pem() const;
  /// A new key and a certificate for it, signed by this CA.
  [[nodiscard]] KeyAndCertificate issue(const LeafOptions& options) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A certificate that is its own issuer.
KeyAndCertificate make_self_signed(const LeafOptions& options);

}  // namespace attache::lab
