#include "cli/manual/man_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/text.hpp"
#include "cellular/network/network_presets.hpp"
#include "cli/commit.hpp"
#include "cli/manual/roff.hpp"
#include "device/steering/steering.hpp"

namespace attache::cli::manual {

namespace {

std::string page_name(const CommandEntry& command) {
  return command.name == "attache" ? command.name : "attache-" + command.name;
}

std::string header(std::string_view name, std::string_view section, std::string_view description) {
  std::string title(name);
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char character) { return static_cast<char>(std::toupper(character)); });
  return fmt::format(".TH {} {} \"{}\" \"attache {}\" \"Attaché\"\n.nh\n.ad l\n.SH NAME\n{} \\- {}\n",
                     roff_text(title), section, commit_date, version, roff_text(name),
                     roff_text(description));
}

std::string synopsis(const CommandEntry& command) {
  std::string line =
      command.name == "attache" ? "\\fBattache\\fR" : "\\fBattache " + roff_text(command.name) + "\\fR";
  line += command.options.empty() ? "" : " [\\fIOPTION\\fR]...";
  for (const OptionEntry& argument : command.arguments) {
    std::string name =
        fmt::format("\\fI{}\\fR{}", roff_text(argument.value), argument.is_repeated ? "..." : "");
    line += argument.is_required ? " " + name : " [" + name + "]";
  }
  if (command.name == "attache") {
    line += " [\\fISUBCOMMAND\\fR [\\fIARGUMENT\\fR]...]";
  }
  return ".SH SYNOPSIS\n" + line + "\n";
}

std::string item(std::string_view term, std::string_view meaning) {
  return fmt::format(".TP\n{}\n{}\n", term, roff_text(meaning));
}

std::string item(const OptionEntry& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) {
    names.push_back(roff_bold(name));
  }
  std::string term = fmt::format("{}", fmt::join(names, ", "));
  if (!option.value.empty()) {
    term += fmt::format("{}\\fI{}\\fR", term.empty() ? "" : " ", roff_text(option.value));
  }
  return item(term, option.description + ".");
}

// Options in the order of the table; a group of its own has its own heading.
std::string options(const CommandEntry& command) {
  std::string roff;
  for (const OptionEntry& argument : command.arguments) {
    roff += item(argument);
  }
  std::string group = "Options";
  for (const OptionEntry& option : command.options) {
    if (std::exchange(group, option.group) != option.group) {
      roff += fmt::format(".SS {}\n", roff_text(option.group));
    }
    roff += item(option);
  }
  return roff;
}

std::string commands(const std::vector<CommandEntry>& table) {
  std::string roff;
  for (const CommandEntry& command : table) {
    if (command.name != "attache") {
      roff += item("\\fBattache\\-" + roff_text(command.name) + "\\fR(1)", command.description + ".");
    }
  }
  return roff;
}

// "ended by a signal" → "Ended by a signal."
std::string sentence(std::string text) {
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text + ".";
}

std::string exit_codes(const CommandEntry& command) {
  std::string roff;
  for (const ExitCode& code : command.exit_codes) {
    roff += item(roff_bold(code.number), sentence(code.meaning));
  }
  return roff;
}

std::string steering() {
  std::string roff;
  for (const device::SteeringCommand& command : device::steering_commands()) {
    roff += item(roff_bold(command.usage), command.meaning);
  }
  return roff;
}

std::string networks() {
  std::string roff;
  for (const cellular::NetworkPreset& preset : cellular::network_presets()) {
    roff += item(roff_bold(preset.name), fmt::format("{}.", preset.summary));
  }
  return roff;
}

// The lines of a text that stand for a part of the tables.
std::string fill(std::string_view roff, const std::vector<CommandEntry>& table, const CommandEntry& command) {
  const std::vector<std::pair<std::string_view, std::string>> parts{
      {"{{options}}", options(command)},
      {"{{commands}}", commands(table)},
      {"{{exit codes}}", exit_codes(command)},
      {"{{steering}}", steering()},
      {"{{networks}}", networks()},
  };
  std::string filled;
  for (std::string_view line : base::split(roff, '\n')) {
    auto part =
        std::find_if(parts.begin(), parts.end(), [&](const auto& known) { return known.first == line; });
    filled += part != parts.end() ? part->second : fmt::format("{}\n", line);
  }
  while (filled.ends_with("\n\n")) {
    filled.pop_back();
  }
  return filled;
}

base::Result<std::string> body(const Texts& texts, const std::string& name) {
  auto text = texts.find(name);
  if (text == texts.end()) {
    return base::make_reason("the manual cannot be made", fmt::format("there is no {}", name),
                             "write it; packaging/manual has those of the other subcommands");
  }
  auto roff = roff_of_markdown(text->second);
  if (!roff) {
    base::Reason reason = roff.error();
    reason.where = name;
    return reason;
  }
  return roff;
}

}  // namespace

base::Result<std::map<std::string, std::string>> man_pages(const std::vector<CommandEntry>& table,
                                                           const Texts& texts) {
  std::map<std::string, std::string> pages;
  for (const CommandEntry& command : table) {
    std::string name = page_name(command);
    auto roff = body(texts, name + ".md");
    if (!roff) {
      return roff.error();
    }
    pages[name + ".1"] =
        header(name, "1", command.description) + synopsis(command) + fill(*roff, table, command);
  }
  auto scripts = body(texts, "scripts.md");
  if (!scripts) {
    return scripts.error();
  }
  pages["attache-run.5"] = header("attache-run", "5", "scripts of attache run") + *scripts +
                           ".SH SEE ALSO\n.BR attache\\-run (1)\n";
  return {boost::system::in_place_value, std::move(pages)};
}

}  // namespace attache::cli::manual
