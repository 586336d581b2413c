#pragma once

#include <string>
#include <utility>

namespace attache::base {

/// Owns a file descriptor and closes it; -1 is none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { reset(); }

  /// Stays with its owner; -1 if there is none.
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] explicit operator bool() const { return descriptor_ >= 0; }
  /// Gives the descriptor away.
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }
  /// Closes the descriptor. errno is kept.
  void reset();

 private:
  int descriptor_ = -1;
};

/// open(2) with O_CLOEXEC and O_NOCTTY, repeated when a signal interrupts it. errno tells why there is none.
FileDescriptor open_file(const std::string& path, int flags, unsigned mode = 0600);

/// The system's sentence for an errno value.
std::string error_text(int error);

}  // namespace attache::base
