#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "device/config/config.hpp"
#include "device/config/config_keys.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view everything = R"(# All keys
[device]
name = "node-7"
dialect = "slm-1.5"
imei = "123456789012345"
firmware = "mfw_nrf91x1_2.0.3"
refuse_crlf = true
timing = "60x"
clock = "manual"
seed = 42
state = "nvm"

[dialect]
name = "slm-1.5"
strict = true
services = ["httpc", "ftpc"]
termination = "lf"
modem_library = "1.0.1"

[sim]
pin = "4711"
puk = "87654321"
iccid = "89012345678901234567"
imsi = "001011234567890"
absent = true

[network]
coverage = false
operator = "Test net"
plmn = "001010"
mode = "nbiot"
tac = "00ff"
cell = "0a1b2c3d"
rsrp = -120
roaming = true
reject = 11
ipv4 = "10.0.0.1"
ipv6 = "2001:db8::2"
psm = "00100001,00000110"
edrx = "1001,0001"
dns = ["127.0.0.1:5353", "2001:db8::53", "[2001:db8::53]:53"]
connect_timeout = "1.5s"
default_route = "refused"

[link]
delay = "200ms"
rate = "60k"

[uart]
pace = true
baud = 9600

[[port]]
spec = "tcp:127.0.0.1:0"

[[port]]
role = "log"
spec = "stdio"

[[route]]
from = "google.com:443"
to = "127.0.0.1:8443"

[[route]]
from = "*"
to = "blackhole"
family = "ipv6"

[[listen]]
port = 80
to = "127.0.0.1:8080"

[[listen]]
port = 81
to = "::1"
)";

base::Reason refusal_of(std::string_view text) {
  DeviceConfig config;
  auto outcome = read_config(text, "test.toml", config);
  EXPECT_FALSE(outcome) << "accepted: " << text;
  return outcome ? base::Reason{} : outcome.error();
}

TEST(ConfigFile, ReadsEveryKey) {
  DeviceConfig config;
  auto outcome = read_config(everything, "test.toml", config);
  ASSERT_TRUE(outcome) << base::to_block(outcome.error());

  EXPECT_EQ(config.dialect.name, "slm-1.5");
  EXPECT_TRUE(config.dialect.strict);
  EXPECT_THAT(config.dialect.services.value(), ElementsAre("httpc", "ftpc"));
  EXPECT_EQ(config.dialect.termination, at::Termination::lf);
  EXPECT_EQ(config.dialect.modem_library, "1.0.1");

  EXPECT_EQ(config.simulation.imei, "123456789012345");
  EXPECT_EQ(config.simulation.firmware, "mfw_nrf91x1_2.0.3");
  EXPECT_TRUE(config.simulation.refuse_crlf);
  EXPECT_EQ(config.simulation.timing.speed, 60);
  EXPECT_EQ(config.simulation.seed, 42U);
  EXPECT_TRUE(config.manual_clock);
  EXPECT_EQ(config.state_folder, "nvm");
  EXPECT_EQ(config.name, "node-7");

  EXPECT_EQ(config.simulation.sim.pin, "4711");
  EXPECT_EQ(config.simulation.sim.puk, "87654321");
  EXPECT_EQ(config.simulation.sim.iccid, "89012345678901234567");
  EXPECT_EQ(config.simulation.sim.imsi, "001011234567890");
  EXPECT_TRUE(config.simulation.sim.absent);

  const auto& network = config.simulation.network;
  EXPECT_FALSE(network.coverage);
  EXPECT_EQ(network.operator_name, "Test net");
  EXPECT_EQ(network.plmn, "001010");
  EXPECT_EQ(network.technology, cellular::AccessTechnology::nb_iot);
  EXPECT_EQ(network.tac, "00FF");
  EXPECT_EQ(network.cell, "0A1B2C3D");
  EXPECT_EQ(network.rsrp_dbm, -120);
  EXPECT_TRUE(network.roaming);
  EXPECT_EQ(network.reject_cause, 11);
  EXPECT_EQ(network.ipv4.value().to_string(), "10.0.0.1");
  EXPECT_EQ(network.ipv6.value().to_string(), "2001:db8::2");
  EXPECT_EQ(network.psm, "00100001,00000110");
  EXPECT_EQ(network.edrx, "1001,0001");

  EXPECT_THAT(config.network.dns_servers, ElementsAre("127.0.0.1:5353", "2001:db8::53", "[2001:db8::53]:53"));
  EXPECT_EQ(config.network.connect_timeout, 1500ms);
  EXPECT_TRUE(config.network.refuse_unrouted);
  EXPECT_EQ(config.network.link.delay, 200ms);
  EXPECT_EQ(config.network.link.up_rate, 60'000U);
  EXPECT_EQ(config.network.link.down_rate, 60'000U);
  EXPECT_TRUE(config.uart.pace);
  EXPECT_EQ(config.uart.baud, 9600U);
}

TEST(ConfigFile, ReadsPortsRoutesAndListeners) {
  DeviceConfig config;
  ASSERT_TRUE(read_config(everything, "test.toml", config));

  ASSERT_EQ(config.ports.size(), 2U);
  EXPECT_EQ(config.ports[0].kind, serial::PortSpec::Kind::tcp);
  EXPECT_EQ(config.ports[0].role, serial::PortSpec::Role::at);
  EXPECT_EQ(config.ports[1].kind, serial::PortSpec::Kind::stdio);
  EXPECT_EQ(config.ports[1].role, serial::PortSpec::Role::log);

  ASSERT_EQ(config.network.routes.size(), 2U);
  const net::Route& google = config.network.routes[0];
  EXPECT_EQ(google.from_host, "google.com");
  EXPECT_EQ(google.from_port, 443);
  EXPECT_EQ(google.kind, net::Route::Kind::address);
  EXPECT_EQ(google.to_host, "127.0.0.1");
  EXPECT_EQ(google.to_port, 8443);
  EXPECT_EQ(google.family, std::nullopt);
  const net::Route& rest = config.network.routes[1];
  EXPECT_EQ(rest.from_host, "*");
  EXPECT_EQ(rest.from_port, std::nullopt);
  EXPECT_EQ(rest.kind, net::Route::Kind::blackhole);
  EXPECT_EQ(rest.family, net::Family::ipv6);

  ASSERT_EQ(config.network.listens.size(), 2U);
  EXPECT_EQ(config.network.listens[0].device_port, 80);
  EXPECT_EQ(config.network.listens[0].host_address.to_string(), "127.0.0.1");
  EXPECT_EQ(config.network.listens[0].host_port, 8080);
  EXPECT_EQ(config.network.listens[1].host_address.to_string(), "::1");
  EXPECT_EQ(config.network.listens[1].host_port, 0);
}

TEST(ConfigFile, LeavesWhatItDoesNotNameAsItWas) {
  DeviceConfig config;
  config.simulation.imei = "111111111111111";
  ASSERT_TRUE(read_config("", "test.toml", config));
  ASSERT_TRUE(read_config("[device]\nseed = 3\n", "test.toml", config));
  EXPECT_EQ(config.simulation.imei, "111111111111111");
  EXPECT_EQ(config.simulation.seed, 3U);
}

TEST(ConfigFile, ChangesNothingWhenItIsRefused) {
  DeviceConfig config;
  EXPECT_FALSE(read_config("[device]\nseed = 3\nimei = \"1\"\n", "test.toml", config));
  EXPECT_EQ(config.simulation.seed, 1U);
}

TEST(ConfigFile, TurnsAddressesOnAndOff) {
  DeviceConfig config;
  ASSERT_TRUE(read_config("[network]\nipv4 = false\nipv6 = true\n", "test.toml", config));
  EXPECT_EQ(config.simulation.network.ipv4, std::nullopt);
  EXPECT_EQ(config.simulation.network.ipv6.value().to_string(), "2001:db8:a160:3341::1");
  ASSERT_TRUE(read_config("[network]\nipv4 = true\nipv6 = false\n", "test.toml", config));
  EXPECT_EQ(config.simulation.network.ipv4.value().to_string(), "10.160.33.41");
  EXPECT_EQ(config.simulation.network.ipv6, std::nullopt);
}

TEST(ConfigFile, TakesNumbersAsSecondsAndBits) {
  DeviceConfig config;
  ASSERT_TRUE(
      read_config("[network]\nconnect_timeout = 2\n[link]\ndelay = 0.25\nrate = 9600\n", "t", config));
  EXPECT_EQ(config.network.connect_timeout, 2s);
  EXPECT_EQ(config.network.link.delay, 250ms);
  EXPECT_EQ(config.network.link.up_rate, 9600U);
}

TEST(ConfigFile, NamesTheNearestKey) {
  EXPECT_EQ(base::to_block(refusal_of("[network]\nplmn = \"26201\"\n  opertor = \"x\"\n")),
            "  what:     `network.opertor` is no key of the configuration\n"
            "  where:    test.toml:3:3\n"
            "  why:      [network] does not know it\n"
            "  do:       did you mean `operator`?\n");
}

TEST(ConfigFile, NamesTheTableAKeyBelongsTo) {
  EXPECT_EQ(refusal_of("[device]\nplmn = \"26201\"\n").advice, "`plmn` belongs below [network]");
  auto outside = refusal_of("imei = \"1\"\n");
  EXPECT_EQ(outside.what, "`imei` is no key of the configuration");
  EXPECT_EQ(outside.advice, "`imei` belongs below [device]");
  EXPECT_EQ(refusal_of("[device]\nfrom = \"x\"\n").advice, "`from` belongs below [[route]]");
}

TEST(ConfigFile, NamesTheKnownKeysWhenNoneIsNear) {
  EXPECT_EQ(refusal_of("[link]\nbananas = 3\n").advice,
            "known: `delay`, `rate`, `up_rate`, `down_rate`, `loss`");
}

TEST(ConfigFile, NamesTheNearestTable) {
  EXPECT_EQ(base::to_block(refusal_of("[netwrk]\nplmn = \"26201\"\n")),
            "  what:     `netwrk` is no table of the configuration\n"
            "  where:    test.toml:1:2\n"
            "  why:      expected one of the tables, found a table\n"
            "  do:       did you mean `network`?\n");
}

TEST(ConfigFile, SaysWhatItExpectedAndFound) {
  EXPECT_EQ(base::to_block(refusal_of("[device]\nimei = \"12345\"\n")),
            "  what:     `device.imei` cannot be used\n"
            "  where:    test.toml:2:8\n"
            "  why:      expected 15 digits, found \"12345\"\n");
  EXPECT_EQ(base::to_block(refusal_of("[device]\nimei = 123456789012345\n")),
            "  what:     `device.imei` cannot be used\n"
            "  where:    test.toml:2:8\n"
            "  why:      expected 15 digits, found 123456789012345\n"
            "  do:       put the value in quotes\n");
  EXPECT_EQ(base::to_block(refusal_of("[device]\ndialect = \"slm-1.7\"\n")),
            "  what:     `device.dialect` cannot be used\n"
            "  where:    test.toml:2:11\n"
            "  why:      expected \"slm-1.6\", \"slm-1.5\", \"slm-3.1\", \"slm-2.9\", \"serial-modem-2.0\" "
            "or \"serial-modem-1.99\", found \"slm-1.7\"\n"
            "  do:       did you mean `slm-1.6`?\n");
  EXPECT_EQ(base::to_block(refusal_of("[dialect]\nservices = [\"htpc\"]\n")),
            "  what:     `dialect.services` cannot be used\n"
            "  where:    test.toml:2:12\n"
            "  why:      expected a list of \"httpc\", \"ftpc\", \"mqttc\", \"gps\", \"sms\", \"twi\", "
            "\"tftpc\", \"gnss\", \"gpio\", \"cmux\", "
            "\"ppp\", \"nrfcloud\", \"carrier\", \"nrfcloud_location\", "
            "\"nrfcloud_observability_debug\", \"nrfcloud_observability\", \"nrfcloud_fota\", "
            "\"provisioning\", \"trace_cmux\", \"coapc\", "
            "\"debug_stats\", \"trace_uart\", found a list\n"
            "  do:       did you mean `httpc`?\n");
}

TEST(ConfigFile, RefusesValuesOutOfRange) {
  for (const char* text : {
           "[device]\nfirmware = \"mfw_nrf9160_2.0.0\"",
           "[device]\nfirmware = \"1.3.5\"",
           "[device]\ntiming = \"fast\"",
           "[device]\ntiming = \"0x\"",
           "[device]\nclock = \"atomic\"",
           "[device]\nseed = -1",
           "[device]\nstate = \"a\\u0000b\"",
           "[device]\nname = \"node 7\"",
           "[device]\nname = \"n\u00f6de\"",
           "[dialect]\nstrict = \"true\"",
           "[dialect]\nstrict = 1",
           "[dialect]\nservices = \"httpc\"",
           "[dialect]\nservices = [1]",
           "[dialect]\ntermination = \"crcr\"",
           "[dialect]\nboard = \"nrf52840dk\"",
           "[dialect]\nboard = 9151",
           "[dialect]\nmodem_library = \"1.3\"",
           "[dialect]\ncmux_channels = 0",
           "[dialect]\ncmux_channels = 64",
           "[dialect]\ncmux_channels = \"4\"",
           "[dialect]\ncmux_frame_size = 15",
           "[dialect]\ncmux_frame_size = 1501",
           "[dialect]\ncmux_whole_standard = 1",
           "[dialect]\ncmux_outlives_host = \"yes\"",
           "[dialect]\ncmux_falls_back = 1",
           "[dialect]\ncmux_nmea = \"yes\"",
           "[dialect]\ncmux_nmea_satellites = 1",
           "[dialect]\nppp_fallback_mtu = 575",
           "[dialect]\nppp_fallback_mtu = 1501",
           "[dialect]\nppp_stops_with_peer = \"no\"",
           "[sim]\niccid = \"89012345678901234\"",
           "[sim]\nimsi = \"0010112345678901\"",
           "[network]\noperator = \"\"",
           "[network]\noperator = 'a\"b'",
           "[network]\nplmn = \"2620\"",
           "[network]\nmode = \"lte\"",
           "[network]\ntac = \"0A1G\"",
           "[network]\ntac = \"A1B\"",
           "[network]\ncell = \"0112F30\"",
           "[network]\nrsrp = -43",
           "[network]\nrsrp = -141",
           "[network]\nrsrp = -90.5",
           "[network]\npreset = \"ltem-god\"",
           "[network]\npreset = 3",
           "[network]\napns = [\"a b\"]",
           "[network]\napns = \"internet\"",
           "[network]\nuser = \"a\\u0007\"",
           "[network]\ncircuit_switched = 1",
           "[network]\nzone = 57",
           "[network]\nzone = -49",
           "[network]\ndaylight = 3",
           "[network]\nperiodic_update = \"0100100\"",
           "[network]\nperiodic_update = \"\"",
           "[network]\nrrc_inactivity = 0",
           "[network]\nrrc_inactivity = \"1.5s\"",
           "[network]\nrrc_inactivity = \"2h\"",
           "[network]\nuplink_limit = -1",
           "[network]\nuplink_period = \"0s\"",
           "[network]\npco = \"65279,A1\"",
           "[network]\npco = \"65280,A\"",
           "[network]\npco = \"65280\"",
           "[network]\npco = \"65280,\"",
           "[radio]\nno_service_stat = 3",
           "[network]\nedrx = \"refuse\"",
           "[sim]\nmsisdn = \"+49 170\"",
           "[sim]\nservice_provider = \"seventeen letters\"",
           "[sim]\npreferred = [\"2620\"]",
           "[sim]\nforbidden = [\"26201\", \"26202\", \"26203\", \"26204\", \"26205\"]",
           "[sim]\nsmsc = \"\"",
           "[[operator]]\nplmn = \"1234567\"\nname = \"x\"",
           "[[operator]]\nplmn = \"26202\"\nname = \"\"",
           "[[operator]]\nplmn = \"26202\"\nname = \"x\"\nreject = 128",
           "[[cell]]\nplmn = \"x\"",
           "[[cell]]\nmode = \"gsm\"",
           "[[cell]]\nband = 0",
           "[[cell]]\nearfcn = 262144",
           "[[cell]]\nphysical_id = 504",
           "[[cell]]\nrsrp = -141",
           "[[cell]]\nsnr = 25",
           "[[cell]]\nbarred = \"no\"",
           "[[cell]]\nreject = 1",
           "[radio]\nfading = -0.5",
           "[radio]\nfading = 31",
           "[radio]\nfading = nan",
           "[radio]\nfading = \"3\"",
           "[radio]\nfading_period = 0",
           "[radio]\ngap_every = \"25h\"",
           "[radio]\nmeasure_period = \"500ms\"",
           "[radio]\nbattery = 2799",
           "[radio]\ntemperature = 126",
           "[radio]\nreset_loop_limit = 101",
           "[network]\nreject = 1",
           "[network]\nipv4 = \"::1\"",
           "[network]\nipv4 = \"10.0.0\"",
           "[network]\nipv6 = \"10.0.0.1\"",
           "[network]\npsm = \"00100001\"",
           "[network]\npsm = \"00100001,0000011\"",
           "[network]\npsm = \"00100002,00000110\"",
           "[network]\nedrx = \"1001\"",
           "[network]\ndns = [\"one.one\"]",
           "[network]\ndns = [\"1.1.1.1:99999\"]",
           "[network]\nconnect_timeout = 0",
           "[network]\nconnect_timeout = -1",
           "[network]\nconnect_timeout = \"5\"",
           "[network]\nconnect_timeout = \"5 s\"",
           "[network]\nconnect_timeout = \"1e3s\"",
           "[network]\nconnect_timeout = nan",
           "[network]\nconnect_timeout = inf",
           "[network]\nconnect_timeout = 2020-01-01",
           "[network]\ndefault_route = \"none\"",
           "[network]\npackets = \"pcap\"",
           "[network]\npackets = true",
           "[network]\ntun = \"\"",
           "[network]\ntun = \"a/b\"",
           "[network]\ntun = \"%d%d\"",
           "[network]\ntun = \"sixteen-letters-\"",
           "[dialect]\nppp_authentication = \"eap\"",
           "[dialect]\nppp_port = 17",
           "[dialect]\nppp_port = -1",
           "[dialect]\nnrfcloud_fota = \"automatic\"",
           "[dialect]\nnrfcloud_fota = true",
           "[dialect]\nnrfcloud_fota_outcome = \"#XDFU\"",
           "[dialect]\nnrfcloud_fota_outcome = 5",
           "[dialect]\nprovisioning_commands = 0",
           "[dialect]\nprovisioning_commands = 101",
           "[dialect]\nprovisioning_commands = \"five\"",
           "[dialect]\nlog_time = \"full\"",
           "[dialect]\nlog_levels = 1",
           "[dialect]\nlog_colors = \"red\"",
           "[dialect]\nobservability_interval = \"59s\"",
           "[dialect]\nobservability_interval = \"often\"",
           "[dialect]\ndual_slot_bootloader = 2",
           "[dialect]\nfull_fota = \"true\"",
           "[dialect]\nfull_dfu = 1",
           "[dialect]\nplain_log = \"yes\"",
           "[dialect]\nhttp_timeout = \"999ms\"",
           "[dialect]\nhttp_timeout = \"301s\"",
           "[dialect]\nhttp_timeout = 0",
           "[dialect]\nskips_ready = \"yes\"",
           "[dialect]\nauto_connect = 1",
           "[dialect]\ndata_mode_urc = \"true\"",
           "[dialect]\ndata_mode_buffer = 1023",
           "[dialect]\ndata_mode_buffer = 8193",
           "[dialect]\nuart_rx_buffer = 127",
           "[dialect]\nuart_rx_buffer = 4097",
           "[dialect]\nuart_rx_buffer = \"256\"",
           "[dialect]\ndfu_bootloader_ok = 1",
           "[dialect]\ncuts_notifications = \"no\"",
           "[dialect]\nlongest_broker_name = 0",
           "[dialect]\nlongest_broker_name = 4097",
           "[dialect]\nlongest_fota_url = 0",
           "[dialect]\nlongest_fota_url = 8190",
           "[dialect]\nnrfcloud_sec_tag = -1",
           "[dialect]\nnrfcloud_sec_tag = 2147483648",
           "[dialect]\nnrfcloud_sec_tag = \"42\"",
           "[dialect]\ncustomer_version = 2",
           "[link]\ndelay = \"2min\"",
           "[link]\nrate = \"60K\"",
           "[link]\nrate = -1",
           "[uart]\nbaud = 115201",
           "[[port]]\nspec = \"ptty:x\"",
           "[[port]]\nspec = \"stdio\"\nrole = \"lg\"",
           "[[route]]\nfrom = \"a b\"\nto = \"127.0.0.1:1\"",
           "[[route]]\nfrom = \"a\"\nto = \"127.0.0.1\"",
           "[[route]]\nfrom = \"a\"\nto = \"127.0.0.1:0\"",
           "[[route]]\nfrom = \"a\"\nto = \"*:80\"",
           "[[route]]\nfrom = \"a\"\nto = \"refused\"\nfamily = \"ipv5\"",
           "[[listen]]\nport = 0\nto = \"127.0.0.1:0\"",
           "[[listen]]\nport = 80\nto = \"localhost:80\"",
           "[trace]\nfile = \"\"",
           "[trace]\nfile = 1",
           "[trace]\nstart = \"now\"",
           "[trace]\nsecrets = 1",
           "[trace]\nrotate_size = 65535",
           "[trace]\nrotate_size = -1",
           "[trace]\nrotate_time = \"soon\"",
           "[trace]\nkeep = -1",
           "[trace]\nkeep = 1001",
       }) {
    auto reason = refusal_of(text);
    EXPECT_THAT(reason.what, HasSubstr("cannot be used")) << text;
    EXPECT_THAT(reason.why, HasSubstr("expected ")) << text;
    EXPECT_THAT(reason.where, testing::StartsWith("test.toml:")) << text;
  }
}

/// What a key does not take, as a file has it: other kinds, and what no key of its kind takes.
std::vector<std::string_view> bad_values_of(const ConfigKey& key) {
  std::vector<std::string_view> values{"1979-05-27", "{}"};
  bool takes_any_text = key.expected == "a text" || key.expected.starts_with("the path of");
  switch (key.kind) {
    case ConfigKind::text:
      values.insert(values.end(), {"1", "true"});
      if (!takes_any_text) {
        values.emplace_back("\"\\u0001\"");
      }
      break;
    case ConfigKind::text_list:
      values.insert(values.end(), {"[1]", "\"x\""});
      break;
    case ConfigKind::flag:
      values.insert(values.end(), {"1", "\"true\""});
      break;
    case ConfigKind::flag_or_text:
      values.insert(values.end(), {"1", "\"\\u0001\""});
      break;
    case ConfigKind::whole_number:
      values.insert(values.end(), {"1.5", "\"1\"", "-9223372036854775808"});
      break;
    case ConfigKind::number:
      values.insert(values.end(), {"nan", "-1e300", "\"1\""});
      break;
    case ConfigKind::duration:
      values.insert(values.end(), {"\"soon\"", "-1", "1e300"});
      break;
    case ConfigKind::rate:
      values.insert(values.end(), {"\"fast\"", "-1"});
      break;
  }
  return values;
}

TEST(ConfigFile, RefusesBadValuesOfEveryKey) {
  for (const ConfigKey& key : config_keys()) {
    auto table = std::find_if(config_tables().begin(), config_tables().end(),
                              [&](const ConfigTable& other) { return other.name == key.table; });
    for (std::string_view value : bad_values_of(key)) {
      std::string text = fmt::format("{}{}{}\n{} = {}\n", table->repeated() ? "[[" : "[", key.table,
                                     table->repeated() ? "]]" : "]", key.name, value);
      std::string told = base::to_block(refusal_of(text));
      EXPECT_THAT(told, HasSubstr(fmt::format("`{}.{}` cannot be used", key.table, key.name))) << text;
      EXPECT_THAT(told, HasSubstr(fmt::format("expected {}", key.expected))) << text;
    }
  }
}

TEST(ConfigFile, ReadsHowATraceIsWritten) {
  DeviceConfig config;
  ASSERT_TRUE(
      read_config("[trace]\nfile = \"-\"\nstart = \"command\"\nsecrets = true\nrotate_size = 65536\n"
                  "rotate_time = \"60s\"\nkeep = 0\n",
                  "test.toml", config));
  EXPECT_EQ(config.trace.file, "-");
  EXPECT_FALSE(config.trace.at_start);
  EXPECT_TRUE(config.trace.secrets);
  EXPECT_EQ(config.trace.rotate_size, 65536U);
  EXPECT_EQ(config.trace.rotate_time, std::chrono::seconds(60));
  EXPECT_EQ(config.trace.keep, 0U);
  ASSERT_TRUE(read_config("[trace]\nrotate_size = 0\n", "test.toml", config));
  EXPECT_EQ(config.trace.rotate_size, 0U);
}

TEST(ConfigFile, ShowsWhereAPortSpecIsWrong) {
  auto reason = refusal_of("[[port]]\nspec = \"ptty:/tmp/x\"\n");
  EXPECT_EQ(reason.what, "`port.spec` cannot be used");
  EXPECT_EQ(reason.where, "test.toml:2:8");
  EXPECT_THAT(reason.why, AllOf(HasSubstr("found \"ptty:/tmp/x\""), HasSubstr(": ")));
}

TEST(ConfigFile, ReadsARouteThatKeepsThePort) {
  for (const auto& [to, host] : {std::pair{"127.0.0.1:*", "127.0.0.1"}, std::pair{"[::1]:*", "::1"},
                                 std::pair{"server.test:*", "server.test"}}) {
    DeviceConfig config;
    ASSERT_TRUE(
        read_config(fmt::format("[[route]]\nfrom = \"ftp.test\"\nto = \"{}\"\n", to), "test.toml", config));
    EXPECT_EQ(config.network.routes.at(0).to_host, host);
    EXPECT_FALSE(config.network.routes.at(0).to_port);
  }
  for (const char* to : {"*:*", "127.0.0.1:21:*", "[::1]:21:*", ":*", "127.0.0.1:0"}) {
    refusal_of(fmt::format("[[route]]\nfrom = \"a\"\nto = \"{}\"\n", to));
  }
}

TEST(ConfigFile, HelpsWithTheEndOfARoute) {
  EXPECT_EQ(refusal_of("[[route]]\nfrom = \"a\"\nto = \"unreachble\"\n").advice,
            "an address needs a port; did you mean `unreachable`?");
}

TEST(ConfigFile, NamesAMissingKeyAtItsTable) {
  EXPECT_EQ(base::to_block(refusal_of("# routes\n[[route]]\nfrom = \"*\"\n")),
            "  what:     `route.to` is missing\n"
            "  where:    test.toml:2:1\n"
            "  why:      every [[route]] needs it: \"HOST:PORT\", \"HOST:*\", \"unreachable\", \"refused\" "
            "or \"blackhole\"\n");
}

TEST(ConfigFile, TellsTablesFromRepeatedTables) {
  EXPECT_EQ(base::to_block(refusal_of("[port]\nspec = \"stdio\"\n")),
            "  what:     `port` is not written as a table\n"
            "  where:    test.toml:1:2\n"
            "  why:      expected [[port]] with keys below it, found [port]\n"
            "  do:       write [[port]]\n");
  EXPECT_EQ(refusal_of("[[network]]\nplmn = \"26201\"\n").advice, "write [network]");
  EXPECT_EQ(refusal_of("network = 3\n").why, "expected [network] with keys below it, found a whole number");
  EXPECT_EQ(refusal_of("route = [1, 2]\n").advice, "write [[route]]");
}

TEST(ConfigFile, RefusesTwoDialectsThatContradictEachOther) {
  EXPECT_EQ(base::to_block(refusal_of("[device]\ndialect = \"slm-1.5\"\n[dialect]\nname = \"slm-1.6\"\n")),
            "  what:     `dialect.name` contradicts `device.dialect`\n"
            "  where:    test.toml:4:8\n"
            "  why:      expected \"slm-1.5\" as in line 2, found \"slm-1.6\"\n"
            "  do:       keep one of the two\n");
}

TEST(ConfigFile, NamesThePlaceOfBrokenToml) {
  auto reason = refusal_of("[network]\nplmn = \"26201\ntac = \"0A1B\"\n");
  EXPECT_EQ(reason.what, "the configuration is not valid TOML");
  EXPECT_THAT(reason.where, testing::StartsWith("test.toml:2:"));
  EXPECT_THAT(reason.why, Not(IsEmpty()));
  EXPECT_THAT(refusal_of("[sim]\n[sim]\n").where, testing::StartsWith("test.toml:2:"));
  EXPECT_THAT(refusal_of("\xFF\xFE").where, testing::StartsWith("test.toml:1:"));
}

TEST(ConfigFile, TellsAllProblemsInTheOrderOfTheFile) {
  auto reason = refusal_of("[network]\ntac = \"x\"\n[device]\nseed = -1\nimmei = \"1\"\n");
  EXPECT_EQ(reason.where, "test.toml:2:7");
  ASSERT_EQ(reason.facts.size(), 2U);
  EXPECT_EQ(reason.facts[0].second,
            "test.toml:4:8: `device.seed` cannot be used: expected a whole number, 0 or more, found -1");
  EXPECT_EQ(reason.facts[1].second,
            "test.toml:5:1: `device.immei` is no key of the configuration: [device] does not know it");
}

TEST(ConfigFile, CountsProblemsInsteadOfTellingHundreds) {
  std::string text = "[link]\n";
  for (int i = 0; i < 200; ++i) {
    text += "x" + std::to_string(i) + " = 1\n";
  }
  auto reason = refusal_of(text);
  EXPECT_EQ(reason.facts.size(), 10U);
  EXPECT_EQ(reason.facts.back().second, "190 more");
}

TEST(ConfigFile, NeverShowsASecret) {
  for (const char* text : {
           "[sim]\npin = \"98765432101\"",
           "[network]\npassword = \"98765\\u0007\"",
           "[[operator]]\nplmn = \"26202\"\nname = \"x\"\npassword = 98765",
           "[sim]\npin = 9876543",
           "[sim]\npin = 98765.43",
           "[sim]\npin = [\"9876543\"]",
           "[sim]\npuk = \"9876543\"",
           "[sim]\npuk = 98765432",
           "[sim]\npinn = \"9876543\"",
           "[sim]\npinn = 9876543",
           "pin = \"9876543\"",
           "pin = 9876543",
           "sim = \"9876543\"",
           "[sim]\npin = \"9876543",
           "[sim]\npin = 9876543x",
           "[sim]\npin = x9876543",
           "[sim]\npin = \"9876543\" \"9876543\"",
           "[sim]\npin \"9876543\"",
           "sim = { pin = \"9876543\", pukk = \"98765432\" }",
           "sim = { pin = \"9876543\", puk = 98765432 ",
           "[sim]\npin = \"9876543\"\npin = \"9876543\"",
           "[sim]\npin = '''9876543",
       }) {
    EXPECT_THAT(base::to_block(refusal_of(text)), Not(HasSubstr("98765"))) << text;
  }
}

TEST(ConfigFile, EscapesWhatItShows) {
  auto reason = refusal_of("[device]\n\"a\\u001B[2J\" = 1\nimei = \"\\u001B[2J\"\n");
  EXPECT_THAT(reason.what, HasSubstr("a\\x1B[2J"));
  EXPECT_THAT(base::to_block(reason), Not(HasSubstr("\x1B")));
}

TEST(ConfigFile, CutsLongValues) {
  auto reason = refusal_of("[device]\nimei = \"" + std::string(10'000, '1') + "\"\n");
  EXPECT_EQ(reason.why, "expected 15 digits, found \"" + std::string(60, '1') + "\"…");
}

TEST(ConfigFile, StandsAnyDamage) {
  std::mt19937 random(3);
  constexpr std::string_view pieces = "[]{}\"'=.,#\n\r\t\\ 0-9eEx_\0\xFF\xC3:TZtrue";
  int refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string text(everything);
    for (auto changes = 1 + random() % 6; changes > 0; --changes) {
      std::size_t place = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[place] = pieces[random() % pieces.size()];
          break;
        case 1:
          text.erase(place, 1 + random() % 20);
          break;
        case 2:
          text.insert(place, 1 + random() % 3, pieces[random() % pieces.size()]);
          break;
        default:
          text.insert(place, text.substr(random() % text.size(), random() % 40));
          break;
      }
      if (text.empty()) {
        text = "x";
      }
    }
    DeviceConfig config;
    auto outcome = read_config(text, "test.toml", config);
    if (!outcome) {
      ++refused;
      EXPECT_THAT(outcome.error().where, testing::StartsWith("test.toml:"));
      EXPECT_THAT(outcome.error().what, Not(IsEmpty()));
      EXPECT_THAT(outcome.error().why, Not(IsEmpty()));
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(ConfigFile, StandsDeepNesting) {
  EXPECT_THAT(refusal_of("x = " + std::string(100'000, '[')).where, testing::StartsWith("test.toml:"));
  std::string keys = "a";
  for (int i = 0; i < 500'000; ++i) {
    keys += i % 2 == 0 ? ".\"a.b\"" : " . a";
  }
  for (const std::string& text :
       {keys + " = 1", "[" + keys + "]", "[[" + keys + "]]", "x = [{y = 1.5, " + keys + " = 1}]"}) {
    EXPECT_EQ(refusal_of(text).why, "a key has more than 16 parts");
  }
}

TEST(ConfigFile, IsReadFromDisk) {
  std::string name = std::filesystem::temp_directory_path() / "attache-config-XXXXXX";
  int made = ::mkstemp(name.data());
  ASSERT_GE(made, 0);
  ::close(made);
  std::ofstream(name) << everything;
  DeviceConfig config;
  EXPECT_TRUE(read_config_file(name, config));
  EXPECT_EQ(config.simulation.seed, 42U);
  std::ofstream(name) << "[device]\nimei = 1\n";
  auto refused = read_config_file(name, config);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, name + ":2:8");
  std::filesystem::remove(name);
}

TEST(ConfigFile, SaysWhyAFileCannotBeRead) {
  DeviceConfig config;
  for (const auto& [path, why] : std::vector<std::pair<std::string, std::string>>{
           {"/nowhere/attache.toml", "No such file or directory"},
           {"/tmp", "Is a directory"},
           {"/dev/zero", "it is larger than 1 MiB"},
       }) {
    auto refused = read_config_file(path, config);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().where, path);
    EXPECT_EQ(refused.error().why, why);
  }
}

TEST(ConfigFile, TakesTheBuildOfABoard) {
  DeviceConfig vendors;
  ASSERT_TRUE(read_config("[dialect]\nboard = \"nrf91m1\"\n", "modem.toml", vendors));
  EXPECT_EQ(vendors.dialect.name, "serial-modem-2.0") << "the only application that it has";
  EXPECT_THAT(vendors.dialect.services.value(),
              testing::IsSupersetOf({"cmux", "ppp", "provisioning", "httpc"}));
  EXPECT_TRUE(vendors.dialect.full_dfu);
  EXPECT_EQ(vendors.dialect.provisioning_commands, 5U) << "as its manual says";
  EXPECT_FALSE(vendors.dialect.uart_rx_buffer) << "that of a build with CMUX";
  EXPECT_TRUE(complete(vendors));
  DeviceConfig kit;
  ASSERT_TRUE(read_config("[dialect]\nname = \"slm-3.1\"\nboard = \"thingy91x\"\n", "modem.toml", kit));
  EXPECT_EQ(kit.dialect.name, "slm-3.1");
  EXPECT_EQ(kit.dialect.interface_pin, 26U);
  EXPECT_FALSE(kit.dialect.services) << "that of every board";
  EXPECT_FALSE(kit.dialect.uart_rx_buffer) << "SLM has another UART";
  DeviceConfig no_flow_control;
  ASSERT_TRUE(read_config("[dialect]\nboard = \"thingy91x\"\n", "modem.toml", no_flow_control));
  EXPECT_EQ(no_flow_control.dialect.name, "serial-modem-2.0");
  EXPECT_EQ(no_flow_control.dialect.uart_rx_buffer, 2048U);
  EXPECT_EQ(no_flow_control.dialect.provisioning_commands, 10U);
  ASSERT_TRUE(
      read_config("[dialect]\nboard = \"nrf91m1\"\nprovisioning_commands = 7\nlog_time = false\n"
                  "log_levels = false\nlog_colors = true\nnrfcloud_fota_outcome = \"#XNRFCLOUDFOTA\"\n",
                  "modem.toml", no_flow_control));
  EXPECT_EQ(no_flow_control.dialect.provisioning_commands, 7U) << "what is told goes before the board";
  EXPECT_FALSE(no_flow_control.dialect.log_form.time);
  EXPECT_FALSE(no_flow_control.dialect.log_form.level);
  EXPECT_TRUE(no_flow_control.dialect.log_form.colors);
  EXPECT_TRUE(no_flow_control.dialect.nrfcloud_fota_ends_by_name);
  DeviceConfig chosen;
  ASSERT_TRUE(read_config("[dialect]\nboard = \"nrf91m1\"\nservices = [\"sms\"]\n", "modem.toml", chosen));
  EXPECT_THAT(chosen.dialect.services.value(), ElementsAre("sms"));
  EXPECT_EQ(refusal_of("[dialect]\nname = \"slm-1.5\"\nboard = \"nrf91m1\"\n").what,
            "`dialect.board` cannot be used");
}

}  // namespace
}  // namespace attache::device
