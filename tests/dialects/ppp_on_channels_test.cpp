#include <gtest/gtest.h>

#include "multiplexed_device.hpp"
#include "services/ppp/ppp_peer_for_test.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
namespace ppp = services::ppp;

DialectOptions with_cmux_and_ppp(std::string_view edition = "serial-modem-2.0") {
  DialectOptions options = with_cmux(edition);
  options.services->emplace_back("ppp");
  return options;
}

/// A host that speaks PPP on a channel of the multiplexer.
class PppHost {
 public:
  PppHost(MultiplexedDevice& device, std::uint8_t dlci) : device_(device), dlci_(dlci) {}

  // Until both have nothing more to say; `first` is what the channel has said already.
  void talk(std::string first = {}) {
    constexpr std::size_t piece = 100;
    for (std::string said = first + device_.said(dlci_); !said.empty() || !peer.to_link.empty();
         said = device_.said(dlci_)) {
      peer.receive(said);
      std::string bytes = peer.take();
      for (std::size_t at = 0; at < bytes.size(); at += piece) {
        device_.give({dlci_, true, MultiplexedDevice::Type::uih, false, bytes.substr(at, piece)});
      }
    }
  }
  void connect(std::string first = {}) {
    peer.request(ppp::lcp_number);
    talk(std::move(first));
  }

  ppp::PeerForTest peer;

 private:
  MultiplexedDevice& device_;
  std::uint8_t dlci_;
};

TEST(PppOnChannels, LeavesTheOtherChannelsToCommands) {
  MultiplexedDevice device(with_cmux_and_ppp());
  device.start();
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(1, "AT+CFUN=1"), "\r\nOK\r\n");
  std::string said = device.on(2, "AT+CGDATA");
  ASSERT_TRUE(said.starts_with("\r\nCONNECT\r\n~")) << said;
  PppHost host(device, 2);
  host.connect(said.substr(11));
  EXPECT_TRUE(host.peer.agreed[ppp::ipcp_number]);
  EXPECT_EQ(device.on(1, "AT"), "\r\nOK\r\n");
  host.peer.send(ppp::lcp_number, 5, 99, {});
  host.talk();
  device.pass(2s);
  EXPECT_EQ(device.said(2), "");
  EXPECT_EQ(device.on(2, "AT"), "\r\nOK\r\n");
}

TEST(PppOnChannels, TakesTheChannelThatIsReservedForIt) {
  MultiplexedDevice device(with_cmux_and_ppp());
  EXPECT_EQ(device.send("AT#XCMUX=1"), "\r\nOK\r\n");
  device.open(0);
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(1, "AT+CFUN=1"), "\r\nOK\r\n");
  EXPECT_EQ(device.on(1, "AT#XPPP=1"), "\r\nOK\r\n\r\n#XPPP: 1,0,0\r\n");
  PppHost host(device, 2);
  host.connect();
  device.pass(200ms);
  EXPECT_EQ(device.said(1), "\r\n#XPPP: 1,1,0\r\n");
  EXPECT_EQ(device.on(1, "AT#XPPP=0"), "\r\nOK\r\n");
  host.talk();
  device.pass(200ms);
  EXPECT_EQ(device.said(1), "\r\n#XPPP: 0,0,0\r\n");
}

// What `AT#XPPP=1` names is the context of the address.
TEST(PppOnChannels, GivesTheHostTheAddressOfASecondContext) {
  MultiplexedDevice device(with_cmux_and_ppp());
  EXPECT_EQ(device.send("AT#XCMUX=1"), "\r\nOK\r\n");
  for (int dlci : {0, 1, 2}) {
    device.open(static_cast<std::uint8_t>(dlci));
  }
  device.on(1, "AT+CFUN=1");
  EXPECT_EQ(device.on(1, "AT+CGDCONT=1,\"IP\",\"internet\""), "\r\nOK\r\n");
  EXPECT_EQ(device.on(1, "AT+CGACT=1,1"), "\r\nOK\r\n");
  EXPECT_EQ(device.on(1, "AT#XPPP=1,1"), "\r\nOK\r\n\r\n#XPPP: 1,0,1\r\n");
  PppHost host(device, 2);
  host.connect();
  device.pass(200ms);
  EXPECT_EQ(device.said(1), "\r\n#XPPP: 1,1,1\r\n");
  EXPECT_EQ(host.peer.wanted[ppp::ipcp_number].at(0).value, "\x0A\xA0\x21\x2A");
}

TEST(PppOnChannels, EndsWithTheChannel) {
  MultiplexedDevice device(with_cmux_and_ppp());
  device.start();
  device.open(1);
  device.open(2);
  device.on(1, "AT+CFUN=1");
  PppHost host(device, 2);
  host.connect(device.on(2, "AT+CGDATA").substr(11));
  device.close(2);
  device.pass(1s);
  EXPECT_EQ(device.on(1, "AT#XPPP?"), "\r\n#XPPP: 0,0,0\r\n\r\nOK\r\n");
  device.open(2);
  EXPECT_EQ(device.on(2, "AT"), "\r\nOK\r\n");
}

DialectOptions slm_with_cmux_and_ppp() {
  DialectOptions options = with_cmux_and_ppp("slm-3.1");
  options.termination = at::Termination::cr;
  return options;
}

// AT on channel 2, PPP on channel 1.
void start_on_other_channels(MultiplexedDevice& device) {
  EXPECT_EQ(device.send("AT#XCMUX=2"), "\r\nOK\r\n");
  device.pass(50ms);
  for (int dlci : {0, 1, 2}) {
    device.open(static_cast<std::uint8_t>(dlci));
  }
  device.on(2, "AT+CFUN=1");
}

// The host ends PPP.
void end_ppp(MultiplexedDevice& device, PppHost& host) {
  host.peer.send(ppp::lcp_number, 5, 99, {});
  host.talk();
  device.pass(3s);
}

TEST(PppOnChannels, BeginsAnewWhenTheHostOfSlmEndsIt) {
  MultiplexedDevice device(slm_with_cmux_and_ppp());
  start_on_other_channels(device);
  PppHost host(device, 1);
  host.connect();
  end_ppp(device, host);
  EXPECT_NE(device.on(2, "AT#XPPP?").find("#XPPP: 1,0,0\r\n\r\nOK"), std::string::npos);
}

TEST(PppOnChannels, StopsWithItsHostAndTakesCommandsBackToTheFirstChannelIfBuiltSo) {
  DialectOptions options = slm_with_cmux_and_ppp();
  options.ppp_stops_with_peer = true;
  options.cmux_falls_back = true;
  MultiplexedDevice device(options);
  start_on_other_channels(device);
  PppHost host(device, 1);
  host.connect();
  end_ppp(device, host);
  device.said(1);
  device.said(2);
  EXPECT_NE(device.on(1, "AT#XPPP?").find("#XPPP: 0,0,0\r\n\r\nOK"), std::string::npos);
  EXPECT_EQ(device.on(2, "AT"), "");
}

}  // namespace
}  // namespace attache::dialects
