#include "client/script_headers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "base/text.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::client {

namespace {

constexpr std::array<std::string_view, 4> starts{"0", "1", "4", "boot"};
constexpr std::array<std::string_view, 3> sims{"ready", "absent", "pin"};
constexpr std::array<std::string_view, 3> coverages{"ltem", "nbiot", "none"};
constexpr std::array<std::string_view, 2> answers{"yes", "no"};
constexpr std::array<std::string_view, 4> confidences{"E", "L", "K", "I"};
constexpr std::array<std::string_view, 3> setups{"registered", "off", "flight"};

struct KeyRule {
  std::string_view key;
  std::span<const std::string_view> values;  ///< Empty: any text, or those of values_of().
};

constexpr std::array rules{
    KeyRule{"dialect", {}},   KeyRule{"profile", {}},
    KeyRule{"start", starts}, KeyRule{"sim", sims},
    KeyRule{"pin", {}},       KeyRule{"puk", {}},
    KeyRule{"iccid", {}},     KeyRule{"coverage", coverages},
    KeyRule{"cell", {}},      KeyRule{"roaming", answers},
    KeyRule{"psm", {}},       KeyRule{"edrx", {}},
    KeyRule{"reject", {}},    KeyRule{"conf", confidences},
    KeyRule{"setup", setups}, KeyRule{"timeout", {}},
    KeyRule{"cleanup", {}},   KeyRule{"extensions", {}},
    KeyRule{"requires", {}},
};

std::vector<std::string_view> values_of(const KeyRule& rule) {
  std::vector<std::string_view> values(rule.values.begin(), rule.values.end());
  if (rule.key == "dialect") {
    for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
      values.push_back(dialect.name());
    }
  }
  return values;
}

HeaderFault unknown_key(std::string_view key) {
  std::vector<std::string_view> keys;
  keys.reserve(rules.size());
  for (const KeyRule& rule : rules) {
    keys.push_back(rule.key);
  }
  auto near = base::nearest(key, keys);
  return {true, near ? fmt::format("the header '{}' is not known; did you mean '{}'?", key, *near)
                     : fmt::format("the header '{}' is not known; known are {}", key, fmt::join(keys, ", "))};
}

}  // namespace

std::optional<HeaderFault> find_fault(const Header& header) {
  const auto* rule =
      std::find_if(rules.begin(), rules.end(), [&](const KeyRule& r) { return r.key == header.key; });
  if (rule == rules.end()) {
    return unknown_key(header.key);
  }
  if (header.value.empty()) {
    return HeaderFault{false, fmt::format("the header '{}' needs a value", header.key)};
  }
  auto values = values_of(*rule);
  bool listed = std::find(values.begin(), values.end(), header.value) != values.end();
  if (!values.empty() && !listed) {
    return HeaderFault{false, fmt::format("the header '{}' must be one of {}, not '{}'", header.key,
                                          fmt::join(values, ", "), header.value)};
  }
  if (header.key == "timeout" && !parse_seconds(header.value)) {
    return HeaderFault{false,
                       fmt::format("the header 'timeout' is a number of seconds, not '{}'", header.value)};
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
  constexpr std::uint64_t most_ms = 24UL * 3600 * 1000;
  auto point = std::min(text.find('.'), text.size());
  auto whole = base::parse_number<std::uint32_t>(text.substr(0, point));
  std::string fraction(text.substr(std::min(point + 1, text.size())));
  if (!whole || fraction.size() > 3 || (point < text.size() && fraction.empty())) {
    return std::nullopt;
  }
  fraction.resize(3, '0');
  auto thousandths = base::parse_number<std::uint32_t>(fraction);
  std::uint64_t total = std::uint64_t{*whole} * 1000 + thousandths.value_or(0);
  if (!thousandths || total == 0 || total > most_ms) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(total);
}

}  // namespace attache::client
