#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "client/conversation.hpp"
#include "client/script.hpp"
#include "client/script_runner.hpp"
#include "device/device.hpp"
#include "net/host_network.hpp"
#include "serial/memory_pair.hpp"
#include "system/support/process.hpp"

namespace attache::conformance {
namespace {

constexpr std::string_view key = "secretPSK";

/// The way to Debian's server.
struct Way {
  std::string_view name;
  std::string_view address;
  bool secured = false;
};

// A body of three blocks up and down, an observation, what is not there.
std::string script_of(const Way& way, std::uint16_t port) {
  bool is_six = way.address.find(':') != std::string_view::npos;
  int family = is_six ? 2 : 1;
  std::string body(1300, 'b');
  std::string opening = way.secured
                            ? fmt::format("> AT#XSSOCKET={},2,0,42,0\n< #XSSOCKET: 0,2,273\n< OK\n", family)
                            : fmt::format("> AT#XSOCKET={},2,0\n< #XSOCKET: 0,2,17\n< OK\n", family);
  return fmt::format(
      "@ dialect serial-modem-2.0\n"
      "< Ready\n"
      "> AT%CMNG=0,42,3,\"{}\"\n< OK\n"
      "> AT%CMNG=0,42,4,\"device\"\n< OK\n"
      "> AT+CGDCONT=0,\"IPV4V6\",\"internet\"\n< OK\n"
      "> AT+CEREG=1\n< OK\n"
      "> AT+CFUN=1\n< OK\n"
      "> AT+CEREG=1\n< OK\n"
      "~ 300\n"
      "{}"
      "> AT#XCONNECT=0,\"{}\",{}\n< #XCONNECT: 0,1\n< OK\n"
      "> AT#XCOAPCREQ=0,\"/no/such\",1,1,0,1\n< OK\n!/ #XCOAPCSTAT: 0,132,\\d+\n"
      "> AT#XCOAPCREQ=0,\"/example_data\",3,1,0,1,0,{}\n< OK\n"
      ">> {}\n"
      "! #XDATAMODE: 0\n!/ #XCOAPCSTAT: 0,6[58],0\n"
      "> AT#XCOAPCREQ=0,\"/example_data\",1,1,0,1\n< OK\n"
      "!/ #XCOAPCSTAT: 0,69,{}\n"
      "> AT#XCOAPCREQ=0,\"/time\",1,0,0,1,0,0,6,\"\"\n< OK\n"
      "!/ #XCOAPCHEAD: 0,69,\\d+\n"
      "> AT#XCOAPCDATA=0\n</ #XCOAPCDATA: 0,0,\\d+\n</ .+\n< OK\n"
      "!/ #XCOAPCHEAD: 0,69,\\d+\n"
      "> AT#XCOAPCCANCEL=0\n< OK\n!/ #XCOAPCSTAT: 0,-1,\\d+\n"
      "> AT#XCLOSE=0\n< #XCLOSE: 0,0\n< OK\n",
      base::to_hex(key), opening, way.address, port, body.size(), body, body.size());
}

class DebianCoapServer : public testing::TestWithParam<Way> {};

TEST_P(DebianCoapServer, IsAskedInBlocksAndObserved) {
  auto program = system_test::find_program("coap-server-openssl");
  if (!program) {
    GTEST_SKIP() << "libcoap3-bin is not installed";
  }
  const Way& way = GetParam();
  boost::asio::io_context context{1};
  boost::asio::ip::udp::socket probe(context, {boost::asio::ip::make_address(std::string(way.address)), 0});
  auto port = probe.local_endpoint().port();
  probe.close();
  system_test::Process server({"/usr/bin/stdbuf", "-oL", *program, "-A", std::string(way.address), "-p",
                               std::to_string(port), "-k", std::string(key), "-h", "hint", "-v", "7"});
  ASSERT_TRUE(server.wait_for_output("created TLS")) << server.errors();
  base::RealClock clock(context);
  net::HostNetwork network(clock);
  device::DeviceConfig config;
  config.dialect.name = "serial-modem-2.0";
  config.simulation.network.ipv6 = boost::asio::ip::make_address_v6("2001:db8::1");
  ASSERT_TRUE(device::complete(config));
  auto device = *device::Device::create(config, clock, network);
  auto [host, line] = serial::make_memory_pair();
  device->add_at_port(std::move(line));
  device->start();
  client::Conversation conversation(*host, clock);
  auto used = static_cast<std::uint16_t>(way.secured ? port + 1 : port);
  auto script = client::parse_script(script_of(way, used), "coap");
  ASSERT_TRUE(script) << base::to_block(script.error());
  std::string fault = "an exception ended the script";
  boost::asio::co_spawn(context, client::run_script(conversation, *script),
                        [&](const std::exception_ptr& error, const client::RunResult& result) {
                          if (!error) {
                            fault = result.ok() ? "" : base::to_block(client::to_reason(*result.failure));
                          }
                          context.stop();
                        });
  context.run();
  EXPECT_EQ(fault, "") << server.errors();
  device->close();
  context.restart();
  context.poll();
}

INSTANTIATE_TEST_SUITE_P(Ways, DebianCoapServer,
                         testing::Values(Way{"Ipv4", "127.0.0.1", false}, Way{"Ipv6", "::1", false},
                                         Way{"Ipv4Dtls", "127.0.0.1", true}, Way{"Ipv6Dtls", "::1", true}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace attache::conformance
