#include <fmt/format.h>

#include <utility>

#include "at/redaction.hpp"
#include "base/posix/whole_file.hpp"
#include "client/script.hpp"

namespace attache::client {

namespace {

// A file larger than any line of a modem is a slip, and a script larger than this is none.
constexpr std::size_t largest_file = 1024UL * 1024;
constexpr std::size_t largest_script = 16 * largest_file;

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
  remove_line_end(*text);
  piece.kind = PlaceholderText::Piece::Kind::literal;
  piece.text = std::move(*text);
  return {};
}

}  // namespace

FileReader files_in(std::filesystem::path folder) {
  return [folder = std::move(folder)](const std::string& path) {
    return base::read_whole_file(folder / path, largest_file);
  };
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

base::Result<std::string> read_script_text(const std::filesystem::path& file) {
  return base::read_whole_file(file, largest_script);
}

base::Result<Script> read_script_file(const std::filesystem::path& file, const Values& values) {
  auto text = read_script_text(file);
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
