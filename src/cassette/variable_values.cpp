#include "cassette/variable_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <span>
#include <vector>

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "client/urc.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cassette {

namespace {

using Fields = std::span<const vocabulary::Parameter>;

// Names of fields, in lower case, whose values say who, where, when and how well received rather than what.
constexpr auto variable_names = std::to_array<std::string_view>({
    // identities
    "imei",
    "imsi",
    "iccid",
    "uuid",
    "device_id",
    "host_id",
    "serial",
    "msisdn",
    "client_id",
    // cells and networks
    "tac",
    "ci",
    "cell_id",
    "pci",
    "earfcn",
    "band",
    "plmn",
    "oper",
    "full_name",
    "short_name",
    // addresses
    "ip",
    "addr",
    "address",
    "address_2",
    "addresses",
    "pdp_addr",
    "dns_1",
    "dns_2",
    "gateway",
    "p-cscf",
    "p_cscf_1",
    "p_cscf_2",
    "dev_addr",
    // times
    "time",
    "timestamp",
    "average",
    "runtime",
    // signal
    "rsrp",
    "rsrq",
    "snr",
    "srxlev",
    "measurement",
    "rssi",
    "rxlev",
    "ber",
    "rscp",
    "ecno",
    "cinr",
    "dl_pathloss",
    "tx_power",
    "tx_repetitions",
    "rx_repetitions",
    "dl_repetitions",
    "ul_repetitions",
    "energy",
    // surroundings and places
    "temperature",
    "voltage",
    "latitude",
    "longitude",
    "altitude",
    "accuracy",
    "heading",
    "speed",
    "horizontal_speed",
    "vertical_speed",
    "horizontal_uncertainty",
    "vertical_uncertainty",
});

// Headers of HTTP that change from answer to answer.
constexpr auto variable_headers = std::to_array<std::string_view>(
    {"date", "last-modified", "expires", "etag", "age", "set-cookie", "x-request-id", "server"});

bool is_variable(std::string_view name) {
  std::string lowered = base::to_lower(name);
  return std::find(variable_names.begin(), variable_names.end(), lowered) != variable_names.end();
}

bool is_plain_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hexadecimal(char c) {
  return is_plain_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// ---- Fields ---------------------------------------------------------------------------------------------

vocabulary::Form form_of(std::string_view command) {
  switch (at::cut_command(command).type) {
    case at::CommandType::read:
      return vocabulary::Form::read;
    case at::CommandType::test:
      return vocabulary::Form::test;
    case at::CommandType::set:
    case at::CommandType::unknown:
      break;
  }
  return vocabulary::Form::set;
}

const vocabulary::Command* command_of(std::string_view dialect, std::string_view name) {
  const vocabulary::Vocabulary* words = vocabulary::find(dialect);
  const vocabulary::Command* own = words != nullptr ? words->command(name) : nullptr;
  return own != nullptr ? own : vocabulary::modem().command(name);
}

const vocabulary::Urc* urc_of(std::string_view dialect, std::string_view name) {
  const vocabulary::Vocabulary* words = vocabulary::find(dialect);
  const vocabulary::Urc* own = words != nullptr ? words->urc(name) : nullptr;
  return own != nullptr ? own : vocabulary::modem().urc(name);
}

// The fields of the answer of that name that the command's form has; of several the first.
std::optional<Fields> fields_of_answer(std::string_view dialect, std::string_view command,
                                       std::string_view name) {
  const vocabulary::Command* described = command_of(dialect, client::command_name(command));
  if (described == nullptr) {
    return std::nullopt;
  }
  vocabulary::Form form = form_of(command);
  for (const vocabulary::Answer& answer : described->answers) {
    if (answer.form == form && base::equal_ignoring_case(answer.name, name)) {
      return Fields(answer.fields.begin(), answer.fields.size());
    }
  }
  return std::nullopt;
}

std::optional<Fields> fields_of(std::string_view line, std::string_view dialect, std::string_view command) {
  std::string_view name = client::line_name(line);
  bool answers = client::may_answer(command, line);
  if (answers || name.empty()) {
    if (auto fields = fields_of_answer(dialect, command, name)) {
      return fields;
    }
  }
  const vocabulary::Urc* urc = name.empty() ? nullptr : urc_of(dialect, name);
  return urc != nullptr ? std::optional<Fields>(Fields(urc->fields.begin(), urc->fields.size()))
                        : std::nullopt;
}

// The parts between commas outside of quotes.
std::vector<std::string_view> cut_fields(std::string_view text) {
  std::vector<std::string_view> parts;
  bool in_quotes = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && !in_quotes)) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    } else {
      in_quotes = in_quotes != (text[i] == '"');
    }
  }
  return parts;
}

// The field that stands at the index, where those from a repeated one on may come again.
const vocabulary::Parameter* field_at(Fields fields, std::size_t index) {
  if (index < fields.size()) {
    return &fields[index];
  }
  auto first = std::find_if(fields.begin(), fields.end(), [](const auto& field) { return field.repeats; });
  if (first == fields.end()) {
    return nullptr;
  }
  auto begin = static_cast<std::size_t>(first - fields.begin());
  return &fields[begin + (index - begin) % (fields.size() - begin)];
}

std::string mask_fields(std::string_view text, Fields fields) {
  std::string result;
  std::vector<std::string_view> parts = cut_fields(text);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const vocabulary::Parameter* field = field_at(fields, i);
    std::string_view value = base::trim(parts[i]);
    bool is_given = !value.empty() && value != "\"\"";
    result += i > 0 ? "," : "";
    result += field != nullptr && is_given && is_variable(field->name) ? fmt::format("<{}>", field->name)
                                                                       : std::string(parts[i]);
  }
  return result;
}

// ---- Values that are known by their shape ---------------------------------------------------------------

// Whether the text has the shape: 9 stands for a digit, f for a hexadecimal digit, all else for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  return text.size() >= shape.size() &&
         std::equal(shape.begin(), shape.end(), text.begin(), [](char wanted, char found) {
           return wanted == '9'   ? is_plain_digit(found)
                  : wanted == 'f' ? is_hexadecimal(found)
                                  : wanted == found;
         });
}

struct Shape {
  std::string_view shape;
  std::string_view name;
};

constexpr auto shapes = std::to_array<Shape>({
    {"ffffffff-ffff-ffff-ffff-ffffffffffff", "uuid"},
    {"9999-99-99T99:99:99", "time"},
    {"99/99/99,99:99:99", "time"},
    {"9999-99-99 99:99:99", "time"},
});

bool belongs_to_token(char c) {
  return is_hexadecimal(c) || c == '.' || c == ':' || c == '-' || c == '/';
}

bool is_address(std::string_view token) {
  bool has_parts =
      std::count(token.begin(), token.end(), '.') == 3 || std::count(token.begin(), token.end(), ':') >= 2;
  boost::system::error_code error;
  (void)boost::asio::ip::make_address(std::string(token), error);
  return has_parts && !error;
}

// "0.637" of "0.637 seconds".
bool is_duration(std::string_view token, std::string_view rest) {
  bool is_decimal =
      std::count(token.begin(), token.end(), '.') == 1 &&
      std::all_of(token.begin(), token.end(), [](char c) { return is_plain_digit(c) || c == '.'; });
  return is_decimal && (rest.starts_with(" seconds") || rest.starts_with(" ms") || rest.starts_with(" s"));
}

// IMEI, IMSI and ICCID have 14 to 20 digits, and nothing else has.
bool is_identity(std::string_view token) {
  constexpr std::size_t least = 14;
  constexpr std::size_t most = 20;
  return token.size() >= least && token.size() <= most &&
         std::all_of(token.begin(), token.end(), is_plain_digit);
}

std::string mask_shapes(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto* known = std::find_if(shapes.begin(), shapes.end(),
                                     [&](const Shape& each) { return has_shape(text, each.shape); });
    if (known != shapes.end()) {
      result += fmt::format("<{}>", known->name);
      text.remove_prefix(known->shape.size());
      continue;
    }
    std::size_t length = 0;
    while (length < text.size() && belongs_to_token(text[length])) {
      ++length;
    }
    std::string_view token = text.substr(0, length);
    std::string_view rest = text.substr(length);
    bool ends = rest.empty() || (rest.front() | 0x20) < 'a' || (rest.front() | 0x20) > 'z';
    if (length == 0) {
      std::size_t word = 1;  // The letters of a word are none of a token that begins in it.
      while (word < text.size() && text[word - 1] != ' ' && text[word - 1] != '"' && text[word - 1] != ',' &&
             text[word - 1] != '(' && text[word - 1] != '[' && text[word - 1] != '=') {
        ++word;
      }
      result += text.substr(0, word);
      text.remove_prefix(word);
      continue;
    }
    result += ends && is_address(token)    ? "<address>"
              : ends && is_identity(token) ? "<identity>"
              : is_duration(token, rest)   ? "<duration>"
                                           : std::string(token);
    text = rest;
  }
  return result;
}

bool is_variable_header(std::string_view name) {
  std::string lowered = base::to_lower(name);
  return std::find(variable_headers.begin(), variable_headers.end(), lowered) != variable_headers.end();
}

}  // namespace

std::string without_variable_values(std::string_view line, std::string_view dialect,
                                    std::string_view command) {
  std::string_view name = client::line_name(line);
  if (!name.empty() && is_variable_header(name)) {
    return fmt::format("{}: <value>", name);
  }
  auto fields = fields_of(line, dialect, command);
  if (!fields) {
    return mask_shapes(line);
  }
  std::size_t begin = name.empty() ? 0 : name.size() + 1;
  return std::string(line.substr(0, begin)) + mask_shapes(mask_fields(line.substr(begin), *fields));
}

}  // namespace attache::cassette
