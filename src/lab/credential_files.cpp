#include "lab/credential_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace attache::lab {

namespace {

namespace fs = std::filesystem;

base::Reason file_reason(std::string what, const fs::path& path, int error) {
  auto reason = base::make_reason(std::move(what), std::generic_category().message(error),
                                  "Name a folder that can be written to with --folder.");
  reason.where = path.string();
  return reason;
}

base::Result<std::string> make_temporary_folder() {
  std::error_code error;
  auto name = (fs::temp_directory_path(error) / "attache-lab-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr) {
    return file_reason("a temporary folder could not be made", name, error ? error.value() : errno);
  }
  return {boost::system::in_place_value, std::move(name)};
}

base::Result<std::string> make_folder(const fs::path& folder) {
  std::error_code error;
  const auto path = fs::absolute(folder, error);
  if (path.has_parent_path()) {
    fs::create_directories(path.parent_path(), error);
  }
  if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return file_reason("the folder for certificates could not be made", path, errno);
  }
  return {boost::system::in_place_value, path.string()};
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

/// Under another name first, so that a reader never sees half a file and an old file's mode does not matter.
base::Result<void> write_file(const fs::path& path, std::string_view text, mode_t mode) {
  auto unfinished = path.string() + ".XXXXXX";
  const int file = mkstemp(unfinished.data());
  if (file < 0) {
    return file_reason("a certificate file could not be made", path, errno);
  }
  const auto written = write_all(file, text) && fchmod(file, mode) == 0;
  const auto write_error = errno;
  ::close(file);
  if (written && ::rename(unfinished.c_str(), path.c_str()) == 0) {
    return {};
  }
  const auto error = written ? errno : write_error;
  ::unlink(unfinished.c_str());
  return file_reason("a certificate file could not be written", path, error);
}

}  // namespace

base::Result<CredentialFiles> CredentialFiles::write(const fs::path& folder, const std::string& ca_pem,
                                                     const KeyAndCertificate& client) {
  const auto temporary = folder.empty();
  auto made = temporary ? make_temporary_folder() : make_folder(folder);
  if (!made) {
    return made.error();
  }
  CredentialFiles files(*std::move(made), temporary);
  constexpr mode_t readable = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
  constexpr mode_t secret = S_IRUSR | S_IWUSR;
  if (auto ca = write_file(files.ca(), ca_pem, readable); !ca) {
    return ca.error();
  }
  if (auto leaf = write_file(files.client_certificate(), client.certificate_pem, readable); !leaf) {
    return leaf.error();
  }
  if (auto key = write_file(files.client_key(), client.private_key_pem, secret); !key) {
    return key.error();
  }
  return files;
}

CredentialFiles::CredentialFiles(CredentialFiles&& other) noexcept
    : folder_(std::move(other.folder_)), temporary_(std::exchange(other.temporary_, false)) {}

CredentialFiles::~CredentialFiles() {
  if (temporary_) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
}

}  // namespace attache::lab
