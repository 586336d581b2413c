#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "system/support/bulk_server.hpp"
#include "system/support/lwip_host.hpp"

namespace attache::system_test {
namespace {

constexpr std::uint64_t usual_bulk = 10UL * 1024 * 1024;
constexpr std::string_view address_line =
    "address 10.160.33.41 gateway 192.0.2.1 dns 193.181.246.58 mtu 1500\n";

class PppWithLwip : public LwipHost {
 protected:
  // Both ways through a device, its two ends compared; `dial` leads the host to PPP.
  void transfer_bulk(std::vector<std::string> (*dial)(const std::vector<std::string>& commands),
                     const std::vector<std::string>& before) {
    std::uint64_t size = bulk_size(usual_bulk);
    BulkServer giver(BulkServer::Does::give, size);
    BulkServer taker(BulkServer::Does::take, size);
    serve("modem", {{"198.51.100.7:80", giver.port()}, {"198.51.100.7:81", taker.port()}});
    std::string count = std::to_string(size);
    std::vector<std::string> commands = before;
    for (const char* word :
         {"get", "198.51.100.7", "80", count.c_str(), "put", "198.51.100.7", "81", count.c_str()}) {
      commands.emplace_back(word);
    }
    std::string said = run_host({"modem"}, dial(commands));
    EXPECT_NE(said.find("get " + count + " bytes sum " + bulk_sum(size)), std::string::npos) << said;
    EXPECT_EQ(taker.taken_sum(), bulk_sum(size)) << said;
    std::cout << said;
  }
};

TEST_F(PppWithLwip, GetsThePdnsAddressAndReachesTheGatewayAndServersOfThisMachine) {
  EchoOfOne echo;
  serve("modem", {{"198.51.100.7:7", echo.port()}});
  std::string said = run_host({"modem"}, dialled({"ping", "192.0.2.1", "udp", "198.51.100.7", "7", "hello",
                                                  "hang-up", "wait", "2", "at", "AT", "OK"}));
  EXPECT_NE(said.find(address_line), std::string::npos) << said;
  EXPECT_NE(said.find("ok ping\nanswer hello\nok udp\nok hang-up\nok wait\nok at\n"), std::string::npos)
      << said;
}

TEST_F(PppWithLwip, ReachesTheSameOverADlcWhichTakesCommandsAgainInTheEnd) {
  EchoOfOne echo;
  serve("modem", {{"198.51.100.7:7", echo.port()}});
  std::string said =
      run_host({"modem"}, dialled_on_dlc({"at", "AT", "OK", "ping", "192.0.2.1", "udp", "198.51.100.7", "7",
                                          "hello", "hang-up", "wait", "2", "dlc", "2", "at", "AT", "OK"}));
  EXPECT_NE(said.find(address_line), std::string::npos) << said;
  EXPECT_NE(said.find("ok at\nok ping\nanswer hello\nok udp\nok hang-up\nok wait\nok dlc\nok at\n"),
            std::string::npos)
      << said;
}

TEST_F(PppWithLwip, CarriesMegabytesBothWaysBitByBit) {
  transfer_bulk(dialled, {});
}

TEST_F(PppWithLwip, CarriesMegabytesOverADlcAndAnswersCommandsOnAnotherMeanwhile) {
  transfer_bulk(dialled_on_dlc, {"meanwhile", "AT+CFUN?", "OK"});
}

// What the host has waited for its commands, each in milliseconds.
std::vector<double> times_of(const std::string& said) {
  constexpr std::string_view word = "took ";
  std::vector<double> times;
  for (std::size_t at = said.find(word); at != std::string::npos; at = said.find(word, at + 1)) {
    if (at == 0 || said[at - 1] == '\n') {
      times.push_back(std::stod(said.substr(at + word.size())));
    }
  }
  return times;
}

// Nothing comes sooner than the link lets it; how much later is the machine's affair.
TEST_F(PppWithLwip, WaitsForTheDelayAndTheRateOfTheLinkInBothDirections) {
  constexpr std::uint64_t down = 64UL * 1024;
  constexpr std::uint64_t up = 16UL * 1024;
  constexpr double round_trip = 200;
  constexpr double down_time = down * 8 / 512.0;  // bits by kbit/s
  constexpr double up_time = up * 8 / 256.0;
  EchoOfOne echo;
  BulkServer giver(BulkServer::Does::give, down);
  BulkServer taker(BulkServer::Does::take, up);
  serve(
      "modem",
      {{"198.51.100.7:7", echo.port()}, {"198.51.100.7:80", giver.port()}, {"198.51.100.7:81", taker.port()}},
      "[link]\ndelay = \"100ms\"\ndown_rate = \"512k\"\nup_rate = \"256k\"\n");
  std::string said =
      run_host({"modem"}, dialled({"ping", "192.0.2.1", "took", "udp", "198.51.100.7", "7", "hello", "took",
                                   "get", "198.51.100.7", "80", std::to_string(down), "took", "put",
                                   "198.51.100.7", "81", std::to_string(up), "took"}));
  std::vector<double> times = times_of(said);
  ASSERT_EQ(times.size(), 4U) << said;
  EXPECT_NE(said.find("answer hello\n"), std::string::npos) << said;
  EXPECT_NE(said.find("sum " + bulk_sum(down)), std::string::npos) << said;
  EXPECT_EQ(taker.taken_sum(), bulk_sum(up)) << said;
  EXPECT_GE(times[0], round_trip) << said;
  EXPECT_GE(times[1], round_trip) << said;
  EXPECT_GE(times[2], round_trip + down_time) << said;  // The handshake of TCP, then the bytes.
  EXPECT_GE(times[3], round_trip + up_time) << said;
}

TEST_F(PppWithLwip, GoesOnWithADownloadWhenCoverageReturns) {
  constexpr std::uint64_t size = 1UL * 1024 * 1024;
  BulkServer giver(BulkServer::Does::give, size);
  ServedDevice& device = serve("modem", {{"198.51.100.7:80", giver.port()}},
                               "[link]\nrate = \"4M\"\n[device]\ntiming = \"60x\"\n");
  Process host(arguments_of({"modem"}, dialled({"get", "198.51.100.7", "80", std::to_string(size)})));
  ASSERT_TRUE(host.wait_for_output("ok ppp")) << host.output();
  ctl("modem", {"coverage", "off"});
  EXPECT_TRUE(device.process().wait_for_error("an IP packet for the device's host was dropped"))
      << device.process().errors();
  ctl("modem", {"coverage", "on"});
  EXPECT_EQ(host.wait_exit(), 0) << host.output() << device.process().errors();
  EXPECT_NE(host.output().find("sum " + bulk_sum(size)), std::string::npos) << host.output();
}

TEST_F(PppWithLwip, EndsADownloadWhenThePdnGoesAndTakesCommandsThen) {
  constexpr std::uint64_t size = 8UL * 1024 * 1024;
  BulkServer giver(BulkServer::Does::give, size);
  serve("modem", {{"198.51.100.7:80", giver.port()}}, "[link]\nrate = \"4M\"\n");
  Process host(arguments_of({"modem"}, dialled({"get", "198.51.100.7", "80", std::to_string(size)})));
  ASSERT_TRUE(host.wait_for_output("ok ppp")) << host.output();
  auto end = std::chrono::steady_clock::now() + patience;
  while (giver.given() == 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_GT(giver.given(), 0U) << host.output();
  ctl("modem", {"pdn", "down", "0"});
  EXPECT_EQ(host.wait_exit(), 1) << host.output();
  EXPECT_NE(host.output().find("FAILED get"), std::string::npos) << host.output();
  EXPECT_NE(run_host({"modem"}, {"at", "AT", "OK"}).find("ok at"), std::string::npos);
}

TEST_F(PppWithLwip, AsksTheNameServerOfIpcpForRoutedNamesAndOthers) {
  Process server(
      {"/usr/bin/python3", ATTACHE_TEST_DATA "/system/support/name_server.py", "0", "203.0.113.9"});
  ASSERT_TRUE(server.wait_for_output("\n")) << server.errors();
  std::string port = server.output().substr(std::string_view("ready ").size());
  port = port.substr(0, port.find('\n'));
  EchoOfOne echo;
  serve("modem", {{"server.example:7", echo.port()}}, "[network]\ndns = [\"127.0.0.1:" + port + "\"]\n");
  std::string said = run_host({"modem"}, dialled({"resolve", "server.example", "resolve", "other.example"}));
  EXPECT_NE(said.find("server.example 198.1"), std::string::npos) << said;  // 198.18.0.0/15.
  EXPECT_NE(said.find("other.example 203.0.113.9\n"), std::string::npos) << said;
}

// In a network of its own, whose name server libslirp finds where this machine's are written down.
TEST_F(PppWithLwip, HasQuestionsForwardedToTheNameServerOfThisMachine) {
  auto unshare = find_program("unshare");
  if (!unshare) {
    GTEST_SKIP() << "this machine has no unshare";
  }
  std::string servers = folder_.write("resolv.conf", "nameserver 127.0.0.1\n");
  std::string config =
      folder_.write("modem.toml", "[dialect]\nname = \"serial-modem-2.0\"\nservices = [\"ppp\"]\n");
  std::string command = fmt::format(
      "ip link set lo up && mount --bind {} /etc/resolv.conf || exit; "
      "/usr/bin/python3 {}/system/support/name_server.py 53 203.0.113.9 & exec ",
      servers, ATTACHE_TEST_DATA);
  for (const std::string& word :
       attache({"serve", "--config", config, "--port", "pty:" + (folder_ / "modem")})) {
    command += fmt::format("'{}' ", word);
  }
  Process device({*unshare, "--net", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", command});
  if (!device.wait_for_output("ready pty")) {
    GTEST_SKIP() << "no network of its own here: " << device.errors();
  }
  std::string said = run_host({"modem"}, dialled({"resolve", "other.example"}));
  EXPECT_NE(said.find("other.example 203.0.113.9\n"), std::string::npos) << said << device.errors();
}

// In a network of its own, where the TUN device's other side is the only address but the loopback's.
TEST_F(PppWithLwip, ReachesThisMachineThroughATunDevice) {
  std::string config = folder_.write(
      "modem.toml",
      "[dialect]\nname = \"serial-modem-2.0\"\nservices = [\"ppp\"]\n[network]\npackets = \"tun\"\n");
  auto unshare = find_program("unshare");
  if (!unshare) {
    GTEST_SKIP() << "this machine has no unshare";
  }
  std::vector<std::string> arguments{*unshare, "--net"};
  for (const std::string& word :
       attache({"serve", "--config", config, "--port", "pty:" + (folder_ / "modem")})) {
    arguments.push_back(word);
  }
  Process device(arguments);
  if (!device.wait_for_output("ready ")) {
    GTEST_SKIP() << "no network of its own here: " << device.errors();
  }
  Process host(arguments_of({"modem"}, dialled({"round-trips", "192.0.2.1", "20"})));
  auto code = host.wait_exit();
  if (device.errors().find("cannot be used") != std::string::npos) {
    GTEST_SKIP() << "no TUN device here: " << device.errors();
  }
  EXPECT_EQ(code, 0) << host.output() << device.errors();
}

// Both hosts have the same address, and the servers too: nothing but the line tells them apart.
TEST_F(PppWithLwip, KeepsTwoDevicesOfOneHostApart) {
  constexpr std::uint64_t size = 2UL * 1024 * 1024;
  constexpr std::uint64_t elsewhere = 12345;
  const std::string count = std::to_string(size);
  BulkServer first(BulkServer::Does::give, size);
  BulkServer second(BulkServer::Does::give, size, elsewhere);
  EchoOfOne first_echo("first ");
  EchoOfOne second_echo("second ");
  serve("one", {{"198.51.100.7:80", first.port()}, {"198.51.100.7:7", first_echo.port()}});
  serve("two", {{"198.51.100.7:80", second.port()}, {"198.51.100.7:7", second_echo.port()}});
  std::vector<std::string> commands = dialled({"line", "2"});
  for (const std::string& word :
       dialled_on_dlc({"get-all", "198.51.100.7", "80", count, "line", "1", "udp", "198.51.100.7", "7", "a",
                       "line", "2", "udp", "198.51.100.7", "7", "b"})) {
    commands.push_back(word);
  }
  std::string said = run_host({"one", "two"}, commands);
  std::size_t of_first = said.find("get " + count + " bytes sum " + bulk_sum(size));
  std::size_t of_second = said.find("get " + count + " bytes sum " + bulk_sum(size, elsewhere));
  EXPECT_LT(of_first, of_second) << said;
  EXPECT_NE(of_second, std::string::npos) << said;
  EXPECT_NE(said.find("answer first a\n"), std::string::npos) << said;
  EXPECT_NE(said.find("answer second b\n"), std::string::npos) << said;
}

TEST_F(PppWithLwip, AnswersCommandsOfTheNextHostWhenOneIsKilledInTheMiddle) {
  // By hand: ATTACHE_PPP_KILLS=100, which takes two minutes.
  const char* kills = std::getenv("ATTACHE_PPP_KILLS");
  int count = kills != nullptr ? std::stoi(kills) : 5;
  serve("modem");
  for (int i = 0; i < count; ++i) {
    Process host(arguments_of({"modem"}, dialled({"ping", "192.0.2.1", "ping", "198.51.100.99"})));
    ASSERT_TRUE(host.wait_for_output("ok ping")) << host.output();
    host.signal(SIGKILL);
    host.wait_exit();
  }
  EXPECT_NE(run_host({"modem"}, dialled({"ping", "192.0.2.1"})).find("ok ping"), std::string::npos);
}

}  // namespace
}  // namespace attache::system_test
