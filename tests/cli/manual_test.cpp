#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "cli/manual/completions.hpp"
#include "cli/manual/man_pages.hpp"
#include "cli/manual/option_table.hpp"
#include "cli/manual/roff.hpp"
#include "cli/subcommands.hpp"

namespace attache::cli::manual {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::IsEmpty;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "attache-manual-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  fs::path path_;
};

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What a shell command writes to stdout.
std::string output_of(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t count = 1; count > 0;) {
    count = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    text.append(buffer.data(), count);
  }
  return text;
}

bool is_installed(const std::string& program) {
  return output_of(fmt::format("command -v {}", program)).ends_with(program + "\n");
}

Texts texts() {
  fs::path source = fs::path(ATTACHE_TEST_DATA).parent_path();
  Texts texts;
  for (const auto& entry : fs::directory_iterator(source / "packaging/manual")) {
    texts[entry.path().filename()] = read(entry.path());
  }
  texts["scripts.md"] = read(source / "docs/scripts.md");
  return texts;
}

std::map<std::string, std::string> pages() {
  auto made = man_pages(option_table(), texts());
  EXPECT_TRUE(made) << base::to_block(made.error());
  return made ? *made : std::map<std::string, std::string>();
}

std::set<std::string> option_names(const CommandEntry& command) {
  std::set<std::string> names;
  for (const OptionEntry& option : command.options) {
    names.insert(option.names.begin(), option.names.end());
  }
  return names;
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  for (std::string_view line : base::split(text, '\n')) {
    if (!line.empty()) {
      lines.emplace(line.substr(0, line.find('\t')));
    }
  }
  return lines;
}

const CommandEntry& command_of(const std::vector<CommandEntry>& table, std::string_view name) {
  return *std::find_if(table.begin(), table.end(),
                       [&](const CommandEntry& entry) { return entry.name == name; });
}

TEST(OptionTable, NoOptionTakesASecondWordForItsValue) {
  for (const Subcommand& subcommand : subcommands()) {
    CLI::App parser(std::string(subcommand.description), std::string(subcommand.name));
    cli::Run run = subcommand.add(parser);
    for (const CLI::Option* option : parser.get_options()) {
      EXPECT_TRUE(option->get_positional() || !option->get_allow_extra_args())
          << subcommand.name << " " << option->get_name();
    }
  }
}

TEST(Manual, HasAPageForEverySubcommandAndForTheLanguageOfScripts) {
  std::set<std::string> names;
  for (const auto& [name, text] : pages()) {
    names.insert(name);
  }
  EXPECT_EQ(names, (std::set<std::string>{
                       "attache.1", "attache-serve.1", "attache-lab.1", "attache-run.1", "attache-ctl.1",
                       "attache-networks.1", "attache-explain.1", "attache-demo.1", "attache-doctor.1",
                       "attache-cert.1", "attache-term.1", "attache-extcap.1", "attache-record.1",
                       "attache-diff.1", "attache-migrate.1", "attache-trace.1", "attache-run.5"}));
}

TEST(Manual, NamesEveryOptionAndArgumentOfTheTable) {
  auto made = pages();
  for (const CommandEntry& command : option_table()) {
    const std::string& page =
        made[command.name == "attache" ? "attache.1" : "attache-" + command.name + ".1"];
    EXPECT_THAT(option_names(command), testing::Contains("--help")) << command.name;
    for (const std::string& name : option_names(command)) {
      EXPECT_THAT(page, HasSubstr(roff_bold(name))) << command.name;
    }
    for (const OptionEntry& argument : command.arguments) {
      EXPECT_THAT(page, HasSubstr(fmt::format("\\fI{}\\fR", roff_text(argument.value)))) << command.name;
    }
  }
}

TEST(Manual, NamesTheExitCodesOfEverySubcommand) {
  auto made = pages();
  for (const CommandEntry& command : option_table()) {
    const std::string& page =
        made[command.name == "attache" ? "attache.1" : "attache-" + command.name + ".1"];
    EXPECT_THAT(command.exit_codes, testing::SizeIs(testing::Ge(2U))) << command.name;
    std::string codes;
    for (const ExitCode& code : command.exit_codes) {
      codes += fmt::format(".TP\n\\\\fB{}\\\\fR\n[^\n]+\n", code.number);
    }
    EXPECT_THAT(page, testing::ContainsRegex(fmt::format("\\.SH EXIT STATUS\n{}", codes))) << command.name;
  }
}

TEST(Manual, LeavesNoPartOfItsTextsOpen) {
  for (const auto& [name, page] : pages()) {
    EXPECT_THAT(page, testing::Not(HasSubstr("{{"))) << name;
  }
}

TEST(Manual, HasTheHeadingsOfTheDocumentAboutScripts) {
  std::string page = pages()["attache-run.5"];
  std::string document = texts()["scripts.md"];
  int headings = 0;
  for (std::string_view line : base::split(document, '\n')) {
    if (line.starts_with("## ")) {
      auto roff = roff_of_markdown(line);
      ASSERT_TRUE(roff);
      EXPECT_THAT(page, HasSubstr(*roff));
      ++headings;
    }
  }
  EXPECT_GT(headings, 5);
}

TEST(Manual, CannotBeMadeWithoutTheTextOfASubcommand) {
  Texts incomplete = texts();
  incomplete.erase("attache-lab.md");
  auto made = man_pages(option_table(), incomplete);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().why, "there is no attache-lab.md");
}

TEST(Manual, IsReadByManWithoutWarnings) {
  if (!is_installed("man")) {
    GTEST_SKIP() << "man is not installed";
  }
  Folder folder;
  for (const auto& [name, page] : pages()) {
    fs::path file = folder.write(name, page);
    EXPECT_EQ(output_of(fmt::format(
                  "LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -E UTF-8 -l -Tutf8 -Z {} 2>&1 >/dev/null",
                  file.string())),
              "");
  }
}

TEST(Manual, IsReadByMandocWithoutWarnings) {
  if (!is_installed("mandoc")) {
    GTEST_SKIP() << "mandoc is not installed";
  }
  Folder folder;
  for (const auto& [name, page] : pages()) {
    EXPECT_EQ(output_of(fmt::format("mandoc -Tlint -Wwarning {}", folder.write(name, page).string())), "");
  }
}

TEST(ManualText, BecomesHeadingsParagraphsItemsAndExamples) {
  auto roff = roff_of_markdown(
      "# Title\n\nFirst `-x` and\n**strong** [link](other.md).\n\n.dot\n\n## A heading\n\n- `--one VALUE`\n  "
      "Its\n"
      "  meaning.\n- plain\n\nAfter.\n\n```sh\n.start 'x' \\n\n```\n");
  ASSERT_TRUE(roff);
  EXPECT_EQ(
      *roff,
      ".SH DESCRIPTION\nFirst \\fB\\-x\\fR and\n\\fBstrong\\fR link.\n.PP\n\\&.dot\n.SH A HEADING\n.TP\n"
      "\\fB\\-\\-one VALUE\\fR\nIts\nmeaning.\n.IP \\(bu 2\nplain\n.PP\nAfter.\n.PP\n.RS 4\n.EX\n"
      "\\&.start \\(aqx\\(aq \\en\n.EE\n.RE\n");
}

TEST(ManualText, IsRefusedWhereItIsOfAnUnknownKind) {
  auto roff = roff_of_markdown("text\n\n| a | table |\n");
  ASSERT_FALSE(roff);
  EXPECT_EQ(roff.error().why, "line 3 is Markdown of a kind that it does not know: | a | table |");
}

/// What bash offers at the end of a command line, which it divides as it does at a prompt.
class Bash {
 public:
  Bash() : file_(folder_.write("attache", bash_completion(option_table()))) {}

  std::set<std::string> offers(const std::string& words, int count) const {
    return lines_of(output_of(
        fmt::format("cd {} && bash --norc -c 'source ./attache; COMP_WORDS=({}) COMP_CWORD={}; _attache; "
                    "printf \"%s\\n\" \"${{COMPREPLY[@]}}\"'",
                    file_.parent_path().string(), words, count)));
  }

 private:
  Folder folder_;
  fs::path file_;
};

TEST(BashCompletion, OffersEveryOptionOfEverySubcommand) {
  Bash bash;
  auto table = option_table();
  EXPECT_EQ(bash.offers("attache -", 1), option_names(table.front()));
  for (const CommandEntry& command : table) {
    if (command.name != "attache") {
      EXPECT_EQ(bash.offers("attache " + command.name + " -", 2), option_names(command)) << command.name;
    }
  }
}

TEST(BashCompletion, OffersTheSubcommands) {
  Bash bash;
  std::set<std::string> names;
  for (const CommandEntry& command : option_table()) {
    names.insert(command.name);
  }
  names.erase("attache");
  EXPECT_EQ(bash.offers("attache \"\"", 1), names);
  EXPECT_EQ(bash.offers("attache ser", 1), std::set<std::string>{"serve"});
}

TEST(BashCompletion, OffersTheValuesOfAnOption) {
  Bash bash;
  EXPECT_EQ(bash.offers("attache serve --clock \"\"", 3), (std::set<std::string>{"manual", "real"}));
  EXPECT_EQ(bash.offers("attache serve --clock = m", 4), std::set<std::string>{"manual"});
  EXPECT_EQ(bash.offers("attache serve --network flaky", 3), std::set<std::string>{"flaky-train"});
  EXPECT_EQ(bash.offers("attache serve --port p", 3), std::set<std::string>{"pty:"});
  EXPECT_EQ(bash.offers("attache serve --port pty : att", 5), std::set<std::string>{"attache"});
  EXPECT_EQ(bash.offers("attache serve --config att", 3), std::set<std::string>{"attache"});
  EXPECT_THAT(bash.offers("attache serve --seed \"\"", 3), IsEmpty());
  EXPECT_THAT(bash.offers("attache trace x --from \"\"", 4), IsEmpty()) << "seconds, and no dialect";
  EXPECT_THAT(bash.offers("attache trace x --port \"\"", 4), IsEmpty()) << "an interface, and no port";
}

TEST(BashCompletion, OffersFilesCommandsAndNetworksAsArguments) {
  Bash bash;
  EXPECT_EQ(bash.offers("attache run att", 2), std::set<std::string>{"attache"});
  EXPECT_EQ(bash.offers("attache ctl --device x cov", 4), std::set<std::string>{"coverage"});
  EXPECT_THAT(bash.offers("attache ctl coverage \"\"", 3), IsEmpty());
  EXPECT_EQ(bash.offers("attache networks ipv6", 2), std::set<std::string>{"ipv6-only"});
  EXPECT_EQ(bash.offers("attache explain ca-", 2), (std::set<std::string>{"ca-expired", "ca-mismatch"}));
}

TEST(BashCompletion, OffersTheOptionsOfServeBehindRunServe) {
  Bash bash;
  auto table = option_table();
  EXPECT_EQ(bash.offers("attache run x.at --serve -", 4), option_names(command_of(table, "serve")));
  EXPECT_EQ(bash.offers("attache run x.at --serve --clock m", 5), std::set<std::string>{"manual"});
}

TEST(FishCompletion, OffersEveryOptionOfEverySubcommand) {
  if (!is_installed("fish")) {
    GTEST_SKIP() << "fish is not installed";
  }
  Folder folder;
  auto table = option_table();
  fs::path file = folder.write("attache.fish", fish_completion(table));
  auto offers = [&](const std::string& line) {
    return lines_of(
        output_of(fmt::format("HOME={0} fish --no-config -c 'source {1}; complete -C \"{2}\"' 2>&1",
                              file.parent_path().string(), file.string(), line)));
  };
  for (const CommandEntry& command : table) {
    if (command.name == "attache") {
      continue;
    }
    std::set<std::string> expected = option_names(command);
    std::erase_if(expected, [](const std::string& name) { return !name.starts_with("--"); });
    EXPECT_EQ(offers("attache " + command.name + " --"), expected) << command.name;
  }
  EXPECT_EQ(offers("attache serve --clock m"), std::set<std::string>{"manual"});
  EXPECT_EQ(offers("attache run x --serve --clock m"), std::set<std::string>{"manual"});
  EXPECT_EQ(offers("attache ser"), std::set<std::string>{"serve"});
}

// Zsh shows completions on a terminal only: what is looked at is what its _arguments is given.
TEST(ZshCompletion, GivesEveryOptionOfEverySubcommand) {
  if (!is_installed("zsh")) {
    GTEST_SKIP() << "zsh is not installed";
  }
  Folder folder;
  auto table = option_table();
  fs::path file = folder.write("_attache", zsh_completion(table));
  auto specifications = [&](const std::string& function, const std::string& words) {
    std::string text = output_of(fmt::format(
        "zsh -f -c '_arguments() {{ print -rl -- \"$@\" }}; words=(attache); source {}; print; words=({}); "
        "CURRENT=${{#words}}; _attache_{}' 2>&1",
        file.string(), words, function));
    std::string_view own = std::string_view(text).substr(text.find("\n\n") + 2);
    std::set<std::string> names;
    for (std::string_view line : base::split(own, '\n')) {
      line.remove_prefix(line.starts_with('*') ? 1 : 0);
      if (line.starts_with('-')) {
        names.emplace(line.substr(0, line.find_first_of("=[")));
      }
    }
    return names;
  };
  for (const CommandEntry& command : table) {
    if (command.name != "attache") {
      EXPECT_EQ(specifications(command.name, command.name + " -"), option_names(command)) << command.name;
    }
  }
  EXPECT_EQ(specifications("run", "run x.at --serve -"), option_names(command_of(table, "serve")));
}

}  // namespace
}  // namespace attache::cli::manual
