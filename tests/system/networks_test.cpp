#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// What a host sees in a network: `settled` is in the last line of the way there, `registration` what
/// is read then.
struct Network {
  const char* name;
  const char* mode;  ///< Of AT%XSYSTEMMODE.
  const char* pin_answer;
  const char* settled;
  const char* registration;
};

constexpr const char* ready = "\r\n+CPIN: READY\r\n\r\nOK\r\n";
constexpr const char* lte_m = "1,0,0,0";
constexpr const char* nb_iot = "0,1,0,0";

constexpr Network networks[] = {
    {"ltem-good", lte_m, ready, "+CEREG: 1,", R"(5,1,"0A1B","0112F301",7)"},
    {"ltem-weak", lte_m, ready, "+CEREG: 1,", R"(5,1,"0A1B","0112F301",7)"},
    {"nbiot-good", nb_iot, ready, "+CEREG: 1,", R"(5,1,"B7A2","01F0A214",9)"},
    {"nbiot-weak", nb_iot, ready, "+CEREG: 1,", R"(5,1,"B7A2","01F0A214",9)"},
    {"nbiot-deep", nb_iot, ready, "+CEREG: 1,", R"(5,1,"B7A2","01F0A214",9)"},
    {"ltem-nbiot", lte_m, ready, "+CEREG: 1,", R"(5,1,"0A1B","0112F301",7)"},
    {"ltem-nbiot", nb_iot, ready, "+CEREG: 1,", R"(5,1,"B7A2","01F0A214",9)"},
    {"roaming", lte_m, ready, "+CEREG: 5,", R"(5,5,"07D1","0051F115",7)"},
    {"no-coverage", lte_m, ready, "+CEREG: 2", "5,2\r\n"},
    {"no-sim", lte_m, "\r\nERROR\r\n", "+CEREG: 90", "5,90\r\n"},
    {"pin-locked", lte_m, "\r\n+CPIN: \"SIM PIN\"\r\n\r\nOK\r\n", "%XSIM: 0,", "5,4\r\n"},
    {"rejected-3", lte_m, ready, "+CEREG: 3,", R"(5,3,"0A1B","0112F301",7,0,3)"},
    {"rejected-8", lte_m, ready, "+CEREG: 3,", R"(5,3,"0A1B","0112F301",7,0,8)"},
    {"rejected-11", lte_m, ready, "+CEREG: 3,", R"(5,3,"0A1B","0112F301",7,0,11)"},
    {"rejected-15", lte_m, ready, "+CEREG: 3,", R"(5,3,"0A1B","0112F40B",7,0,15)"},
    {"rejected-at-home", lte_m, ready, "+CEREG: 5,", R"(5,5,"0A1C","02A0B101",7)"},
    {"congested", lte_m, ready, "0,22", R"(5,2,"0A1B","0112F301",7,0,22)"},
    {"wrong-apn", lte_m, ready, "+CEREG: 1,", R"(5,1,"0A1B","0112F301",7)"},
    {"ipv6-only", lte_m, ready, "+CEREG: 1,", R"(5,1,"0A1B","0112F301",7)"},
    {"no-power-saving", lte_m, ready, "+CEREG: 1,", R"(5,1,"0A1B","0112F301",7,,,"11100000","11100000")"},
    {"reset-loop", lte_m, ready, "+CEREG: 1,", R"(5,1,"0A1B","0112F301",7)"},
    {"rate-limited", nb_iot, ready, "+CEREG: 1,", R"(5,1,"B7A2","01F0A214",9)"},
    {"flaky-train", lte_m, ready, "+CEREG: 1,", R"(5,1,"0A1C","0112F62D",7)"},
};

class ServeInNetwork : public testing::TestWithParam<Network> {};

TEST_P(ServeInNetwork, ShowsTheHostWhatItsNameSays) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"), {"--network", GetParam().name, "--log-level", "off"});
  auto host = device.connect_first();
  host.command("AT+CEREG=5", ok);
  host.command("AT+CPSMS=1", ok);
  host.command("AT%XSIM=1", ok);
  host.command("AT%XSYSTEMMODE=" + std::string(GetParam().mode), ok);
  host.command("AT+CFUN=1", ok);
  host.read_until(GetParam().settled);
  host.read_until("\r\n");
  EXPECT_EQ(host.command("AT+CPIN?"), GetParam().pin_answer);
  EXPECT_THAT(host.command("AT+CEREG?"), StartsWith(std::string("\r\n+CEREG: ") + GetParam().registration));
}

INSTANTIATE_TEST_SUITE_P(All, ServeInNetwork, testing::ValuesIn(networks), [](const auto& info) {
  std::string name = std::string(info.param.name) + (info.param.mode == lte_m ? "_ltem" : "_nbiot");
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(ServeInNetworks, HasARowForEach) {
  auto listed = run_to_end(attache({"networks", "--json"}));
  ASSERT_EQ(listed.exit_code, 0);
  auto presets = boost::json::parse(listed.output);
  for (const auto& network : presets.as_array()) {
    auto name = network.at("name").as_string();
    bool has_row = std::any_of(std::begin(networks), std::end(networks),
                               [&](const Network& row) { return name == row.name; });
    EXPECT_TRUE(has_row) << name.c_str();
  }
}

TEST(ServeInNetworks, RegistersWhenThePinIsGiven) {
  TempFolder folder;
  ServedDevice device("unix:" + (folder / "modem"), {"--network", "pin-locked"});
  auto host = device.connect_first();
  host.command("AT+CEREG=1", ok);
  host.command("AT%XSIM=1", ok);
  host.command("AT+CFUN=1", ok);
  host.read_until("%XSIM: 0,");
  host.read_until("\r\n");
  host.command("AT+CPIN=\"1234\"", ok);
  EXPECT_NE(host.read_until("+CEREG: 1\r\n"), "");
}

TEST(ServeInNetworks, PutsTheFileOnTopAndTheCommandLineInPlaceOfItsPreset) {
  TempFolder folder;
  std::string file = folder.write("modem.toml", "[network]\npreset = \"no-sim\"\noperator = \"Renamed\"\n");
  for (const auto& [options, registration] :
       {std::pair(std::vector<std::string>{"--config", file}, "+CEREG: 90\r\n"),
        std::pair(std::vector<std::string>{"--config", file, "--network", "ltem-good"}, "+CEREG: 1\r\n")}) {
    ServedDevice device("unix:" + (folder / "modem"), options);
    auto host = device.connect_first();
    host.command("AT+CEREG=1", ok);
    host.command("AT+CFUN=1", ok);
    EXPECT_NE(host.read_until(registration), "");
  }
}

TEST(ServeInNetworks, TakesTheTextThatIsShownAsConfiguration) {
  TempFolder folder;
  auto shown = run_to_end(attache({"networks", "rejected-at-home"}));
  ASSERT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.output, StartsWith("# rejected-at-home: the home network rejects"));
  ServedDevice device("unix:" + (folder / "modem"), {"--config", folder.write("modem.toml", shown.output)});
  auto host = device.connect_first();
  host.command("AT+CEREG=2", ok);
  host.command("AT+CFUN=1", ok);
  EXPECT_NE(host.read_until("+CEREG: 5,\"0A1C\",\"02A0B101\",7\r\n"), "");
}

TEST(ServeInNetworks, RunsScriptsInThem) {
  TempFolder folder;
  std::string script = folder.write("sim.at", "> AT+CEREG=1\n< OK\n> AT+CFUN=1\n< OK\n! +CEREG: 90\n");
  EXPECT_EQ(run_to_end(attache({"run", script, "--serve", "--network", "no-sim"})).exit_code, 0);
  EXPECT_EQ(
      run_to_end(attache({"run", script, "--timeout", "0.1", "--serve", "--network", "ltem-good"})).exit_code,
      3);
}

TEST(ServeInNetworks, NamesTheNearestWhenTheNameIsNotKnown) {
  for (const auto& command : {std::vector<std::string>{"serve", "--network", "nbiot-wek"},
                              std::vector<std::string>{"networks", "nbiot-wek"}}) {
    auto failed = run_to_end(attache(command));
    EXPECT_EQ(failed.exit_code, 2);
    EXPECT_THAT(failed.errors, HasSubstr("did you mean `nbiot-weak`? `attache networks` lists all of them"));
  }
}

TEST(ServeInNetworks, ListsThemForPeopleAndPrograms) {
  auto people = run_to_end(attache({"networks"}));
  EXPECT_EQ(people.exit_code, 0);
  EXPECT_THAT(people.output, StartsWith("ltem-good "));
  auto program = boost::json::parse(run_to_end(attache({"networks", "nbiot-deep", "--json"})).output);
  EXPECT_EQ(program.at("name").as_string(), "nbiot-deep");
  EXPECT_THAT(std::string(program.at("toml").as_string()), HasSubstr("mode = \"nbiot\""));
  EXPECT_THAT(run_to_end(attache({"networks", "nbiot-deep"})).output,
              HasSubstr("# The modem must be in NB-IoT"));
}

}  // namespace
}  // namespace attache::system_test
