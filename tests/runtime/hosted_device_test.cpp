#include "runtime/hosted_device.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "device/steering/steering.hpp"
#include "serial/memory_port.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::runtime {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class Hosted : public testing::Test {
 protected:
  std::unique_ptr<HostedDevice> host(const device::DeviceConfig& config) {
    auto hosted = HostedDevice::create(surroundings_, options, config, {});
    EXPECT_TRUE(hosted) << (hosted ? std::string() : base::to_block(hosted.error()));
    return hosted ? std::move(*hosted) : nullptr;
  }
  device::DeviceConfig config() const { return to_config(options).value(); }
  serial::MemoryPort& add_port(HostedDevice& hosted) {
    auto port = std::make_unique<serial::MemoryPort>();
    serial::MemoryPort& made = *port;
    hosted.device()->add_at_port(std::move(port));
    return made;
  }
  std::string say(serial::MemoryPort& port, std::string_view bytes) {
    port.host_sends(bytes);
    context_.restart();
    context_.poll();
    return port.host_takes();
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  system_test::TempFolder folder_;
  DeviceOptions options;
  boost::asio::io_context context_{1};
  std::shared_ptr<Surroundings> surroundings_ = std::make_shared<Surroundings>(context_, true);
};

TEST_F(Hosted, AnswersOnPortsOfTheCaller) {
  auto hosted = host(config());
  serial::MemoryPort& port = add_port(*hosted);
  ASSERT_TRUE(hosted->start(config(), "test"));
  EXPECT_EQ(say(port, "AT\r\n"), "Ready\r\n\r\nOK\r\n");
}

TEST_F(Hosted, OpensThePortsOfItsConfigurationAndTellsWhere) {
  options.ports = {"unix:" + (folder_ / "a"), "unix:" + (folder_ / "b")};
  auto hosted = host(config());
  std::vector<std::string> told;
  ASSERT_TRUE(hosted->open_ports(config(), [&](const serial::PortSpec&, const std::string& address) {
    told.push_back(address);
    return base::Result<void>();
  }));
  EXPECT_THAT(told, testing::ElementsAre("unix:" + (folder_ / "a"), "unix:" + (folder_ / "b")));
}

TEST_F(Hosted, OpensNoFurtherPortWhereATellerFails) {
  options.ports = {"unix:" + (folder_ / "a"), "unix:" + (folder_ / "b")};
  auto hosted = host(config());
  auto opened = hosted->open_ports(config(), [](const serial::PortSpec&, const std::string&) {
    return base::Result<void>(base::make_reason("nobody listens", "", ""));
  });
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().what, "nobody listens");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "b"));
}

TEST_F(Hosted, WritesTheEndOfTheDeviceAsItsLastEvent) {
  std::string path = folder_ / "events";
  int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  options.json_events = std::to_string(file);
  {
    auto hosted = host(config());
    serial::MemoryPort& port = add_port(*hosted);
    ASSERT_TRUE(hosted->start(config(), "test"));
    say(port, "AT\r\n");
  }
  ::close(file);
  EXPECT_THAT(content(path), HasSubstr("\"event\":\"ready\""));
  EXPECT_THAT(content(path), ContainsRegex("\"event\":\"ended\",[^\n]*\n$"));
}

TEST_F(Hosted, LeavesNoControlSocketBehind) {
  options.control = folder_ / "control";
  auto hosted = host(config());
  EXPECT_TRUE(std::filesystem::exists(options.control));
  hosted->close();
  EXPECT_FALSE(std::filesystem::exists(options.control));
  hosted->close();
}

TEST_F(Hosted, IsNotMadeWhereSomethingThatWasAskedForCannotBeHad) {
  options.transcript = folder_ / "no such folder/transcript";
  auto hosted = HostedDevice::create(surroundings_, options, config(), {});
  ASSERT_FALSE(hosted);
  EXPECT_EQ(hosted.error().what, "the transcript cannot be written");
}

TEST_F(Hosted, ReachesTheOthersOfItsSurroundingsBySms) {
  device::DeviceConfig first = config();
  first.simulation.sms.number = "+491";
  device::DeviceConfig second = config();
  second.simulation.sms.number = "+492";
  auto from = host(first);
  auto to = host(second);
  serial::MemoryPort& sender = add_port(*from);
  serial::MemoryPort& receiver = add_port(*to);
  ASSERT_TRUE(from->start(first, "test"));
  ASSERT_TRUE(to->start(second, "test"));
  for (serial::MemoryPort* port : {&sender, &receiver}) {
    say(*port, "AT+CFUN=1\r\n");
    ASSERT_TRUE(device::steer(*(port == &sender ? from : to)->device(), "clock advance 10s"));
    say(*port, "AT#XSMS=1\r\n");
  }
  EXPECT_THAT(say(sender, "AT#XSMS=2,\"+492\",\"hello\"\r\n"), HasSubstr("OK"));
  ASSERT_TRUE(device::steer(*to->device(), "clock advance 10s"));
  EXPECT_THAT(say(receiver, "AT\r\n"), HasSubstr("\"hello\""));
}

}  // namespace
}  // namespace attache::runtime
