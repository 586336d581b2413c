#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "device/steering/steering.hpp"
#include "serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

DialectOptions with_carrier(std::string_view edition) {
  DialectOptions options;
  options.name = std::string(edition);
  options.services = {{"carrier"}};
  return options;
}

/// A device of one of the dialects that have the operator's library.
class CarrierDevice : public SlmDevice {
 public:
  explicit CarrierDevice(std::string_view edition)
      : SlmDevice(with_carrier(edition)), line_end_(edition.starts_with("serial") ? "\r" : "\r\n") {}

  std::string send(std::string_view line) { return raw(fmt::format("{}{}", line, line_end_)); }
  std::string steer(std::string_view line) {
    auto done = device::steer(*device, line);
    clock.settle();
    return done ? done->text : base::summary(done.error());
  }

 private:
  std::string line_end_;
};

class Carrier : public testing::TestWithParam<std::string_view> {
 protected:
  CarrierDevice device{GetParam()};
};

TEST_P(Carrier, KnowsItsCommandsInQuotesAlone) {
  for (std::string_view line :
       {"#XCARRIER=dereg", "#XCARRIER=time", "#XCARRIERCFG=apn", "#XCARRIERCFG=carriers"}) {
    EXPECT_EQ(device.send(fmt::format("AT{}", line)), error) << line;
  }
}

TEST_P(Carrier, TakesWhatItsCommandsHave) {
  for (std::string_view line : {R"("app_data_create",0,65535)",
                                R"("APP_DATA_SET","4142")",
                                R"("app_data_set",1,2)",
                                R"("app_data_set","",1,2)",
                                R"("battery_level",100)",
                                R"("battery_status",-1)",
                                R"("current",1,-5)",
                                R"("voltage",1,3700)",
                                R"("power_sources")",
                                R"("power_sources",0,1,2,3,4,5,6)",
                                R"("error","ADD",5)",
                                R"("error","remove",5)",
                                R"("memory_free","write",0)",
                                R"("memory_free","nosuch")",
                                R"("memory_total",512)",
                                R"("timezone","write","")",
                                R"("utc_offset","write",-60)",
                                R"("utc_time","write",1672411006)",
                                R"("portfolio","create",1)",
                                R"("portfolio","write",1,3,"x")",
                                R"("position","63.43","-10.47","48",1708684683,"30.5")",
                                R"("velocity",12,"1.0","2","3","4")",
                                R"("log_data","")",
                                R"("send",19,0,0)",
                                R"("send",19,0,0,65535)",
                                R"("reboot")",
                                R"("regup")",
                                R"("dereg")",
                                R"("link_up")",
                                R"("link_down")"}) {
    EXPECT_EQ(device.send(fmt::format("AT#XCARRIER={}", line)), ok) << line;
  }
}

TEST_P(Carrier, RefusesWhatItCannotRead) {
  for (std::string_view line :
       {"",
        "5",
        R"("nosuch")",
        R"("app_data_create")",
        R"("app_data_create",0)",
        R"("app_data_create",0,1,2)",
        R"("app_data_create",0,65536)",
        R"("app_data_set","41",1)",
        R"("app_data_set",1)",
        R"("app_data_set","41",1,2,3)",
        R"("battery_level")",
        R"("battery_level",101)",
        R"("battery_level",-1)",
        R"("battery_level","50")",
        R"("battery_status",2147483648)",
        R"("current",1)",
        R"("voltage",65536,1)",
        R"("power_sources",0,1,2,3,4,5,6,7)",
        R"("power_sources","1")",
        R"("error",5)",
        R"("error","clear",5)",
        R"("error","add")",
        R"("error","remove",99)",
        R"("memory_free")",
        R"("memory_free","write")",
        R"("memory_free","write",-1)",
        R"("memory_free","read",1)",
        R"("timezone","nosuch")",
        R"("timezone","write","0123456789012345678901234567890123456789012345678901234567890123")",
        R"("utc_offset","write","x")",
        R"("utc_time","write",-1)",
        R"("portfolio","create",0)",
        R"("portfolio","read",9,0)",
        R"("portfolio","read",0,4)",
        R"("portfolio","write",9,0,"x")",
        R"("portfolio","nosuch",0)",
        R"("position","63.43","10.47","48",1708684683)",
        R"("position","north","10.47","48",1,"30.5")",
        R"("position",63,"10.47","48",1,"30.5")",
        R"("velocity",12,"1.0","2.0","3.0")",
        R"("velocity",12,"1.0","2.0","3.0","")",
        R"("log_data")",
        R"("log_data","xyz")",
        R"("log_data","4")",
        R"("send",19,0)",
        R"("send",19,0,0,1,2)",
        R"("reboot",1)"}) {
    EXPECT_EQ(device.send(fmt::format("AT#XCARRIER={}", line)), error) << line;
  }
  for (std::string_view line : {"AT#XCARRIER", "AT#XCARRIER?", "AT#XCARRIER=?", "AT#XCARRIERCFG",
                                "AT#XCARRIERCFG?", "AT#XCARRIERCFG=?"}) {
    EXPECT_EQ(device.send(line), error) << line;
  }
}

TEST_P(Carrier, ReadsWhatItWasTold) {
  EXPECT_EQ(device.send("AT#XCARRIER=\"memory_free\",\"read\""), answer("#XCARRIER: 0"));
  EXPECT_EQ(device.send("AT#XCARRIER=\"timezone\",\"read\""), answer("#XCARRIER: "));
  EXPECT_EQ(device.send("AT#XCARRIER=\"utc_time\",\"write\",1672411006"), ok);
  EXPECT_EQ(device.send("AT#XCARRIER=\"time\",1"),
            answer("#XCARRIER: UTC_TIME: 2022-12-30T14:36:46Z, UTC_OFFSET: 0, TIMEZONE:"));
  EXPECT_EQ(device.send("AT#XCARRIER=\"utc_offset\",\"write\",60"), ok);
  EXPECT_EQ(device.send("AT#XCARRIER=\"timezone\",\"WRITE\",\"Europe/Paris\""), ok);
  device.clock.advance(1200s);
  EXPECT_EQ(device.send("AT#XCARRIER=\"time\""),
            answer("#XCARRIER: UTC_TIME: 2022-12-30T14:56:46Z, UTC_OFFSET: 60, TIMEZONE: Europe/Paris"));
  EXPECT_EQ(device.send("AT#XCARRIER=\"utc_time\",\"read\""), answer("#XCARRIER: 2022-12-30T14:56:46Z"));
  EXPECT_EQ(device.send("AT#XCARRIER=\"portfolio\",\"read\",0,1"), answer("#XCARRIER: "));
  EXPECT_EQ(device.send("AT#XCARRIER=\"portfolio\",\"write\",0,1,\"maker\""), ok);
  EXPECT_EQ(device.send("AT#XCARRIER=\"portfolio\",\"read\",0,1"), answer("#XCARRIER: maker"));
}

TEST_P(Carrier, SaysInTheLogWhatItPassesOver) {
  EXPECT_EQ(device.send("AT#XCARRIER=\"app_data_set\",\"xyz\""), ok);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(base::summary(reasons[0]), HasSubstr("hexadecimal"));
  EXPECT_EQ(device.send("AT#XCARRIER=\"link_up\""), ok);
  reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].why, HasSubstr("no server of an operator"));
}

TEST_P(Carrier, KeepsItsSettings) {
  struct Case {
    std::string_view name;
    std::string_view initial;
    std::string_view given;
    std::string_view shown;
  };
  constexpr Case cases[] = {{"apn", "", "\"custom.APN\"", "custom.APN"},
                            {"auto_register", "1", "0", "0"},
                            {"auto_startup", "0", "1", "1"},
                            {"binding", "", "\"UN\"", "UN"},
                            {"carriers", "all", "0,1,2,3,4,5", "0, 1, 2, 3, 4, 5"},
                            {"coap_con_interval", "0", "-1", "-1"},
                            {"config_enable", "0", "1", "1"},
                            {"device_enable", "0", "1", "1"},
                            {"device_serial_no_type", "0", "1", "1"},
                            {"device_type", "", "\"t\"", "t"},
                            {"download_timeout", "0", "65535", "65535"},
                            {"hardware_version", "", "\"1\"", "1"},
                            {"is_bootstrap", "0", "1", "1"},
                            {"lifetime", "0", "86400", "86400"},
                            {"manufacturer", "", "\"Nordic Semiconductor ASA\"", "Nordic Semiconductor ASA"},
                            {"model_number", "", "\"m\"", "m"},
                            {"pdn_type", "0", "3", "3"},
                            {"queue_mode", "0", "1", "1"},
                            {"sec_tag", "0", "4294967295", "4294967295"},
                            {"service_code", "", "\"code\"", "code"},
                            {"session_idle_timeout", "0", "86400", "86400"},
                            {"software_version", "", "\"s\"", "s"},
                            {"uri", "", "\"coaps://x\"", "coaps://x"}};
  for (const Case& each : cases) {
    std::string command = fmt::format("AT#XCARRIERCFG=\"{}\"", each.name);
    EXPECT_EQ(device.send(command), answer(fmt::format("#XCARRIERCFG: {}", each.initial))) << each.name;
    EXPECT_EQ(device.send(fmt::format("{},{}", command, each.given)), ok) << each.name;
    EXPECT_EQ(device.send(command), answer(fmt::format("#XCARRIERCFG: {}", each.shown))) << each.name;
  }
  EXPECT_THAT(device.send("AT#XRESET"), HasSubstr(ok));
  EXPECT_THAT(device.after(60s), HasSubstr("Ready"));
  EXPECT_EQ(device.send("AT#XCARRIERCFG=\"APN\""), answer("#XCARRIERCFG: custom.APN")) << "after a reset";
}

TEST_P(Carrier, RefusesSettingsThatCannotBe) {
  for (std::string_view line : {R"("nosuch")",
                                R"("apn",5)",
                                R"("apn","a","b")",
                                R"("apn","0123456789012345678901234567890123456789012345678901234567890123")",
                                R"("queue_mode",2)",
                                R"("queue_mode","1")",
                                R"("queue_mode",0,1)",
                                R"("carriers",6)",
                                R"("carriers",0,1,2,3,4,5,0)",
                                R"("carriers","some")",
                                R"("carriers","all",1)",
                                R"("carriers",-1)",
                                R"("coap_con_interval",-2)",
                                R"("session_idle_timeout",86401)",
                                R"("download_timeout",65536)",
                                R"("lifetime",86401)",
                                R"("device_type","01234567890123456789012345678901")",
                                R"("device_serial_no_type",2)",
                                R"("service_code","12345")",
                                R"("pdn_type",4)",
                                R"("binding","X")",
                                R"("binding","UNU")",
                                R"("sec_tag",4294967296)",
                                R"("sec_tag",-1)"}) {
    EXPECT_EQ(device.send(fmt::format("AT#XCARRIERCFG={}", line)), error) << line;
  }
}

TEST_P(Carrier, TellsEventsThatAreOrdered) {
  EXPECT_EQ(device.steer("carrier event 5,0"), "the host is told #XCARRIEREVT: 5,0");
  EXPECT_EQ(device.take(), "\r\n#XCARRIEREVT: 5,0\r\n");
  device.steer("carrier event 7,3,60");
  EXPECT_EQ(device.take(), "\r\n#XCARRIEREVT: 7,3,60\r\n");
  device.steer("carrier event 1,-1");
  EXPECT_EQ(device.take(), "\r\n#XCARRIEREVT: 1,-1\r\n");
  device.steer("carrier event 20,3,-5");
  EXPECT_EQ(device.take(), "\r\n#XCARRIEREVT: 20,3,-5\r\n");
  EXPECT_EQ(device.steer("carrier write /10250/0/0 4142"), "the server writes 2 bytes to /10250/0/0");
  EXPECT_EQ(device.take(), "\r\n#XCARRIEREVT: 12,0,\"/10250/0/0\",4\r\n\"4142\"");
  device.steer("carrier observe /19/0/0 on");
  EXPECT_EQ(device.take(), "\r\n#XCARRIEREVT: 12,1,\"/19/0/0\"\r\n");
  device.steer("carrier observe /19/0/0 off");
  EXPECT_EQ(device.take(), "\r\n#XCARRIEREVT: 12,2,\"/19/0/0\"\r\n");
}

TEST_P(Carrier, RefusesEventsThatCannotBe) {
  for (std::string_view line :
       {"event", "event 5", "event 5,1", "event 12,0", "event x", "event 7,10,1", "event 7,3", "event 10,1",
        "event 20,9,0", "event 99,0", "event 5,0,0", "write /1/2 4", "write 1/2 41", "write /a 41",
        "observe /1/2", "observe /1/2 maybe", "nosuch"}) {
    EXPECT_FALSE(device::steer(*device.device, fmt::format("carrier {}", line))) << line;
  }
  EXPECT_EQ(device.take(), "");
}

TEST_P(Carrier, ShowsWhatTheHostHasTold) {
  EXPECT_EQ(device.steer("carrier"), "the host has told the operator's library nothing");
  EXPECT_EQ(device.send("AT#XCARRIER=\"battery_level\",50"), ok);
  EXPECT_EQ(device.send("AT#XCARRIER=\"app_data_set\",\"4a4B\",1,2"), ok);
  EXPECT_EQ(device.steer("carrier"), "/19/1/0/2 = 4A4B\n/3/0/9 = 50");
}

TEST_P(Carrier, TakesDigitsInDataMode) {
  EXPECT_EQ(device.send("AT#XCARRIER=\"app_data_set\""), ok);
  EXPECT_EQ(device.raw("4142+++"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_EQ(device.steer("carrier"), "/10250/0/0 = 4142");
  EXPECT_EQ(device.send("AT#XCARRIER=\"app_data_set\""), ok);
  std::string ending = GetParam() == "serial-modem-2.0"    ? "+++\r\n#XDATAMODE: -1\r\n"
                       : GetParam() == "serial-modem-1.99" ? "\r\n#XDATAMODE: -1\r\n"
                                                           : "\r\n#XDATAMODE: 0\r\n";
  EXPECT_EQ(device.raw("xyz+++"), ending);
  EXPECT_EQ(device.steer("carrier"), "/10250/0/0 = 4142");
}

INSTANTIATE_TEST_SUITE_P(In, Carrier,
                         testing::Values("slm-2.9", "slm-3.1", "serial-modem-1.99", "serial-modem-2.0"),
                         [](const auto& tested) {
                           std::string name(tested.param);
                           std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
                           return name;
                         });

TEST(CarrierInADefaultBuild, IsNotThere) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XCARRIER=\"time\""), error);
  EXPECT_EQ(device.send("AT#XCARRIERCFG=\"apn\""), error);
  EXPECT_FALSE(device::steer(*device.device, "carrier event 5,0"));
}

}  // namespace
}  // namespace attache::dialects
