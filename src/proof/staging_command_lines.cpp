#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "dialects/dialects.hpp"
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

Told sends_instead(std::string_view line) {
  return fmt::format("The host sends {} instead.", line.substr(0, line.find('\n')));
}

Step* step_at(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  return at < scene.script.steps.size() && scene.script.steps[at].item != nullptr ? &scene.script.steps[at]
                                                                                  : nullptr;
}

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

/// What a parameter may be, by its place: those of the operation stand behind those of the command.
const vocabulary::Parameter* parameter_at(const vocabulary::Command& command, const Item& item,
                                          std::size_t index) {
  std::size_t count = command.parameters.size();
  if (index < count) {
    return command.parameters.begin() + index;
  }
  for (const vocabulary::Operation& operation : command.operations) {
    if (operation.value == item.text_at(0) && index - count < operation.parameters.size()) {
      return operation.parameters.begin() + (index - count);
    }
  }
  return nullptr;
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

Told mend_missing_quotes(Scene& scene, const Claim& claim) {
  Told told;
  for (Step& step : scene.script.steps) {
    if (step.item == nullptr || step.item->arguments.empty()) {
      continue;
    }
    const vocabulary::Command* command = doctor::described(claim.session, step.item->name);
    std::vector<std::string> arguments = arguments_of(*step.item);
    bool changed = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const Argument& argument = step.item->arguments[i];
      const vocabulary::Parameter* known =
          command == nullptr ? nullptr : parameter_at(*command, *step.item, i);
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

/// What a command of another maker's modem is called here.
struct Translation {
  std::string_view foreign;
  std::string_view line;  ///< `{0}` host, `{1}` port of the foreign one; empty = it is not needed.
  std::size_t host = 0;   ///< Which of its arguments is the host; the port is the next.
};

constexpr std::array translations{Translation{"+QIOPEN", "AT#XTCPCLI=1,\"{0}\",{1}", 3},
                                  Translation{"+USOCR", "AT#XSOCKET=1,1,0"},
                                  Translation{"+CNACT", ""},
                                  Translation{"+QIACT", ""},
                                  Translation{"+CGACT", ""},
                                  Translation{"+CIPSTART", "AT#XTCPCLI=1,\"{0}\",{1}", 1}};

// Another maker's command gets the one of this modem in its place, another release's one is sent to that
// release.
Told mend_dialect(Scene& scene, const Claim& claim) {
  Step* step = step_at(scene, claim);
  if (step == nullptr) {
    return std::nullopt;
  }
  const Item& item = *step->item;
  if (item.is("#XSMVER") || item.is("#XSLMVER")) {
    step->text = item.is("#XSMVER") ? "AT#XSLMVER" : "AT#XSMVER";
    return sends_instead(step->text);
  }
  const auto* known = std::ranges::find(translations, item.name, &Translation::foreign);
  if (known != translations.end() && known->line.empty()) {
    scene.script.steps.erase(scene.script.steps.begin() + (step - scene.script.steps.data()));
    return fmt::format("The host leaves {} out: AT+CFUN=1 connects by itself.", item.event->text);
  }
  if (known != translations.end()) {
    step->text =
        fmt::format(fmt::runtime(known->line), item.text_at(known->host), item.text_at(known->host + 1));
    return sends_instead(step->text);
  }
  for (const dialects::Dialect* dialect : dialects::all_dialects()) {
    const vocabulary::Vocabulary* words = vocabulary::find(dialect->name);
    if (words != nullptr && words->command(item.name) != nullptr && dialect->name != claim.session.dialect) {
      scene.config.dialect.name = std::string(dialect->name);
      return fmt::format("The device runs {}, which has {}.", words->title(), item.name);
    }
  }
  return std::nullopt;
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
    std::size_t given = arguments.size() - 1;
    auto needed = static_cast<std::size_t>(
        std::ranges::count(operation.parameters, false, &vocabulary::Parameter::optional));
    if (operation.value != "0" && given >= needed) {
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

// The services of the dialect's own build, with or without that of the failing command.
std::vector<std::string> services_of(const Scene& scene, const Claim& claim, bool with_missing) {
  std::vector<std::string> names;
  doctor::ItemRef item = claim.item();
  const dialects::Dialect* dialect = dialects::find_dialect(scene.config.dialect.name);
  for (const dialects::Service& service : dialect->services) {
    bool missing = item != nullptr && item->name.starts_with(service.commands);
    if (missing ? with_missing : service.build == dialects::Service::Build::always) {
      names.emplace_back(service.name);
    }
  }
  return names;
}

void set_up_service(Scene& scene, const Claim& claim) {
  scene.config.dialect.services = services_of(scene, claim, false);
}

Told mend_service(Scene& scene, const Claim& claim) {
  doctor::ItemRef item = claim.item();
  scene.config.dialect.services = services_of(scene, claim, true);
  return fmt::format("The application is built with the service of {}.",
                     item == nullptr ? "the command" : item->name);
}

/// What has to be open before a command.
struct Opening {
  std::string_view command;
  std::vector<std::string> lines;
};

const std::vector<Opening>& openings() {
  static const std::vector<Opening> all{
      {"#XSEND", {"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80"}},
      {"#XRECV", {"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80"}},
      {"#XCONNECT", {"AT#XSOCKET=1,1,0"}},
      {"#XTCPSEND", {"AT#XTCPCLI=1,\"example.com\",80"}},
      {"#XUDPSEND", {"AT#XUDPCLI=1,\"example.com\",80"}},
      {"#XHTTPCREQ", {"AT#XHTTPCCON=1,\"example.com\",80"}},
      {"#XMQTTPUB", {"AT#XMQTTCON=1,\"device\",\"\",\"\",\"example.com\",1883"}},
      {"#XMQTTSUB", {"AT#XMQTTCON=1,\"device\",\"\",\"\",\"example.com\",1883"}}};
  return all;
}

Told mend_not_open(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size() || scene.script.steps[at].item == nullptr) {
    return std::nullopt;
  }
  auto known = std::ranges::find(openings(), scene.script.steps[at].item->name, &Opening::command);
  if (known == openings().end()) {
    return std::nullopt;
  }
  scene.internet.names.insert("example.com");
  scene.script.insert(at, known->lines, std::chrono::seconds(3));
  return fmt::format("The host opens it first: {}.", known->lines.front());
}

// Numbers out of their range become the nearest within.
Told mend_parameter(Scene& scene, const Claim& claim) {
  Step* step = step_at(scene, claim);
  const vocabulary::Command* command =
      step == nullptr ? nullptr : doctor::described(claim.session, step->item->name);
  if (command == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> arguments = arguments_of(*step->item);
  bool changed = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const vocabulary::Parameter* known = parameter_at(*command, *step->item, i);
    auto number = step->item->number_at(i);
    if (known == nullptr || !number || vocabulary::is_quoted(known->kind)) {
      continue;
    }
    bool listed =
        known->values.size() == 0 || std::ranges::any_of(known->values, [&](const vocabulary::Value& value) {
          return value.text == step->item->text_at(i);
        });
    bool within = *number >= known->least && (known->most <= known->least || *number <= known->most);
    if (listed && within) {
      continue;
    }
    // 443 where a port is wanted, 1 where it may be chosen.
    std::int64_t fit =
        std::clamp<std::int64_t>(i == 0 ? 1 : 443, known->least, std::max(known->least, known->most));
    arguments[i] = std::to_string(fit);
    changed = true;
  }
  if (!changed) {
    return std::nullopt;
  }
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

// What the quotes cut goes through data mode, whole.
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
  Step data;
  data.kind = Step::Kind::data;
  data.text = step.text.substr(quote + 1, last - quote - 1);
  Step end;
  end.kind = Step::Kind::data;
  end.text = scene.config.dialect.data_mode_terminator;
  step.text = step.text.substr(0, equals);
  auto place = scene.script.steps.begin() + static_cast<std::ptrdiff_t>(at) + 1;
  scene.script.steps.insert(place, {data, end});
  return fmt::format("The host sends the data in data mode: {}, the data, {}.", scene.script.steps[at].text,
                     end.text);
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
    Staging{Cause::wrong_dialect, nullptr, mend_dialect},
    Staging{Cause::wrong_op_number, nullptr, mend_operation},
    Staging{Cause::service_not_built_in, set_up_service, mend_service},
    Staging{Cause::socket_not_open, nullptr, mend_not_open},
    Staging{Cause::bad_parameter, nullptr, mend_parameter},
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
