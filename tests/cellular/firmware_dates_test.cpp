#include <gtest/gtest.h>

#include <regex>

#include "command_reference.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::minutes;

/// Something that the reference dates by firmware: what is said on both sides of the date. The answers are
/// regular expressions of all that comes, URCs after the answer included, without CR.
struct DatedForm {
  std::string_view what;
  std::string_view last_without;  ///< The last firmware before the date, as far as it is known to exist.
  std::string_view first_with;
  std::vector<std::string_view> before_it;  ///< Lines that are sent first.
  std::string_view line;                    ///< May be empty: what counts comes by itself.
  std::string_view without;
  std::string_view with;
  void (*network)(SimulationOptions& options) = [](SimulationOptions&) {};
  void (*steer)(SimulatedModem& modem) = nullptr;  ///< Between the lines and the one that counts.
};

void nb_iot(SimulationOptions& options) {
  options.network.technology = AccessTechnology::nb_iot;
}
void no_card(SimulationOptions& options) {
  options.sim.absent = true;
}
void started_with_pin(SimulationOptions& options) {
  options.sim.pin = "1234";
}
void no_coverage(SimulationOptions& options) {
  options.network.coverage = false;
}

constexpr std::string_view mfw_1_0 = "mfw_nrf9160_1.0.1";
constexpr std::string_view mfw_1_1 = "mfw_nrf9160_1.1.0";
constexpr std::string_view mfw_1_1_2 = "mfw_nrf9160_1.1.2";
constexpr std::string_view mfw_1_1_3 = "mfw_nrf9160_1.1.3";
constexpr std::string_view mfw_1_1_4 = "mfw_nrf9160_1.1.4";
constexpr std::string_view mfw_1_2 = "mfw_nrf9160_1.2.0";
constexpr std::string_view mfw_1_2_1 = "mfw_nrf9160_1.2.1";
constexpr std::string_view mfw_1_2_2 = "mfw_nrf9160_1.2.2";
constexpr std::string_view mfw_1_2_7 = "mfw_nrf9160_1.2.7";
constexpr std::string_view mfw_1_3 = "mfw_nrf9160_1.3.0";
constexpr std::string_view mfw_1_3_1 = "mfw_nrf9160_1.3.1";
constexpr std::string_view mfw_1_3_3 = "mfw_nrf9160_1.3.3";
constexpr std::string_view mfw_1_3_4 = "mfw_nrf9160_1.3.4";
constexpr std::string_view mfw_1_3_7 = "mfw_nrf9160_1.3.7";
constexpr std::string_view mfw_2_0 = "mfw_nrf91x1_2.0.0";
constexpr std::string_view mfw_2_0_1 = "mfw_nrf91x1_2.0.1";
constexpr std::string_view mfw_2_0_2 = "mfw_nrf91x1_2.0.2";

// clang-format off
const std::vector<DatedForm>& dated_forms() {
  static const std::vector<DatedForm> forms{
    // functional-mode.md
    {"receive-only mode", mfw_1_2_7, mfw_1_3, {}, "AT+CFUN=2", "ERROR\n", "OK\n"},
    {"receive-only mode in the list", mfw_1_2_7, mfw_1_3, {}, "AT+CFUN=?",
     R"(\+CFUN: \(0,1,4,20,21,30,31,40,41,44\)\nOK\n)", R"(\+CFUN: \(0,1,2,4,20,21,30,31,40,41,44\)\nOK\n)"},
    {"UICC off", mfw_1_1_2, mfw_1_1_3, {}, "AT+CFUN=40", "ERROR\n", "OK\n"},
    {"UICC on", mfw_1_1_2, mfw_1_1_3, {}, "AT+CFUN=41", "ERROR\n", "OK\n"},
    {"UICC off while LTE is on", mfw_1_3_3, mfw_1_3_4, {"AT+CFUN=1"}, "AT+CFUN=40", "OK\n", "ERROR\n"},
    {"both technologies", mfw_1_2_7, mfw_1_3, {}, "AT%XSYSTEMMODE=1,1,0,0", "ERROR\n", "OK\n"},
    {"preferred technology", mfw_1_2_7, mfw_1_3, {"AT%XSYSTEMMODE=1,0,0,1"}, "AT%XSYSTEMMODE?",
     "%XSYSTEMMODE: 1,0,0,0\nOK\n", "%XSYSTEMMODE: 1,0,0,1\nOK\n"},
    {"test of the system mode", mfw_1_2_7, mfw_1_3, {}, "AT%XSYSTEMMODE=?",
     "ERROR\n", R"(%XSYSTEMMODE: \(0,1\),\(0,1\),\(0,1\),\(0-4\)\nOK\n)"},
    // sim.md
    {"cause of a UICC that failed", mfw_1_2_7, mfw_1_3, {"AT%XSIM=1"}, "AT+CFUN=1",
     "OK\n%XSIM: 0\n", "OK\n%XSIM: 0,9\n", no_card},
    {"query of the PIN lock", mfw_1_2_7, mfw_1_3, {"AT+CFUN=41"}, R"(AT+CLCK="SC",2)", "ERROR\n", R"(\+CLCK: 0\nOK\n)"},
    {"registration without PIN", mfw_1_3_7, mfw_2_0, {"AT+CEREG=1"}, "AT+CFUN=1", "OK\n", R"(OK\n\+CEREG: 90\n)", started_with_pin},
    // registration.md
    {"cell in a read at level 0", mfw_1_1_4, mfw_1_2, {"AT+CFUN=1"}, "AT+CEREG?",
     R"~(\+CEREG: 0,1,"0A1B","0112F301",7\nOK\n)~", R"(\+CEREG: 0,1\nOK\n)"},
    {"tail while camped", mfw_1_2_7, mfw_1_3, {"AT+CEREG=5"}, "AT+CFUN=1",
     R"~(OK\n\+CEREG: 2,"0A1B","0112F301",7,0,0,"11100000","11100000"\n\+CEREG: 1,.*\n)~",
     R"~(OK\n\+CEREG: 2,"0A1B","0112F301",7\n\+CEREG: 1,.*\n)~"},
    {"tail with a cause", mfw_1_2_7, mfw_1_3, {"AT+CFUN=1"}, "AT+CEREG=5;+CEREG?",
     R"~(\+CEREG: 5,3,"0A1B","0112F301",7,0,3,"11100000","11100000"\nOK\n)~",
     R"~(\+CEREG: 5,3,"0A1B","0112F301",7,0,3\nOK\n)~", [](SimulationOptions& options) { options.network.reject_cause = 3; }},
    {"tail without a cell", mfw_1_2_7, mfw_1_3, {"AT+CEREG=5"}, "AT+CEREG?",
     R"~(\+CEREG: 5,4,"FFFE","FFFFFFFF",7,0,0,"00000000","00000000"\nOK\n)~", R"(\+CEREG: 5,4\nOK\n)"},
    {"tail of a search", mfw_1_2_7, mfw_1_3, {"AT+CEREG=5"}, "AT+CFUN=1",
     R"~(OK\n\+CEREG: 2,"FFFE","FFFFFFFF",7,0,0,"00000000","00000000"\n)~", R"(OK\n\+CEREG: 2\n)", no_coverage},
    {"technology of a manual selection", mfw_1_3_7, mfw_2_0, {}, R"(AT+COPS=1,2,"26201",7)", "ERROR\n", "OK\n"},
    {"bands", mfw_1_2_7, mfw_1_3, {"AT+CFUN=1"}, "AT%XCBAND=?",
     R"(%XCBAND: \(1,2,3,4,5,8,12,13,14,17,20,25,26,28,66\)\nOK\n)",
     R"(%XCBAND: \(1,2,3,4,5,8,12,13,18,19,20,25,26,28,66\)\nOK\n)"},
    {"bands of the second generation", mfw_1_3_7, mfw_2_0, {"AT+CFUN=1"}, "AT%XCBAND=?",
     R"(%XCBAND: \(1,2,3,4,5,8,12,13,18,19,20,25,26,28,66\)\nOK\n)",
     R"(%XCBAND: \(1,2,3,4,5,8,12,13,18,19,20,25,26,28,66,85\)\nOK\n)"},
    // pdn.md, events.md
    {"greatest cid", mfw_1_2_7, mfw_1_3, {}, R"(AT+CGDCONT=11,"IP","a")", "OK\n", "ERROR\n"},
    {"PDN type without IP", mfw_1_2_7, mfw_1_3, {}, R"(AT+CGDCONT=1,"Non-IP","a")", "ERROR\n", "OK\n"},
    {"default context before the attach", mfw_1_2_7, mfw_1_3, {}, "AT+CGDCONT?",
     "OK\n", R"~(\+CGDCONT: 0,"","","",0,0\nOK\n)~"},
    {"default activation before the attach", mfw_1_2_7, mfw_1_3, {}, "AT+CGACT?", "OK\n", R"(\+CGACT: 0,0\nOK\n)"},
    {"read of the ePCO", mfw_1_1_2, mfw_1_1_3, {}, "AT%XEPCO?", "ERROR\n", "%XEPCO: 1\nOK\n"},
    {"end of the PDN at a detach", mfw_1_3_7, mfw_2_0, {"AT+CFUN=1", "AT+CGEREP=1"}, "AT+CFUN=4",
     R"(OK\n\+CGEV: ME PDN DEACT 0\n\+CGEV: ME DETACH\n)", R"(OK\n\+CGEV: ME DETACH\n)"},
    {"exception reports", mfw_1_2_7, mfw_1_3, {"AT+CGEREP=1"}, "AT+CFUN=1",
     R"(OK\n\+CGEV: ME PDN ACT 0,0\n)", R"(OK\n\+CGEV: EXCE STATUS 0\n\+CGEV: ME PDN ACT 0,0\n)"},
    {"APN rate control", mfw_1_2_7, mfw_1_3, {"AT+CGEREP=1"}, "AT+CFUN=1",
     R"(OK\n\+CGEV: ME PDN ACT 0,0\n)",
     R"(OK\n\+CGEV: EXCE STATUS 0\n\+CGEV: ME PDN ACT 0,0\n\+CGEV: APNRATECTRL CFG 0,0,2,5\n)",
     [](SimulationOptions& options) { options.network.policy.uplink_limit = 5; }},
    // radio-info.md
    {"last field of the monitor", mfw_1_1_4, mfw_1_2, {"AT+CFUN=1"}, "AT%XMONITOR",
     R"~(%XMONITOR: 1,.*,"","11100000","11100000"\nOK\n)~", R"~(%XMONITOR: 1,.*,"","11100000","11100000","01001001"\nOK\n)~"},
    {"time of the timing advance", mfw_1_3, mfw_1_3_1, {"AT+CFUN=1"}, "AT%NCELLMEAS",
     R"(OK\n%NCELLMEAS: 0,.*,\d+,6300,105,51,\d+,0\n)", R"(OK\n%NCELLMEAS: 0,.*,\d+,6300,105,51,\d+,0,0\n)"},
    {"GCI measurement, default", mfw_1_3_3, mfw_1_3_4, {"AT+CFUN=1"}, "AT%NCELLMEAS=3", "ERROR\n", R"(OK\n%NCELLMEAS: 0,.*,1,0\n)"},
    {"GCI measurement, light", mfw_1_3_3, mfw_1_3_4, {"AT+CFUN=1"}, "AT%NCELLMEAS=4,15", "ERROR\n", R"(OK\n%NCELLMEAS: 0,.*,1,0\n)"},
    {"GCI measurement, complete", mfw_1_3_3, mfw_1_3_4, {"AT+CFUN=1"}, "AT%NCELLMEAS=5,2", "ERROR\n", R"(OK\n%NCELLMEAS: 0,.*,1,0\n)"},
    {"signal of a connected NB-IoT", mfw_1_2_1, mfw_1_2_2, {"AT%XSYSTEMMODE=0,1,0,0", "AT+CFUN=1"}, "AT+CESQ",
     R"(\+CESQ: 99,99,255,255,\d+,51\nOK\n)", R"(\+CESQ: 99,99,255,255,\d+,41\nOK\n)", nb_iot,
     [](SimulatedModem& modem) { static_cast<void>(modem.modem->network().set_signal("", -100, {})); }},
    // power-saving.md
    {"read of the early release assistance", mfw_1_0, mfw_1_1, {}, "AT%XRAI?", "ERROR\n", "%XRAI: 0\nOK\n"},
    {"notifications of release assistance", mfw_2_0_1, mfw_2_0_2, {}, "AT%RAI=2", "ERROR\n", "OK\n"},
    {"PSM of the modem's own", mfw_1_3_7, mfw_2_0,
     {"AT%FEACONF=0,0,1", R"(AT+CPSMS=1,"","","00000110","00000001")", "AT%XMODEMSLEEP=1,0,0", "AT+CFUN=1"}, "",
     "", R"(%XMODEMSLEEP: 7,\d+\n)", [](SimulationOptions& options) { options.network.psm = "refused"; },
     [](SimulatedModem& modem) { modem.take_urcs(); modem.said.clear(); modem.clock.advance(minutes(1)); }},
    // device-info.md, events.md
    {"read of the temperature", mfw_1_2_7, mfw_1_3, {}, "AT%XTEMP?", "27\nOK\n", "%XTEMP: 27\nOK\n"},
    {"informational modem events", mfw_1_3_7, mfw_2_0, {}, "AT%MDMEV=2", "ERROR\n", "OK\n"},
  };
  return forms;
}
// clang-format on

// All that a modem of this firmware says.
std::string said_by(std::string_view firmware, const DatedForm& form) {
  SimulationOptions options;
  options.firmware = firmware;
  form.network(options);
  SimulatedModem modem(options);
  for (std::string_view line : form.before_it) {
    modem.send(line);
  }
  modem.said.clear();
  if (form.steer != nullptr) {
    form.steer(modem);
  }
  if (!form.line.empty()) {
    modem.send(form.line);
  }
  std::erase(modem.said, '\r');
  return modem.said;
}

TEST(FirmwareDates, DecideEachFormOnBothSides) {
  for (const DatedForm& form : dated_forms()) {
    ASSERT_LT(firmware_profile(form.last_without).version, firmware_profile(form.first_with).version);
    std::string without = said_by(form.last_without, form);
    EXPECT_TRUE(std::regex_match(without, std::regex(std::string(form.without))))
        << form.what << ", " << form.last_without << " said\n"
        << without;
    std::string with = said_by(form.first_with, form);
    EXPECT_TRUE(std::regex_match(with, std::regex(std::string(form.with))))
        << form.what << ", " << form.first_with << " said\n"
        << with;
  }
}

// The table has these in rows with others; their own pages date them (device-info.md, time.md).
bool has_date_of_its_own(std::string_view command) {
  return command == "%XEMPR" || command == "%CCLK";
}

// Each command is known from its date on, not in the version before: those of the reference's command table.
TEST(FirmwareDates, DecideWhichCommandsThereAre) {
  for (std::string_view firmware : {mfw_1_0, mfw_1_1, mfw_1_1_2, mfw_1_1_3, mfw_1_1_4, mfw_1_2, mfw_1_2_1,
                                    mfw_1_2_7, mfw_1_3, mfw_1_3_1, std::string_view("mfw_nrf9160_1.3.2"),
                                    mfw_1_3_3, mfw_1_3_4, mfw_1_3_7, mfw_2_0, mfw_2_0_1, mfw_2_0_2}) {
    SimulationOptions options;
    options.firmware = firmware;
    FirmwareProfile profile = firmware_profile(firmware);
    SimulatedModem modem(options);
    std::string listed = modem.send("AT+CLAC");
    for (const ReferenceCommand& command : reference_commands()) {
      if (command.name != "AT" && !has_date_of_its_own(command.name) && command.known_to(profile)) {
        EXPECT_EQ(listed.find(fmt::format("AT{}\r\n", command.name)) != std::string::npos,
                  *command.known_to(profile))
            << command.name << " in " << firmware;
      }
    }
  }
}

}  // namespace
}  // namespace attache::cellular
