#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "at/near_name.hpp"
#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

bool any_dialect_knows(std::string_view name) {
  return std::ranges::any_of(vocabulary::dialects(), [&](const vocabulary::Vocabulary& dialect) {
    return dialect.command(name) != nullptr;
  });
}

// Commands of other makers' modems: their vendors' prefixes, and names that only theirs have.
bool is_foreign(std::string_view name) {
  static constexpr std::array<std::string_view, 22> prefixes{
      "+Q",     "+CIP",   "+SAPBR",  "+HTTP", "+SH",    "+CSOC",   "+CNMP",  "+CMNB",
      "+CNACT", "+CWJAP", "+UDCONF", "+USO",  "+UHTTP", "+UPSD",   "+UMQTT", "+SQN",
      "#SGACT", "#SD",    "#SCFG",   "+KCNX", "+NSO",   "+NCONFIG"};
  auto foreign = vocabulary::foreign_names();
  return std::ranges::find(foreign, name) != foreign.end() ||
         std::ranges::any_of(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

// SLM 2.x and 3.x, Serial Modem: what names say about who wrote the host.
void wrong_dialect(const Session& session, Findings& findings) {
  if (session.end->other_modem) {
    findings.add(Cause::wrong_dialect, 88, "other-modem")
        .at(session.end->other_modem.source, "this is no nRF91")
        .title("the log is of a modem of another maker")
        .why(fmt::format(
            "\"{}\" is not a Nordic device: its commands, answers and error codes are others, and this tool "
            "does not know them.",
            *session.end->other_modem));
  }
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || vocabulary::modem().command(item->name) != nullptr) {
      continue;
    }
    if (is_foreign(item->name)) {
      findings.add(Cause::wrong_dialect, 92, "foreign-command")
          .at(item->event, "a command of another maker's modem")
          .with(item->final)
          .why(fmt::format(
              "AT{} is not a command of the nRF91 nor of Nordic's applications; the host library was written "
              "for another modem family.",
              item->name));
      return;
    }
    if (!item->name.starts_with("#X")) {
      continue;
    }
    const vocabulary::Vocabulary* dialect = session.vocabulary();
    std::string others = dialects_with(item->name);
    if (dialect != nullptr && dialect->command(item->name) == nullptr && !others.empty()) {
      findings.add(Cause::wrong_dialect, 94, "command-of-other-release")
          .at(item->event, fmt::format("{} does not have it", dialect->title()))
          .with(item->final)
          .with(session.end->dialect.source, "the version")
          .why(fmt::format("AT{} belongs to {}; the application says that it is {}.", item->name, others,
                           dialect->name()))
          .next(dialect->name().starts_with("slm") ? "AT#XSLMVER" : "AT#XSMVER",
                "names the release; use its reference");
      return;
    }
  }
  // Without a version: commands of generations that exclude each other.
  ItemRef old_style = session.first(
      [](const Item& item) { return item.is("#XSLMVER") && item.result.kind == Result::Kind::ok; });
  ItemRef new_style =
      session.first([](const Item& item) { return item.is("#XSMVER") && item.result.failed(); });
  if (new_style != nullptr) {
    findings.add(Cause::wrong_dialect, old_style != nullptr ? 62 : 80, "serial-modem-host-on-slm")
        .at(new_style->event, "Serial Modem's version command is refused")
        .with(old_style != nullptr ? old_style->event : nullptr, "and SLM's is answered")
        .why("The host is written for Serial Modem; the device runs the Serial LTE Modem.");
  }
  ItemRef slm_host =
      session.first([](const Item& item) { return item.is("#XSLMVER") && item.result.failed(); });
  if (slm_host != nullptr) {
    findings.add(Cause::wrong_dialect, 82, "slm-host-on-serial-modem")
        .at(slm_host->event, "SLM's version command is refused")
        .with(slm_host->final)
        .why(
            "The device does not run the Serial LTE Modem: Serial Modem answers AT#XSMVER, the AT Client "
            "sample neither.")
        .next(
            "AT#XSMVER",
            "if it answers, the device runs Serial Modem; if not, no application with #X commands is in it");
  }
}

// #X commands to an application that passes everything on to the modem.
void no_application(const Session& session, Findings& findings) {
  ItemRef client = session.first([](const Item& item) {
    return has_text(item.event->text, "at_client") || has_text(item.event->text, "AT client sample") ||
           has_text(item.event->text, "AT host sample");
  });
  ItemRef refused =
      session.first([](const Item& item) { return is_failed(item) && item.name.starts_with("#X"); });
  if (client != nullptr && refused != nullptr) {
    findings.add(Cause::wrong_dialect, 86, "at-client-has-no-x-commands")
        .at(refused->event, "an application command")
        .with(client->event, "the AT Client sample has none")
        .why(
            "AT#X commands are the Serial LTE Modem's and Serial Modem's. The AT Client sample passes each "
            "line to the modem, "
            "which does not know them.");
  }
}

// SLM 1.5 names TLS to the resolver, which the modem libraries it is built with today refuse.
void https_of_old_release(const Session& session, Findings& findings) {
  if (session.dialect != "slm-1.5") {
    return;
  }
  ItemRef failed = session.first([](const Item& item) {
    return item.sets("#XHTTPCCON") && item.number_at(0) == 1 && item.number_at(3) && item.result.failed();
  });
  ItemRef worked = session.first([](const Item& item) {
    return item.sets("#XHTTPCCON") && item.number_at(0) == 1 && item.number_at(3) &&
           item.result.kind == Result::Kind::ok;
  });
  if (failed != nullptr && worked == nullptr) {
    findings.add(Cause::wrong_dialect, 60, "https-in-slm-1.5")
        .at(failed->event, "HTTPS with this release")
        .with(failed->final)
        .with(session.end->dialect.source, "the version")
        .title("this release of the application makes no HTTPS connection")
        .why(
            "SLM 1.5 names the TLS protocol in the resolver's hints, which modem libraries from 1.1.0 on "
            "refuse: "
            "with this pair every HTTPS connection fails, whatever certificate is stored.")
        .fix("host", "advice", "Update the application: SLM 1.6.0-rc2 has it repaired.")
        .next("AT#XTCPCLI=1,\"<host>\",443,<sec_tag>",
              "TLS without HTTP: if it connects, this finding is proven");
  }
}

std::string option_of(std::string_view service) {
  std::string option(service);
  std::ranges::transform(option, option.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return option;
}

void service_not_built_in(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || !item->name.starts_with("#X")) {
      continue;
    }
    const DeviceState& state = *session.end;
    if (!state.listed_commands->empty() && !state.listed_commands->contains(item->name) &&
        any_dialect_knows(item->name) &&
        std::ranges::any_of(*state.listed_commands,
                            [](const std::string& name) { return name.starts_with("#X"); })) {
      findings.add(Cause::service_not_built_in, 95, "not-in-command-list")
          .at(item->event, "refused")
          .with(item->final)
          .without(fmt::format("AT{} in the list of commands", item->name), state.command_list)
          .why("The application lists what it was built with, and this command is not there.");
      return;
    }
    const vocabulary::Command* command = described(session, item->name);
    if (command == nullptr || command->service.empty() || session.build.empty()) {
      continue;
    }
    for (std::string_view prefix : {"SLM_", "SM_"}) {
      std::string name = fmt::format("{}{}", prefix, option_of(command->service));
      const BuildSetting* setting = session.setting(name);
      if (setting != nullptr && setting->value == "n") {
        findings.add(Cause::service_not_built_in, 96, "disabled-in-build")
            .at(item->event, "refused")
            .with(item->final)
            .with(setting->source, "the build leaves it out")
            .fix("configuration", "exact", "Enable the option and rebuild.",
                 fmt::format("CONFIG_{}=y", name));
        return;
      }
      auto commented = std::ranges::find_if(
          session.build, [&](const BuildSetting& other) { return other.name == name && other.is_commented; });
      if (setting == nullptr && commented != session.build.end()) {
        findings.add(Cause::service_not_built_in, 84, "commented-in-build")
            .at(item->event, "refused")
            .with(item->final)
            .with(commented->source, "a comment, not a setting")
            .fix("configuration", "exact", "Take the comment mark away and rebuild.",
                 fmt::format("CONFIG_{}=y", name));
        return;
      }
    }
  }
  // All commands of one optional family are refused and others work.
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || !item->name.starts_with("#X") || item->result.kind != Result::Kind::error) {
      continue;
    }
    const vocabulary::Command* command = described(session, item->name);
    if (command == nullptr || command->service.empty() || item->type == at::CommandType::set) {
      continue;
    }
    findings.add(Cause::service_not_built_in, 66, "test-form-refused")
        .at(item->event, "even asking what it can is refused")
        .with(item->final)
        .next("AT#XCLAC",
              "lists the commands that were built in: if it is missing there, this finding is proven");
    return;
  }
}

bool has_value(std::span<const vocabulary::Operation> operations, std::string_view value) {
  return std::ranges::any_of(
      operations, [&](const vocabulary::Operation& operation) { return operation.value == value; });
}

std::string values_of(std::span<const vocabulary::Operation> operations) {
  std::string list;
  for (const vocabulary::Operation& operation : operations) {
    list += (list.empty() ? "" : ", ") + std::string(operation.value);
  }
  return list;
}

// The values that a test form in the log has listed for the first parameter: "#XSOCKET: (0,1),(1,2)".
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
    if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
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
    if (!value.empty() && !has_value(operations, value)) {
      bool elsewhere = std::ranges::any_of(vocabulary::dialects(), [&](const vocabulary::Vocabulary& other) {
        const vocabulary::Command* same = other.command(item->name);
        return same != nullptr && has_value({same->operations.begin(), same->operations.size()}, value);
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

// Names that nobody knows: a slip of the pen, or a command that no release has.
void unknown_command(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!is_failed(*item) || vocabulary::modem().command(item->name) != nullptr ||
        any_dialect_knows(item->name) || is_foreign(item->name)) {
      continue;
    }
    findings.add(Cause::unknown_command, 55, "unknown-command")
        .at(item->event, "no release of the modem or its applications is known to have it")
        .with(item->final);
    return;
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

constexpr std::array all_dialect{Rule{"wrong-dialect", wrong_dialect},
                                 Rule{"no-application", no_application},
                                 Rule{"https-of-old-release", https_of_old_release},
                                 Rule{"service-not-built-in", service_not_built_in},
                                 Rule{"wrong-op-number", wrong_op_number},
                                 Rule{"bad-parameter", bad_parameter},
                                 Rule{"unknown-command", unknown_command},
                                 Rule{"form-not-supported", form_not_supported}};

}  // namespace

std::span<const Rule> dialect_rules() {
  return all_dialect;
}

}  // namespace attache::doctor
