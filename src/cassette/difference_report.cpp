#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "cassette/comparison.hpp"
#include "client/secrets.hpp"

namespace attache::cassette {

namespace {

namespace json = boost::json;

std::string line_shown(const std::string& line) {
  return base::escape_control(client::shorten_masks(client::mask_received(line)));
}

void append_lines(std::string& text, std::string_view title, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    text += fmt::format("  {:<9} {}\n", title, line_shown(line));
  }
  if (lines.empty()) {
    text += fmt::format("  {:<9} (nothing)\n", title);
  }
}

std::string place_of(const Difference& difference, std::string_view cassette) {
  return difference.line == 0 ? fmt::format("{}: before the host speaks", cassette)
                              : fmt::format("{}:{}: {}", cassette, difference.line, difference.said);
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return count == 0 ? fmt::format("no {}", one) : fmt::format("{} {}", count, count == 1 ? one : many);
}

json::array to_array(const std::vector<std::string>& lines) {
  json::array array;
  for (const std::string& line : lines) {
    array.push_back(json::string(line_shown(line)));
  }
  return array;
}

}  // namespace

std::string render_text(const Comparison& comparison, std::string_view cassette, std::string_view modem) {
  std::string text;
  for (const Difference& difference : comparison.differences) {
    text += place_of(difference, cassette) + "\n";
    append_lines(text, "recorded", difference.recorded);
    append_lines(text, "now", difference.now);
  }
  text += fmt::format("{}: {}, {}", modem, counted(comparison.exchanges, "exchange", "exchanges"),
                      counted(comparison.differences.size(), "difference", "differences"));
  if (comparison.varying > 0) {
    text += fmt::format("; values that may differ do in {}", counted(comparison.varying, "line", "lines"));
  }
  return text + "\n";
}

std::string render_json(const Comparison& comparison, std::string_view cassette, std::string_view modem) {
  json::array differences;
  for (const Difference& difference : comparison.differences) {
    differences.push_back({{"kind", difference.kind == Difference::Kind::answer ? "answer" : "notification"},
                           {"line", difference.line},
                           {"said", difference.said},
                           {"recorded", to_array(difference.recorded)},
                           {"now", to_array(difference.now)}});
  }
  json::object object{{"format", "attache-diff-1"},           {"cassette", base::escape_control(cassette)},
                      {"modem", base::escape_control(modem)}, {"exchanges", comparison.exchanges},
                      {"varying", comparison.varying},        {"differences", std::move(differences)}};
  return json::serialize(object) + "\n";
}

}  // namespace attache::cassette
