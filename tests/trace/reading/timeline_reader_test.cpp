#include "trace/reading/timeline_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trace/format/block_writer.hpp"
#include "trace/format/exported_pdu.hpp"

namespace attache::trace {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// Writes a capture, packet by packet.
class CaptureText {
 public:
  CaptureText() {
    add(block::Section{"", "", "test", {}});
    add(block::Interface{link_type_upper_pdu, 0, "uart0", "", {}});
    add(block::Interface{link_type_raw_ip, 0, "pdn0", "", {}});
  }

  void line(ExportedPdu::Way way, std::string bytes, std::vector<std::string> comments = {}) {
    ExportedPdu pdu;
    pdu.way = way;
    pdu.bytes = std::move(bytes);
    packet(0, PacketDirection::unknown, to_bytes(pdu), std::move(comments));
  }
  void host(std::string bytes) { line(ExportedPdu::Way::sent, std::move(bytes)); }
  void modem(std::string bytes) { line(ExportedPdu::Way::received, std::move(bytes)); }

  void packet(std::uint32_t interface, PacketDirection direction, std::string bytes,
              std::vector<std::string> comments = {}) {
    add(block::Packet{interface, base::WallTime(1'700'000'000s) + time, direction, std::move(bytes), 0,
                      std::move(comments), std::nullopt});
    time += 250ms;
  }
  void add(const Block& block) { text += to_bytes(block); }

  std::string text;
  base::Duration time{};
};

std::string big(std::uint32_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) {
    bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
  }
  return bytes;
}

std::string ipv4(std::uint8_t protocol, bool sent, const std::string& content) {
  std::string device("\x0a\x00\x00\x07", 4);
  std::string server("\xc0\x00\x02\x01", 4);
  return std::string("\x45\x00", 2) + big(static_cast<std::uint32_t>(20 + content.size()), 2) +
         std::string(4, '\0') + "\x40" + static_cast<char>(protocol) + std::string(2, '\0') +
         (sent ? device + server : server + device) + content;
}

// Flags: 1 FIN, 2 SYN, 4 RST, 16 ACK.
std::string tcp(bool sent, std::uint32_t sequence, std::uint8_t flags, const std::string& payload = {},
                std::uint16_t port = 443) {
  return ipv4(6, sent,
              big(sent ? 50000 : port, 2) + big(sent ? port : 50000, 2) + big(sequence, 4) + big(0, 4) +
                  "\x50" + static_cast<char>(flags) + std::string(6, '\0') + payload);
}

std::string udp(bool sent, std::uint16_t port, const std::string& payload) {
  return ipv4(17, sent,
              big(sent ? 40000 : port, 2) + big(sent ? port : 40000, 2) +
                  big(static_cast<std::uint32_t>(8 + payload.size()), 2) + std::string(2, '\0') + payload);
}

std::vector<TimelineEntry> entries_of(const std::string& text, std::size_t piece = std::string::npos) {
  std::vector<TimelineEntry> entries;
  TimelineReader reader([&](const TimelineEntry& entry) { entries.push_back(entry); });
  for (std::size_t at = 0; at < text.size(); at += std::min(piece, text.size() - at)) {
    EXPECT_TRUE(reader.take(std::string_view(text).substr(at, piece)));
  }
  EXPECT_FALSE(reader.finish());
  return entries;
}

std::vector<std::string> texts_of(const std::string& text) {
  std::vector<std::string> texts;
  for (const TimelineEntry& entry : entries_of(text)) {
    texts.push_back(std::string(name_of(entry.layer)) +
                    (entry.way == TimelineEntry::Way::sent ? " > " : " < ") + entry.text);
  }
  return texts;
}

TEST(TimelineReader, ShowsLinesWithTheNamesOfTheirNumbersAndWithoutSecrets) {
  CaptureText capture;
  capture.host("AT+CPIN=\"4711\"\r\n");
  capture.modem("\r\n+CME ERROR: 16\r\n");
  capture.host("AT+CEREG?\r\n");
  capture.modem("\r\n+CEREG: 5,3\r\n\r\nOK\r\n");
  EXPECT_THAT(texts_of(capture.text),
              ElementsAre("at > AT+CPIN=\"****\"", "at < +CME ERROR: 16 (incorrect password)",
                          "at > AT+CEREG?", "at < +CEREG: 5,3 (registration denied)", "at < OK"));
}

TEST(TimelineReader, ShowsCommentsAsWhatHappensToTheModem) {
  CaptureText capture;
  capture.line(ExportedPdu::Way::received, "\r\nERROR\r\n", {"it failed\nbecause of the SIM"});
  auto entries = entries_of(capture.text);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[1].layer, Layer::modem);
  EXPECT_EQ(entries[1].text, "it failed");
  EXPECT_EQ(entries[2].text, "because of the SIM");
  EXPECT_EQ(entries[2].packet, 1U);
}

TEST(TimelineReader, FollowsALookUpAndTheConnectionToTheNameThatWasFound) {
  CaptureText capture;
  std::string question = std::string("\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12) +
                         std::string("\x04good\x04test\x00\x00\x01\x00\x01", 15);
  std::string answer = std::string("\x00\x01\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00", 12) +
                       std::string("\x04good\x04test\x00\x00\x01\x00\x01", 15) +
                       std::string("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01", 16);
  capture.packet(1, PacketDirection::outbound, udp(true, 53, question));
  capture.packet(1, PacketDirection::inbound, udp(false, 53, answer));
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 2));
  capture.packet(1, PacketDirection::inbound, tcp(false, 500, 18));
  capture.packet(1, PacketDirection::outbound,
                 tcp(true, 101, 16, "GET /a?token=1 HTTP/1.1\r\nHost: good.test\r\n\r\n"));
  capture.packet(1, PacketDirection::inbound,
                 tcp(false, 501, 16, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"));
  capture.packet(1, PacketDirection::inbound, tcp(false, 541, 17, "llo"));
  auto entries = entries_of(capture.text);
  EXPECT_THAT(
      texts_of(capture.text),
      ElementsAre("dns > asks for good.test A", "dns < good.test A is 192.0.2.1",
                  "tcp > connects to good.test (192.0.2.1):443", "tcp < good.test (192.0.2.1):443 accepts",
                  "http > ********, host good.test", "http < HTTP/1.1 200 OK, 5 bytes follow",
                  "tcp < good.test (192.0.2.1):443 closes the connection, after 43 bytes"));
  EXPECT_EQ(entries.back().context, 0);
  EXPECT_EQ(entries.back().peer, "good.test (192.0.2.1):443");
}

TEST(TimelineReader, PutsSegmentsInTheirOrderAndTellsRetransmissions) {
  CaptureText capture;
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 2, "", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 105, 16, "/ HTTP/1.1\r\n\r\n", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 101, 16, "GET ", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 101, 16, "GET ", 80));
  EXPECT_THAT(texts_of(capture.text), ElementsAre("tcp > connects to 192.0.2.1:80", "http > GET / HTTP/1.1",
                                                  "tcp > 4 bytes come again: a retransmission"));
}

TEST(TimelineReader, PutsSegmentsInTheirOrderWhereSequenceNumbersBeginAgain) {
  CaptureText capture;
  capture.packet(1, PacketDirection::outbound, tcp(true, 0xFFFFFFEF, 2, "", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 0, 16, "\r\n", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 0xFFFFFFF8, 16, "TP/1.1\r\n", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 0xFFFFFFF4, 16, "/ HT", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 0xFFFFFFF0, 16, "GET ", 80));
  EXPECT_THAT(texts_of(capture.text), ElementsAre("tcp > connects to 192.0.2.1:80", "http > GET / HTTP/1.1"));
}

TEST(TimelineReader, ReadsAllOfASegmentThatCameAgainWithMoreBehindAGap) {
  CaptureText capture;
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 2, "", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 105, 16, "/ HT", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 105, 16, "/ HTTP/1.1\r\n\r\n", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 105, 16, "/ H", 80));
  capture.packet(1, PacketDirection::outbound, tcp(true, 101, 16, "GET ", 80));
  EXPECT_THAT(texts_of(capture.text), ElementsAre("tcp > connects to 192.0.2.1:80", "http > GET / HTTP/1.1"));
}

TEST(TimelineReader, ReadsWhatStandsBehindAGapThatNothingFills) {
  CaptureText capture;
  constexpr std::uint32_t size = 60'000;
  std::uint32_t next = 105;
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 2, "", 80));
  for (int i = 0; i < 6; ++i) {
    capture.packet(1, PacketDirection::outbound, tcp(true, next, 16, std::string(size, 'x'), 80));
    next += size;
  }
  capture.packet(1, PacketDirection::outbound, tcp(true, next, 17, "", 80));
  auto texts = texts_of(capture.text);
  EXPECT_THAT(texts, testing::Contains("tcp > 4 bytes are not in the capture"));
  EXPECT_THAT(texts, testing::Contains(testing::HasSubstr("are not in the capture")).Times(1));
  EXPECT_EQ(texts.back(), "tcp > closes the connection to 192.0.2.1:80, after 360000 bytes");
}

TEST(TimelineReader, TellsRefusedConnectionsAndUnreachablePorts) {
  CaptureText capture;
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 2));
  capture.packet(1, PacketDirection::inbound, tcp(false, 0, 20));
  std::string sent = udp(true, 5683, "x");
  capture.packet(1, PacketDirection::outbound, sent);
  capture.packet(1, PacketDirection::inbound, ipv4(1, false, std::string("\x03\x03\0\0\0\0\0\0", 8) + sent));
  EXPECT_THAT(texts_of(capture.text),
              ElementsAre("tcp > connects to 192.0.2.1:443", "tcp < 192.0.2.1:443 refuses the connection",
                          "udp > 1 bytes to 192.0.2.1:5683: x",
                          "icmp < 192.0.2.1:5683: nobody listens on that port"));
}

TEST(TimelineReader, ReadsMqttAndTlsAlerts) {
  CaptureText capture;
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 2, "", 1883));
  capture.packet(1, PacketDirection::outbound,
                 tcp(true, 101, 16,
                     std::string("\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05"
                                 "abcde",
                                 19),
                     1883));
  capture.packet(1, PacketDirection::inbound, tcp(false, 1, 16, std::string("\x20\x02\x00\x05", 4), 1883));
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 2, "", 8883));
  capture.packet(1, PacketDirection::inbound, tcp(false, 1, 18, "", 8883));
  capture.packet(
      1, PacketDirection::outbound,
      tcp(true, 101, 16, std::string("\x16\x03\x03\x00\x04\x0e\x00\x00\x00\x15\x03\x03\x00\x02\x02\x2d", 16),
          8883));
  EXPECT_THAT(texts_of(capture.text),
              ElementsAre("tcp > connects to 192.0.2.1:1883", "mqtt > CONNECT, client id abcde",
                          "mqtt < CONNACK 5 (not authorized)", "tcp > connects to 192.0.2.1:8883",
                          "tcp < 192.0.2.1:8883 accepts", "tls > ServerHelloDone",
                          "tls > fatal alert 45 (certificate expired)"));
}

TEST(TimelineReader, GivesTheSameHoweverTheFileIsCut) {
  CaptureText capture;
  capture.host("AT\r\n");
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 2));
  auto whole = entries_of(capture.text);
  auto bytes = entries_of(capture.text, 1);
  ASSERT_EQ(whole.size(), bytes.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i].text, bytes[i].text);
  }
}

TEST(TimelineReader, ReadsAFileThatWasCutUpToThereAndSurvivesDamage) {
  CaptureText capture;
  capture.host("AT\r\n");
  capture.packet(1, PacketDirection::outbound, tcp(true, 100, 16, "GET / HTTP/1.1\r\n\r\n"));
  capture.packet(1, PacketDirection::outbound,
                 udp(true, 53, std::string("\x00\x01\x01\x00\x00\x01\0\0\0\0\0\0\xc0\x0c", 14)));
  for (std::size_t length = 0; length <= capture.text.size(); ++length) {
    TimelineReader reader([](const TimelineEntry&) {});
    (void)reader.take(std::string_view(capture.text).substr(0, length));
    (void)reader.finish();
  }
  for (std::size_t at = 0; at < capture.text.size(); ++at) {
    for (char damage : {'\0', '\x7f', '\xff'}) {
      std::string text = capture.text;
      text[at] = damage;
      TimelineReader reader([](const TimelineEntry&) {});
      (void)reader.take(text);
    }
  }
}

TEST(TimelineReader, ReadsEthernetCapturesOfOthersWithoutDirections) {
  std::string text = to_bytes(Block(block::Section{"", "", "", {}})) +
                     to_bytes(Block(block::Interface{1, 0, "eth0", "", {}}));
  std::string frame = std::string(12, 'x') + std::string("\x08\x00", 2) + tcp(true, 100, 2);
  text += to_bytes(
      Block(block::Packet{0, base::WallTime(1s), PacketDirection::unknown, frame, 0, {}, std::nullopt}));
  auto entries = entries_of(text);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].text, "connects to 192.0.2.1:443");
  EXPECT_EQ(entries[0].interface, "eth0");
  EXPECT_EQ(entries[0].context, std::nullopt);
}

TEST(TimelineFilter, TakesWhatIsAskedForAlone) {
  TimelineEntry entry{base::WallTime(3s), 1, Layer::dns, TimelineEntry::Way::sent, "pdn1", 1, "1.2.3.4:53",
                      "asks for A.test A"};
  base::WallTime began(1s);
  EXPECT_TRUE(TimelineFilter{}.takes(entry, began));
  EXPECT_TRUE((TimelineFilter{
      .interface = "PDN1", .context = 1, .host = "a.TEST", .layers = {Layer::dns}, .from = 2, .until = 2}
                   .takes(entry, began)));
  EXPECT_FALSE((TimelineFilter{.interface = "0"}.takes(entry, began)));
  EXPECT_FALSE((TimelineFilter{.interface = "", .context = 0}.takes(entry, began)));
  EXPECT_FALSE((TimelineFilter{.interface = "", .host = "b.test"}.takes(entry, began)));
  EXPECT_FALSE((TimelineFilter{.interface = "", .layers = {Layer::at, Layer::tls}}.takes(entry, began)));
  EXPECT_FALSE((TimelineFilter{.interface = "", .from = 2.5}.takes(entry, began)));
  EXPECT_FALSE((TimelineFilter{.interface = "", .until = 1.5}.takes(entry, began)));
  entry.interface = "uart0";
  EXPECT_TRUE((TimelineFilter{.interface = "0"}.takes(entry, began)));
}

TEST(TimelineEntry, IsALineAndAJsonObject) {
  TimelineEntry entry{base::WallTime(3250ms), 7, Layer::tcp, TimelineEntry::Way::sent, "pdn0", 0, "a:1",
                      "connects to a:1"};
  EXPECT_EQ(render_text(entry, base::WallTime(1s)), "    2.250 pdn0   → tcp connects to a:1\n");
  EXPECT_EQ(
      render_json(entry, base::WallTime(1s)),
      R"({"seconds":2.25E0,"time":"1970-01-01T00:00:03Z","packet":7,"layer":"tcp","interface":"pdn0","way":"sent",)"
      R"("text":"connects to a:1","context":0,"peer":"a:1"})"
      "\n");
}

}  // namespace
}  // namespace attache::trace
