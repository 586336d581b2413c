#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/dialect_names.hpp"
#include "explain/explanation.hpp"
#include "explain/page.hpp"
#include "vocabulary/firmware.hpp"

namespace attache::cli {

namespace {

namespace json = boost::json;

struct ExplainArguments {
  std::vector<std::string> codes;
  std::string dialect;
  std::string firmware;
  bool json = false;
};

/// What was asked for: a cause, or a number with all that it may mean.
struct Subject {
  base::Cause cause = base::Cause::none;
  std::vector<explain::Number> numbers;
};

base::Result<explain::Device> device_of(const ExplainArguments& arguments) {
  explain::Device device;
  if (!arguments.dialect.empty()) {
    device.dialect = vocabulary::find(arguments.dialect);
    if (device.dialect == nullptr) {
      return base::make_reason("--dialect cannot be used",
                               fmt::format("there is no \"{}\"", arguments.dialect),
                               base::suggestion(arguments.dialect, names_of_dialects()));
    }
  }
  if (!arguments.firmware.empty()) {
    auto version = vocabulary::read_firmware(arguments.firmware);
    if (!version) {
      return base::make_reason("--firmware cannot be used",
                               fmt::format("\"{}\" is no version of a modem firmware", arguments.firmware),
                               "such as 1.3.5 or mfw_nrf91x1_2.0.2; AT+CGMR asks for it");
    }
    device.firmware = *version;
  }
  return device;
}

base::Reason unknown_code(std::string_view word) {
  std::vector<std::string_view> near = explain::nearest_codes(word);
  std::string advice = near.empty()
                           ? "`attache explain` lists all; numbers are such as -116, CME:527 or EMM:15"
                           : fmt::format("did you mean `{}`?", fmt::join(near, "`, `"));
  return base::make_reason(fmt::format("\"{}\" cannot be explained", word),
                           "it is neither the code of a cause nor a number that a device reports",
                           std::move(advice));
}

base::Result<Subject> read_subject(const std::string& word) {
  std::string lower = base::to_lower(word);
  if (auto cause = base::find_cause(lower)) {
    return Subject{*cause, {}};
  }
  std::vector<explain::Number> numbers = explain::read_number(word);
  if (numbers.empty()) {
    return unknown_code(word);
  }
  return Subject{base::Cause::none, std::move(numbers)};
}

json::array codes_as_json(std::span<const base::Cause> causes) {
  json::array codes;
  for (base::Cause cause : causes) {
    codes.emplace_back(base::code_of(cause));
  }
  return codes;
}

json::object as_json(base::Cause cause) {
  const explain::Explanation& explanation = explain::explanation_of(cause);
  json::array fixes;
  for (const explain::Fix& fix : explanation.fixes) {
    json::object entry{{"kind", explain::name_of(fix.kind)}, {"text", fix.text}};
    if (!fix.command.empty()) {
      entry["command"] = fix.command;
    }
    fixes.push_back(std::move(entry));
  }
  return {{"code", base::code_of(cause)},
          {"layer", base::name_of(explain::layer_of(cause))},
          {"title", explanation.title},
          {"what", explanation.what},
          {"evidence", explanation.evidence},
          {"why", explanation.why},
          {"fix", std::move(fixes)},
          {"next", {{"command", explanation.next_command}, {"outcome", explanation.next_outcome}}},
          {"related", codes_as_json(explanation.related)}};
}

json::object as_json(const explain::Number& number, const explain::Device& device) {
  const explain::NumberMeaning& meaning = explain::meaning_of(number);
  json::array notes;
  for (const std::string& note : explain::notes_of(number, device)) {
    notes.emplace_back(note);
  }
  return {{"code", explain::code_of(number)},
          {"number", number.number},
          {"name", vocabulary::name_of(number.numbering, number.number)},
          {"kind", explain::title_of(number.numbering)},
          {"meaning", meaning.meaning},
          {"causes", codes_as_json(meaning.causes)},
          {"apart", meaning.apart},
          {"notes", std::move(notes)}};
}

void print_as_json(const Subject& subject, const explain::Device& device) {
  if (subject.cause != base::Cause::none) {
    fmt::print("{}\n", json::serialize(as_json(subject.cause)));
  }
  for (const explain::Number& number : subject.numbers) {
    fmt::print("{}\n", json::serialize(as_json(number, device)));
  }
}

void print(const Subject& subject, const explain::Device& device) {
  if (subject.cause != base::Cause::none) {
    fmt::print("{}", explain::page_of(subject.cause, device));
    return;
  }
  std::vector<explain::Number> also(subject.numbers.begin() + 1, subject.numbers.end());
  fmt::print("{}", explain::page_of(subject.numbers.front(), also, device));
}

int list_causes(bool as_lines_of_json) {
  if (as_lines_of_json) {
    for (const base::CauseEntry& entry : base::known_causes()) {
      fmt::print("{}\n", json::serialize(as_json(entry.cause)));
    }
  } else {
    fmt::print(
        "{}\nNumbers are explained too: `attache explain -116`, CME:527, CMS:304, EMM:15, ESM:27, EAI:-3.\n",
        explain::list_of_causes());
  }
  return exit_success;
}

int explain_all(const ExplainArguments& arguments) {
  auto device = device_of(arguments);
  if (!device) {
    return complain(device.error());
  }
  std::vector<Subject> subjects;
  for (const std::string& code : arguments.codes) {
    auto subject = read_subject(code);
    if (!subject) {
      return complain(subject.error());
    }
    subjects.push_back(std::move(*subject));
  }
  if (subjects.empty()) {
    return list_causes(arguments.json);
  }
  bool is_first = true;
  for (const Subject& subject : subjects) {
    if (arguments.json) {
      print_as_json(subject, *device);
    } else {
      fmt::print("{}", is_first ? "" : "\n");
      print(subject, *device);
    }
    is_first = false;
  }
  return exit_success;
}

}  // namespace

Run add_explain(CLI::App& command) {
  describe(command, R"(
attache explain ca-expired
attache explain -116 CME:527 --firmware 2.0.2
)",
           R"(
0  success
2  bad options, or nothing of that code is known
)");
  auto arguments = std::make_shared<ExplainArguments>();
  command
      .add_option(
          "CODE", arguments->codes,
          "A cause such as ca-expired, a number as a host sees it (-116, errno:111, CME:527, CMS:304, "
          "EMM:15, ESM:27, EAI:-3, CONNACK:5), its name, or a line such as \"+CME ERROR: 527\"; "
          "without any all causes are listed")
      ->type_name("");
  command
      .add_option(
          "--dialect", arguments->dialect,
          fmt::format("Says what holds for this application only: {}", fmt::join(names_of_dialects(), ", ")))
      ->type_name("NAME");
  command
      .add_option("--firmware", arguments->firmware,
                  "Says what holds for this modem firmware only: 1.3.5, mfw_nrf91x1_2.0.2")
      ->type_name("VERSION");
  command.add_flag("--json", arguments->json, "The same for programs: one JSON object a line")
      ->disable_flag_override();
  return [arguments] { return explain_all(*arguments); };
}

}  // namespace attache::cli
