#include "migration/request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "at/command_line.hpp"
#include "base/text.hpp"

namespace attache::migration {

namespace {

vocabulary::Form form_of(at::CommandType type) {
  switch (type) {
    case at::CommandType::set:
      return vocabulary::Form::set;
    case at::CommandType::read:
      return vocabulary::Form::read;
    case at::CommandType::test:
      return vocabulary::Form::test;
    case at::CommandType::unknown:
      break;
  }
  return vocabulary::Form::other;
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return upper;
}

}  // namespace

std::string_view Request::parameter(std::size_t place) const {
  return place < parameters.size() ? std::string_view(parameters[place]) : std::string_view();
}

bool Request::begins_with(std::string_view first) const {
  return form == vocabulary::Form::set && parameter(0) == first;
}

std::optional<Request> read_request(std::string_view line) {
  if (!base::equal_ignoring_case(line.substr(0, 2), "AT")) {
    return std::nullopt;
  }
  at::CommandLine cut = at::cut_command(line);
  Request request;
  request.name = upper_case(cut.name);
  request.form = form_of(cut.type);
  if (cut.type == at::CommandType::set) {
    request.parameters = split_fields(line.substr(std::min(cut.parameters, line.size())));
  }
  return request;
}

std::string write_request(std::string_view name, const std::vector<std::string>& parameters) {
  return parameters.empty() ? fmt::format("AT{}", name)
                            : fmt::format("AT{}={}", name, fmt::join(parameters, ","));
}

std::vector<std::string> split_fields(std::string_view text) {
  std::vector<std::string> fields;
  if (text.empty()) {
    return fields;
  }
  fields.emplace_back();
  bool in_quotes = false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {  // Of a pattern: what follows stands for itself.
      fields.back() += c;
      fields.back() += text[++i];
      continue;
    }
    in_quotes = in_quotes != (c == '"');
    if (!in_quotes) {
      depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
    }
    if (c == ',' && !in_quotes && depth <= 0) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::string_view unquoted(std::string_view parameter) {
  bool is_quoted = parameter.size() >= 2 && parameter.front() == '"' && parameter.back() == '"';
  return is_quoted ? parameter.substr(1, parameter.size() - 2) : parameter;
}

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", text);
}

}  // namespace attache::migration
