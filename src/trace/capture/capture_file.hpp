#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"

namespace attache::trace {

/// Where a capture is written: a file of this user's alone, made anew; a FIFO; or stdout ("-").
struct FileOptions {
  std::string path;
  std::uint64_t rotate_size = 0;  ///< Bytes after which a new file is begun; 0 = never.
  base::Duration rotate_time{};   ///< The same by age; zero = never.
  std::uint32_t keep = 5;         ///< Older files that stay: a.1.pcapng is the youngest of them.
};

/// Writes blocks and never waits for whoever takes them: up to 4 MiB are kept, and what goes beyond is
/// refused. A block is written whole, so that a file of which the end is cut can be read up to there.
class CaptureFile {
 public:
  /// What a file has to begin with.
  using Preamble = std::function<std::string()>;

  /// `clock` is a real one, for retries. `journal` is told when blocks cannot be written, and when they can
  /// again. Both must outlive the file. The reason says why the file cannot be written.
  static base::Result<std::unique_ptr<CaptureFile>> open(base::Clock& clock, base::Journal& journal,
                                                         const FileOptions& options);

  /// False: there is no room for the block.
  bool write(std::string_view block);
  /// Gives to the system what is kept, as far as it takes it. Begins a new file when it is time to.
  void drain(const Preamble& preamble);

  /// Bytes written, to all files.
  [[nodiscard]] std::uint64_t written() const { return written_; }
  /// Bytes kept that nobody takes.
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }
  /// Why the last write failed: an errno value, or 0.
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] const FileOptions& options() const { return options_; }

 private:
  CaptureFile(base::Clock& clock, base::Journal& journal, FileOptions options, base::FileDescriptor file,
              bool is_regular);

  void push();
  void tell_trouble();
  void rotate(const Preamble& preamble);
  [[nodiscard]] bool is_time_to_rotate() const;

  base::Clock& clock_;
  base::Journal& journal_;
  FileOptions options_;
  base::FileDescriptor file_;
  bool is_regular_;
  std::string kept_;
  std::uint64_t size_ = 0;  ///< Of this file, without what each begins with.
  std::uint64_t written_ = 0;
  base::Time begun_;
  int error_ = 0;
  bool is_troubled_ = false;
  base::Alarm retry_;
};

}  // namespace attache::trace
