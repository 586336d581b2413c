#include "base/posix/patient_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/posix/private_file.hpp"

namespace attache::base {

namespace {

constexpr std::size_t most_kept = 1024UL * 1024;
constexpr std::size_t piece = 4096;  // A pipe that can be written to takes so much at once.

// Another one for the same pipe or terminal, as its flags are this program's alone: those of stdout are
// shared with the shell. Nothing comes of it for a socket, or a pipe of another user.
FileDescriptor reopened(int descriptor) {
  struct stat found {};
  bool is_file = ::fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
  FileDescriptor opened =
      is_file ? FileDescriptor()
              : open_file(fmt::format("/proc/self/fd/{}", descriptor), O_WRONLY | O_APPEND | O_NONBLOCK);
  return opened ? std::move(opened) : FileDescriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
}

bool can_take(int descriptor) {
  pollfd state{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return ::poll(&state, 1, 0) > 0;
}

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

Result<FileDescriptor> open_without_blocking(int descriptor) {
  FileDescriptor opened = reopened(descriptor);
  if (opened) {
    return opened;
  }
  return path_failure(descriptor == STDOUT_FILENO ? "stdout" : fmt::format("descriptor {}", descriptor),
                      errno);
}

Result<FileDescriptor> open_without_blocking(const std::string& path) {
  if (path == "-") {
    return open_without_blocking(STDOUT_FILENO);
  }
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0 && S_ISFIFO(found.st_mode)) {
    // For writing alone it could not be opened before there is a reader.
    FileDescriptor opened = open_file(path, O_RDWR | O_NONBLOCK);
    return opened ? Result<FileDescriptor>(std::move(opened)) : path_failure(path, errno);
  }
  auto opened = open_to_append(path);
  if (opened) {
    ::fcntl(opened->get(), F_SETFL, O_APPEND | O_NONBLOCK);
  }
  return opened;
}

void PatientWriter::write(std::string_view lines) {
  retry();
  keep(lines);
  retry();
}

std::uint64_t PatientWriter::unwritten() const {
  return dropped_ + count_lines(kept_);
}

std::string PatientWriter::hash_remark(std::uint64_t count) {
  return fmt::format("# {} lines are missing here\n", count);
}

void PatientWriter::keep(std::string_view lines) {
  if (missing_ == 0 && kept_.size() + lines.size() <= most_kept) {
    kept_ += lines;
    return;
  }
  missing_ += count_lines(lines);
  dropped_ += count_lines(lines);
}

void PatientWriter::retry() {
  while (!kept_.empty()) {
    if (!can_take(file_.get())) {
      error_ = EAGAIN;
      return;
    }
    ssize_t written = ::write(file_.get(), kept_.data(), std::min(kept_.size(), piece));
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      error_ = errno;
      return;
    }
    kept_.erase(0, static_cast<std::size_t>(written));
    if (kept_.empty() && missing_ > 0) {
      kept_ = remark_(std::exchange(missing_, 0));
    }
  }
  error_ = 0;
}

}  // namespace attache::base
