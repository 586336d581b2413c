#include "base/posix/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <utility>

namespace attache::base {

namespace {

namespace fs = std::filesystem;

// The open file under a name: for calls that take a path, and for descriptors of O_PATH.
std::string name_of(const FileDescriptor& descriptor) {
  return fmt::format("/proc/self/fd/{}", descriptor.get());
}

// A group that has the user's name and no other member, as many systems give to each user.
bool is_own_group(gid_t group) {
  std::array<char, 4096> buffer{};
  struct group entry {};
  struct group* found = nullptr;
  ::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found);
  return group == ::getegid() && found != nullptr && user_name(::geteuid()) == found->gr_name &&
         *found->gr_mem == nullptr;
}

bool is_trusted(uid_t owner) {
  return owner == ::geteuid() || owner == 0;
}

// Nothing if neither owner nor rights let another user change what is there.
std::optional<Reason> objection(const fs::path& path, const struct stat& found) {
  std::string kind = S_ISDIR(found.st_mode) ? "folder" : "file";
  if (!is_trusted(found.st_uid)) {
    return path_failure(
        path,
        fmt::format("the {} belongs to {}, this program runs as {}", kind, user_name(found.st_uid),
                    user_name(::geteuid())),
        fmt::format("run it as {}, name another folder, or, if you trust what is in it, `chown` it",
                    user_name(found.st_uid)));
  }
  bool others = (found.st_mode & S_IWOTH) != 0;
  bool group = (found.st_mode & S_IWGRP) != 0 && !is_own_group(found.st_gid);
  if (others || group) {
    return path_failure(
        path,
        fmt::format("other users may write to the {} (its mode is {:04o})", kind, found.st_mode & 07777U),
        fmt::format("name another folder, or, if you trust what is in it, `chmod go-w {}`", path.string()));
  }
  return std::nullopt;
}

// A link that another user has placed leads where that user wants.
std::optional<Reason> objection_to_link(const fs::path& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode) && !is_trusted(found.st_uid)) {
    return path_failure(path, fmt::format("it is a symbolic link of {}", user_name(found.st_uid)),
                        "remove it, or choose another name");
  }
  return std::nullopt;
}

// With a slash at its end a link would be followed by any call.
fs::path without_slash(const fs::path& path) {
  return path.has_filename() || !path.has_parent_path() ? path : path.parent_path();
}

FileDescriptor open_folder(const fs::path& folder) {
  return open_file(folder, O_PATH | O_DIRECTORY);
}

// Whether this call has made the folder; errno tells why there is none.
enum class Making { made, was_there, failed };

Making make_folder(const fs::path& folder) {
  std::error_code ignored;  // What is wrong above it, mkdir says.
  if (folder.has_parent_path()) {
    fs::create_directories(folder.parent_path(), ignored);
  }
  if (::mkdir(folder.c_str(), private_folder_mode) != 0) {
    return errno == EEXIST ? Making::was_there : Making::failed;
  }
  // The umask may have taken rights away.
  FileDescriptor made = open_file(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  return made && ::chmod(name_of(made).c_str(), private_folder_mode) == 0 ? Making::made : Making::failed;
}

}  // namespace

std::string user_name(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr ? found->pw_name : fmt::format("{}", user);
}

std::string path_advice(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "give this user read and write permission on it, or name another folder";
    case EROFS:
      return "name a folder on a file system that can be written";
    case ENOSPC:
    case EDQUOT:
      return "free space on its file system";
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
      return "name a folder, or a path where one can be made";
    case EMFILE:
    case ENFILE:
      return "allow more open files: `ulimit -n`";
    default:
      return {};
  }
}

Reason path_failure(const fs::path& path, std::string why, std::string advice) {
  Reason reason = make_reason("a file or folder cannot be used", std::move(why), std::move(advice));
  reason.where = path.string();
  return reason;
}

Reason path_failure(const fs::path& path, int error) {
  return path_failure(path, error_text(error), path_advice(error));
}

Result<void> take_private_folder(const fs::path& folder) {
  fs::path path = without_slash(folder);
  if (path.empty()) {
    return path_failure(path, "the name of the folder is empty", "name a folder");
  }
  if (auto strange = objection_to_link(path)) {
    return *strange;
  }
  Making making = make_folder(path);
  if (making == Making::failed) {
    return path_failure(path, errno);
  }
  FileDescriptor opened = open_folder(path);
  if (!opened) {
    return errno == ENOTDIR ? path_failure(path, "it exists and is not a folder", path_advice(ENOTDIR))
                            : path_failure(path, errno);
  }
  struct stat found {};
  if (::fstat(opened.get(), &found) != 0) {
    return path_failure(path, errno);
  }
  if (auto refused = objection(path, found)) {
    return *refused;
  }
  return {};
}

Result<void> make_private_folder(const fs::path& folder) {
  fs::path path = without_slash(folder);
  if (fs::path above = path.parent_path(); !above.empty() && !fs::exists(fs::status(above))) {
    if (auto made = make_private_folder(above); !made) {
      return made;
    }
  }
  if (make_folder(path) == Making::failed) {
    return path_failure(path, errno);
  }
  return open_folder(path) ? Result<void>() : path_failure(path, errno);
}

Result<FileDescriptor> open_private_file(const fs::path& file) {
  constexpr int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
  bool made = false;
  FileDescriptor opened = open_file(file, flags);
  if (!opened && errno == ENOENT) {
    opened = open_file(file, flags | O_CREAT | O_EXCL, private_file_mode);
    made = static_cast<bool>(opened);
  }
  if (!opened) {
    return errno == ELOOP ? path_failure(file, "it is a symbolic link", "remove it")
                          : path_failure(file, errno);
  }
  struct stat found {};
  if (::fstat(opened.get(), &found) != 0 || (made && ::fchmod(opened.get(), private_file_mode) != 0)) {
    return path_failure(file, errno);
  }
  if (!S_ISREG(found.st_mode)) {
    return path_failure(file, "it is not a regular file", "remove it or name another folder");
  }
  if (auto refused = objection(file, found)) {
    return *refused;
  }
  return opened;
}

namespace {

// Closing a descriptor of O_PATH leaves the locks of the process alone. None if nothing is there.
Result<FileDescriptor> look_at_file(const fs::path& file, struct stat& found) {
  FileDescriptor opened = open_file(file, O_PATH | O_NOFOLLOW);
  if (!opened) {
    return errno == ENOENT ? Result<FileDescriptor>(FileDescriptor()) : path_failure(file, errno);
  }
  if (::fstat(opened.get(), &found) != 0) {
    return path_failure(file, errno);
  }
  if (!S_ISREG(found.st_mode)) {
    return path_failure(file, "it is not a regular file", "remove it");
  }
  if (auto refused = objection(file, found)) {
    return *refused;
  }
  return opened;
}

}  // namespace

Result<void> check_private_file(const fs::path& file) {
  struct stat found {};
  auto opened = look_at_file(file, found);
  return opened ? Result<void>() : opened.error();
}

Result<void> make_private_file(const fs::path& file) {
  struct stat found {};
  auto opened = look_at_file(file, found);
  if (!opened) {
    return opened.error();
  }
  bool needs_change = *opened && (found.st_mode & 07777U) != private_file_mode;
  if (needs_change && ::chmod(name_of(*opened).c_str(), private_file_mode) != 0) {
    return path_failure(file, errno);
  }
  return {};
}

Result<FileDescriptor> open_to_append(const fs::path& file) {
  if (auto strange = objection_to_link(file)) {
    return *strange;
  }
  constexpr int flags = O_WRONLY | O_APPEND;
  FileDescriptor opened = open_file(file, flags | O_CREAT | O_EXCL, private_file_mode);
  if (opened) {
    ::fchmod(opened.get(), private_file_mode);  // The umask may have taken rights away.
    return opened;
  }
  if (errno == EEXIST) {
    opened = open_file(file, flags);
  }
  if (!opened && errno == ENOENT) {  // A link to nothing.
    opened = open_file(file, flags | O_CREAT, private_file_mode);
  }
  return opened ? Result<FileDescriptor>(std::move(opened)) : path_failure(file, errno);
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

namespace {

// The file has no name before it is whole.
int write_nameless(const FileDescriptor& file, const fs::path& path, std::string_view bytes) {
  if (::fchmod(file.get(), private_file_mode) != 0 || !write_all(file.get(), bytes) ||
      ::linkat(AT_FDCWD, name_of(file).c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return errno;
  }
  // A name alone is no file that was written; whoever watches the folder waits for its end.
  (void)open_file(path, O_WRONLY | O_NOFOLLOW);
  return 0;
}

int write_hidden(const fs::path& hidden, const fs::path& path, std::string_view bytes) {
  if (fs::exists(path)) {
    return EEXIST;
  }
  FileDescriptor file = open_file(hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, private_file_mode);
  if (!file) {
    return errno;
  }
  bool whole = ::fchmod(file.get(), private_file_mode) == 0 && write_all(file.get(), bytes) &&
               ::rename(hidden.c_str(), path.c_str()) == 0;
  int error = errno;
  if (!whole) {
    ::unlink(hidden.c_str());
  }
  return whole ? 0 : error;
}

}  // namespace

int write_whole_file(const fs::path& folder, const std::string& name, std::string_view bytes) {
  FileDescriptor nameless = open_file(folder, O_TMPFILE | O_WRONLY, private_file_mode);
  if (nameless) {
    return write_nameless(nameless, folder / name, bytes);
  }
  bool knows_nameless = errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL;
  return knows_nameless ? errno : write_hidden(folder / fmt::format(".{}", name), folder / name, bytes);
}

}  // namespace attache::base
