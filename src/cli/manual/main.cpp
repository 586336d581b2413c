#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/manual/command_page.hpp"
#include "cli/manual/completions.hpp"
#include "cli/manual/dialect_page.hpp"
#include "cli/manual/man_pages.hpp"

namespace attache::cli::manual {

namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    throw fs::filesystem_error("cannot write", path, std::make_error_code(std::errc::io_error));
  }
}

Texts read_texts(const fs::path& source) {
  Texts texts;
  for (const fs::directory_entry& entry : fs::directory_iterator(source / "packaging/manual")) {
    texts[entry.path().filename()] = read_file(entry.path());
  }
  if (fs::path scripts = source / "docs/scripts.md"; fs::exists(scripts)) {
    texts["scripts.md"] = read_file(scripts);
  }
  return texts;
}

// The folders are those under share/.
int make(const fs::path& source, const fs::path& output) {
  auto table = option_table();
  auto pages = man_pages(table, read_texts(source));
  if (!pages) {
    return complain(pages.error());
  }
  for (const auto& [name, text] : *pages) {
    write_file(output / fmt::format("man/man{}", name.back()) / name, text);
  }
  write_file(output / "bash-completion/completions/attache", bash_completion(table));
  write_file(output / "zsh/site-functions/_attache", zsh_completion(table));
  write_file(output / "docs/commands.md", command_page());
  write_file(output / "docs/dialects.md", dialect_page());
  write_file(output / "fish/vendor_completions.d/attache.fish", fish_completion(table));
  return exit_success;
}

}  // namespace

}  // namespace attache::cli::manual

// make_manual SOURCE OUTPUT: for the build.
int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: make_manual SOURCE OUTPUT\n");
    return attache::cli::exit_usage;
  }
  try {
    return attache::cli::manual::make(argv[1], argv[2]);
  } catch (const std::exception& error) {
    return attache::cli::complain_about(error);
  }
}
