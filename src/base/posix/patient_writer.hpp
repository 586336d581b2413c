#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"

namespace attache::base {

/// Opens what is written to while the program goes on: a file (made private, else written to at its end), a
/// FIFO, also one without a reader, a terminal or device; "-" is stdout. Writing to it does not block where
/// the system can help it.
Result<FileDescriptor> open_without_blocking(const std::string& path);
/// The same of a descriptor that is open already, which is left as it is: its flags may be shared.
Result<FileDescriptor> open_without_blocking(int descriptor);

/// Writes lines to a file, FIFO or terminal and never waits for it: what it does not take at once is kept, up
/// to a mebibyte, and what comes beyond is dropped and counted. A line is written whole or not at all, and a
/// remark says where lines are missing.
class PatientWriter {
 public:
  /// What stands, ended by LF, in the place of so many lines that are missing.
  using Remark = std::function<std::string(std::uint64_t count)>;

  explicit PatientWriter(FileDescriptor file, Remark remark = hash_remark)
      : file_(std::move(file)), remark_(std::move(remark)) {}

  /// Takes one or more whole lines, ended by LF.
  void write(std::string_view lines);
  /// Tries again to write what is kept.
  void retry();

  /// True while something is kept.
  [[nodiscard]] bool is_waiting() const { return !kept_.empty() || missing_ > 0; }
  /// Why the last write failed: an errno value, EAGAIN if the reader is slow, 0 if it went well.
  [[nodiscard]] int error() const { return error_; }
  /// True while lines are dropped.
  [[nodiscard]] bool is_missing_lines() const { return missing_ > 0; }
  /// How many lines have been dropped so far or are kept.
  [[nodiscard]] std::uint64_t unwritten() const;

 private:
  /// "# 12 lines are missing here".
  static std::string hash_remark(std::uint64_t count);
  void keep(std::string_view lines);

  FileDescriptor file_;
  Remark remark_;
  std::string kept_;
  std::uint64_t missing_ = 0;  ///< Lines dropped behind what is kept.
  std::uint64_t dropped_ = 0;
  int error_ = 0;
};

}  // namespace attache::base
