#include "trace/capture/capture_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <utility>

#include "base/posix/patient_writer.hpp"
#include "base/posix/private_file.hpp"

namespace attache::trace {

namespace {

constexpr std::size_t most_kept = 4UL * 1024 * 1024;
constexpr std::size_t room_at_hand = 512UL * 1024;  // What a busy trace fills again and again.
constexpr auto retry_pause = std::chrono::milliseconds(200);
constexpr std::string_view log_module = "trace";

bool is_fifo_or_stdout(const std::string& path) {
  struct stat found {};
  return path == "-" || (::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode));
}

// With a reader at its other end, so that its leaving is noticed; else as one that may come later.
base::Result<base::FileDescriptor> open_stream(const std::string& path) {
  base::FileDescriptor opened;
  if (path != "-") {
    opened = base::FileDescriptor(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  }
  return opened ? base::Result<base::FileDescriptor>(std::move(opened)) : base::open_without_blocking(path);
}

base::Result<base::FileDescriptor> open_anew(const std::string& path) {
  auto file = base::open_private_file(path);
  if (!file) {
    return file;
  }
  struct stat found {};
  bool is_ready = ::fchmod(file->get(), base::private_file_mode) == 0 && ::ftruncate(file->get(), 0) == 0 &&
                  ::fstat(file->get(), &found) == 0;
  if (!is_ready) {
    return base::path_failure(path, errno);
  }
  return file;
}

// "a.pcapng" → "a.1.pcapng".
std::filesystem::path older_name(const std::filesystem::path& path, std::uint32_t number) {
  std::filesystem::path older = path;
  older.replace_filename(fmt::format("{}.{}{}", path.stem().string(), number, path.extension().string()));
  return older;
}

}  // namespace

base::Result<std::unique_ptr<CaptureFile>> CaptureFile::open(base::Clock& clock, base::Journal& journal,
                                                             const FileOptions& options) {
  using Opened = base::Result<std::unique_ptr<CaptureFile>>;
  bool is_stream = is_fifo_or_stdout(options.path);
  auto file = is_stream ? open_stream(options.path) : open_anew(options.path);
  if (!file) {
    base::Reason reason = file.error();
    reason.what = "the trace cannot be written";
    return reason;
  }
  return Opened(
      std::unique_ptr<CaptureFile>(new CaptureFile(clock, journal, options, std::move(*file), !is_stream)));
}

CaptureFile::CaptureFile(base::Clock& clock, base::Journal& journal, FileOptions options,
                         base::FileDescriptor file, bool is_regular)
    : clock_(clock),
      journal_(journal),
      options_(std::move(options)),
      file_(std::move(file)),
      is_regular_(is_regular),
      begun_(clock.now()) {}

bool CaptureFile::write(std::string_view block) {
  if (kept_.size() + block.size() > most_kept) {
    return false;
  }
  kept_ += block;
  return true;
}

void CaptureFile::drain(const Preamble& preamble) {
  push();
  if (kept_.empty() && is_time_to_rotate()) {
    rotate(preamble);
  }
}

void CaptureFile::push() {
  std::size_t done = 0;
  error_ = 0;
  while (done < kept_.size() && error_ == 0) {
    ssize_t size = ::write(file_.get(), kept_.data() + done, kept_.size() - done);
    if (size >= 0) {
      done += static_cast<std::size_t>(size);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  kept_.erase(0, done);
  if (kept_.empty() && kept_.capacity() > room_at_hand) {
    kept_.shrink_to_fit();
  }
  size_ += done;
  written_ += done;
  tell_trouble();
}

// Once. A slow reader is no trouble before there is no more room for what it does not take.
void CaptureFile::tell_trouble() {
  bool is_trouble = error_ != 0 && (error_ != EAGAIN || kept_.size() > most_kept / 2);
  if (is_trouble && !std::exchange(is_troubled_, true)) {
    base::Reason reason =
        base::make_reason("the trace cannot be written",
                          error_ == EAGAIN ? "whoever reads it does not keep up" : base::error_text(error_),
                          base::path_advice(error_));
    reason.where = options_.path;
    journal_.report(log_module, std::move(reason));
  }
  if (is_troubled_ && kept_.empty()) {
    is_troubled_ = false;
    journal_.log(base::LogLevel::info, log_module, "the trace is written again");
  }
  if (error_ != 0) {
    retry_ = clock_.call_after(retry_pause, [this] { push(); });
  }
}

bool CaptureFile::is_time_to_rotate() const {
  bool is_full = options_.rotate_size > 0 && size_ >= options_.rotate_size;
  bool is_old =
      options_.rotate_time > base::Duration::zero() && clock_.now() - begun_ >= options_.rotate_time;
  return is_regular_ && (is_full || is_old);
}

// What cannot be renamed is written on.
void CaptureFile::rotate(const Preamble& preamble) {
  begun_ = clock_.now();
  size_ = 0;
  std::error_code error;
  std::filesystem::path path = options_.path;
  std::filesystem::remove(options_.keep == 0 ? path : older_name(path, options_.keep), error);
  for (std::uint32_t number = options_.keep; number > 1; --number) {
    std::filesystem::rename(older_name(path, number - 1), older_name(path, number), error);
  }
  if (options_.keep > 0) {
    std::filesystem::rename(path, older_name(path, 1), error);
  }
  auto file = error && options_.keep > 0
                  ? base::Result<base::FileDescriptor>(base::path_failure(path, error.value()))
                  : open_anew(options_.path);
  if (!file) {
    base::Reason reason = file.error();
    reason.what = "no new file of the trace can be begun; the old one goes on";
    journal_.report(log_module, std::move(reason));
    return;
  }
  file_ = std::move(*file);
  kept_ = preamble();
  push();
  size_ = 0;  // What each file begins with fills none.
}

}  // namespace attache::trace
