#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/reader/words.hpp"
#include "doctor/rules/queries.hpp"
#include "proof/staging.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::proof {

namespace {

using base::Cause;
using doctor::Argument;
using doctor::Item;
using Told = std::optional<std::string>;

Told mend_quote(Scene& scene, const Claim&) {
  auto odd = std::ranges::find_if(scene.script.steps, [](const Step& step) {
    return step.kind == Step::Kind::command && doctor::quotes_in(step.text) % 2 != 0;
  });
  if (odd == scene.script.steps.end()) {
    return std::nullopt;
  }
  if (odd->text.ends_with('"')) {
    odd->text.pop_back();
  } else {
    odd->text += '"';
  }
  return sends_instead(odd->text);
}

// A line with other arguments: what stood before the first of them, then these.
std::string line_with(const Item& item, const std::vector<std::string>& arguments) {
  std::string line = item.event->text.substr(0, item.event->text.find('=') + 1);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    line += i == 0 ? "" : ",";
    line += arguments[i];
  }
  return line;
}

std::vector<std::string> arguments_of(const Item& item) {
  std::vector<std::string> all;
  for (const Argument& argument : item.arguments) {
    all.push_back(argument.is_quoted ? fmt::format("\"{}\"", argument.text) : argument.text);
  }
  return all;
}

// What the item's command takes; empty if it is not described.
std::vector<const vocabulary::Parameter*> known_parameters(const Claim& claim, const Item& item) {
  const vocabulary::Command* command = doctor::described(claim.session, item.name);
  return command == nullptr ? std::vector<const vocabulary::Parameter*>()
                            : doctor::parameters_of(claim.session, *command, item.text_at(0));
}

Told mend_missing_quotes(Scene& scene, const Claim& claim) {
  Told told;
  for (Step& step : scene.script.steps) {
    if (step.item == nullptr || step.item->arguments.empty()) {
      continue;
    }
    std::vector<std::string> arguments = arguments_of(*step.item);
    auto parameters = known_parameters(claim, *step.item);
    bool changed = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const Argument& argument = step.item->arguments[i];
      const vocabulary::Parameter* known = i < parameters.size() ? parameters[i] : nullptr;
      bool is_text = known != nullptr ? vocabulary::is_quoted(known->kind) : !argument.number();
      if (!argument.is_quoted && !argument.text.empty() && is_text) {
        arguments[i] = fmt::format("\"{}\"", argument.text);
        changed = true;
      }
    }
    if (changed) {
      step.text = line_with(*step.item, arguments);
      told = told ? told : sends_instead(step.text);
    }
  }
  return told;
}

// The operation that opens or starts: the first above 0 that takes as many parameters.
Told mend_operation(Scene& scene, const Claim& claim) {
  Step* step = step_at(scene, claim);
  const vocabulary::Command* command =
      step == nullptr ? nullptr : doctor::described(claim.session, step->item->name);
  if (command == nullptr || step->item->arguments.empty()) {
    return std::nullopt;
  }
  std::vector<std::string> arguments = arguments_of(*step->item);
  for (const vocabulary::Operation& operation : command->operations) {
    auto parameters = doctor::parameters_of(claim.session, *command, operation.value);
    auto needed = static_cast<std::size_t>(
        std::ranges::count(parameters, false, [](const auto* each) { return each->optional; }));
    if (operation.value != "0" && arguments.size() >= needed) {
      arguments[0] = std::string(operation.value);
      step->text = line_with(*step->item, arguments);
      return sends_instead(step->text);
    }
  }
  for (const vocabulary::Value& value : command->parameters.size() > 0
                                            ? command->parameters.begin()->values
                                            : std::initializer_list<vocabulary::Value>{}) {
    if (value.text != "0") {
      arguments[0] = std::string(value.text);
      step->text = line_with(*step->item, arguments);
      return sends_instead(step->text);
    }
  }
  return std::nullopt;
}

/// What has to be open before a command.
struct Opening {
  std::string_view command;  ///< What its name begins with.
  std::vector<std::string> lines;
  std::optional<bool> in_slm_1 = std::nullopt;  ///< In SLM 1.x alone, or in all others alone.
};

const std::vector<Opening>& openings() {
  static const std::vector<Opening> all{
      {"#XSEND", {"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80"}},
      {"#XRECV", {"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80"}},
      {"#XCONNECT", {"AT#XSOCKET=1,1,0"}},
      {"#XTCPSEND", {"AT#XTCPCLI=1,\"example.com\",80"}},
      {"#XUDPSEND", {"AT#XUDPCLI=1,\"example.com\",80"}},
      {"#XHTTPCREQ", {"AT#XHTTPCCON=1,\"example.com\",80"}},
      {"#XMQTT", {"AT#XMQTTCFG=\"device\"", "AT#XMQTTCON=1,\"\",\"\",\"example.com\",1883"}, false},
      {"#XMQTT", {"AT#XMQTTCON=1,\"device\",\"\",\"\",\"example.com\",1883"}, true}};
  return all;
}

Told mend_not_open(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size() || scene.script.steps[at].item == nullptr) {
    return std::nullopt;
  }
  bool is_slm_1 = scene.config.dialect.name.starts_with("slm-1");
  auto known = std::ranges::find_if(openings(), [&](const Opening& each) {
    return scene.script.steps[at].item->name.starts_with(each.command) &&
           each.in_slm_1.value_or(is_slm_1) == is_slm_1;
  });
  if (known == openings().end()) {
    return std::nullopt;
  }
  scene.internet.names.insert("example.com");
  scene.script.insert(at, known->lines, std::chrono::seconds(3));
  return fmt::format("The host opens it first: {}.", known->lines.front());
}

// SLM 1.5 connects to what 16 bits leave of a port, where nobody listens.
void set_up_parameter(Scene& scene, const Claim&) {
  scene.internet.servers = Internet::Servers::refuse;
}

// Numbers out of their range become the nearest within.
Told mend_parameter(Scene& scene, const Claim& claim) {
  Step* step = step_at(scene, claim);
  if (step == nullptr) {
    return std::nullopt;
  }
  auto parameters = known_parameters(claim, *step->item);
  std::vector<std::string> arguments = arguments_of(*step->item);
  bool changed = false;
  for (std::size_t i = 0; i < std::min(arguments.size(), parameters.size()); ++i) {
    const vocabulary::Parameter* known = parameters[i];
    auto number = step->item->number_at(i);
    if (!number || vocabulary::is_quoted(known->kind)) {
      continue;
    }
    bool listed =
        known->values.size() == 0 || std::ranges::any_of(known->values, [&](const vocabulary::Value& value) {
          return value.text == step->item->text_at(i);
        });
    auto [least, most] = doctor::range_of(*known);
    bool within = *number >= least && (most <= least || *number <= most);
    if (listed && within) {
      continue;
    }
    // 443 where a port is wanted, 1 where it may be chosen.
    std::int64_t fit = std::clamp<std::int64_t>(i == 0 ? 1 : 443, least, std::max(least, most));
    arguments[i] = std::to_string(fit);
    changed = true;
  }
  if (!changed) {
    return std::nullopt;
  }
  scene.internet.servers = Internet::Servers::answer;
  step->text = line_with(*step->item, arguments);
  return sends_instead(step->text);
}

Told mend_order(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size()) {
    return std::nullopt;
  }
  put_offline(scene.script, at);
  return "The host switches LTE off before (AT+CFUN=4) and on behind it (AT+CFUN=1).";
}

// The host ends data mode before it sends a command.
Told mend_data_mode(Scene& scene, const Claim& claim) {
  static constexpr std::array entering{std::string_view("#XTCPSEND"), std::string_view("#XSEND"),
                                       std::string_view("#XUDPSEND"), std::string_view("#XTCPCLI"),
                                       std::string_view("#XUDPCLI"),  std::string_view("#XTCPSVR")};
  auto& steps = scene.script.steps;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    bool enters =
        steps[i].item != nullptr && std::ranges::find(entering, steps[i].item->name) != entering.end();
    if (enters && steps[i + 1].item != nullptr && !steps[i + 1].has_result) {
      Step end;
      end.kind = Step::Kind::data;
      end.text = scene.config.dialect.data_mode_terminator;
      steps[i].behind += std::chrono::seconds(2);
      steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, end);
      return fmt::format("The host ends data mode by {} with silence around it.", end.text);
    }
  }
  (void)claim;
  return std::nullopt;
}

std::string as_hexadecimal(std::string_view data) {
  std::string digits;
  for (char byte : data) {
    digits += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  }
  return digits;
}

// What the quotes cut goes out whole: as hexadecimal digits, where the command takes a type of data, else in
// data mode.
Told mend_cut_data(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size() || scene.script.steps[at].item == nullptr) {
    return std::nullopt;
  }
  Step& step = scene.script.steps[at];
  std::size_t equals = step.text.find('=');
  std::size_t quote = step.text.find('"', equals);
  std::size_t last = step.text.rfind('"');
  if (equals == std::string::npos || quote == std::string::npos || last <= quote) {
    return std::nullopt;
  }
  std::string bytes = step.text.substr(quote + 1, last - quote - 1);
  auto parameters = known_parameters(claim, *step.item);
  if (!parameters.empty() && parameters.front()->name == "datatype") {
    step.text = fmt::format("{}=0,\"{}\"", step.text.substr(0, equals), as_hexadecimal(bytes));
    return sends_instead(step.text);
  }
  Step data;
  data.kind = Step::Kind::data;
  data.text = std::move(bytes);
  Step end;
  end.kind = Step::Kind::data;
  end.text = scene.config.dialect.data_mode_terminator;
  step.text = step.text.substr(0, equals);
  std::string line = step.text;
  auto place = scene.script.steps.begin() + static_cast<std::ptrdiff_t>(at) + 1;
  scene.script.steps.insert(place, {data, end});
  return fmt::format("The host sends the data in data mode: {}, the data, {}.", line, end.text);
}

Told mend_slip(Scene& scene, const Claim& claim) {
  Step* step = step_at(scene, claim);
  if (step == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string_view> names;
  for (const vocabulary::Command* command : vocabulary::modem().commands()) {
    names.push_back(command->name);
  }
  if (const vocabulary::Vocabulary* dialect = claim.session.vocabulary()) {
    for (const vocabulary::Command* command : dialect->commands()) {
      names.push_back(command->name);
    }
  }
  auto nearest = base::nearest(step->item->name, names);
  if (!nearest) {
    return std::nullopt;
  }
  step->text.replace(2, step->item->name.size(), *nearest);
  return sends_instead(step->text);
}

constexpr std::array command_line_table{
    Staging{Cause::stray_quote, nullptr, mend_quote},
    Staging{Cause::quotes_stripped, nullptr, mend_missing_quotes},
    Staging{Cause::wrong_op_number, nullptr, mend_operation},
    Staging{Cause::socket_not_open, nullptr, mend_not_open},
    Staging{Cause::bad_parameter, set_up_parameter, mend_parameter},
    Staging{Cause::modem_busy_order, nullptr, mend_order},
    Staging{Cause::command_in_active_state, nullptr, mend_order},
    Staging{Cause::data_mode_misuse, nullptr, mend_data_mode},
    Staging{Cause::data_cut_by_quoting, nullptr, mend_cut_data},
    Staging{Cause::unknown_command, nullptr, mend_slip},
};

}  // namespace

std::span<const Staging> command_line_stagings() {
  return command_line_table;
}

}  // namespace attache::proof
