#include "device/supervision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "net/memory_bearer.hpp"
#include "serial/memory_port.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::device {
namespace {

/// A device on a loop of its own, whose server throws when it gets the first byte.
class Supervised {
 public:
  explicit Supervised(const std::string& state_folder) {
    DeviceConfig config;
    config.state_folder = state_folder;
    EXPECT_TRUE(complete(config));
    device_ = *Device::create(config, clock_, [this](const Radio&, base::Journal&) {
      auto made = std::make_unique<net::MemoryBearer>(clock_);
      made->add_name("example.com", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.1"));
      made->on_connect([](const std::shared_ptr<net::MemoryConnection>& connection) {
        connection->on_data([](net::MemoryConnection&) { throw std::out_of_range("no such return code"); });
        return std::nullopt;
      });
      return made;
    });
    device_->add_journal_sink([this](const base::JournalEntry& entry) {
      if (entry.reason && entry.reason->what == "internal error") {
        errors.push_back(*entry.reason);
      }
    });
    auto port = std::make_unique<serial::MemoryPort>();
    port_ = port.get();
    device_->add_at_port(std::move(port));
    device_->start();
    clock_.settle();
    EXPECT_EQ(port_->host_takes(), "Ready\r\n");
  }
  ~Supervised() { device_->close(); }
  Supervised(const Supervised&) = delete;
  Supervised& operator=(const Supervised&) = delete;

  std::string send(std::string_view line) {
    port_->host_sends(std::string(line) + "\r\n");
    clock_.settle();
    return port_->host_takes();
  }
  /// Runs the loop as the program does, with what `happens` first.
  std::optional<base::Reason> run_with(
      const std::function<void(Supervision&, serial::MemoryPort&)>& happens) {
    Supervision supervision(loop_, clock_, device_);
    loop_.restart();
    boost::asio::post(loop_, [&] { happens(supervision, *port_); });
    auto fault = supervision.run();
    device_->close();
    supervision.drain();
    return fault;
  }

  std::vector<base::Reason> errors;

 private:
  base::Loop loop_;
  base::ManualClock clock_{loop_};
  base::LoopEnd end_{loop_, clock_};
  std::shared_ptr<Device> device_;
  serial::MemoryPort* port_ = nullptr;
};

TEST(Supervision, EndsADeviceInWhichSomethingIsThrownInOrderAndSaysWhere) {
  system_test::TempFolder folder;
  {
    Supervised device(folder / "state");
    device.send("AT%XSYSTEMMODE=0,1,0,0");
    device.send("AT+CFUN=1");
    EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",80"), "\r\n#XTCPCLI: 1,\"connected\"\r\n\r\nOK\r\n");
    auto fault = device.run_with(
        [](Supervision&, serial::MemoryPort& host) { host.host_sends("AT#XTCPSEND=1,\"a\"\r\n"); });
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->why, "no such return code");
    ASSERT_EQ(device.errors.size(), 1U);
    EXPECT_THAT(device.errors[0].where, testing::MatchesRegex("src/dialects/slm_1/.*\\.cpp:[0-9]+"));
  }
  Supervised again(folder / "state");
  EXPECT_EQ(again.send("AT%XSYSTEMMODE?"), "\r\n%XSYSTEMMODE: 0,1,0,0\r\n\r\nOK\r\n");
}

TEST(Supervision, SwitchesTheModemOffWhenItIsStopped) {
  system_test::TempFolder folder;
  {
    Supervised device(folder / "state");
    device.send("AT%XSYSTEMMODE=0,1,0,0");
    device.send("AT+CFUN=1");
    auto stop = [](Supervision& supervision, serial::MemoryPort&) { supervision.stop(); };
    EXPECT_FALSE(device.run_with(stop).has_value());
    EXPECT_TRUE(device.errors.empty());
  }
  Supervised again(folder / "state");
  EXPECT_EQ(again.send("AT%XSYSTEMMODE?"), "\r\n%XSYSTEMMODE: 0,1,0,0\r\n\r\nOK\r\n");
}

}  // namespace
}  // namespace attache::device
