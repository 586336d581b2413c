#pragma once

#include <filesystem>
#include <string>

namespace attache::bench {

/// A fresh folder among the temporary files, removed with all that is in it. Throws
/// std::filesystem::filesystem_error.
class ScratchFolder {
 public:
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& contents) const;
  /// The contents of a file.
  [[nodiscard]] std::string read(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace attache::bench
