#include "lab/credential_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/posix/private_file.hpp"

namespace attache::lab {

namespace {

namespace fs = std::filesystem;

base::Reason file_reason(std::string what, const fs::path& path, int error) {
  auto reason = base::make_reason(std::move(what), std::generic_category().message(error),
                                  "Name a folder that can be written to with --folder.");
  reason.where = path.string();
  return reason;
}

constexpr std::string_view temporary_prefix = "attache-lab-";
constexpr const char* lock_name = "lock";

bool is_at(const base::FileDescriptor& file, const fs::path& path) {
  struct stat open {};
  struct stat found {};
  return fstat(file.get(), &open) == 0 && lstat(path.c_str(), &found) == 0 && open.st_dev == found.st_dev &&
         open.st_ino == found.st_ino;
}

/// A lock that ends with its process, however that ends; none if another process has it.
base::FileDescriptor take_lock(base::FileDescriptor file, const fs::path& path) {
  const bool taken = file && flock(file.get(), LOCK_EX | LOCK_NB) == 0 && is_at(file, path);
  return taken ? std::move(file) : base::FileDescriptor();
}

bool is_private_folder(const fs::path& folder) {
  struct stat found {};
  return lstat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == geteuid() &&
         (found.st_mode & 07777U) == S_IRWXU;
}

/// Folders of this user whose lab was killed: they have the lock file that a lab makes, and nobody holds it.
void remove_left_behind(const fs::path& temporary) {
  std::error_code error;
  for (fs::directory_iterator entry(temporary, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const fs::path& folder = entry->path();
    if (!folder.filename().string().starts_with(temporary_prefix) || !is_private_folder(folder)) {
      continue;
    }
    const fs::path lock = folder / lock_name;
    if (take_lock(base::open_file(lock, O_RDWR | O_NOFOLLOW | O_NONBLOCK), lock)) {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
    }
  }
}

/// Without a lock it is the user's and stays.
struct Folder {
  std::string path;
  base::FileDescriptor lock;
};

base::Result<Folder> make_temporary_folder() {
  std::error_code error;
  const fs::path temporary = fs::temp_directory_path(error);
  if (error) {
    return file_reason("a temporary folder could not be made", temporary, error.value());
  }
  remove_left_behind(temporary);
  while (true) {
    auto name = (temporary / fmt::format("{}XXXXXX", temporary_prefix)).string();
    if (mkdtemp(name.data()) == nullptr) {
      return file_reason("a temporary folder could not be made", name, errno);
    }
    const fs::path lock = fs::path(name) / lock_name;
    auto file = base::open_private_file(lock);
    if (!file && fs::exists(name)) {
      return file_reason("a temporary folder could not be made", lock, errno);
    }
    // Another lab that starts may have taken it for one left behind: then it is gone, and the next is tried.
    if (auto held = file ? take_lock(std::move(*file), lock) : base::FileDescriptor()) {
      return Folder{std::move(name), std::move(held)};
    }
  }
}

base::Result<Folder> make_folder(const fs::path& folder) {
  std::error_code error;
  const auto path = fs::absolute(folder, error);
  if (path.has_parent_path()) {
    fs::create_directories(path.parent_path(), error);
  }
  if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return file_reason("the folder for certificates could not be made", path, errno);
  }
  return Folder{path.string(), {}};
}

/// Under another name first, so that a reader never sees half a file and an old file's mode does not matter.
base::Result<void> write_file(const fs::path& path, std::string_view text, mode_t mode) {
  auto unfinished = path.string() + ".XXXXXX";
  const int file = mkstemp(unfinished.data());
  if (file < 0) {
    return file_reason("a certificate file could not be made", path, errno);
  }
  const auto written = base::write_all(file, text) && fchmod(file, mode) == 0;
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
  auto made = folder.empty() ? make_temporary_folder() : make_folder(folder);
  if (!made) {
    return made.error();
  }
  CredentialFiles files(std::move(made->path), std::move(made->lock));
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
    : folder_(std::move(other.folder_)), lock_(std::move(other.lock_)) {}

CredentialFiles::~CredentialFiles() {
  if (lock_) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
}

}  // namespace attache::lab
