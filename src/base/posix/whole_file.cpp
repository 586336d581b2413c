#include "base/posix/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/posix/private_file.hpp"

namespace attache::base {

namespace {

constexpr std::size_t piece_size = 64UL * 1024;

Reason cannot_be_read(const std::filesystem::path& path, int error) {
  return make_reason(fmt::format("{} cannot be read", path.string()),
                     error == EISDIR ? "it is a folder" : error_text(error), path_advice(error));
}

}  // namespace

Result<std::string> read_whole_file(const std::filesystem::path& path, std::size_t most) {
  return read_to_end(open_file(path.string(), O_RDONLY), path, most);
}

Result<std::string> read_to_end(const FileDescriptor& file, const std::filesystem::path& path,
                                std::size_t most) {
  if (!file) {
    return cannot_be_read(path, errno);
  }
  std::string text;
  while (text.size() <= most) {
    std::size_t before = text.size();
    text.resize(before + piece_size);
    ssize_t count = ::read(file.get(), text.data() + before, piece_size);
    int error = count < 0 ? errno : 0;
    text.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count < 0 && error != EINTR) {
      return cannot_be_read(path, error);
    }
    if (count == 0) {
      return Result<std::string>(boost::system::in_place_value, std::move(text));
    }
  }
  constexpr std::size_t mebibyte = 1024UL * 1024;
  return make_reason(fmt::format("{} cannot be read", path.string()),
                     most % mebibyte == 0 ? fmt::format("it is larger than {} MiB", most / mebibyte)
                                          : fmt::format("it is larger than {} bytes", most));
}

}  // namespace attache::base
