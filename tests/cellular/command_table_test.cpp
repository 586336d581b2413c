#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <regex>

#include "command_cases.hpp"
#include "command_reference.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::seconds;

/// A state of the modem in which every command is tried, and what holds there.
struct State {
  std::string_view name;
  void (*bring_about)(SimulatedModem& modem);
  bool lte_on = false;
  bool registered = false;
  int sim_error = 0;    ///< Of commands that need the SIM to answer: 0 = it does.
  int ready_error = 0;  ///< Of commands that need it ready.
  void (*options)(SimulationOptions& options) = [](SimulationOptions&) {};
  int since = 0;  ///< Firmware that has this state.
  int before = 1000000;
};

constexpr int off = 13;

void activate(SimulatedModem& modem, std::string_view line) {
  modem.send(line);
  modem.clock.advance(seconds(15));
}

const std::array states{
    State{"CFUN=0 after boot", [](SimulatedModem&) {}, false, false, off, off},
    State{"CFUN=4 after a registration",
          [](SimulatedModem& modem) {
            activate(modem, "AT+CFUN=1");
            modem.send("AT+CFUN=4");
          },
          false, false, off, off},
    State{"CFUN=1 registered", [](SimulatedModem& modem) { activate(modem, "AT+CFUN=1"); }, true, true},
    State{"CFUN=21 registered", [](SimulatedModem& modem) { activate(modem, "AT+CFUN=21"); }, true, true},
    State{"CFUN=20 after a registration",
          [](SimulatedModem& modem) {
            activate(modem, "AT+CFUN=1");
            modem.send("AT+CFUN=20");
          }},
    State{"CFUN=31",
          [](SimulatedModem& modem) {
            modem.send("AT%XSYSTEMMODE=1,0,1,0");
            activate(modem, "AT+CFUN=31");
          },
          false, false, off, off},
    State{"CFUN=41", [](SimulatedModem& modem) { activate(modem, "AT+CFUN=41"); }},
    State{"CFUN=44 after a registration",
          [](SimulatedModem& modem) {
            activate(modem, "AT+CFUN=1");
            modem.send("AT+CFUN=44");
          }},
    State{"CFUN=2", [](SimulatedModem& modem) { activate(modem, "AT+CFUN=2"); }, true, false, 0, 0,
          [](SimulationOptions&) {}, firmware_version(1, 3)},
    State{"CFUN=30",
          [](SimulatedModem& modem) {
            modem.send("AT%XSYSTEMMODE=1,0,1,0");
            activate(modem, "AT+CFUN=31");
            modem.send("AT+CFUN=30");
          },
          false, false, off, off},
    State{"CFUN=40 while registered",
          [](SimulatedModem& modem) {
            activate(modem, "AT+CFUN=1");
            modem.send("AT+CFUN=40");
          },
          true, false, off, off, [](SimulationOptions&) {}, 0, firmware_version(1, 3, 4)},
    State{"CFUN=40 after CFUN=41",
          [](SimulatedModem& modem) {
            activate(modem, "AT+CFUN=41");
            modem.send("AT+CFUN=40");
          },
          false, false, off, off},
    State{"CFUN=1 without coverage", [](SimulatedModem& modem) { activate(modem, "AT+CFUN=1"); }, true, false,
          0, 0, [](SimulationOptions& options) { options.network.coverage = false; }},
    State{"CFUN=1 with the PIN locked", [](SimulatedModem& modem) { activate(modem, "AT+CFUN=1"); }, true,
          false, 0, 11, [](SimulationOptions& options) { options.sim.pin = "1234"; }},
    State{"CFUN=1 with the PUK asked for",
          [](SimulatedModem& modem) {
            activate(modem, "AT+CFUN=1");
            for (int i = 0; i < 3; ++i) {
              modem.send("AT+CPIN=\"0001\"");
            }
          },
          true, false, 0, 12, [](SimulationOptions& options) { options.sim.pin = "1234"; }},
    State{"CFUN=1 without SIM", [](SimulatedModem& modem) { activate(modem, "AT+CFUN=1"); }, true, false, off,
          off, [](SimulationOptions& options) { options.sim.absent = true; }},
};

bool has_form(std::string_view name, std::string_view line) {
  const auto& commands = reference_commands();
  auto command = std::find_if(commands.begin(), commands.end(),
                              [name](const ReferenceCommand& one) { return one.name == name; });
  if (name == "AT" || command == commands.end()) {
    return false;
  }
  if (line.ends_with("=?")) {
    return command->test;
  }
  return line.ends_with('?') ? command->read : command->set;
}

// What is said, with +CMEE=1, of a line that is wrong in every state.
std::string syntax_error(const CommandCase& tried) {
  bool exists = has_form(tried.name, tried.line) && tried.answer != "ERROR";
  return exists ? "\\+CME ERROR: 50" : "ERROR";
}

// Of a line that fails where the state lets it be tried.
std::string own_error(std::string_view code) {
  constexpr std::string_view of_messages = "CMS ";
  return code.starts_with(of_messages) ? fmt::format("\\+CMS ERROR: ({})", code.substr(of_messages.size()))
                                       : fmt::format("\\+CME ERROR: ({})", code);
}

/// Regular expression of the error that a case must give in a state; empty = the answer of the case.
std::string expected_error(const CommandCase& tried, const State& state, bool numbers) {
  auto error_of = [numbers](int code) {
    return numbers ? fmt::format("\\+CME ERROR: {}", code) : std::string("ERROR");
  };
  switch (tried.where) {
    case Where::any:
      return "";
    case Where::lte_on:
      return state.lte_on ? "" : error_of(3);
    case Where::lte_off:
      return state.lte_on ? error_of(518) : "";
    case Where::lte_idle:
      return state.lte_on ? error_of(3) : "";
    case Where::uicc:
      return state.sim_error == 0 ? "" : error_of(state.sim_error);
    case Where::ready:
      return state.ready_error == 0 ? "" : error_of(state.ready_error);
    case Where::registered:
      return state.registered ? "" : error_of(3);
    case Where::attachable:
      return state.lte_on && state.ready_error == 0 ? "" : error_of(3);
    case Where::nowhere:
      break;
  }
  return numbers ? syntax_error(tried) : "ERROR";
}

// An answer without CR, its lines joined by LF, without the last one's end.
std::string plain(std::string answer) {
  std::erase(answer, '\r');
  if (answer.ends_with('\n')) {
    answer.pop_back();
  }
  return answer;
}

bool knows(const CommandCase& first, const FirmwareProfile& profile) {
  return profile.version >= first.since && profile.version < first.before;
}

class CommandTableWalk : public testing::TestWithParam<const char*> {
 protected:
  SimulationOptions options(const State& state) const {
    SimulationOptions options;
    options.firmware = GetParam();
    options.sim.msisdn = "+4917712345678";
    state.options(options);
    return options;
  }

  void check(SimulatedModem& modem, const State& state, const CommandCase& tried, bool numbers) {
    std::string answer = plain(modem.send(tried.line));
    if (answer.empty()) {  // A command that takes its time.
      modem.clock.advance(seconds(60));
    }
    ++checked_;
    std::string expected = expected_error(tried, state, numbers);
    std::string where = fmt::format("{} | {} | {} | CMEE={:d}", GetParam(), state.name, tried.line, numbers);
    bool fails = tried.answer.starts_with('!');
    if (fails && expected.empty()) {
      expected = numbers ? own_error(tried.answer.substr(1)) : "ERROR";
    }
    if (!expected.empty()) {
      EXPECT_TRUE(std::regex_match(answer, pattern(expected))) << where << " gave " << answer;
      EXPECT_TRUE(modem.reason && !modem.reason->why.empty()) << where;
    } else {
      std::string full(tried.answer);
      full += full.empty() ? "OK" : "\nOK";
      bool empty_allowed = tried.answer.starts_with('(') && tried.answer.ends_with(")?") && answer == "OK";
      EXPECT_TRUE(empty_allowed || std::regex_match(answer, pattern(full))) << where << " gave " << answer;
    }
  }

  const std::regex& pattern(const std::string& text) {
    return patterns_.try_emplace(text, text).first->second;
  }

  std::map<std::string, std::regex> patterns_;
  int checked_ = 0;
};

// What the token commands need beyond the state: a known time.
void prepare(SimulatedModem& modem, const CommandCase& tried) {
  if (tried.line == "AT+CCLK?" || tried.line == "AT%CCLK?" || tried.name == "%JWT") {
    modem.send("AT+CCLK=\"21/06/01,00:00:00+00\"");
  }
}

TEST_P(CommandTableWalk, EveryFormAnswersAsTheReferenceSaysInEveryState) {
  FirmwareProfile profile = firmware_profile(GetParam());
  int tried_states = 0;
  for (const State& state : states) {
    if (profile.version < state.since || profile.version >= state.before) {
      continue;
    }
    ++tried_states;
    for (bool numbers : {false, true}) {
      for (const CommandCase& tried : command_cases()) {
        if (!knows(tried, profile)) {
          continue;
        }
        SimulatedModem modem(options(state));
        state.bring_about(modem);
        modem.send(numbers ? "AT+CMEE=1" : "AT+CMEE=0");
        prepare(modem, tried);
        check(modem, state, tried, numbers);
      }
    }
  }
  std::printf("%s: %d answers in %d states\n", GetParam(), checked_, tried_states);
}

TEST_P(CommandTableWalk, KnowsTheCommandsThatTheReferenceGivesItsFirmware) {
  FirmwareProfile profile = firmware_profile(GetParam());
  SimulatedModem modem(options(states[0]));
  modem.send("AT+CMEE=1");
  std::string listed = modem.send("AT+CLAC");
  for (const ReferenceCommand& command : reference_commands()) {
    if (command.name == "AT") {
      continue;
    }
    bool known = listed.find(fmt::format("AT{}\r\n", command.name)) != std::string::npos;
    EXPECT_EQ(known, command.known_to(profile).value_or(known)) << command.name;
    if (!known) {
      for (std::string_view form : {"", "=1", "?", "=?"}) {
        EXPECT_EQ(modem.send(fmt::format("AT{}{}", command.name, form)), error) << command.name;
      }
    }
  }
}

TEST_P(CommandTableWalk, AnswersErrorToEveryFormThatTheReferenceLeavesOut) {
  for (const State& state : states) {
    SimulatedModem modem(options(state));
    state.bring_about(modem);
    for (bool numbers : {false, true}) {
      modem.send(numbers ? "AT+CMEE=1" : "AT+CMEE=0");
      for (const ReferenceCommand& command : reference_commands()) {
        auto expect_error = [&](bool exists, std::string_view form) {
          if (!exists && command.name != "AT") {
            EXPECT_EQ(modem.send(fmt::format("AT{}{}", command.name, form)), error)
                << state.name << ": " << command.name << form;
          }
        };
        expect_error(command.set, "");
        expect_error(command.set, "=1");
        expect_error(command.read, "?");
        expect_error(command.test, "=?");
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Firmware, CommandTableWalk,
                         testing::Values("mfw_nrf9160_1.2.7", "mfw_nrf9160_1.3.5", "mfw_nrf91x1_2.0.2"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return c == '.'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace attache::cellular
