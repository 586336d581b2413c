#include "trace/reading/number_names.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/text.hpp"
#include "vocabulary/numbers.hpp"

namespace attache::trace {

namespace {

using vocabulary::Numbering;

struct NumberRule {
  std::string_view line;
  std::size_t field = 0;  ///< Counted from 0; of an answer to a read command one more.
  Numbering numbering = Numbering::error_number;
  bool has_read_form = false;
};

constexpr auto number_rules = std::to_array<NumberRule>({
    {"+CME ERROR", 0, Numbering::equipment},
    {"+CMS ERROR", 0, Numbering::message},
    {"+CEREG", 0, Numbering::registration, true},
    {"+CEREG", 5, Numbering::mobility, true},
    {"%XSIM", 1, Numbering::card},
    {"+CNEC_EMM", 0, Numbering::mobility},
    {"+CNEC_ESM", 0, Numbering::session},
    {"#XHTTPCCON", 0, Numbering::http_connection},
    {"#XMQTTEVT", 1, Numbering::error_number},
    {"#XGETADDRINFO", 0, Numbering::resolver},
});

// Of lines of an application the numbers below 0 are error numbers.
std::string name_of_negative(std::string_view line, int number) {
  bool is_application = line.starts_with('#') && number < 0;
  return is_application ? std::string(vocabulary::name_of(Numbering::error_number, -number)) : std::string();
}

std::string name_of_field(std::string_view line, std::size_t field, int number, bool is_read) {
  for (const NumberRule& rule : number_rules) {
    std::size_t wanted = rule.field + (is_read && rule.has_read_form ? 1 : 0);
    if (line == rule.line && field == wanted) {
      std::string_view name = vocabulary::name_of(rule.numbering, number < 0 ? -number : number);
      if (!name.empty()) {
        return std::string(name);
      }
    }
  }
  return name_of_negative(line, number);
}

}  // namespace

std::string with_names(std::string_view line, bool is_read) {
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return std::string(line);
  }
  std::string_view name = line.substr(0, colon);
  std::string result(line.substr(0, colon + 1));
  std::string_view rest = line.substr(colon + 1);
  bool in_quotes = false;
  std::size_t begin = 0;
  std::size_t field = 0;
  for (std::size_t i = 0; i <= rest.size(); ++i) {
    bool ends = i == rest.size() || (rest[i] == ',' && !in_quotes);
    if (!ends) {
      in_quotes = in_quotes != (rest[i] == '"');
      continue;
    }
    std::string_view value = rest.substr(begin, i - begin);
    std::string_view digits = base::trim(value);
    bool is_negative = digits.starts_with('-');
    auto number = base::parse_number<int>(is_negative ? digits.substr(1) : digits);
    std::string meaning = number ? name_of_field(name, field, is_negative ? -*number : *number, is_read) : "";
    result += value;
    result += meaning.empty() ? "" : fmt::format(" ({})", meaning);
    result += i < rest.size() ? "," : "";
    begin = i + 1;
    ++field;
  }
  return result;
}

}  // namespace attache::trace
