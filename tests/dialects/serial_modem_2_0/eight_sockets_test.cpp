#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

std::string digits_of(std::string_view bytes) {
  std::string digits;
  for (char c : bytes) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return digits;
}

std::string bytes_of(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16));
  }
  return bytes;
}

/// Eight sockets of one device, all kinds in both families, and their peers: what each side has given and
/// got.
class EightSockets {
 public:
  EightSockets() {
    auto& net = device.bearer->net();
    net.add_name("six.example", net::Family::ipv6, boost::asio::ip::make_address("2001:db8::7"));
    net.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      connected = std::move(made);
      return std::nullopt;
    });
    net.on_datagram([this](net::Endpoint to, std::string_view bytes, auto answer) {
      int handle = handle_at.at(to.port);
      at_peer[handle] += bytes;
      answers[handle] = answer;
    });
    EXPECT_EQ(device.send("AT+CFUN=1"), ok);
    device.clock.settle();
    device.take();
    EXPECT_EQ(device.send("AT#XAPOLL=,1,1"), ok);
    open_stream("AT#XSOCKET=1,1,0", "192.0.2.1");
    open_stream("AT#XSOCKET=2,1,0", "six.example");
    open_stream("AT#XSSOCKET=1,1,0,42,0", "192.0.2.1");
    listen();
    for (auto [opening, host] :
         {std::pair("AT#XSOCKET=1,2,0", "192.0.2.1"), std::pair("AT#XSOCKET=2,2,0", "six.example"),
          std::pair("AT#XSSOCKET=1,2,0,42,0", "192.0.2.1")}) {
      open_datagram(opening, host);
    }
  }

  void host_sends(std::mt19937& random) {
    int handle = any_handle(random);
    std::string bytes = random_bytes(random, 300);
    std::string said = hear(device.send(fmt::format("AT#XSEND={},1,0,\"{}\"", handle, digits_of(bytes))));
    EXPECT_EQ(said, answer(fmt::format("#XSEND: {},0,{}", handle, bytes.size())));
    given_by_host[handle] += bytes;
  }

  void peer_sends(std::mt19937& random) {
    int handle = any_handle(random);
    bool is_stream = streams.contains(handle);
    if (!is_stream && !answers.contains(handle)) {
      return;  // A peer of datagrams knows nobody before it has heard of it.
    }
    std::string bytes = random_bytes(random, 300);
    given_by_peer[handle] += bytes;
    if (is_stream) {
      streams[handle]->send(bytes);
    } else {
      answers[handle](bytes);
    }
    device.clock.settle();
    hear(device.take());
  }

  // What was told to be there is fetched.
  void host_receives(std::mt19937& random) {
    if (readable.empty()) {
      return;
    }
    int handle = *std::next(readable.begin(), static_cast<long>(random() % readable.size()));
    readable.erase(handle);
    std::size_t most = streams.contains(handle) ? 1 + random() % 200 : 2048;
    std::string said = hear(device.send(fmt::format("AT#XRECV={},1,64,0,{}", handle, most)));
    std::string beginning = fmt::format("\r\n#XRECV: {},1,", handle);
    ASSERT_TRUE(said.starts_with(beginning)) << said;
    std::size_t line_end = said.find("\r\n", beginning.size());
    auto size = std::stoul(said.substr(beginning.size(), line_end - beginning.size()));
    std::string digits = said.substr(line_end + 2, size * 2);
    EXPECT_EQ(said.substr(line_end + 2 + size * 2), ok);
    at_host[handle] += bytes_of(digits);
  }

  void drain(std::mt19937& random) {
    while (!readable.empty()) {
      host_receives(random);
      if (testing::Test::HasFatalFailure()) {
        return;
      }
    }
  }

  void expect_every_byte() {
    for (int handle : handles) {
      SCOPED_TRACE(handle);
      if (streams.contains(handle)) {
        at_peer[handle] += streams[handle]->take();
      }
      EXPECT_EQ(at_peer[handle], given_by_host[handle]);
      EXPECT_EQ(at_host[handle], given_by_peer[handle]);
      EXPECT_GT(at_host[handle].size(), 0U);
    }
  }

  SerialModemDevice device;

 private:
  static std::string random_bytes(std::mt19937& random, std::size_t most) {
    std::string bytes(1 + random() % most, '\0');
    for (char& c : bytes) {
      c = static_cast<char>(random());
    }
    return bytes;
  }

  // Takes the notifications out: which sockets have something.
  std::string hear(std::string said) {
    constexpr std::string_view mark = "\r\n#XAPOLL: ";
    for (std::size_t at = 0; (at = said.find(mark, at)) != std::string::npos;) {
      std::size_t end = said.find("\r\n", at + mark.size());
      std::string line = said.substr(at + mark.size(), end - at - mark.size());
      EXPECT_TRUE(line.ends_with(",1")) << line;
      readable.insert(std::stoi(line));
      said.erase(at, end + 2 - at);
    }
    return said;
  }

  int any_handle(std::mt19937& random) { return handles.at(random() % handles.size()); }

  int opened(std::string_view command) {
    std::string said = device.send(command);
    int handle = std::stoi(said.substr(said.find(": ") + 2));
    return handle;
  }

  void open_stream(std::string_view opening, std::string_view host) {
    int handle = opened(opening);
    EXPECT_EQ(device.send(fmt::format("AT#XCONNECT={},\"{}\",7", handle, host)),
              answer(fmt::format("#XCONNECT: {},1", handle)));
    streams[handle] = connected;
    handles.push_back(handle);
  }

  // The listening socket is one of the eight; its client another.
  void listen() {
    int listening = opened("AT#XSOCKET=1,1,1");
    EXPECT_EQ(device.send(fmt::format("AT#XBIND={},4000", listening)), ok);
    EXPECT_EQ(device.send(fmt::format("AT#XLISTEN={}", listening)), ok);
    auto client = device.bearer->net().client_connects(4000);
    device.clock.settle();
    EXPECT_EQ(device.take(), fmt::format("\r\n#XAPOLL: {},1\r\n", listening));
    int handle = opened(fmt::format("AT#XACCEPT={}", listening));
    streams[handle] = client;
    handles.push_back(handle);
  }

  void open_datagram(std::string_view opening, std::string_view host) {
    int handle = opened(opening);
    auto port = static_cast<std::uint16_t>(6000 + handle);
    handle_at[port] = handle;
    EXPECT_EQ(device.send(fmt::format("AT#XCONNECT={},\"{}\",{}", handle, host, port)),
              answer(fmt::format("#XCONNECT: {},1", handle)));
    handles.push_back(handle);
  }

  std::shared_ptr<net::MemoryConnection> connected;
  std::vector<int> handles;
  std::map<int, std::shared_ptr<net::MemoryConnection>> streams;
  std::map<std::uint16_t, int> handle_at;
  std::map<int, std::function<void(std::string_view)>> answers;  // The way back to a datagram's sender.
  std::set<int> readable;
  std::map<int, std::string> given_by_host, given_by_peer, at_host, at_peer;
};

class SerialModemEightSockets : public testing::TestWithParam<unsigned> {};

TEST_P(SerialModemEightSockets, LoseNoByteInAMinuteOfRandomTraffic) {
  std::mt19937 random(GetParam());
  EightSockets eight;
  for (auto end = eight.device.clock.now() + 60s; eight.device.clock.now() < end;) {
    switch (random() % 3) {
      case 0:
        eight.host_sends(random);
        break;
      case 1:
        eight.peer_sends(random);
        break;
      default:
        eight.host_receives(random);
    }
    ASSERT_FALSE(HasFatalFailure());
    eight.device.clock.advance(std::chrono::milliseconds(random() % 40));
  }
  eight.drain(random);
  eight.expect_every_byte();
}

INSTANTIATE_TEST_SUITE_P(Seeds, SerialModemEightSockets, ::testing::Range(0U, 1U));

}  // namespace
}  // namespace attache::dialects
