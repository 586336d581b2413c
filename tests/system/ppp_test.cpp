#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "system/support/loopback.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

constexpr std::size_t bulk = 10UL * 1024 * 1024;

// What tests/lwip_peer makes, byte by byte.
char bulk_byte(std::uint64_t place) {
  return static_cast<char>((place * 2654435761U) >> 13U);
}

std::string bulk_sum(std::uint64_t size) {
  std::uint64_t sum = 14695981039346656037U;
  for (std::uint64_t i = 0; i < size; ++i) {
    sum = (sum ^ static_cast<unsigned char>(bulk_byte(i))) * 1099511628211U;
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(sum));
  return text;
}

int listening_socket(int type, std::uint16_t& port) {
  int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port = ntohs(address.sin_port);
  if (type == SOCK_STREAM) {
    EXPECT_EQ(::listen(socket, 4), 0);
  }
  return socket;
}

/// A server that sends so many bytes to its first client, or takes them and sums them up.
class BulkServer {
 public:
  explicit BulkServer(bool sends)
      : socket_(listening_socket(SOCK_STREAM, port_)), thread_([this, sends] {
          int client = ::accept(socket_, nullptr, nullptr);
          sends ? give(client) : take(client);
          ::close(client);
        }) {}
  ~BulkServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  BulkServer(const BulkServer&) = delete;
  BulkServer& operator=(const BulkServer&) = delete;
  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  /// Of what came, once the peer has ended.
  [[nodiscard]] const std::string& taken() const { return taken_; }

 private:
  static void give(int client) {
    std::string buffer(64UL * 1024, '\0');
    for (std::size_t at = 0; at < bulk; at += buffer.size()) {
      for (std::size_t i = 0; i < buffer.size(); ++i) {
        buffer[i] = bulk_byte(at + i);
      }
      for (std::size_t sent = 0; sent < buffer.size();) {
        ssize_t size = ::send(client, buffer.data() + sent, buffer.size() - sent, MSG_NOSIGNAL);
        if (size <= 0) {
          return;
        }
        sent += static_cast<std::size_t>(size);
      }
    }
  }
  void take(int client) {
    std::uint64_t sum = 14695981039346656037U;
    std::string buffer(64UL * 1024, '\0');
    ssize_t size = 0;
    while ((size = ::recv(client, buffer.data(), buffer.size(), 0)) > 0) {
      for (ssize_t i = 0; i < size; ++i) {
        sum = (sum ^ static_cast<unsigned char>(buffer[static_cast<std::size_t>(i)])) * 1099511628211U;
      }
    }
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(sum));
    taken_ = text;
  }

  std::uint16_t port_ = 0;
  int socket_;
  std::string taken_;
  std::thread thread_;
};

/// Answers one datagram.
class EchoOfOne {
 public:
  EchoOfOne()
      : socket_(listening_socket(SOCK_DGRAM, port_)), thread_([this] {
          char buffer[1500];
          sockaddr_in from{};
          socklen_t length = sizeof from;
          ssize_t size =
              ::recvfrom(socket_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &length);
          if (size > 0) {
            ::sendto(socket_, buffer, static_cast<std::size_t>(size), 0, reinterpret_cast<sockaddr*>(&from),
                     length);
          }
        }) {}
  ~EchoOfOne() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  EchoOfOne(const EchoOfOne&) = delete;
  EchoOfOne& operator=(const EchoOfOne&) = delete;
  [[nodiscard]] std::string port() const { return std::to_string(port_); }

 private:
  std::uint16_t port_ = 0;
  int socket_;
  std::thread thread_;
};

/// lwIP's PPP client, a host that is not ours, on a PTY of the device.
class PppWithLwip : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_ptys()) {
      GTEST_SKIP() << "this machine has no PTYs";
    }
    static const int built = std::system(ATTACHE_TEST_DATA "/lwip_peer/build_peer.sh lwip-peer 1>&2");
    if (built != 0) {
      GTEST_SKIP() << "lwIP's PPP client cannot be built here: its source comes from Debian's archive";
    }
  }

  // `routes` are pairs of from and to.
  void serve(const std::vector<std::pair<std::string, std::string>>& routes = {}) {
    std::ofstream config(folder_ / "config.toml");
    config << "[dialect]\nname = \"serial-modem-2.0\"\nservices = [\"ppp\"]\n";
    for (const auto& [from, to] : routes) {
      config << "[[route]]\nfrom = \"" << from << "\"\nto = \"127.0.0.1:" << to << "\"\n";
    }
    config.close();
    device_.emplace("pty:" + (folder_ / "modem"),
                    std::vector<std::string>{"--config", folder_ / "config.toml"});
  }
  // What the host prints; it ends with code 0.
  std::string run_host(std::vector<std::string> commands, bool succeeds = true) {
    std::vector<std::string> arguments{"lwip-peer/lwip_peer", folder_ / "modem"};
    arguments.insert(arguments.end(), commands.begin(), commands.end());
    Process host(arguments);
    auto code = host.wait_exit();
    EXPECT_EQ(code, succeeds ? 0 : 1) << host.output() << device_->process().errors();
    return host.output();
  }
  static std::vector<std::string> dialled(std::vector<std::string> commands) {
    std::vector<std::string> all{"at", "AT", "OK",        "at",      "AT+CFUN=1",
                                 "OK", "at", "AT+CGDATA", "CONNECT", "ppp"};
    all.insert(all.end(), commands.begin(), commands.end());
    return all;
  }
  TempFolder folder_;
  std::optional<ServedDevice> device_;
};

TEST_F(PppWithLwip, GetsThePdnsAddressAndReachesTheGatewayAndServersOfThisMachine) {
  EchoOfOne echo;
  serve({{"198.51.100.7:7", echo.port()}});
  std::string said = run_host(dialled(
      {"ping", "192.0.2.1", "udp", "198.51.100.7", "7", "hello", "hang-up", "wait", "2", "at", "AT", "OK"}));
  EXPECT_NE(said.find("address 10.160.33.41 gateway 192.0.2.1 dns 193.181.246.58 mtu 1500\n"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("ok ping\nanswer hello\nok udp\nok hang-up\nok wait\nok at\n"), std::string::npos)
      << said;
}

TEST_F(PppWithLwip, CarriesMegabytesBothWaysBitByBit) {
  BulkServer giver(true);
  BulkServer taker(false);
  serve({{"198.51.100.7:80", giver.port()}, {"198.51.100.7:81", taker.port()}});
  std::string size = std::to_string(bulk);
  std::string said =
      run_host(dialled({"get", "198.51.100.7", "80", size, "put", "198.51.100.7", "81", size}));
  std::string sum = bulk_sum(bulk);
  EXPECT_NE(said.find("get " + size + " bytes sum " + sum), std::string::npos) << said;
  EXPECT_NE(said.find("put " + size + " bytes sum " + sum), std::string::npos) << said;
  std::cout << said;
}

TEST_F(PppWithLwip, AnswersCommandsOfTheNextHostWhenOneIsKilledInTheMiddle) {
  serve();
  for (int i = 0; i < 5; ++i) {
    Process host([&] {
      std::vector<std::string> arguments{"lwip-peer/lwip_peer", folder_ / "modem"};
      for (auto& word : dialled({"ping", "192.0.2.1", "ping", "198.51.100.99"})) {
        arguments.push_back(word);
      }
      return arguments;
    }());
    ASSERT_TRUE(host.wait_for_output("ok ping")) << host.output();
    host.signal(SIGKILL);
    host.wait_exit();
  }
  EXPECT_NE(run_host(dialled({"ping", "192.0.2.1"})).find("ok ping"), std::string::npos);
}

}  // namespace
}  // namespace attache::system_test
