#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"
#include "lab/certificate_authority.hpp"

namespace attache::lab {

/// The files that a client of the lab needs: ca.pem, client.pem and client.key (mode 0600) in one folder.
class CredentialFiles {
 public:
  /// Writes them into `folder`, which is made (0700) if it is missing; files of these names are replaced.
  /// An empty `folder` is a fresh one among the temporary files, removed with the object; such folders of
  /// this user that a killed process left behind are removed before.
  static base::Result<CredentialFiles> write(const std::filesystem::path& folder, const std::string& ca_pem,
                                             const KeyAndCertificate& client);
  ~CredentialFiles();
  CredentialFiles(CredentialFiles&& other) noexcept;
  CredentialFiles& operator=(CredentialFiles&&) = delete;

  /// Absolute paths.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path ca() const { return folder_ / "ca.pem"; }
  [[nodiscard]] std::filesystem::path client_certificate() const { return folder_ / "client.pem"; }
  [[nodiscard]] std::filesystem::path client_key() const { return folder_ / "client.key"; }

 private:
  CredentialFiles(std::filesystem::path folder, base::FileDescriptor lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}

  std::filesystem::path folder_;
  base::FileDescriptor lock_;  ///< Of a temporary folder.
};

}  // namespace attache::lab
