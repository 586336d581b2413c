#include "dialects/given_parameters.hpp"

namespace attache::dialects {

std::optional<base::Reason> GivenParameters::check(std::string_view line,
                                                   std::span<const at::ParameterRule> rules) const {
  read_ = std::max(read_, rules.size());
  return at::check(line, parameters_, rules);
}

std::optional<std::size_t> GivenParameters::first_joined(std::string_view line) const {
  for (std::size_t i = 1; i < size(); ++i) {
    const at::Parameter& parameter = parameters_[i];
    if (parameter.kind == at::Parameter::Kind::empty) {
      continue;
    }
    std::string_view before = line.substr(0, parameter.column - 1);
    std::size_t end = before.find_last_not_of(" \t\r\n\v\f");
    if (end != std::string_view::npos && separators_.find(before[end]) == std::string_view::npos) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace attache::dialects
