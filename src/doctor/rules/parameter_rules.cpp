#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <climits>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

std::string values_of(std::span<const vocabulary::Operation> operations) {
  std::string list;
  for (const vocabulary::Operation& operation : operations) {
    list += (list.empty() ? "" : ", ") + std::string(operation.value);
  }
  return list;
}

// The values that a test form in the log has listed for the first parameter: "#XSOCKET: (0,1),(1,2)"; not
// those of a later one, "#XMQTTSUB: <topic>,(0,1,2)", and none from an empty list, "+IPR: (),(115200)".
std::optional<std::vector<std::string>> listed_values(const Session& session, std::string_view name,
                                                      EventRef& source) {
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || item->type != at::CommandType::test || !item->is(name) ||
        item->lines.empty()) {
      continue;
    }
    std::string_view line = item->lines.front()->text;
    std::size_t open = line.find('(');
    std::size_t close = line.find(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close <= open + 1 ||
        !base::trim(line.substr(0, open)).ends_with(':') ||
        line.substr(open, close - open).find('-') != std::string_view::npos) {
      continue;
    }
    std::vector<std::string> values;
    for (std::string_view value : base::split(line.substr(open + 1, close - open - 1), ',')) {
      std::string_view bare = base::trim(value);
      if (bare.size() >= 2 && bare.front() == '"') {
        bare = bare.substr(1, bare.size() - 2);
      }
      values.emplace_back(bare);
    }
    source = item->lines.front();
    return values;
  }
  return std::nullopt;
}

void wrong_op_number(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    bool swallowed = item->is_exchange() && item->result.kind == Result::Kind::ok && item->lines.empty();
    if ((!is_failed(*item) && !swallowed) || item->type != at::CommandType::set || item->arguments.empty()) {
      continue;
    }
    const std::string& value = item->arguments.front().text;
    EventRef listing;
    if (auto values = listed_values(session, item->name, listing)) {
      if (!value.empty() && std::ranges::find(*values, value) == values->end()) {
        findings.add(Cause::wrong_op_number, 95, "not-in-test-answer")
            .at(item->event, fmt::format("{} is not among them", value))
            .with(item->final)
            .with(listing, "what the command takes")
            .why("The test form lists the values of the first parameter, and this one is not there.");
        return;
      }
    }
    const vocabulary::Command* command = described(session, item->name);
    if (command == nullptr || command->operations.size() == 0) {
      continue;
    }
    std::span<const vocabulary::Operation> operations(command->operations.begin(),
                                                      command->operations.size());
    if (!value.empty() && !has_operation(*command, value)) {
      bool elsewhere = std::ranges::any_of(vocabulary::dialects(), [&](const vocabulary::Vocabulary& other) {
        const vocabulary::Command* same = other.command(item->name);
        return same != nullptr && has_operation(*same, value);
      });
      bool known = !session.dialect.empty();
      findings
          .add(elsewhere && known ? Cause::wrong_dialect : Cause::wrong_op_number, known ? 90 : 80,
               "unknown-operation")
          .at(item->event, fmt::format("{} is none of {}", value, values_of(operations)))
          .with(item->final)
          .next(fmt::format("AT{}=?", item->name), "lists the values that this build takes");
      return;
    }
  }
}

// Numbers outside their range, texts that are too long, parameters that are missing.
void bad_parameter(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || item->type != at::CommandType::set || item->event->was_redacted) {
      continue;
    }
    const vocabulary::Command* command = described(session, item->name);
    if (command == nullptr) {
      continue;
    }
    std::vector<const vocabulary::Parameter*> parameters = parameters_of(session, *command, item->text_at(0));
    for (std::size_t i = 0; i < std::min(parameters.size(), item->arguments.size()); ++i) {
      const vocabulary::Parameter& parameter = *parameters[i];
      const Argument& argument = item->arguments[i];
      if (parameter.repeats) {
        break;
      }
      bool is_number = parameter.kind == vocabulary::Kind::number || parameter.kind == vocabulary::Kind::flag;
      auto [least, most] = range_of(parameter);
      auto number = argument.number();
      bool listed = parameter.values.size() > 0;
      bool out = is_number && number && !listed && most > least && (*number < least || *number > most);
      if (listed && is_number && number) {
        out = std::ranges::none_of(parameter.values,
                                   [&](const vocabulary::Value& each) { return each.text == argument.text; });
      }
      bool in_quotes = is_number && argument.is_quoted && number.has_value();
      bool too_long = !is_number && parameter.most > 0 &&
                      argument.text.size() > static_cast<std::size_t>(parameter.most) && argument.is_quoted;
      if (!out && !in_quotes && !too_long) {
        continue;
      }
      findings.add(too_long ? Cause::message_too_large : Cause::bad_parameter, 80, "parameter-out-of-range")
          .at(item->event, too_long    ? fmt::format("{} has {} bytes, {} are taken", parameter.name,
                                                     argument.text.size(), parameter.most)
                           : in_quotes ? fmt::format("{} is a number and has no quotes", parameter.name)
                                       : fmt::format("{} is {}, it goes from {} to {}", parameter.name,
                                                     *number, least, most))
          .with(item->final);
      return;
    }
    std::size_t needed = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (!parameters[i]->optional) {
        needed = i + 1;
      }
    }
    bool decided = command->operations.size() > 0 && !session.dialect.empty();
    if (item->arguments.size() < needed && !item->arguments.empty() && decided) {
      findings.add(Cause::bad_parameter, 66, "parameter-missing")
          .at(item->event, fmt::format("{} is missing", parameters[item->arguments.size()]->name))
          .with(item->final);
      return;
    }
  }
}

void form_not_supported(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || item->type == at::CommandType::unknown) {
      continue;
    }
    const vocabulary::Command* command = described(session, item->name);
    if (command == nullptr) {
      continue;
    }
    vocabulary::Form form = item->type == at::CommandType::read   ? vocabulary::Form::read
                            : item->type == at::CommandType::test ? vocabulary::Form::test
                                                                  : vocabulary::Form::set;
    if (command->forms.of(form).since == INT_MAX) {
      findings.add(Cause::form_not_supported, 62, "form-not-supported")
          .at(item->event, "the command does not have this form")
          .with(item->final)
          .level(Level::warning);
      return;
    }
  }
}

constexpr std::array all_parameter{Rule{"wrong-op-number", wrong_op_number},
                                   Rule{"bad-parameter", bad_parameter},
                                   Rule{"form-not-supported", form_not_supported}};

}  // namespace

std::span<const Rule> parameter_rules() {
  return all_parameter;
}

}  // namespace attache::doctor
