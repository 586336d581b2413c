#include "services/image_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace attache::services {

namespace {

constexpr std::string_view prefix = "firmware-";
constexpr std::string_view unfinished_name = "firmware-unfinished";

base::Reason disk_failure(const std::filesystem::path& path, int error) {
  base::Reason reason = base::make_reason(base::Cause::host_computer, "the firmware image cannot be kept",
                                          std::generic_category().message(error), "");
  reason.where = path.string();
  return reason;
}

// A new name is lasting once its folder is.
int sync_folder(const std::filesystem::path& folder) {
  int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return errno;
  }
  int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return error;
}

base::Result<std::string> read_whole(std::FILE* file, const std::filesystem::path& path, std::size_t most) {
  std::string bytes(most + 1, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  if (std::ferror(file) != 0) {
    return disk_failure(path, errno);
  }
  if (bytes.size() > most) {
    return disk_failure(path, EFBIG);
  }
  return {boost::system::in_place_value, std::move(bytes)};
}

}  // namespace

base::Result<void> ImageStore::begin(std::size_t most) {
  discard();
  most_ = most;
  if (folder_.empty()) {
    return {};
  }
  std::filesystem::path path = path_of(std::string(unfinished_name));
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return disk_failure(path, errno);
  }
  file_.reset(::fdopen(descriptor, "w+"));
  if (!file_) {
    int error = errno;
    ::close(descriptor);
    return disk_failure(path, error);
  }
  return {};
}

base::Result<void> ImageStore::append(std::string_view bytes) {
  if (bytes.size() > most_ - size_) {
    return base::make_reason(base::Cause::bad_image, "the firmware image cannot be kept",
                             fmt::format("it is larger than the flash for it, {} bytes", most_), "");
  }
  if (file_ && std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    return disk_failure(path_of(std::string(unfinished_name)), errno);
  }
  if (!file_) {
    bytes_ += bytes;
  }
  size_ += bytes.size();
  return {};
}

void ImageStore::discard() {
  if (std::exchange(file_, nullptr)) {
    std::error_code already_gone;
    std::filesystem::remove(path_of(std::string(unfinished_name)), already_gone);
  }
  bytes_ = {};
  size_ = 0;
}

base::Result<std::string> ImageStore::unfinished() {
  if (!file_) {
    return {boost::system::in_place_value, bytes_};
  }
  std::filesystem::path path = path_of(std::string(unfinished_name));
  if (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0) {
    return disk_failure(path, errno);
  }
  return read_whole(file_.get(), path, most_);
}

base::Result<void> ImageStore::finish(const std::string& name) {
  if (!file_) {
    whole_[name] = std::exchange(bytes_, {});
    size_ = 0;
    return {};
  }
  std::filesystem::path from = path_of(std::string(unfinished_name));
  std::filesystem::path to = path_of(name);
  int error = 0;
  if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0 ||
      ::rename(from.c_str(), to.c_str()) != 0) {
    error = errno;
  } else {
    error = sync_folder(folder_);
  }
  if (error != 0) {
    discard();
    return disk_failure(to, error);
  }
  file_.reset();
  size_ = 0;
  return {};
}

base::Result<std::string> ImageStore::read(const std::string& name) const {
  if (folder_.empty()) {
    auto found = whole_.find(name);
    if (found == whole_.end()) {
      return disk_failure(name, ENOENT);
    }
    return {boost::system::in_place_value, found->second};
  }
  std::filesystem::path path = path_of(name);
  std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (!file) {
    return disk_failure(path, errno);
  }
  return read_whole(file.get(), path, external_flash);
}

void ImageStore::keep_only(std::span<const std::string> names) {
  auto is_kept = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::erase_if(whole_, [&](const auto& image) { return !is_kept(image.first); });
  if (folder_.empty()) {
    return;
  }
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, unreadable)) {
    std::string name = entry.path().filename().string();
    bool in_use = file_ && name == unfinished_name;
    if (name.starts_with(prefix) && !is_kept(name) && !in_use) {
      std::error_code already_gone;
      std::filesystem::remove(entry.path(), already_gone);
    }
  }
}

}  // namespace attache::services
