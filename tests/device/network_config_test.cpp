#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/config/config.hpp"
#include "device/config/config_keys.hpp"
#include "device/config/network_preset.hpp"
#include "device/config/network_toml.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;
using cellular::AccessTechnology;
using testing::ElementsAre;
using testing::HasSubstr;

// Every key of SIM, network, operators, cells and radio, none of them as it is without.
constexpr std::string_view whole_network = R"([sim]
pin = "4711"
puk = "87654321"
iccid = "89012345678901234567"
imsi = "001011234567890"
msisdn = "+491701234567"
service_provider = "Back\\slash"
preferred = ["24007", "240012"]
forbidden = ["24008"]
smsc = "+491711111111"
absent = true

[network]
coverage = false
operator = "Test net"
plmn = "00101"
roaming = true
ipv4 = "10.0.0.1"
ipv6 = "2001:db8::2"
reject = 11
psm = "00100001,00000110"
edrx = "refused"
apns = ["iot.example", "internet"]
user = "meter"
password = "s3cret"
circuit_switched = false
information = false
zone = -4
daylight = 1
periodic_update = "00100001"
rrc_inactivity = "20s"
release_assistance = false
uplink_limit = 10
uplink_period = "120s"
exception_data = true
pco = "65280,A1B1C1D1"

[[operator]]
plmn = "24007"
name = "North"
roaming = false
reject = 15
psm = "refused"
edrx = "1001,0001"
apns = ["north"]
user = "u"
password = "p"
circuit_switched = false
information = false
zone = 4
daylight = 2
periodic_update = "11100000"
rrc_inactivity = "5s"
release_assistance = false
uplink_limit = 1
uplink_period = "86400s"
exception_data = true
pco = "65535,00"

[[operator]]
plmn = "24001"
name = "South"

[[cell]]
plmn = "24007"
mode = "nbiot"
tac = "B7A2"
id = "01F0A214"
band = 8
earfcn = 3750
physical_id = 318
rsrp = -110
snr = -3
barred = true
reject = 13

[[cell]]
tac = "0A1B"
id = "0112F301"
rsrp = -90

[radio]
fading = 4.5
fading_period = "60s"
gap_every = "300s"
gap_length = "40s"
measure_period = "5s"
battery = 3300
temperature = -10
lost_stat = 4
lost_time = "20s"
no_service_stat = 4
reset_loop_limit = 7
)";

DeviceConfig read(std::string_view text) {
  DeviceConfig config;
  auto outcome = read_config(text, "test.toml", config);
  EXPECT_TRUE(outcome) << base::to_block(outcome.error());
  return config;
}

base::Reason refusal_of_network(std::string_view text) {
  DeviceConfig config;
  auto outcome = read_config(text, "test.toml", config);
  if (outcome) {
    outcome = complete(config);
  }
  EXPECT_FALSE(outcome) << "accepted: " << text;
  return outcome ? base::Reason{} : outcome.error();
}

TEST(NetworkConfig, ReadsTheCardAndWhatTheNetworkGrants) {
  DeviceConfig config = read(whole_network);
  const cellular::SimOptions& sim = config.simulation.sim;
  EXPECT_EQ(sim.msisdn, "+491701234567");
  EXPECT_EQ(sim.service_provider, "Back\\slash");
  EXPECT_THAT(sim.preferred, ElementsAre("24007", "240012"));
  EXPECT_THAT(sim.forbidden, ElementsAre("24008"));
  EXPECT_EQ(sim.smsc, "+491711111111");

  const cellular::NetworkSideOptions& network = config.simulation.network;
  EXPECT_EQ(network.edrx, "refused");
  const cellular::NetworkPolicy expected{.apns = {"iot.example", "internet"},
                                         .user = "meter",
                                         .password = "s3cret",
                                         .circuit_switched = false,
                                         .information = false,
                                         .zone_quarters = -4,
                                         .daylight_hours = 1,
                                         .periodic_update = "00100001",
                                         .rrc_inactivity = 20s,
                                         .release_assistance = false,
                                         .uplink_limit = 10,
                                         .uplink_period = 2min,
                                         .exception_data = true,
                                         .pco = "65280,A1B1C1D1"};
  EXPECT_EQ(network.policy, expected);
  EXPECT_TRUE(complete(config));
}

TEST(NetworkConfig, ReadsOperatorsCellsAndRadio) {
  DeviceConfig config = read(whole_network);
  ASSERT_EQ(config.simulation.operators.size(), 2U);
  const cellular::OperatorOptions& north = config.simulation.operators[0];
  EXPECT_EQ(north.plmn, "24007");
  EXPECT_EQ(north.name, "North");
  EXPECT_EQ(north.roaming, false);
  EXPECT_EQ(north.reject_cause, 15);
  EXPECT_EQ(north.psm, "refused");
  EXPECT_EQ(north.policy.daylight_hours, 2);
  EXPECT_EQ(config.simulation.operators[1].roaming, std::nullopt);

  ASSERT_EQ(config.simulation.cells.size(), 2U);
  const cellular::CellOptions expected{.plmn = "24007",
                                       .technology = AccessTechnology::nb_iot,
                                       .tac = "B7A2",
                                       .id = "01F0A214",
                                       .band = 8,
                                       .earfcn = 3750,
                                       .physical_id = 318,
                                       .rsrp_dbm = -110,
                                       .snr_db = -3,
                                       .barred = true,
                                       .reject_cause = 13};
  EXPECT_EQ(config.simulation.cells[0], expected);
  EXPECT_EQ(config.simulation.cells[1], cellular::CellOptions{});

  const cellular::RadioOptions radio{.fading_db = 4.5,
                                     .fading_period = 1min,
                                     .gap_every = 5min,
                                     .gap_length = 40s,
                                     .measure_period = 5s,
                                     .battery_mv = 3300,
                                     .temperature = -10,
                                     .lost_stat = 4,
                                     .lost_time = 20s,
                                     .no_service_stat = 4,
                                     .reset_loop_limit = 7};
  EXPECT_EQ(config.simulation.radio, radio);
}

TEST(NetworkConfig, RefusesNetworksThatContradictThemselves) {
  struct Case {
    const char* text;
    const char* why;
    const char* advice;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"[[operator]]\nplmn = \"26201\"\nname = \"x\"", "both have the PLMN 26201", "below [network]"},
           {"[[operator]]\nplmn = \"26202\"\nname = \"x\"\n[[operator]]\nplmn = \"26202\"\nname = \"y\"",
            "the PLMN 26202 is named twice", "keep one"},
           {"[[cell]]\nplmn = \"26203\"", "nobody has its PLMN 26203", "known: 26201;"},
           {"[[cell]]\n[[cell]]", "the `id` 0112F301 is there twice", "of its own"},
           {"[[cell]]\nid = \"0a\"\n[[cell]]\nid = \"0A\"", "expected eight", ""},
           {"[[cell]]\nband = 7", "mfw_nrf9160_1.3.5 does not have the LTE-M band 7", "1, 2, 3, 4, 5, 8, 12"},
           {"[device]\nfirmware = \"mfw_nrf91x1_2.0.3\"\n[[cell]]\nmode = \"nbiot\"\nband = 18",
            "does not have the NB-IoT band 18", "17, 19, 20"},
           {"[[cell]]\nearfcn = 6300", "an `earfcn` without a `band`", "write its band"},
           {"[[cell]]\nband = 20\nearfcn = 6450", "6450 is no downlink channel of band 20",
            "from 6150 to 6449"},
           {"[radio]\ngap_every = 60", "`gap_length` is 0", "set both"},
           {"[radio]\ngap_length = 60", "`gap_every` is 0", "set both"},
           {"[radio]\ngap_every = 60\ngap_length = 60", "is not below `gap_every` (60 s)",
            "coverage = false"},
           {"[network]\npassword = \"x\"", "`user` is not", "set both"},
           {"[[operator]]\nplmn = \"26202\"\nname = \"x\"\npassword = \"x\"", "`user` is not", "set both"},
       }) {
    base::Reason reason = refusal_of_network(c.text);
    EXPECT_THAT(reason.why, HasSubstr(c.why)) << c.text;
    EXPECT_THAT(reason.advice, HasSubstr(c.advice)) << c.text;
  }
}

TEST(NetworkConfig, NamesThePlaceOfAContradiction) {
  EXPECT_EQ(base::to_block(refusal_of_network("[network]\nplmn = \"00101\"\n[[cell]]\n\n[[cell]]\nid = "
                                              "\"00000002\"\nband = 7\n")),
            "  what:     the `[[cell]]` 00000002 cannot be used\n"
            "  where:    test.toml:5:1\n"
            "  why:      mfw_nrf9160_1.3.5 does not have the LTE-M band 7\n"
            "  do:       its bands: 1, 2, 3, 4, 5, 8, 12, 13, 18, 19, 20, 25, 26, 28, 66\n");
  EXPECT_EQ(refusal_of_network("[device]\n[radio]\ngap_every = 60\n").where, "test.toml:2:1");
  EXPECT_EQ(refusal_of_network("[network]\npassword = \"x\"\n").where, "test.toml:1:1");
}

TEST(Complete, RefusesANetworkThatContradictsItself) {
  DeviceConfig config;
  config.simulation.cells.resize(2);
  auto outcome = complete(config);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().what, "two `[[cell]]` are the same");
}

TEST(NetworkConfig, TakesTheFirstAndTheLastChannelOfABand) {
  for (int channel : {6150, 6449}) {
    DeviceConfig config = read(fmt::format("[[cell]]\nband = 20\nearfcn = {}", channel));
    EXPECT_TRUE(complete(config)) << channel;
  }
}

TEST(NetworkConfig, RefusesKeysOfTheOneCellBesideCells) {
  base::Reason reason = refusal_of_network("[[cell]]\n[network]\nrsrp = -100\n");
  EXPECT_EQ(base::to_block(reason),
            "  what:     `network.rsrp` has no effect\n"
            "  where:    test.toml:3:8\n"
            "  why:      there are [[cell]]s, which take the place of the one in [network]\n"
            "  do:       write it below [[cell]], or leave it out\n");
  EXPECT_EQ(refusal_of_network("[network]\npreset = \"roaming\"\nmode = \"nbiot\"\n").why,
            "the network \"roaming\" has cells of its own");
}

TEST(NetworkPreset, ComesBelowTheOtherKeysOfTheFile) {
  DeviceConfig config = read(R"(
[[cell]]
id = "00000001"
[[cell]]
id = "00000002"
[network]
preset = "roaming"
operator = "Renamed"
[radio]
fading = 0
[sim]
pin = "4711"
)");
  EXPECT_EQ(config.preset, "roaming");
  EXPECT_EQ(config.simulation.network.operator_name, "Renamed");
  EXPECT_EQ(config.simulation.network.plmn, "24007");
  EXPECT_TRUE(config.simulation.network.roaming);
  EXPECT_EQ(config.simulation.radio.fading_db, 0);
  EXPECT_EQ(config.simulation.sim.pin, "4711");
  EXPECT_EQ(config.simulation.operators.size(), 2U);
  ASSERT_EQ(config.simulation.cells.size(), 2U);
  EXPECT_EQ(config.simulation.cells[0].id, "00000001");
}

TEST(NetworkPreset, MovesWithThePlmnOfItsNetwork) {
  DeviceConfig config = read("[network]\npreset = \"ltem-good\"\nplmn = \"00101\"\n");
  EXPECT_TRUE(complete(config));
  EXPECT_EQ(config.simulation.network.plmn, "00101");
  for (const cellular::CellOptions& cell : config.simulation.cells) {
    EXPECT_NE(cell.plmn, "26201");
  }
}

TEST(NetworkPreset, TakesThePlaceOfTheFilesWhenItCameBefore) {
  DeviceConfig config;
  ASSERT_TRUE(apply_preset("no-sim", config));
  ASSERT_TRUE(read_config("[network]\npreset = \"roaming\"\noperator = \"Renamed\"\n", "test.toml", config));
  EXPECT_EQ(config.preset, "no-sim");
  EXPECT_TRUE(config.simulation.sim.absent);
  EXPECT_EQ(config.simulation.network.plmn, "26201");
  EXPECT_EQ(config.simulation.network.operator_name, "Renamed");
  EXPECT_TRUE(config.simulation.operators.empty());
}

TEST(NetworkPreset, IsNamedWithTheNearestWhenItIsNotKnown) {
  base::Reason reason = refusal_of_network("[network]\npreset = \"nbiot-wek\"\n");
  EXPECT_EQ(reason.where, "test.toml:2:10");
  EXPECT_EQ(reason.advice, "did you mean `nbiot-weak`? `attache networks` lists all of them");
  EXPECT_EQ(
      refusal_of_network("[network]\npreset = \"nbiot\"\n").advice,
      "did you mean `nbiot-good`, `nbiot-weak`, `nbiot-deep`, `ltem-nbiot`? `attache networks` lists all of "
      "them");
  EXPECT_EQ(refusal_of_network("[network]\npreset = \"moon\"\n").advice, "`attache networks` lists them");
}

TEST(NetworkToml, WritesEveryKeyAsItIsRead) {
  DeviceConfig config = read(whole_network);
  EXPECT_EQ(network_as_toml(config.simulation), whole_network);
  std::vector<std::string_view> of_the_other_network{
      "preset", "mode", "tac", "cell", "rsrp", "dns", "connect_timeout", "default_route", "packets", "tun"};
  std::vector<std::string_view> of_a_real_modem{"at", "timeout", "allow_power"};
  auto is_one_of = [](const std::vector<std::string_view>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const ConfigKey& key : config_keys()) {
    bool shown = key.table == "sim" || key.table == "operator" || key.table == "cell" ||
                 (key.table == "radio" && !is_one_of(of_a_real_modem, key.name)) ||
                 (key.table == "network" && !is_one_of(of_the_other_network, key.name));
    if (shown) {
      EXPECT_THAT(std::string(whole_network), HasSubstr(fmt::format("\n{} = ", key.name))) << key.table;
    }
  }
}

TEST(NetworkToml, WritesTheOneCellOfANetworkWithoutCells) {
  constexpr std::string_view text =
      "[network]\nmode = \"nbiot\"\ntac = \"00FF\"\ncell = \"00000001\"\nrsrp = -100\nipv4 = false\nipv6 = "
      "\"2001:db8::2\"\n";
  EXPECT_EQ(network_as_toml(read(text).simulation), text);
}

TEST(NetworkToml, SaysNothingOfWhatIsAsItIsWithoutConfiguration) {
  EXPECT_EQ(network_as_toml({}), "");
}

class Preset : public testing::TestWithParam<cellular::NetworkPreset> {};

TEST_P(Preset, IsTheSameWhenItsTextIsReadFromAFile) {
  cellular::SimulationOptions options;
  GetParam().apply(options);
  DeviceConfig config = read(network_as_toml(options));
  EXPECT_EQ(config.simulation, options);
}

TEST_P(Preset, AgreesWithItselfAndWithEveryFirmware) {
  for (const char* firmware :
       {"mfw_nrf9160_1.0.0", "mfw_nrf9160_1.2.7", "mfw_nrf9160_1.3.5", "mfw_nrf91x1_2.0.3"}) {
    DeviceConfig config;
    config.simulation.firmware = firmware;
    ASSERT_TRUE(apply_preset(GetParam().name, config));
    auto whole = complete(config);
    EXPECT_TRUE(whole) << firmware << base::to_block(whole.error());
  }
}

INSTANTIATE_TEST_SUITE_P(All, Preset,
                         testing::ValuesIn(cellular::network_presets().begin(),
                                           cellular::network_presets().end()),
                         [](const auto& info) {
                           std::string name(info.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace attache::device
