#include "cli/extcap_link.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/posix/private_file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"

namespace attache::cli {

namespace {

namespace filesystem = std::filesystem;

std::string output_of_tshark() {
  std::string text;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen("tshark -G folders 2>/dev/null", "r"),
                                                       ::pclose);
  char buffer[512];
  while (pipe && std::fgets(buffer, sizeof buffer, pipe.get()) != nullptr) {
    text += buffer;
  }
  return text;
}

// "Personal Extcap path:", which only newer ones have, before "Extcap path:".
base::Result<filesystem::path> extcap_folder() {
  std::optional<filesystem::path> common;
  std::string text = output_of_tshark();
  for (std::string_view line : base::split(text, '\n')) {
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    std::string_view name = base::trim(line.substr(0, colon));
    std::string_view path = base::trim(line.substr(colon + 1));
    if (name == "Personal Extcap path") {
      return filesystem::path(path);
    }
    if (name == "Extcap path") {
      common = filesystem::path(path);
    }
  }
  if (!common) {
    return base::make_reason("Wireshark's folder is not known", "`tshark -G folders` does not name it",
                             "install tshark, or place a link named attache-extcap to this program there");
  }
  return *common;
}

int trouble(const filesystem::path& link, const std::error_code& error) {
  base::Reason reason = base::path_failure(link, error.value());
  reason.what = "Wireshark's folder cannot be changed";
  complain(reason);
  return exit_failure;
}

bool is_ours(const filesystem::path& link) {
  std::error_code error;
  return filesystem::is_symlink(filesystem::symlink_status(link, error));
}

}  // namespace

int install_extcap_link() {
  auto folder = extcap_folder();
  if (!folder) {
    return complain(folder.error());
  }
  filesystem::path link = *folder / extcap_name;
  std::error_code error;
  filesystem::path program = filesystem::read_symlink("/proc/self/exe", error);
  filesystem::create_directories(*folder, error);
  if (!error && is_ours(link)) {
    filesystem::remove(link, error);
  }
  if (!error) {
    filesystem::create_symlink(program, link, error);
  }
  if (error) {
    return trouble(link, error);
  }
  fmt::print("{} leads to {}\n", link.string(), program.string());
  return exit_success;
}

int remove_extcap_link() {
  auto folder = extcap_folder();
  if (!folder) {
    return complain(folder.error());
  }
  filesystem::path link = *folder / extcap_name;
  std::error_code error;
  if (is_ours(link) && !filesystem::remove(link, error)) {
    return trouble(link, error);
  }
  fmt::print("{} is not there any more\n", link.string());
  return exit_success;
}

}  // namespace attache::cli
