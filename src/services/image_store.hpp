#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace attache::services {

/// Where whole firmware images are kept by name: files of a folder, or memory for a device without one. An
/// image is there whole or not at all, whenever the process or the machine ends. One thread only.
class ImageStore {
 public:
  /// The flash of the chip; nothing larger is taken …
  static constexpr std::size_t largest_image = 1024 * 1024;
  /// … but into one beside it.
  static constexpr std::size_t external_flash = 8 * 1024 * 1024;

  /// An empty folder = memory. Nothing is touched before the first use.
  explicit ImageStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Begins a new image of so many bytes at most; one begun before is forgotten.
  /// The reason of a failure is of the disk, as with all that follow.
  base::Result<void> begin(std::size_t most = largest_image);
  /// Adds bytes to it; the reason of a failure says which limit or what of the disk.
  base::Result<void> append(std::string_view bytes);
  /// Bytes of the image begun so far.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Gives up the image begun.
  void discard();
  /// The bytes of the image begun.
  [[nodiscard]] base::Result<std::string> unfinished();
  /// The image begun is whole: from now on it is there under the name.
  /// It is on the disk when this returns; after a failure it is given up.
  base::Result<void> finish(const std::string& name);

  /// A whole image.
  /// One that is not there is a failure.
  [[nodiscard]] base::Result<std::string> read(const std::string& name) const;
  /// Removes whole images but these, and what an earlier process left unfinished.
  void keep_only(std::span<const std::string> names);

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& name) const { return folder_ / name; }

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::filesystem::path folder_;
  std::unique_ptr<std::FILE, Close> file_;    // The image begun, with a folder …
  std::string bytes_;                         // … or without.
  std::map<std::string, std::string> whole_;  // Without a folder.
  std::size_t size_ = 0;
  std::size_t most_ = largest_image;
};

}  // namespace attache::services
