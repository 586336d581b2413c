#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "device/steering/steering.hpp"
#include "steered_device.hpp"

namespace attache::device {
namespace {

using testing::HasSubstr;

class SteeringTheRadio : public testing::Test {
 protected:
  SteeringTheRadio() {
    device_.start();
    device_.send("AT+CEREG=1");
    device_.send("AT+CFUN=1");
    device_.clock.advance(std::chrono::seconds(1));
    static_cast<void>(device_.port->host_takes());
  }
  /// What the host is told within a minute of the command.
  std::string after(std::string_view command) {
    device_.steer(command);
    device_.clock.advance(std::chrono::minutes(1));
    return device_.port->host_takes();
  }

  SteeredDevice device_;
};

TEST_F(SteeringTheRadio, TakesCoverageAwayAndGivesItBack) {
  EXPECT_THAT(after("coverage off"), HasSubstr("+CEREG: 2"));
  EXPECT_THAT(after("coverage on"), HasSubstr("+CEREG: 1"));
}

TEST_F(SteeringTheRadio, DetachesTheModemWhichComesBack) {
  std::string told = after("detach");
  EXPECT_THAT(told, HasSubstr("+CEREG: 2"));
  EXPECT_THAT(told, HasSubstr("+CEREG: 1"));
}

TEST_F(SteeringTheRadio, RejectsTheNextAttach) {
  EXPECT_THAT(device_.steer("reject 15"), HasSubstr("15"));
  EXPECT_THAT(device_.steer("state"), HasSubstr("the next attach is rejected with cause 15"));
  device_.send("AT+CFUN=4");
  device_.send("AT+CFUN=1");
  EXPECT_THAT(device_.send("AT+CEREG?"), testing::Not(HasSubstr("+CEREG: 1,1")));
}

TEST_F(SteeringTheRadio, TakesTheSimOutAndPutsItIn) {
  EXPECT_THAT(after("sim out"), HasSubstr("+CEREG: 90"));
  EXPECT_THAT(device_.steer("state"), HasSubstr("SIM: no SIM in the holder"));
  EXPECT_THAT(device_.steer("sim in"), HasSubstr("AT+CFUN=4 and 1"));
  device_.send("AT+CFUN=4");
  device_.send("AT+CFUN=1");
  EXPECT_THAT(device_.send("AT+CEREG?"), HasSubstr("+CEREG: 1,1"));
}

TEST_F(SteeringTheRadio, EndsOnePdnConnectionOfSeveral) {
  device_.send("AT+CGDCONT=1,\"IP\",\"second\"");
  ASSERT_EQ(device_.send("AT+CGACT=1,1"), "\r\nOK\r\n");
  EXPECT_THAT(device_.steer("state"), HasSubstr("PDN 1: IP \"second\", 10."));
  EXPECT_THAT(device_.steer("pdn down 1"), HasSubstr("1"));
  EXPECT_THAT(device_.send("AT+CGACT?"), testing::AllOf(HasSubstr("+CGACT: 0,1"), HasSubstr("+CGACT: 1,0")));
}

TEST_F(SteeringTheRadio, ChangesHowFastTheModemRuns) {
  EXPECT_EQ(device_.steer("clock scale real"), "modem and network run at 1x from now on");
  device_.send("AT+CFUN=4");
  device_.clock.advance(std::chrono::seconds(30));
  device_.send("AT+CFUN=1");
  device_.clock.advance(std::chrono::milliseconds(60));
  EXPECT_THAT(device_.send("AT+CEREG?"), testing::Not(HasSubstr("+CEREG: 1,1")));
  device_.clock.advance(std::chrono::minutes(1));
  EXPECT_THAT(device_.send("AT+CEREG?"), HasSubstr("+CEREG: 1,1"));
  EXPECT_THAT(device_.steer("clock"), HasSubstr("clock: manual, timing real"));
  EXPECT_THAT(device_.steer("clock scale fast"), HasSubstr("unknown timing"));
}

TEST_F(SteeringTheRadio, SetsTheDateOfTheNetwork) {
  EXPECT_EQ(device_.steer("clock date 2031-05-24T10:00:00Z zone=8 daylight=1"),
            "the network sent the new date");
  EXPECT_THAT(device_.send("AT+CCLK?"), HasSubstr("+CCLK: \"31/05/24,12:00:00+08\""));
  EXPECT_THAT(device_.steer("clock"), HasSubstr("the modem's date 2031-05-24T10:00:00Z"));
  EXPECT_THAT(device_.steer("clock date tomorrow"), HasSubstr("`tomorrow` is no date"));
  EXPECT_THAT(device_.steer("clock date 2031-05-24T10:00:00Z zone=99"), HasSubstr("out of range"));
}

TEST_F(SteeringTheRadio, ShowsPowerSavingInSeconds) {
  device_.send("AT+CPSMS=1,\"\",\"\",\"00000110\",\"00000101\"");
  device_.clock.advance(std::chrono::seconds(5));
  EXPECT_THAT(device_.steer("state"), HasSubstr("RRC connected, awake, PSM after 10 s, TAU every 3600 s\n"));
  device_.clock.advance(std::chrono::seconds(60));
  EXPECT_THAT(device_.steer("state"),
              HasSubstr("radio: RRC idle, PSM, PSM after 10 s, TAU every 3600 s, next TAU in 35"));
}

TEST_F(SteeringTheRadio, ShowsTheStateToPeopleAndPrograms) {
  auto answer = device::steer(*device_.device, "state");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->text, HasSubstr("registration: registered"));
  EXPECT_THAT(answer->text, HasSubstr("PDN 0: "));
  EXPECT_THAT(answer->text, HasSubstr("serving"));
  boost::json::value data = boost::json::parse(answer->json);
  EXPECT_EQ(data.at("modem").at("stat").as_int64(), 1);
  EXPECT_EQ(data.at("cells").at(0).at("serving").as_bool(), true);
  EXPECT_EQ(data.at("pdn").at(0).at("active").as_bool(), true);
  EXPECT_EQ(data.at("link").at("outage").as_bool(), false);
  EXPECT_EQ(data.at("names").as_string(), "ok");
  EXPECT_EQ(data.at("timing").as_string(), "instant");
  EXPECT_EQ(data.at("ports").as_array().size(), 1);
  EXPECT_THAT(device_.steer("state of affairs"), HasSubstr("usage: state"));
}

TEST_F(SteeringTheRadio, RejectsTheNextUpdate) {
  device_.steer("reject update 10");
  std::string told = after("cell 0112F3FF tac=0A1C");
  EXPECT_THAT(told, HasSubstr("+CEREG: 2"));
  EXPECT_THAT(told, HasSubstr("+CEREG: 1")) << "it attaches anew after cause 10";
}

TEST_F(SteeringTheRadio, LetsTheNetworkTellOptionsAndLimits) {
  device_.send("AT%XPCO=1");
  EXPECT_THAT(after("network pco 65280 A1B1"), HasSubstr("%XPCO: 65280,\"A1B1\""));
  for (const char* line : {"network limit 10 1h", "network exceptions on"}) {
    EXPECT_THAT(device_.steer(line), testing::Not(HasSubstr("usage"))) << line;
  }
  for (const char* line : {"network pco FF00 34", "network pco 65280", "network limit 10",
                           "network limit x 1h", "network exceptions maybe", "network"}) {
    EXPECT_THAT(device_.steer(line), HasSubstr("usage: network")) << line;
  }
}

TEST_F(SteeringTheRadio, SetsSignalBatteryAndTemperature) {
  for (const char* line : {"signal rsrp=-110 snr=3", "signal trend=-6", "battery 3300", "temperature 45"}) {
    EXPECT_THAT(device_.steer(line), testing::Not(HasSubstr("cannot"))) << line;
  }
}

TEST_F(SteeringTheRadio, NamesWhatIsAllowed) {
  EXPECT_THAT(device_.steer("coverage maybe"), HasSubstr("usage: coverage on|off"));
  EXPECT_THAT(device_.steer("signal loud"), HasSubstr("usage: signal"));
  EXPECT_THAT(device_.steer("signal snr=3"), HasSubstr("usage: signal"));
  EXPECT_THAT(device_.steer("signal rsrp=20"), testing::Not(testing::IsEmpty()));
  EXPECT_THAT(device_.steer("reject eleven"), HasSubstr("usage: reject CAUSE | update CAUSE"));
  EXPECT_THAT(device_.steer("pdn sideways"), HasSubstr("usage: pdn"));
  EXPECT_THAT(device_.steer("sim halfway"), HasSubstr("usage: sim in|out"));
  EXPECT_THAT(device_.steer("cell"), HasSubstr("usage: cell"));
}

}  // namespace
}  // namespace attache::device
