#include "client/script_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace attache::client {

namespace {

namespace fs = std::filesystem;

base::Reason unreadable(const std::string& path, std::string why, std::string advice = {}) {
  return base::make_reason(fmt::format("no scripts can be read from the folder {}", path), std::move(why),
                           std::move(advice));
}

}  // namespace

base::Result<std::vector<std::string>> find_scripts(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return std::vector{path};
  }
  std::vector<std::string> scripts;
  fs::recursive_directory_iterator entry(path, error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    bool is_hidden = entry->path().filename().string().starts_with('.');
    if (is_hidden) {
      entry.disable_recursion_pending();
    } else if (entry->path().extension() == ".at" && entry->is_regular_file(error)) {
      scripts.push_back(entry->path().string());
    }
    entry.increment(error);
  }
  if (error) {
    return unreadable(path, error.message());
  }
  if (scripts.empty()) {
    return unreadable(path, "there is no file *.at in it",
                      "Name a script, or a folder with scripts whose names end in .at.");
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

}  // namespace attache::client
