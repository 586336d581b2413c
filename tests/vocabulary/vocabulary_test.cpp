#include "vocabulary/vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <set>
#include <string>

#include "base/text.hpp"

namespace attache::vocabulary {
namespace {

using testing::ElementsAre;

/// Calls `check(vocabulary)` for each that there is.
template <class Check>
void for_each(Check check) {
  for (const Vocabulary& one : dialects()) {
    SCOPED_TRACE(one.name());
    check(one);
  }
  SCOPED_TRACE("modem");
  check(modem());
}

bool is_sentence(std::string_view text) {
  constexpr std::string_view of_its_own = "nRF";  // Written small wherever it stands.
  bool begins_well =
      !text.empty() && (!(text.front() >= 'a' && text.front() <= 'z') || text.starts_with(of_its_own));
  return begins_well && text.ends_with('.') && text.find("  ") == std::string_view::npos;
}

bool is_name(std::string_view name) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return name.size() > 1 && std::string_view("#%+").find(name.front()) != std::string_view::npos &&
         name.find_first_not_of(letters, 1) == std::string_view::npos;
}

void expect_sound(std::string_view owner, const Parameter& parameter) {
  SCOPED_TRACE(std::string(owner) + " <" + std::string(parameter.name) + ">");
  EXPECT_FALSE(parameter.name.empty());
  EXPECT_LT(parameter.in.since, parameter.in.before);
  bool is_number = parameter.kind == Kind::number || parameter.kind == Kind::flag;
  EXPECT_LE(parameter.least, parameter.most);
  std::set<std::string_view> texts;
  for (const Value& value : parameter.values) {
    EXPECT_TRUE(texts.insert(value.text).second) << value.text << " stands there twice";
    if (is_number) {
      auto number = base::parse_number<std::int64_t>(value.text);
      ASSERT_TRUE(number) << value.text;
      EXPECT_GE(*number, parameter.least);
      EXPECT_LE(*number, parameter.most);
    } else {
      EXPECT_TRUE(is_quoted(parameter.kind));
      EXPECT_TRUE(parameter.most == 0 || static_cast<std::int64_t>(value.text.size()) <= parameter.most)
          << value.text;
    }
  }
}

TEST(Vocabulary, DescribesEachCommandInASentenceAndEachParameterSoundly) {
  for_each([](const Vocabulary& vocabulary) {
    for (const Command* command : vocabulary.commands()) {
      SCOPED_TRACE(command->name);
      bool is_basic = command->name == "AT" || command->name == "E0" || command->name == "E1";
      EXPECT_TRUE(is_name(command->name) || is_basic);
      EXPECT_TRUE(is_sentence(command->help)) << command->help;
      for (const Parameter& parameter : command->parameters) {
        expect_sound(command->name, parameter);
      }
      std::set<std::string_view> values;
      for (const Operation& operation : command->operations) {
        EXPECT_TRUE(values.insert(operation.value).second) << operation.value;
        EXPECT_FALSE(operation.help.empty()) << operation.value;
        for (const Parameter& parameter : operation.parameters) {
          expect_sound(command->name, parameter);
        }
      }
      for (const Answer& answer : command->answers) {
        EXPECT_TRUE(answer.name.empty() || is_name(answer.name)) << answer.name;
        for (const Parameter& field : answer.fields) {
          expect_sound(answer.name, field);
        }
      }
    }
    for (const Urc* urc : vocabulary.urcs()) {
      EXPECT_TRUE(is_name(urc->name)) << urc->name;
      EXPECT_TRUE(is_sentence(urc->help)) << urc->name << ": " << urc->help;
      for (const Parameter& field : urc->fields) {
        expect_sound(urc->name, field);
      }
    }
  });
}

TEST(Vocabulary, HasEachNameOnceInARelease) {
  for_each([](const Vocabulary& vocabulary) {
    std::set<std::string_view> commands;
    for (const Command* command : vocabulary.commands()) {
      EXPECT_TRUE(commands.insert(command->name).second) << command->name;
      EXPECT_EQ(vocabulary.command(command->name), command);
    }
    std::set<std::string_view> urcs;
    for (const Urc* urc : vocabulary.urcs()) {
      EXPECT_TRUE(urcs.insert(urc->name).second) << urc->name;
      EXPECT_EQ(vocabulary.urc(urc->name), urc);
    }
  });
}

TEST(Vocabulary, HasReadAndTestFormsOnlyOfWhatAnswersThem) {
  for_each([](const Vocabulary& vocabulary) {
    for (const Command* command : vocabulary.commands()) {
      const Forms& forms = command->forms;
      EXPECT_TRUE(forms.set.since < forms.set.before || forms.read.since < forms.read.before ||
                  forms.test.since < forms.test.before)
          << command->name;
      bool answers_read = false;
      for (const Answer& answer : command->answers) {
        answers_read = answers_read || answer.form == Form::read;
      }
      EXPECT_TRUE(answers_read || forms.read.since == INT_MAX)
          << command->name << ": what the read form answers is missing";
    }
  });
}

TEST(Vocabulary, NamesTheDialectsAndHowTheirLinesEnd) {
  std::vector<std::string_view> names;
  for (const Vocabulary& one : dialects()) {
    names.push_back(one.name());
    EXPECT_EQ(find(one.name()), &one);
  }
  EXPECT_THAT(names, ElementsAre("slm-1.5", "slm-1.6", "slm-2.9", "slm-3.1", "serial-modem-1.99",
                                 "serial-modem-2.0"));
  EXPECT_EQ(find("slm-1.4"), nullptr);
  EXPECT_EQ(find("slm-1.6")->line_end(), "\r\n");
  EXPECT_EQ(find("serial-modem-2.0")->line_end(), "\r");
}

TEST(Vocabulary, FindsNamesInAnyCaseAndOnlyThoseOfTheRelease) {
  const Vocabulary& old = *find("slm-1.5");
  const Vocabulary& now = *find("slm-1.6");
  ASSERT_NE(now.command("#xTcpSvr"), nullptr);
  EXPECT_EQ(now.command("#xTcpSvr")->name, "#XTCPSVR");
  EXPECT_EQ(now.command("#XTCPSV"), nullptr);
  EXPECT_EQ(now.command(""), nullptr);
  EXPECT_EQ(now.command("+CFUN"), nullptr) << "that is the modem's";
  EXPECT_NE(modem().command("+cfun"), nullptr);
  EXPECT_EQ(old.command("#XSMS"), nullptr);
  EXPECT_NE(now.command("#XSMS"), nullptr);
  EXPECT_NE(old.urc("#XUDPRECV"), nullptr);
  EXPECT_EQ(now.urc("#XUDPRECV"), nullptr);
  EXPECT_NE(now.urc("#XUDPDATA"), nullptr);
  EXPECT_TRUE(modem().urc("+CMT") != nullptr && modem().urc("+CMT")->payload_lines == 1);
}

TEST(Vocabulary, HasThePreviewOfSerialModemAsAReleaseOfTheSameTables) {
  const Vocabulary& preview = *find("serial-modem-1.99");
  const Vocabulary& now = *find("serial-modem-2.0");
  EXPECT_EQ(preview.line_end(), "\r");
  for (std::string_view later : {"#XNRFCLOUDFOTA", "#XNRFCLOUDOBSAUTO", "#XDBGSTATSMEM"}) {
    EXPECT_EQ(preview.command(later), nullptr) << later;
    EXPECT_NE(now.command(later), nullptr) << later;
  }
  EXPECT_EQ(preview.command("#XSOCKET"), now.command("#XSOCKET"));
  EXPECT_NE(now.command("e1"), nullptr) << "ATE1";
  EXPECT_TRUE(now.urc("#XRECV") != nullptr && now.urc("#XRECV")->payload_lines == 1);
}

TEST(Vocabulary, HasAllReleasesOfTheModemFirmwareInOne) {
  const Releases& gone = modem().command("%XRAI")->in;
  EXPECT_TRUE(gone.have(version(1, 2, 7)));
  EXPECT_FALSE(gone.have(version(1, 3)));
  const Forms& forms = modem().command("%XSYSTEMMODE")->forms;
  EXPECT_FALSE(forms.of(Form::test).have(version(1, 2, 7)));
  EXPECT_TRUE(forms.of(Form::test).have(version(1, 3, 5)));
  EXPECT_TRUE(forms.of(Form::read).have(version(1, 2, 7)));
}

TEST(Vocabulary, KnowsTheLinesThatEndACommand) {
  for (std::string_view line : {"OK", "ERROR", "+CME ERROR: 3", "+CMS ERROR: 524", "CONNECT", "NO CARRIER"}) {
    EXPECT_TRUE(is_final_result(line)) << line;
  }
  for (std::string_view line : {"", "OKAY", "ok", "ERROR: 3", "+CME: 3", "#XPING: 1", "Ready"}) {
    EXPECT_FALSE(is_final_result(line)) << line;
  }
}

}  // namespace
}  // namespace attache::vocabulary
