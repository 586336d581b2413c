// All sockets that Serial Modem has at once, through the program, with random traffic: every byte comes back.
// Seconds and seed by ATTACHE_TRAFFIC_SECONDS (3) and ATTACHE_TRAFFIC_SEED (1).

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "system/support/certificates.hpp"
#include "system/support/lab_process.hpp"
#include "system/support/served_device.hpp"
#include "system/support/tcp_peer.hpp"

namespace attache::system_test {
namespace {

unsigned number_of(const char* variable, unsigned usual) {
  const char* text = std::getenv(variable);
  return text != nullptr ? static_cast<unsigned>(std::stoul(text)) : usual;
}

std::string to_digits(std::string_view bytes) {
  std::string digits;
  for (char c : bytes) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return digits;
}

std::string from_digits(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16));
  }
  return bytes;
}

/// socat as a server that sends back what comes, with TLS or DTLS.
class SecureEcho {
 public:
  SecureEcho(const std::string& kind, const std::string& certificate)
      : port_(free_port()),
        process_({find_program("socat").value(), "-d", "-d",
                  fmt::format("{}:{},bind=127.0.0.1,cert={},verify=0", kind, port_, certificate), "PIPE"}) {
    if (!process_.wait_for_error("listening on")) {
      throw std::runtime_error("socat does not listen:\n" + process_.errors());
    }
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  Process process_;
};

/// A host that sends commands of Serial Modem and hears which sockets have something.
class PollingHost {
 public:
  explicit PollingHost(LineClient line) : line_(std::move(line)) {}

  /// The lines of the answer, its final result last.
  std::vector<std::string> command(std::string_view text) {
    line_.send(fmt::format("{}\r", text));
    std::vector<std::string> lines;
    do {
      lines.push_back(next_line());
    } while (lines.back() != "OK" && lines.back() != "ERROR");
    return lines;
  }
  void expect(std::string_view text, const std::vector<std::string>& lines) {
    ASSERT_EQ(command(text), lines) << text;
  }
  void send_raw(std::string_view bytes) { line_.send(bytes); }
  /// The next line that is no #XAPOLL; those are heard.
  std::string next_line() {
    constexpr std::string_view event = "#XAPOLL: ";
    while (true) {
      std::string line(base::trim(line_.read_until("\r\n")));
      if (line.starts_with(event)) {
        EXPECT_TRUE(line.ends_with(",1")) << line;
        readable.insert(std::stoi(line.substr(event.size())));
      } else if (!line.empty()) {
        return line;
      }
    }
  }
  void wait_for_event() {
    std::string line(base::trim(line_.read_until("\r\n")));
    if (line.starts_with("#XAPOLL: ")) {
      EXPECT_TRUE(line.ends_with(",1")) << line;
      readable.insert(std::stoi(line.substr(std::string_view("#XAPOLL: ").size())));
    } else {
      EXPECT_EQ(line, "");
    }
  }

  std::set<int> readable;

 private:
  LineClient line_;
};

/// One of the sockets: what it has sent and what has come back.
struct Counted {
  bool is_stream = true;
  std::string sent;
  std::string received;
};

class EightSockets : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("socat")) {
      GTEST_SKIP() << "socat is not installed";
    }
    std::string both = folder_.write(
        "both.pem", certificates_.server.certificate_pem + certificates_.server.private_key_pem);
    tls_ = std::make_unique<SecureEcho>("OPENSSL-LISTEN", both);
    dtls_ = std::make_unique<SecureEcho>("OPENSSL-DTLS-LISTEN", both);
    std::string config = folder_.write(
        "device.toml", fmt::format("[dialect]\nname = \"serial-modem-2.0\"\n[network]\nipv6 = true\n"
                                   "[[listen]]\nport = 5000\nto = \"127.0.0.1:{}\"\n",
                                   listening_));
    device_ = std::make_unique<ServedDevice>(
        "unix:" + (folder_ / "modem"), std::vector<std::string>{"--config", config, "--log-level", "off"});
    LineClient line = device_->connect();
    line.expect("Ready\r\n");
    host_ = std::make_unique<PollingHost>(std::move(line));
    host_->expect(fmt::format("AT%CMNG=0,42,0,\"{}\"", certificates_.authority.certificate_pem()), {"OK"});
    host_->expect("AT+CGDCONT=0,\"IPV4V6\"", {"OK"});
    host_->expect("AT+CEREG=1", {"OK"});
    host_->expect("AT+CFUN=1", {"OK"});
    while (host_->next_line() != "+CEREG: 1") {
    }
    host_->expect("AT#XAPOLL=,1,1", {"OK"});
  }

  // The address of a server of the lab in one family.
  std::string own_address(bool ipv6) { return ipv6 && lab_.has_ipv6() ? "::1" : "127.0.0.1"; }

  void open_plain(int family, int type, std::string_view service) {
    std::string address = own_address(family == 2);
    int shown = address == "::1" ? 2 : 1;
    connect(host_->command(fmt::format("AT#XSOCKET={},{},0", shown, type)), address, lab_.port(service),
            type == 1);
  }
  int open_secure(int type, std::uint16_t port) {
    auto opened = host_->command(fmt::format("AT#XSSOCKET=1,{},0,42,2", type));
    int handle = handle_in(opened);
    host_->expect(fmt::format("AT#XSSOCKETOPT={},1,2,\"good.test\"", handle), {"OK"});
    connect(opened, "127.0.0.1", port, type == 1);
    return handle;
  }
  // The listening socket is one of the eight, its client another.
  void listen_and_accept() {
    int listener = handle_in(host_->command("AT#XSOCKET=1,1,1"));
    host_->expect(fmt::format("AT#XBIND={},5000", listener), {"OK"});
    host_->expect(fmt::format("AT#XLISTEN={}", listener), {"OK"});
    client_ = std::make_unique<LineClient>(fmt::format("tcp:127.0.0.1:{}", listening_));
    while (!host_->readable.contains(listener)) {
      host_->wait_for_event();
    }
    host_->readable.erase(listener);
    accepted_ = handle_in(host_->command(fmt::format("AT#XACCEPT={}", listener)));
    sockets_[accepted_];
  }

  void send_something() {
    auto at = std::next(sockets_.begin(), static_cast<long>(random_() % sockets_.size()));
    auto& [handle, counted] = *at;
    constexpr std::size_t most_under_way = 8000;
    if (counted.sent.size() - counted.received.size() > most_under_way) {
      return;
    }
    std::string bytes(1 + random_() % 400, '\0');
    for (char& c : bytes) {
      c = static_cast<char>(random_());
    }
    if (random_() % 3 == 0) {
      host_->expect(fmt::format("AT#XSEND={},2,0,{}", handle, bytes.size()), {"OK"});
      host_->send_raw(bytes);
      ASSERT_EQ(host_->next_line(), "#XDATAMODE: 0");
    } else {
      host_->expect(fmt::format("AT#XSEND={},1,0,\"{}\"", handle, to_digits(bytes)),
                    {fmt::format("#XSEND: {},0,{}", handle, bytes.size()), "OK"});
    }
    counted.sent += bytes;
    if (handle == accepted_) {
      client_->send(client_->read_bytes(bytes.size()));
    }
  }

  void receive_something() {
    int handle = *std::next(host_->readable.begin(), static_cast<long>(random_() % host_->readable.size()));
    host_->readable.erase(handle);
    Counted& counted = sockets_.at(handle);
    std::size_t most = counted.is_stream ? 1 + random_() % 1000 : 2048;
    auto lines = host_->command(fmt::format("AT#XRECV={},1,64,0,{}", handle, most));
    ASSERT_EQ(lines.size(), 3U) << handle << ": " << lines.back();
    std::string bytes = from_digits(lines[1]);
    ASSERT_EQ(lines[0], fmt::format("#XRECV: {},1,{}", handle, bytes.size()));
    counted.received += bytes;
  }

  [[nodiscard]] bool is_something_under_way() const {
    return std::any_of(sockets_.begin(), sockets_.end(),
                       [](const auto& one) { return one.second.received.size() < one.second.sent.size(); });
  }

  static int handle_in(const std::vector<std::string>& answer) {
    EXPECT_EQ(answer.back(), "OK");
    return std::stoi(answer.front().substr(answer.front().find(": ") + 2));
  }

  void connect(const std::vector<std::string>& opened, std::string_view host, std::uint16_t port,
               bool is_stream) {
    int handle = handle_in(opened);
    host_->expect(fmt::format("AT#XCONNECT={},\"{}\",{}", handle, host, port),
                  {fmt::format("#XCONNECT: {},1", handle), "OK"});
    sockets_[handle].is_stream = is_stream;
  }

  TempFolder folder_;
  Certificates certificates_{folder_};
  LabProcess lab_;
  std::uint16_t listening_ = free_port();
  std::unique_ptr<SecureEcho> tls_;
  std::unique_ptr<SecureEcho> dtls_;
  std::unique_ptr<ServedDevice> device_;
  std::unique_ptr<PollingHost> host_;
  std::unique_ptr<LineClient> client_;  // Of the socket that listens.
  std::map<int, Counted> sockets_;
  int accepted_ = -1;
  std::mt19937 random_{number_of("ATTACHE_TRAFFIC_SEED", 1)};
};

TEST_F(EightSockets, GetEveryByteBackFromTheirPeers) {
  open_plain(1, 1, "tcp-echo");
  open_plain(2, 1, "tcp-echo");
  open_plain(1, 2, "udp-echo");
  open_plain(2, 2, "udp-echo");
  int tls = open_secure(1, tls_->port());
  int dtls = open_secure(2, dtls_->port());
  listen_and_accept();
  ASSERT_EQ(sockets_.size(), 7U);
  EXPECT_EQ(host_->command("AT#XSOCKET=1,1,0"), std::vector<std::string>{"ERROR"}) << "eight are open";
  for (int handle : {tls, dtls}) {
    auto suite = host_->command(fmt::format("AT#XSSOCKETOPT={},0,4", handle));
    EXPECT_THAT(suite.front(), testing::MatchesRegex(fmt::format("#XSSOCKETOPT: {},0x[0-9a-f]+", handle)));
  }
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(number_of("ATTACHE_TRAFFIC_SECONDS", 3));
  while (std::chrono::steady_clock::now() < end) {
    bool receives = !host_->readable.empty() && random_() % 2 == 0;
    receives ? receive_something() : send_something();
    ASSERT_FALSE(HasFatalFailure());
  }
  while (is_something_under_way()) {
    host_->readable.empty() ? host_->wait_for_event() : receive_something();
    ASSERT_FALSE(HasFatalFailure());
  }
  for (const auto& [handle, counted] : sockets_) {
    EXPECT_GT(counted.sent.size(), 0U) << handle;
    EXPECT_EQ(counted.received, counted.sent) << handle;
  }
}

}  // namespace
}  // namespace attache::system_test
