#include "device/config/config_text.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

namespace attache::device {

namespace {

constexpr std::size_t largest_file = 1024 * 1024;

base::Reason unreadable(const std::string& path, const std::string& what, std::string why) {
  base::Reason reason = base::make_reason(what, std::move(why));
  reason.where = path;
  return reason;
}

}  // namespace

base::Result<std::string> read_text_file(const std::string& path, const std::string& what) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) {
    return unreadable(path, what, std::generic_category().message(errno));
  }
  std::string text(largest_file + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return unreadable(path, what, std::generic_category().message(errno));
  }
  if (text.size() > largest_file) {
    return unreadable(path, what, "it is larger than 1 MiB");
  }
  return {boost::system::in_place_value, std::move(text)};
}

}  // namespace attache::device
