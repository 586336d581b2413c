#include "cli/term_commands.hpp"

#include <fmt/format.h>

#include <array>

namespace attache::cli {

namespace {

constexpr std::array<TermCommand, 11> all_commands{
    {{":cert", "list TAG, write TAG FILE..., verify TAG FILE..., delete TAG: the modem's certificates"},
     {":data", "the lines that follow are data: sent as they are, without a line end; :end sends +++"},
     {":doctor", "explain what failed so far"},
     {":dtr", "on or off: the line DTR of a serial port"},
     {":end", "leave data mode: silence, +++, silence"},
     {":help", "this list"},
     {":hex", "show what comes as bytes, or no longer"},
     {":quit", "leave"},
     {":save", "FILE: write what is said to a file, without secrets; without FILE no longer"},
     {":send", "FILE: send its bytes as they are"},
     {":time", "show times, or no longer"}}};

}  // namespace

std::span<const TermCommand> term_commands() {
  return all_commands;
}

client::Completion complete_term_line(std::string_view dialect, std::string_view line) {
  if (!line.starts_with(':')) {
    return client::complete_command(dialect, line);
  }
  client::Completion completion;
  for (const TermCommand& command : all_commands) {
    if (command.name.starts_with(line)) {
      completion.candidates.push_back({std::string(command.name), std::string(command.help)});
    }
  }
  return completion;
}

std::vector<std::string> hex_rows(std::string_view bytes) {
  constexpr std::size_t width = 16;
  std::vector<std::string> rows;
  while (!bytes.empty()) {
    std::string_view row = bytes.substr(0, width);
    std::string digits;
    std::string characters;
    for (char c : row) {
      digits += fmt::format("{:02x} ", static_cast<unsigned char>(c));
      characters += c >= ' ' && c <= '~' ? c : '.';
    }
    rows.push_back(fmt::format("{:<48} {}", digits, characters));
    bytes.remove_prefix(row.size());
  }
  return rows;
}

}  // namespace attache::cli
