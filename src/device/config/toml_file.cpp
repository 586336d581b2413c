#include "device/config/toml_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "device/config/toml_text.hpp"

namespace attache::device {

namespace {

// Lines and columns count from 1, columns in bytes.
toml::source_position place_of(std::string_view text, std::size_t offset) {
  std::string_view before = text.substr(0, offset);
  auto line = static_cast<toml::source_index>(std::count(before.begin(), before.end(), '\n') + 1);
  std::size_t line_start = before.rfind('\n') + 1;  // 0 on the first line.
  return {line, static_cast<toml::source_index>(offset - line_start + 1)};
}

}  // namespace

base::Result<toml::table> parse_toml(std::string_view text, std::string_view name, std::string_view kind) {
  if (auto fault = find_fault(text)) {
    base::Reason reason =
        fault->kind == TomlFault::Kind::deep_key
            ? base::make_reason(fmt::format("the {} cannot be read", kind),
                                fmt::format("a key has more than {} parts", most_key_parts),
                                "no key of Attaché has more than two: a table and its name")
            : base::make_reason(fmt::format("the {} is not valid TOML", kind),
                                "a character outside ASCII stands outside of strings and comments",
                                "put it in quotes, or remove it");
    reason.where = place_in(name, place_of(text, fault->offset));
    return reason;
  }
  toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    // The library names single characters only, never a whole value: no secret can be in it.
    base::Reason reason = base::make_reason(fmt::format("the {} is not valid TOML", kind),
                                            std::string(parsed.error().description()));
    reason.where = place_in(name, parsed.error().source().begin);
    return reason;
  }
  return std::move(parsed).table();
}

std::string place_in(std::string_view name, const toml::source_position& place) {
  return fmt::format("{}:{}:{}", name, place.line, place.column);
}

}  // namespace attache::device
