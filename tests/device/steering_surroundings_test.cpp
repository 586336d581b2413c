#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "device/steering/steering.hpp"
#include "steered_device.hpp"

namespace attache::device {
namespace {

using testing::HasSubstr;

class SteeringMessages : public testing::Test {
 protected:
  SteeringMessages() {
    device_.start();
    device_.send("AT+CFUN=1");
    device_.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(device_.send("AT#XSMS=1"), "\r\nOK\r\n");
  }
  /// What the host is told about one that it sends.
  std::string send_text(std::string_view text) {
    std::string answer = device_.send("AT#XSMS=2,\"+491701234567\",\"" + std::string(text) + "\"");
    device_.clock.advance(std::chrono::seconds(5));
    return answer + device_.port->host_takes();
  }

  SteeredDevice device_;
};

TEST_F(SteeringMessages, BringsATextToTheDevice) {
  EXPECT_EQ(device_.steer("sms in +4930123456 two words"),
            "a message from +4930123456 is on its way to the device");
  EXPECT_THAT(device_.port->host_takes(), HasSubstr("two words"));
  EXPECT_THAT(device_.steer("sms in +4930123456"), HasSubstr("a sender and a text are expected"));
  EXPECT_THAT(device_.steer("sms in +4930123456 \"\xff\""), HasSubstr("it is not UTF-8"));
  EXPECT_THAT(device_.steer("sms away"), HasSubstr("usage: sms in FROM TEXT"));
}

TEST_F(SteeringMessages, ShowsWhatTheDeviceHasSent) {
  EXPECT_EQ(device_.steer("sms outbox"), "the device has sent no message");
  send_text("hello");
  EXPECT_THAT(device_.steer("sms outbox"), HasSubstr(" to +491701234567: hello"));
  auto answer = device::steer(*device_.device, "sms outbox");
  EXPECT_EQ(boost::json::parse(answer->json).at("messages").at(0).at("text").as_string(), "hello");
  EXPECT_EQ(device_.steer("sms outbox clear"), "the device has sent no message");
}

TEST_F(SteeringMessages, KeepsTheNewestTextsOnly) {
  for (std::size_t i = 0; i <= MessageBox::most_kept; ++i) {
    send_text(std::to_string(i));
  }
  auto outbox = device_.device->messages().outbox();
  ASSERT_EQ(outbox.size(), MessageBox::most_kept);
  EXPECT_EQ(outbox.front().text, "1");
}

TEST_F(SteeringMessages, LetsTheServiceCentreRefuseAndLose) {
  EXPECT_EQ(device_.steer("sms service refuse=38 reports=never delay=2s"),
            "service centre: loss 0%, refuse with cause 38, reports never, delay 2 s");
  EXPECT_THAT(send_text("refused"), HasSubstr("ERROR"));
  EXPECT_EQ(device_.steer("sms service refuse=off loss=100%"),
            "service centre: loss 100%, refuse off, reports never, delay 2 s");
  EXPECT_THAT(send_text("lost"), HasSubstr("OK"));
  EXPECT_EQ(device_.steer("sms outbox"), "the device has sent no message");
  for (const char* line :
       {"sms service refuse=0", "sms service loss=2", "sms service reports=maybe", "sms service x"}) {
    EXPECT_THAT(device_.steer(line), HasSubstr("usage: sms")) << line;
  }
}

TEST(SteeringGnss, PutsTheDeviceInAPlaceAndTakesTheSkyAway) {
  SteeredDevice device;
  device.start();
  EXPECT_EQ(device.steer("gnss"), "GNSS: sky on, at 52.520008,13.404954,34");
  EXPECT_EQ(device.steer("gnss position 48.137,11.575"), "GNSS: sky on, at 48.137000,11.575000,0");
  EXPECT_EQ(device.steer("gnss sky off"), "GNSS: sky off, at 48.137000,11.575000,0");
  for (const char* line : {"gnss position 91,0", "gnss position here", "gnss sky blue", "gnss position"}) {
    EXPECT_THAT(device.steer(line), HasSubstr("usage: gnss")) << line;
  }
}

TEST(SteeringGnss, LosesTheFixAndFindsTheNewPlace) {
  DeviceConfig config;
  config.gnss.accuracy = 0;
  config.dialect.services = {"gps"};
  SteeredDevice device(config);
  device.start();
  device.send("AT%XSYSTEMMODE=0,0,1,0");
  device.send("AT+CFUN=31");
  device.send("AT#XGPS=1,1");
  device.clock.advance(std::chrono::seconds(60));
  EXPECT_THAT(device.port->host_takes(), HasSubstr("52.520008"));
  device.steer("gnss sky off");
  device.clock.advance(std::chrono::seconds(1));
  static_cast<void>(device.port->host_takes());
  device.clock.advance(std::chrono::seconds(60));
  EXPECT_THAT(device.port->host_takes(), testing::Not(HasSubstr("52.520008")));
  device.steer("gnss position 48.137,11.575,520");
  device.steer("gnss sky on");
  device.clock.advance(std::chrono::seconds(60));
  EXPECT_THAT(device.port->host_takes(), HasSubstr("48.137000"));
}

}  // namespace
}  // namespace attache::device
