#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "at/redaction.hpp"
#include "client/script.hpp"

namespace attache::client {

namespace {

// A file larger than any line of a modem is a slip.
constexpr std::size_t largest_file = 1024UL * 1024;

base::Result<std::string> read_text(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return base::make_reason(fmt::format("{} cannot be read", file.string()), "it is a folder");
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) {
    return base::make_reason(fmt::format("{} cannot be read", file.string()),
                             errno != 0 ? std::strerror(errno) : "it is not a file");
  }
  return base::Result<std::string>(boost::system::in_place_value, std::move(text));
}

void remove_line_end(std::string& text) {
  if (text.ends_with('\n')) {
    text.pop_back();
    if (text.ends_with('\r')) {
      text.pop_back();
    }
  }
}

base::Result<void> load(PlaceholderText::Piece& piece, const FileReader& read, const Values& values) {
  piece.text = PlaceholderText::parse(piece.text).fill(values);
  auto text = read(piece.text);
  if (!text) {
    return text.error();
  }
  if (text->find('"') != std::string::npos) {
    return base::make_reason(fmt::format("{} cannot be sent as a parameter", piece.text),
                             "it holds a \" character, for which AT parameters have no escape");
  }
  if (text->size() > largest_file) {
    return base::make_reason(fmt::format("{} cannot be sent as a parameter", piece.text),
                             fmt::format("it has {} bytes; {} are the most", text->size(), largest_file));
  }
  remove_line_end(*text);
  piece.kind = PlaceholderText::Piece::Kind::literal;
  piece.text = std::move(*text);
  return {};
}

}  // namespace

FileReader files_in(std::filesystem::path folder) {
  return [folder = std::move(folder)](const std::string& path) { return read_text(folder / path); };
}

base::Result<void> load_files(Script& script, const FileReader& read, const Values& values) {
  for (Step& step : script.steps) {
    for (auto& piece : step.text.pieces()) {
      if (piece.kind != PlaceholderText::Piece::Kind::file) {
        continue;
      }
      std::size_t offset = piece.offset;
      auto loaded = load(piece, read, values);
      if (!loaded) {
        base::Reason reason = loaded.error();
        reason.where = fmt::format("{}:{}:{}", script.name, step.line, step.column + offset);
        reason.excerpt = at::redact(step.source);
        reason.column = step.column + offset;
        return reason;
      }
    }
  }
  return {};
}

base::Result<Script> read_script_file(const std::filesystem::path& file, const Values& values) {
  auto text = read_text(file);
  if (!text) {
    return text.error();
  }
  auto script = parse_script(*text, file.string());
  if (!script) {
    return script;
  }
  auto loaded = load_files(*script, files_in(file.parent_path()), values);
  if (!loaded) {
    return loaded.error();
  }
  return script;
}

}  // namespace attache::client
