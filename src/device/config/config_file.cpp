#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.hpp"
#include "device/config/config.hpp"
#include "device/config/config_keys.hpp"
#include "device/config/config_text.hpp"
#include "device/config/network_check.hpp"
#include "device/config/network_preset.hpp"
#include "device/config/toml_file.hpp"

namespace attache::device {

namespace {

constexpr std::size_t most_problems_told = 10;
constexpr std::size_t longest_value_told = 60;

/// A fault and where it stands in the file.
struct Problem {
  toml::source_position place;
  base::Reason reason;
};

std::string full_name(const ConfigKey& key) {
  return fmt::format("{}.{}", key.table, key.name);
}

const ConfigTable* find_table(std::string_view name) {
  auto tables = config_tables();
  auto found =
      std::find_if(tables.begin(), tables.end(), [&](const auto& table) { return table.name == name; });
  return found == tables.end() ? nullptr : &*found;
}

std::vector<std::string_view> names_in(std::string_view table) {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : config_keys()) {
    if (key.table == table) {
      names.push_back(key.name);
    }
  }
  return names;
}

std::string heading(const ConfigTable& table) {
  return table.repeated() ? fmt::format("[[{}]]", table.name) : fmt::format("[{}]", table.name);
}

// Where a key of this name is known: for keys that stand in the wrong table, or in none.
std::optional<std::string> elsewhere(std::string_view name) {
  for (const ConfigKey& key : config_keys()) {
    if (key.name == name) {
      return fmt::format("`{}` belongs below {}", name, heading(*find_table(key.table)));
    }
  }
  return std::nullopt;
}

std::string in_quotes(std::string_view text) {
  std::string shown = base::escape_control(text.substr(0, longest_value_told));
  return fmt::format("\"{}\"{}", shown, text.size() > longest_value_told ? "…" : "");
}

std::string type_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a decimal number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

// What stands in the file, in words; of a secret only its kind.
std::string found(const toml::node& node, bool secret) {
  if (const auto* text = node.as_string()) {
    return secret ? "another text" : in_quotes(text->get());
  }
  if (const auto* number = node.as_integer(); number != nullptr && !secret) {
    return fmt::format("{}", number->get());
  }
  if (const auto* flag = node.as_boolean()) {
    return flag->get() ? "true" : "false";
  }
  return type_of(node);
}

std::optional<ConfigValue> text_list(const toml::node& node) {
  const toml::array* array = node.as_array();
  if (array == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const toml::node& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr) {
      return std::nullopt;
    }
    texts.push_back(text->get());
  }
  return texts;
}

// The value, if it is of a type that the kind allows.
std::optional<ConfigValue> value_of(const toml::node& node, ConfigKind kind) {
  using K = ConfigKind;
  bool timed = kind == K::duration;
  bool is_number = kind == K::whole_number || kind == K::number;
  if (kind == K::text_list) {
    return text_list(node);
  }
  if (const auto* text = node.as_string(); text != nullptr && kind != K::flag && !is_number) {
    return text->get();
  }
  if (const auto* flag = node.as_boolean(); flag != nullptr && (kind == K::flag || kind == K::flag_or_text)) {
    return flag->get();
  }
  if (const auto* whole = node.as_integer(); whole != nullptr && (is_number || kind == K::rate || timed)) {
    return whole->get();
  }
  if (const auto* number = node.as_floating_point(); number != nullptr && (timed || kind == K::number)) {
    return number->get();
  }
  return std::nullopt;
}

std::string type_advice(const toml::node& node, ConfigKind kind) {
  if (kind == ConfigKind::text && node.is_number()) {
    return "put the value in quotes";
  }
  using K = ConfigKind;
  if ((kind == K::flag || kind == K::whole_number || kind == K::number) && node.is_string()) {
    return "leave out the quotes";
  }
  if (kind == ConfigKind::text_list && node.is_string()) {
    return "put the value in brackets";
  }
  return {};
}

/// Walks through a parsed file and hands each value to its key; collects all that is wrong.
class ConfigReader {
 public:
  explicit ConfigReader(DeviceConfig& config) : config_(config) {}

  std::vector<Problem> read(const toml::table& root) {
    apply_preset_of(root);
    for (const auto& [key, node] : root) {
      const ConfigTable* table = find_table(key.str());
      if (table == nullptr) {
        unknown_table(key, node);
      } else if (table->repeated()) {
        read_elements(*table, key, node);
      } else if (node.is_table()) {
        read_table(*table, *node.as_table());
      } else {
        not_a_table(*table, key, node);
      }
    }
    compare_dialect_names(root);
    check_own_cell(root);
    if (problems_.empty()) {
      check_network(root);
    }
    return std::move(problems_);
  }

 private:
  void add(const toml::source_region& region, base::Reason reason) {
    problems_.push_back({region.begin, std::move(reason)});
  }

  void unknown_table(const toml::key& key, const toml::node& node) {
    std::vector<std::string_view> names;
    for (const ConfigTable& table : config_tables()) {
      names.push_back(table.name);
    }
    bool holds_keys = node.is_table() || node.is_array_of_tables();
    auto other_place = holds_keys ? std::nullopt : elsewhere(key.str());
    add(key.source(),
        base::make_reason(fmt::format("`{}` is no {} of the configuration", base::escape_control(key.str()),
                                      holds_keys ? "table" : "key"),
                          fmt::format("expected one of the tables, found {}", found(node, true)),
                          other_place ? *other_place : suggestion(key.str(), names)));
  }

  void not_a_table(const ConfigTable& table, const toml::key& key, const toml::node& node) {
    add(key.source(),
        base::make_reason(fmt::format("`{}` is not written as a table", table.name),
                          fmt::format("expected {} with keys below it, found {}", heading(table),
                                      node.is_array_of_tables() ? fmt::format("[[{}]]", table.name)
                                      : node.is_table()         ? fmt::format("[{}]", table.name)
                                                                : type_of(node)),
                          fmt::format("write {}", heading(table))));
  }

  void read_elements(const ConfigTable& table, const toml::key& key, const toml::node& node) {
    const toml::array* elements = node.as_array();
    if (elements == nullptr || (!elements->empty() && !node.is_array_of_tables())) {
      not_a_table(table, key, node);
      return;
    }
    table.clear(config_);
    for (const toml::node& element : *elements) {
      table.add_element(config_);
      read_table(table, *element.as_table());
    }
  }

  void read_table(const ConfigTable& table, const toml::table& content) {
    for (const ConfigKey& key : config_keys()) {
      if (key.table != table.name) {
        continue;
      }
      if (const toml::node* node = content.get(key.name)) {
        read_value(key, *node);
      } else if (key.initial.empty()) {
        add(content.source(),
            base::make_reason(fmt::format("`{}` is missing", full_name(key)),
                              fmt::format("every {} needs it: {}", heading(table), key.expected)));
      }
    }
    auto known = names_in(table.name);
    for (const auto& [key, node] : content) {
      if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
        unknown_key(table, key, known);
      }
    }
  }

  void unknown_key(const ConfigTable& table, const toml::key& key, std::span<const std::string_view> known) {
    auto near = base::nearest(key.str(), known);
    auto other_place = near ? std::nullopt : elsewhere(key.str());
    add(key.source(), base::make_reason(fmt::format("`{}.{}` is no key of the configuration", table.name,
                                                    base::escape_control(key.str())),
                                        fmt::format("{} does not know it", heading(table)),
                                        other_place ? *other_place : suggestion(key.str(), known)));
  }

  void read_value(const ConfigKey& key, const toml::node& node) {
    auto value = value_of(node, key.kind);
    auto outcome =
        value ? key.store(config_, *value) : base::make_reason({}, {}, type_advice(node, key.kind));
    if (outcome) {
      return;
    }
    base::Reason reason = outcome.error();
    std::string cause = reason.what.empty() ? "" : fmt::format(": {}", base::summary(reason));
    reason.why = fmt::format("expected {}, found {}{}", key.expected, found(node, key.secret), cause);
    reason.what = fmt::format("`{}` cannot be used", full_name(key));
    add(node.source(), std::move(reason));
  }

  // The ground that all other keys come on top of. A name that is not known is a matter of the key itself.
  void apply_preset_of(const toml::table& root) {
    const auto* name = root["network"]["preset"].as_string();
    if (name != nullptr && config_.preset.empty()) {
      static_cast<void>(apply_preset(name->get(), config_));
    }
  }

  // The cell that `[network]` describes is there only if no other one is.
  void check_own_cell(const toml::table& root) {
    if (config_.simulation.cells.empty()) {
      return;
    }
    for (const char* name : {"mode", "tac", "cell", "rsrp"}) {
      if (const toml::node* node = root["network"][name].node()) {
        add(node->source(),
            base::make_reason(fmt::format("`network.{}` has no effect", name),
                              root.contains("cell")
                                  ? "there are [[cell]]s, which take the place of the one in [network]"
                                  : fmt::format("the network \"{}\" has cells of its own", config_.preset),
                              "write it below [[cell]], or leave it out"));
      }
    }
  }

  // What complete() finds as well, here with its place: the element, else the table.
  void check_network(const toml::table& root) {
    auto fault = find_network_fault(config_.simulation);
    if (!fault) {
      return;
    }
    auto table = root[fault->table];
    const toml::node* node = table.is_array() ? table[fault->element].node() : table.node();
    if (node != nullptr) {
      add(node->source(), std::move(fault->reason));
    }
  }

  // Two keys mean the dialect: they may not contradict each other.
  void compare_dialect_names(const toml::table& root) {
    const auto* device = root["device"]["dialect"].as_string();
    const auto* dialect = root["dialect"]["name"].as_string();
    if (device == nullptr || dialect == nullptr || device->get() == dialect->get()) {
      return;
    }
    add(dialect->source(),
        base::make_reason("`dialect.name` contradicts `device.dialect`",
                          fmt::format("expected {} as in line {}, found {}", in_quotes(device->get()),
                                      device->source().begin.line, in_quotes(dialect->get())),
                          "keep one of the two"));
  }

  DeviceConfig& config_;
  std::vector<Problem> problems_;
};

// The first problem of the file, and the others as facts of it.
base::Reason as_reason(std::vector<Problem> problems, std::string_view file) {
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& left, const Problem& right) {
    return std::pair(left.place.line, left.place.column) < std::pair(right.place.line, right.place.column);
  });
  base::Reason first = std::move(problems.front().reason);
  first.where = place_in(file, problems.front().place);
  for (std::size_t i = 1; i < std::min(problems.size(), most_problems_told); ++i) {
    first.facts.emplace_back(
        "also", fmt::format("{}: {}", place_in(file, problems[i].place), base::summary(problems[i].reason)));
  }
  if (problems.size() > most_problems_told) {
    first.facts.emplace_back("also", fmt::format("{} more", problems.size() - most_problems_told));
  }
  return first;
}

}  // namespace

base::Result<void> read_config(std::string_view text, std::string_view name, DeviceConfig& config) {
  auto parsed = parse_toml(text, name, "configuration");
  if (!parsed) {
    return parsed.error();
  }
  DeviceConfig changed = config;
  auto problems = ConfigReader(changed).read(*parsed);
  if (!problems.empty()) {
    return as_reason(std::move(problems), name);
  }
  config = std::move(changed);
  return {};
}

base::Result<void> read_config_file(const std::string& path, DeviceConfig& config) {
  auto text = read_text_file(path, "the configuration file cannot be read");
  if (!text) {
    return text.error();
  }
  auto read = read_config(*text, path, config);
  if (!read) {
    return read;
  }
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (std::string& fragment : config.kconfig) {
    fragment = (folder / fragment).string();
  }
  return read;
}

}  // namespace attache::device
