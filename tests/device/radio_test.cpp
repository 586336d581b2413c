#include "device/radio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "device/device.hpp"
#include "device/steering/steering.hpp"
#include "net/host_network.hpp"
#include "net/memory_bearer.hpp"
#include "serial/memory_port.hpp"

namespace attache::device {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view not_steered =
    "this modem cannot be steered: Attaché simulates neither it nor its network | take a device with the "
    "simulated modem";

/// A modem of which the faces are there that every kind has, and no more.
RadioFactory bare_radio(const DeviceConfig& config, base::Clock& clock) {
  return
      [make = simulated_radio(config.simulation, clock)](base::Settings& settings, base::Journal& journal) {
        Radio whole = make(settings, journal);
        return Radio{whole.parts, whole.modem, whole.pdn, whole.credentials, whole.power};
      };
}

class BareRadio : public ::testing::Test {
 protected:
  base::Result<std::shared_ptr<Device>> make(DeviceConfig config) {
    EXPECT_TRUE(complete(config));
    return Device::create(config, clock_, bare_radio(config, clock_),
                          [this](const Radio& radio, base::Journal&) {
                            EXPECT_EQ(radio.link, nullptr);
                            return std::make_unique<net::MemoryBearer>(clock_);
                          });
  }

  void SetUp() override {
    device_ = *make({});
    auto port = std::make_unique<serial::MemoryPort>();
    port_ = port.get();
    device_->add_at_port(std::move(port));
    device_->start();
    clock_.settle();
    EXPECT_EQ(port_->host_takes(), "Ready\r\n");
  }

  void TearDown() override {
    device_->close();
    clock_.settle();
  }

  std::string send(std::string_view line) {
    port_->host_sends(std::string(line) + "\r\n");
    clock_.settle();
    return port_->host_takes();
  }

  std::string steer(std::string_view line) {
    auto answer = device::steer(*device_, line);
    return answer ? answer->text : base::summary(answer.error()) + " | " + answer.error().advice;
  }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_};
  std::shared_ptr<Device> device_;
  serial::MemoryPort* port_ = nullptr;
};

TEST_F(BareRadio, AnswersItsHost) {
  EXPECT_EQ(send("AT+CFUN=1"), "\r\nOK\r\n");
  EXPECT_EQ(send("AT+CFUN?"), "\r\n+CFUN: 1\r\n\r\nOK\r\n");
}

TEST_F(BareRadio, IsNotSteered) {
  for (std::string_view line :
       {"coverage off", "cell 01 off", "signal rsrp=-90", "reject 15", "reject update 15", "detach",
        "pdn down", "network limit 1 1s", "sim out", "fault", "battery 3000", "temperature 20",
        "sms service loss=1%", "clock scale 60x", "clock date 2026-05-24T11:58:22Z"}) {
    EXPECT_EQ(steer(line), not_steered) << line;
  }
}

TEST_F(BareRadio, GetsNoTextsFromHere) {
  EXPECT_EQ(
      steer("sms in +491 hello"),
      "no text can be brought to this modem: its messages come from its own network, not from Attaché | "
      "send a message to its number");
  EXPECT_EQ(steer("sms outbox"), "the device has sent no message");
}

TEST_F(BareRadio, HasNoSpoolOfMessages) {
  DeviceConfig config;
  config.sms_spool = ::testing::TempDir() + "attache-bare-radio";
  auto refused = make(config);
  ASSERT_FALSE(refused);
  EXPECT_EQ(base::summary(refused.error()),
            "the SMS spool folder cannot be used: the messages of this modem do not pass through Attaché");
}

TEST_F(BareRadio, TellsItsStateByItsFacesAlone) {
  EXPECT_THAT(steer("state"), ::testing::StartsWith("modem: +CFUN 0, not simulated\nPDN 0: not active: "));
  send("AT+CFUN=1");
  std::string up = steer("state");
  EXPECT_THAT(up, ::testing::StartsWith("modem: +CFUN 1, not simulated\nPDN 0: IP"));
  EXPECT_THAT(up, Not(HasSubstr("SMS: number")));
  EXPECT_THAT(up, HasSubstr("timing the modem's own"));
  auto answer = device::steer(*device_, "state");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->json, ::testing::StartsWith(R"({"modem":{"functional_mode":1,"crashed":false,)"
                                                  R"("why_down":"","advice":"","date":)"));
  for (std::string_view absent : {R"("cells")", R"("sms")", R"("timing")"}) {
    EXPECT_THAT(answer->json, Not(HasSubstr(std::string(absent))));
  }
}

TEST(Radio, OfTheSimulationHasEveryFace) {
  boost::asio::io_context context;
  base::ManualClock clock(context);
  DeviceConfig config;
  ASSERT_TRUE(complete(config));
  net::HostNetwork network(clock);
  auto device = *Device::create(config, clock, network);
  EXPECT_NE(device->radio().link, nullptr);
  EXPECT_NE(device->radio().messages, nullptr);
  EXPECT_NE(device->radio().network, nullptr);
  device->close();
  clock.settle();
}

}  // namespace
}  // namespace attache::device
