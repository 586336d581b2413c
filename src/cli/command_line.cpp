#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "client/line_end.hpp"

namespace attache::cli {

namespace {

base::Reason about(const std::string& what, std::string why, std::string_view name) {
  return base::make_reason(what, std::move(why), fmt::format("see `{} --help`", name));
}

// The option that an error of the library speaks of: all of them name it, a flag with a value without its --.
const CLI::Option* option_of(std::string_view text, const CLI::App& command) {
  const CLI::Option* found = nullptr;
  std::size_t longest = 0;
  for (const CLI::Option* option : command.get_options()) {
    std::string name = option->get_name();
    bool is_flag_named = name.starts_with("--") && text.starts_with(name.substr(2) + " ");
    bool is_named = is_flag_named || text.find(name) != std::string_view::npos;
    if (is_named && name.size() > longest) {
      found = option;
      longest = name.size();
    }
  }
  return found;
}

// What a check of ours has said.
std::string_view sentence_of(std::string_view text, const CLI::Option& option) {
  std::string start = option.get_name() + ": ";
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

std::string why_of(const CLI::ParseError& error, const CLI::Option& option) {
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) {
    return std::string(sentence_of(error.what(), option));
  }
  if (option.get_items_expected_max() == 0) {
    return "it takes no value";
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    std::string value = option.get_type_name();
    bool is_repeated = std::string_view(error.what()).find("At Most") != std::string_view::npos;
    return is_repeated ? "it is given more than once" : fmt::format("its value is missing: {}", value);
  }
  return "its value cannot be read";
}

// "--hosts requires --anonymize", "--json excludes --sarif": those of the library's errors that name two.
std::optional<base::Reason> explain_pair(const CLI::ParseError& error, std::string_view name) {
  bool is_lonely = dynamic_cast<const CLI::RequiresError*>(&error) != nullptr;
  if (!is_lonely && dynamic_cast<const CLI::ExcludesError*>(&error) == nullptr) {
    return std::nullopt;
  }
  std::string_view text = error.what();
  std::string_view verb = is_lonely ? " requires " : " excludes ";
  std::size_t at = text.find(verb);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view other = text.substr(at + verb.size());
  return about(fmt::format("{} cannot be used", text.substr(0, at)),
               is_lonely ? fmt::format("it goes with {} only", other)
                         : fmt::format("it does not go together with {}", other),
               name);
}

}  // namespace

base::Reason explain(const CLI::ParseError& error, const CLI::App& command, std::string_view name) {
  if (auto pair = explain_pair(error, name)) {
    return *std::move(pair);
  }
  const CLI::Option* option = option_of(error.what(), command);
  if (option == nullptr) {
    return about("the command line cannot be read", error.what(), name);
  }
  return about(fmt::format("{} cannot be used", option->get_name()), why_of(error, *option), name);
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& option_name : option->get_lnames()) {
      names.push_back("--" + option_name);
    }
  }
  return names;
}

CLI::Option* add_repeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                            const std::string& description) {
  return command.add_option(name, values, description + "; may be repeated")->allow_extra_args(false);
}

CLI::Option* add_line_end(CLI::App& command, std::string& value, std::string_view usual) {
  return command
      .add_option("--line-end", value,
                  fmt::format("What ends a line sent: crlf, cr or lf (default{})", usual))
      ->type_name("END")
      ->check([](const std::string& text) {
        return client::line_end_named(text) ? std::string()
                                            : fmt::format("\"{}\" is none of crlf, cr and lf", text);
      });
}

base::Reason unknown_word(std::span<const std::string> words, const CLI::App& command, std::string_view name,
                          std::span<const std::string_view> further) {
  // Words behind an unknown option are most likely its values.
  auto option =
      std::find_if(words.begin(), words.end(), [](const std::string& word) { return word.starts_with('-'); });
  const std::string& word = option != words.end() ? *option : words.front();
  std::vector<std::string> names = option_names(command);
  std::vector<std::string_view> known(names.begin(), names.end());
  known.insert(known.end(), further.begin(), further.end());
  auto near = base::nearest(std::string_view(word).substr(0, word.find('=')), known);
  return about(fmt::format("unknown argument \"{}\"{}", word,
                           near ? fmt::format("; did you mean {}?", *near) : std::string()),
               {}, name);
}

void describe(CLI::App& command, std::string_view example, std::string_view exit_codes) {
  command.set_help_flag("-h,--help", "Show this help");
  std::string text = "Example:\n";
  for (std::string_view line : base::split(base::trim(example), '\n')) {
    text += fmt::format("  {}\n", line);
  }
  text += "\nExit codes:\n";
  for (std::string_view line : base::split(base::trim(exit_codes), '\n')) {
    text += fmt::format("  {}\n", line);
  }
  text.pop_back();
  command.footer(text);
}

}  // namespace attache::cli
