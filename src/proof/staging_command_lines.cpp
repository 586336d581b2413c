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
  // A text ends before the number that stands behind it.
  std::size_t comma = odd->text.rfind(',');
  bool is_before_number = comma != std::string::npos && comma > odd->text.rfind('"') &&
                          comma + 1 < odd->text.size() &&
                          odd->text.find_first_not_of("0123456789", comma + 1) == std::string::npos;
  if (odd->text.ends_with('"')) {
    odd->text.pop_back();
  } else {
    odd->text.insert(is_before_number ? comma : odd->text.size(), 1, '"');
  }
  // A name that the open quote had run into the next parameter is one that DNS knows.
  std::size_t end = odd->text.rfind('"');
  std::size_t begin = end == std::string::npos || end == 0 ? end : odd->text.rfind('"', end - 1);
  if (begin < end) {
    scene.internet.names.insert(odd->text.substr(begin + 1, end - begin - 1));
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

/// What has to be open before a command, and what opens it.
struct Opening {
  std::string_view command;  ///< What its name begins with.
  std::vector<std::string> lines;
  std::string_view dialects{};  ///< What the names of those begin with in which it is so.
};

// The first that fits counts.
const std::vector<Opening>& openings() {
  constexpr std::string_view serial_modem = "serial-modem";
  static const std::vector<Opening> all{
      {"#XCONNECT", {"AT#XSOCKET=1,1,0"}},
      {"#XMQTT", {"AT#XMQTTCON=1,\"device\",\"\",\"\",\"example.com\",1883"}, "slm-1"},
      {"#XMQTT", {"AT#XMQTTCFG=\"device\"", "AT#XMQTTCON=1,\"\",\"\",\"example.com\",1883"}},
      {"#XCOAPCREQ", {"AT#XSOCKET=1,2,0", "AT#XCONNECT=0,\"example.com\",5683"}, serial_modem},
      {"#X", {"AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"example.com\",80"}, serial_modem},
      {"#XSEND", {"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80"}},
      {"#XRECV", {"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80"}},
      {"#XTCPSEND", {"AT#XTCPCLI=1,\"example.com\",80"}},
      {"#XUDPSEND", {"AT#XUDPCLI=1,\"example.com\",80"}},
      {"#XHTTPCREQ", {"AT#XHTTPCCON=1,\"example.com\",80"}}};
  return all;
}

// Of a socket of Serial Modem that is open already, the connection alone is missing.
std::vector<std::string> lines_to_open(const Opening& opening, const Item& item) {
  auto handle = item.number_at(0);
  bool by_handle = opening.dialects.starts_with("serial-modem") && handle.has_value();
  if (by_handle && item.before->sockets->contains(static_cast<long>(*handle))) {
    return {fmt::format("AT#XCONNECT={},\"example.com\",80", *handle)};
  }
  return opening.lines;
}

Told mend_not_open(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size() || scene.script.steps[at].item == nullptr) {
    return std::nullopt;
  }
  const Item& item = *scene.script.steps[at].item;
  auto known = std::ranges::find_if(openings(), [&](const Opening& each) {
    return item.name.starts_with(each.command) && scene.config.dialect.name.starts_with(each.dialects);
  });
  if (known == openings().end()) {
    return std::nullopt;
  }
  scene.internet.names.insert("example.com");
  std::vector<std::string> lines = lines_to_open(*known, item);
  std::string first = lines.front();
  // A handle that is not the one of the only socket becomes that one's.
  auto handle = item.number_at(0);
  bool is_other = scene.config.dialect.name.starts_with("serial-modem") && handle.value_or(0) > 0 &&
                  !item.before->sockets->contains(static_cast<long>(*handle)) &&
                  item.before->sockets->size() == 1;
  if (is_other) {
    scene.script.steps[at].text.replace(item.arguments[0].column, item.arguments[0].text.size(),
                                        std::to_string(item.before->sockets->begin()->first));
    return sends_instead(scene.script.steps[at].text);
  }
  scene.script.insert(at, std::move(lines), std::chrono::seconds(3));
  return fmt::format("The host opens it first: {}.", first);
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
    bool is_listed = known->values.size() > 0 && i > 0;
    arguments[i] = is_listed ? std::string(known->values.begin()->text) : std::to_string(fit);
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
  Step& step = scene.script.steps[at];
  if (step.item != nullptr && step.item->name.starts_with("#XRECV") && step.item->arguments.size() >= 4) {
    step.text = fmt::format("AT#XAPOLL={},1,1", step.item->text_at(0));
    step.has_result = true;
    return fmt::format("The host sends {} instead, which tells when data are there.", step.text);
  }
  put_offline(scene.script, at);
  return "The host switches LTE off before (AT+CFUN=4) and on behind it (AT+CFUN=1).";
}

// The host ends data mode before it sends a command.
Told mend_data_mode(Scene& scene, const Claim& claim) {
  static constexpr std::array entering{std::string_view("#XTCPSEND"),  std::string_view("#XSEND"),
                                       std::string_view("#XUDPSEND"),  std::string_view("#XTCPCLI"),
                                       std::string_view("#XUDPCLI"),   std::string_view("#XTCPSVR"),
                                       std::string_view("#XHTTPCREQ"), std::string_view("#XMQTTPUB")};
  auto& steps = scene.script.steps;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    bool enters =
        steps[i].item != nullptr && std::ranges::find(entering, steps[i].item->name) != entering.end();
    if (enters && steps[i + 1].item != nullptr && !steps[i + 1].has_result) {
      // What was announced by its length is that many bytes; else a terminator ends it.
      auto length = steps[i].item->is("#XHTTPCREQ") ? steps[i].item->number_at(5) : std::nullopt;
      Step end;
      end.kind = Step::Kind::data;
      end.text = length
                     ? std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(*length, 0, 4096)), 'x')
                     : scene.config.dialect.data_mode_terminator;
      steps[i].behind += std::chrono::seconds(2);
      steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, end);
      return length ? fmt::format("The host sends the {} bytes that it has announced.", *length)
                    : fmt::format("The host ends data mode by {} with silence around it.", end.text);
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
  if (parameters.size() > 1 && parameters[1]->name == "mode" && step.item->arguments.size() > 2) {
    step.text = fmt::format("{}={},1,{},\"{}\"", step.text.substr(0, equals), step.item->text_at(0),
                            step.item->text_at(2), as_hexadecimal(bytes));
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

// Half of the digits, or of the text, is not too much.
Told mend_too_large(Scene& scene, const Claim& claim) {
  Step* step = step_at(scene, claim);
  if (step == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> arguments = arguments_of(*step->item);
  auto longest = std::ranges::max_element(arguments, {}, &std::string::size);
  constexpr std::size_t fits = 512;
  if (longest == arguments.end() || longest->size() <= fits || !longest->ends_with('"')) {
    return std::nullopt;
  }
  *longest = longest->substr(0, fits + 1) + "\"";
  step->text = line_with(*step->item, arguments);
  return fmt::format("The host sends it in pieces of {} characters.", fits);
}

// A step of another modem's dial script is not needed.
Told mend_dialling(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size()) {
    return std::nullopt;
  }
  std::string line = scene.script.steps[at].text;
  scene.script.steps.erase(scene.script.steps.begin() + static_cast<std::ptrdiff_t>(at));
  return fmt::format("The host leaves {} out: this build has no such step.", line);
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
    Staging{Cause::message_too_large, nullptr, mend_too_large},
    Staging{Cause::host_driver_mismatch, nullptr, mend_dialling},
    Staging{Cause::unknown_command, nullptr, mend_slip},
};

}  // namespace

std::span<const Staging> command_line_stagings() {
  return command_line_table;
}

}  // namespace attache::proof
