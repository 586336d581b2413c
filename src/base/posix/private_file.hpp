#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"

namespace attache::base {

/// Files and folders that hold what other users must not see or change. What is made here is for this user
/// only, whatever the umask; what is there already is looked at through its own descriptor before it is used.
///
/// A reason has the path as its place and says what to do; its `what` is general, for the caller to replace.

/// Rights of what is made.
inline constexpr mode_t private_folder_mode = 0700;
inline constexpr mode_t private_file_mode = 0600;

/// What can be done about an errno value of a path; empty if there is nothing to say.
std::string path_advice(int error);

/// The reason why `path` cannot be used.
Reason path_failure(const std::filesystem::path& path, std::string why, std::string advice);
/// The same in the system's words, with path_advice().
Reason path_failure(const std::filesystem::path& path, int error);

/// The name of a user, or the number if it has none.
std::string user_name(uid_t user);

/// Makes the folder with those above it, or takes the one that is there. One that another user than this or
/// root owns or may write to is refused, and so is a symbolic link of somebody else. The group counts as
/// others, unless it is this user's own.
Result<void> take_private_folder(const std::filesystem::path& folder);

/// Makes the folder with those above it where they are missing; who owns or uses one that is there is not
/// looked at.
/// Fails where something that is no folder is in the way, or this user may not make one.
Result<void> make_private_folder(const std::filesystem::path& folder);

/// Opens the regular file for reading and writing, or makes it. One that another user than this or root owns
/// or may write to is refused, and so are symbolic links. The rights of a file that is there stay as they
/// are.
Result<FileDescriptor> open_private_file(const std::filesystem::path& file);

/// Refuses what is at the path if it is no regular file, or one that another user than this or root owns or
/// may write to. A path with nothing there is fine. Neither follows links nor disturbs the locks that this
/// process has on the file.
Result<void> check_private_file(const std::filesystem::path& file);

/// The same, and takes the rights that other users have to the file.
Result<void> make_private_file(const std::filesystem::path& file);

/// Opens a file that is written to at its end, a device or a FIFO, following links. Made if it is missing,
/// then private; what is there keeps its rights.
Result<FileDescriptor> open_to_append(const std::filesystem::path& file);

/// Writes all bytes, however many calls it takes; errno tells why not.
bool write_all(int descriptor, std::string_view bytes);

/// Makes a private file under a name that is free in the folder. It has its name only once it is whole, and
/// is announced to those who watch the folder for files that were written. If the process dies before,
/// nothing of it stays (on a file system without O_TMPFILE: a file `.NAME`). EEXIST if the name is taken.
///
/// Returns 0 or an errno value.
int write_whole_file(const std::filesystem::path& folder, const std::string& name, std::string_view bytes);

}  // namespace attache::base
