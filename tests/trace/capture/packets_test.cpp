#include "trace/capture/packets.hpp"

#include <gtest/gtest.h>

#include "trace/capture/dns_message.hpp"
#include "trace/capture/reassembly.hpp"

namespace attache::trace {
namespace {

using namespace std::string_literals;

const net::Endpoint sender4{boost::asio::ip::make_address("10.0.0.1"), 1000};
const net::Endpoint receiver4{boost::asio::ip::make_address("192.0.2.7"), 53};
const net::Endpoint sender6{boost::asio::ip::make_address("2001:db8::1"), 1000};
const net::Endpoint receiver6{boost::asio::ip::make_address("2001:db8::7"), 53};

// By hand, from RFC 791 and 9293.
TEST(Packets, AreAsTheStandardsSay) {
  TcpPacket syn;
  syn.from = sender4;
  syn.to = receiver4;
  syn.sequence = 0x01020304;
  syn.syn = true;
  syn.segment_size = 1460;
  syn.window_shift = 8;
  std::string bytes = to_bytes(syn, "");
  EXPECT_EQ(bytes.substr(0, 4), "\x45\0\0\x30"s);
  EXPECT_EQ(bytes.substr(6, 4), "\x40\0\x40\6"s);
  EXPECT_EQ(bytes.substr(12, 24), "\x0a\0\0\1\xc0\0\2\7\3\xe8\0\x35\1\2\3\4\0\0\0\0\x70\2\xff\xff"s);
  EXPECT_EQ(bytes.substr(38), "\0\0\2\4\5\xb4\1\3\3\x08"s);
  EXPECT_TRUE(read_packet(bytes).is_checksum_right);
}

TEST(Packets, HaveRightChecksumsWhateverTheyHold) {
  std::string payload;
  Fragmentation fragmentation;
  for (int size = 0; size < 300; ++size) {
    payload += static_cast<char>(size * 7);
    for (bool is_v4 : {true, false}) {
      const net::Endpoint& from = is_v4 ? sender4 : sender6;
      const net::Endpoint& to = is_v4 ? receiver4 : receiver6;
      TcpPacket data;
      data.from = from;
      data.to = to;
      data.ack = true;
      EXPECT_TRUE(read_packet(to_bytes(data, payload)).is_checksum_right);
      EXPECT_TRUE(read_packet(udp_packets(from, to, payload, fragmentation).front()).is_checksum_right);
      auto echo = echo_packets(from.address, to.address, false, 1, 2, payload, fragmentation);
      EXPECT_TRUE(read_packet(echo.front()).is_checksum_right);
      EXPECT_TRUE(read_packet(unreachable_packet(to.address, from.address, Unreachable::port, echo.front()))
                      .is_checksum_right);
    }
  }
}

TEST(Packets, AreDividedByTheMtu) {
  std::string payload(4000, 'x');
  Fragmentation fragmentation{1280};
  for (bool is_v4 : {true, false}) {
    auto parts =
        udp_packets(is_v4 ? sender4 : sender6, is_v4 ? receiver4 : receiver6, payload, fragmentation);
    ASSERT_EQ(parts.size(), 4U);
    std::size_t total = 0;
    for (const std::string& part : parts) {
      EXPECT_LE(part.size(), 1280U);
      ReadPacket read = read_packet(part);
      EXPECT_TRUE(read.is_fragment && read.is_checksum_right);
      total += read.payload.size() - (is_v4 ? 0 : 8);
    }
    EXPECT_EQ(total, payload.size() + 8);
  }
}

TEST(Packets, HaveTheNumberOfTheirDatagramAsFragmentsAndNoneAsAWhole) {
  Fragmentation fragmentation{1280};
  auto number_of = [](const std::string& packet) { return packet.substr(4, 2); };
  for (std::string number : {"\0\1"s, "\0\2"s}) {
    for (const std::string& part : udp_packets(sender4, receiver4, std::string(4000, 'x'), fragmentation)) {
      EXPECT_EQ(number_of(part), number);
    }
    EXPECT_EQ(number_of(udp_packets(sender4, receiver4, "x", fragmentation).front()), "\0\0"s);
  }
}

TEST(DnsMessage, IsOfRfc1035) {
  EXPECT_EQ(*dns_question(0x1234, "a.example", net::Family::ipv4),
            "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\7example\0\0\1\0\1"s);
  EXPECT_EQ(*dns_answer(1, "a.example.", net::Family::ipv4, {receiver4.address}),
            "\0\1\x81\x80\0\1\0\1\0\0\0\0\1a\7example\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7"s);
  EXPECT_EQ(*dns_answer(1, "a", net::Family::ipv6, {}), "\0\1\x81\x83\0\1\0\0\0\0\0\0\1a\0\0\x1c\0\1"s);
}

TEST(DnsMessage, IsNothingForWhatIsNoName) {
  for (const std::string& name : {""s, "."s, "a..b"s, std::string(64, 'a'), std::string(300, 'a')}) {
    EXPECT_FALSE(dns_question(1, name, net::Family::ipv4)) << name;
  }
}

}  // namespace
}  // namespace attache::trace
