#include "device/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/config/config_value.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal_of(DeviceConfig config) {
  auto outcome = complete(config);
  return outcome ? "accepted" : base::to_block(outcome.error());
}

DeviceConfig with_dialect(std::string name) {
  DeviceConfig config;
  config.dialect.name = std::move(name);
  return config;
}

TEST(Complete, DecidesTheErrnoOfAFailedHandshakeByTheModemLibrary) {
  for (const char* dialect : {"slm-1.6", "slm-1.5"}) {
    DeviceConfig config = with_dialect(dialect);
    ASSERT_TRUE(complete(config));
    EXPECT_TRUE(config.network.tls_failure_is_refused);
    config.dialect.modem_library = "1.0.1";
    ASSERT_TRUE(complete(config));
    EXPECT_FALSE(config.network.tls_failure_is_refused);
  }
}

TEST(Complete, GivesTheFirmwareToTheNetwork) {
  DeviceConfig config;
  config.simulation.firmware = "mfw_nrf9160_1.3.0";
  ASSERT_TRUE(complete(config));
  EXPECT_EQ(config.network.firmware, "mfw_nrf9160_1.3.0");
}

TEST(Complete, LetsTheModemExamineCredentialsUnlessTheyAreTheApplications) {
  DeviceConfig config;
  ASSERT_TRUE(complete(config));
  EXPECT_TRUE(config.simulation.examine_credentials);
  config.dialect.native_tls = true;
  ASSERT_TRUE(complete(config));
  EXPECT_FALSE(config.simulation.examine_credentials);
}

TEST(Complete, KnowsTheServicesOfEachDialectsBuild) {
  DeviceConfig newer = with_dialect("slm-1.6");
  ASSERT_TRUE(complete(newer));
  EXPECT_THAT(newer.dialect.services.value(), ElementsAre("httpc", "ftpc", "mqttc", "gps", "sms"));
  newer = with_dialect("slm-1.6");
  newer.i2c.push_back({.bus = 2, .address = 0x76, .has_address = true});
  ASSERT_TRUE(complete(newer));
  EXPECT_THAT(newer.dialect.services.value(), ElementsAre("httpc", "ftpc", "mqttc", "gps", "sms", "twi"));
  DeviceConfig older = with_dialect("slm-1.5");
  ASSERT_TRUE(complete(older));
  EXPECT_THAT(older.dialect.services.value(), ElementsAre("httpc"));
  DeviceConfig chosen;
  chosen.dialect.services.emplace();
  ASSERT_TRUE(complete(chosen));
  EXPECT_TRUE(chosen.dialect.services->empty());
}

serial::PortSpec port_of(unsigned uart, const char* link) {
  serial::PortSpec spec;
  spec.kind = serial::PortSpec::Kind::tty;
  spec.target = link;
  spec.uart = uart;
  return spec;
}

TEST(Complete, PutsAtOnTheUartOfTheApplicationAndTheLogOnTheOther) {
  using Role = serial::PortSpec::Role;
  for (unsigned uart : {0U, 2U}) {
    DeviceConfig config;
    config.dialect.uart = uart;
    config.flow_control = true;
    config.ports = {port_of(0, "/dev/a"), port_of(2, "/dev/b")};
    ASSERT_TRUE(complete(config));
    EXPECT_EQ(config.ports[0].role, uart == 0 ? Role::at : Role::log);
    EXPECT_EQ(config.ports[1].role, uart == 2 ? Role::at : Role::log);
    EXPECT_EQ(config.ports[0].rtscts, uart == 0);
    EXPECT_EQ(config.ports[1].rtscts, uart == 2);
  }
}

TEST(Complete, RefusesUartsThatContradictEachOther) {
  DeviceConfig twice;
  twice.ports = {port_of(0, "/dev/a"), port_of(0, "/dev/b")};
  EXPECT_THAT(refusal_of(twice), HasSubstr("UART 0 is named twice"));
  DeviceConfig no_at;
  no_at.ports = {port_of(2, "/dev/b")};
  EXPECT_THAT(refusal_of(no_at), HasSubstr("add a port uart0=SPEC"));
}

TEST(Complete, RefusesAServiceThatTheDialectNeverHad) {
  DeviceConfig config = with_dialect("slm-1.5");
  config.dialect.services = {{"httpc", "sms"}};
  EXPECT_THAT(refusal_of(config), HasSubstr("slm-1.5 has no service \"sms\""));
}

TEST(Complete, RefusesI2cEntriesThatContradictEachOther) {
  DeviceConfig config;
  config.i2c.push_back({.bus = 2});
  EXPECT_THAT(refusal_of(config), HasSubstr("names neither `adapter` nor `address`"));
  config.i2c[0].adapter = "/dev/i2c-1";
  config.i2c.push_back(config.i2c[0]);
  EXPECT_THAT(refusal_of(config), HasSubstr("bus 2 has two adapters"));
  config.i2c[1] = {.bus = 2, .address = 0x76, .has_address = true};
  EXPECT_THAT(refusal_of(config), HasSubstr("is an adapter and has a simulated device at 76"));
  config.i2c[0] = config.i2c[1];
  EXPECT_THAT(refusal_of(config), HasSubstr("bus 2 has two devices at 76"));
  config.i2c[0].adapter = "/dev/i2c-1";
  EXPECT_THAT(refusal_of(config), HasSubstr("names both `adapter` and `address`"));
}

TEST(Complete, RefusesUnknownNamesWithTheNearestKnown) {
  EXPECT_THAT(refusal_of(with_dialect("slm-16")), HasSubstr("did you mean `slm-1.6`?"));
  EXPECT_THAT(
      refusal_of(with_dialect("quectel")),
      HasSubstr(
          "known: `slm-1.6`, `slm-1.5`, `slm-3.1`, `slm-2.9`, `serial-modem-2.0`, `serial-modem-1.99`"));
  DeviceConfig config;
  config.dialect.modem_library = "1.1.0";
  EXPECT_THAT(refusal_of(config), HasSubstr("dialect.modem_library"));
  config = {};
  config.dialect.services = {{"http"}};
  EXPECT_THAT(refusal_of(config), HasSubstr("did you mean `httpc`?"));
  config = {};
  config.simulation.firmware = "1.3.5";
  EXPECT_THAT(refusal_of(config), HasSubstr("mfw_nrf9160_1.x.y"));
}

TEST(Complete, RefusesANetworkWithoutAddresses) {
  DeviceConfig config;
  config.simulation.network.ipv4.reset();
  EXPECT_THAT(refusal_of(config), HasSubstr("no address"));
}

TEST(Complete, RefusesAPortThatIsNamedTwice) {
  DeviceConfig config;
  serial::PortSpec port;
  port.kind = serial::PortSpec::Kind::tcp;
  port.target = "127.0.0.1";
  config.ports = {port, port};
  EXPECT_EQ(refusal_of(config), "accepted");  // Port 0 is another one each time.
  config.ports[0].port = config.ports[1].port = 4000;
  EXPECT_THAT(refusal_of(config), HasSubstr("tcp:127.0.0.1:4000 is named twice"));
  config.ports[0].kind = config.ports[1].kind = serial::PortSpec::Kind::stdio;
  EXPECT_THAT(refusal_of(config), HasSubstr("stdio is named twice"));
}

TEST(Complete, RefusesListenersThatContradictEachOther) {
  auto address = net::asio::ip::make_address("127.0.0.1");
  DeviceConfig config;
  config.network.listens = {{80, address, 8080}, {80, address, 8081}};
  EXPECT_THAT(refusal_of(config), HasSubstr("the device's port 80 is named twice"));
  config.network.listens = {{80, address, 8080}, {81, address, 8080}};
  EXPECT_THAT(refusal_of(config), HasSubstr("127.0.0.1 port 8080 is named twice"));
  config.network.listens = {{80, address, 0}, {81, address, 0}};
  EXPECT_EQ(refusal_of(config), "accepted");
}

TEST(Complete, RefusesARouteOfALiteralToTheOtherFamily) {
  DeviceConfig config;
  net::Route route;
  route.from_host = "2001:db8::1";
  route.kind = net::Route::Kind::refused;
  route.family = net::Family::ipv4;
  config.network.routes = {route};
  EXPECT_THAT(refusal_of(config), HasSubstr("2001:db8::1 is not of its family"));
  config.network.routes[0].family = net::Family::ipv6;
  EXPECT_EQ(refusal_of(config), "accepted");
}

TEST(ParseTiming, ReadsNamesAndSpeeds) {
  EXPECT_EQ(parse_timing("instant")->speed, 0);
  EXPECT_EQ(parse_timing("real")->speed, 1);
  EXPECT_EQ(parse_timing("60x")->speed, 60);
  EXPECT_EQ(parse_timing("0.5x")->speed, 0.5);
  EXPECT_EQ(parse_timing("1000000x")->speed, 1e6);
}

TEST(ParseTiming, RefusesAnythingElse) {
  for (const char* text :
       {"", "x", "60", "0x", "-1x", "+1x", "1000001x", "nanx", "infx", "1e3x", "60xx", " 60x", "Real"}) {
    auto timing = parse_timing(text);
    ASSERT_FALSE(timing) << text;
    EXPECT_THAT(timing.error().why, HasSubstr("60x"));
  }
  EXPECT_EQ(parse_timing("instnt").error().advice, "did you mean `instant`?");
}

TEST(ParseHostAndPort, ReadsNamesPatternsAndAddresses) {
  struct Case {
    const char* text;
    const char* host;
    std::optional<std::uint16_t> port;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"google.com:443", "google.com", 443},
           {"google.com", "google.com", std::nullopt},
           {"*", "*", std::nullopt},
           {"*:80", "*", 80},
           {"*.example.com:80", "*.example.com", 80},
           {"[::1]:443", "::1", 443},
           {"[::1]", "::1", std::nullopt},
           {"::1", "::1", std::nullopt},
           {"2001:db8::443", "2001:db8::443", std::nullopt},
           {"127.0.0.1:8443", "127.0.0.1", 8443},
           {"127.0.0.1", "127.0.0.1", std::nullopt},
           {"localhost:0", "localhost", 0},
           {"my_host:65535", "my_host", 65535},
       }) {
    auto place = parse_host_and_port(c.text);
    ASSERT_TRUE(place) << c.text;
    EXPECT_EQ(place->host, c.host);
    EXPECT_EQ(place->port, c.port) << c.text;
  }
}

TEST(ParseHostAndPort, PointsAtWhatIsWrong) {
  struct Case {
    const char* text;
    std::size_t column;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", 1},
           {":443", 1},
           {"a b:1", 1},
           {"a..b", 1},
           {"*.*", 1},
           {"a*", 1},
           {"*.", 1},
           {"http://x", 6},
           {"host:", 6},
           {"host:x", 6},
           {"host:65536", 6},
           {"host:-1", 6},
           {"[::1", 5},
           {"[::1]x", 6},
           {"[::1]:", 7},
           {"[host]:1", 2},
           {"[127.0.0.1]:1", 2},
           {"[]", 2},
       }) {
    auto place = parse_host_and_port(c.text);
    ASSERT_FALSE(place) << c.text;
    EXPECT_EQ(place.error().column, c.column) << c.text;
    EXPECT_EQ(place.error().excerpt, c.text);
  }
}

TEST(ParseDuration, ReadsUnits) {
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("200ms"), 200ms);
  EXPECT_EQ(parse_duration("50us"), 50us);
  EXPECT_EQ(parse_duration("2min"), 2min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("0s"), 0s);
  for (const char* text : {"", "s", "5", "5 s", "-5s", "+5s", ".5s", "5S", "25h", "5ss", "nans", "1e1s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(ParseRate, ReadsPowersOfAThousand) {
  EXPECT_EQ(parse_rate("9600"), 9600U);
  EXPECT_EQ(parse_rate("60k"), 60'000U);
  EXPECT_EQ(parse_rate("1.5M"), 1'500'000U);
  EXPECT_EQ(parse_rate("1G"), 1'000'000'000U);
  for (const char* text : {"", "k", "60K", "60 k", "-1", "10000G", "60kbit"}) {
    EXPECT_EQ(parse_rate(text), std::nullopt) << text;
  }
}

TEST(IsFirmware, KnowsTheFamilies) {
  for (const char* text :
       {"mfw_nrf9160_1.3.5", "mfw_nrf9160_1.0.0", "mfw_nrf91x1_2.0.3", "mfw_nrf91x1_2.0.0-77.beta"}) {
    EXPECT_TRUE(is_firmware(text)) << text;
  }
  for (const char* text :
       {"", "mfw_nrf9160_2.0.0", "mfw_nrf91x1_1.3.0", "mfw_nrf9160_1.3", "mfw_nrf9160_1.3.5.1",
        "mfw_nrf9160_1.3.5-", "mfw_nrf9160_1.x.y", "nrf9160_1.3.5", "mfw_nrf9160_1.3.5-a\"b"}) {
    EXPECT_FALSE(is_firmware(text)) << text;
  }
}

}  // namespace
}  // namespace attache::device
