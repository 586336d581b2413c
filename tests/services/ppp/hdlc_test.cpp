#include "services/ppp/hdlc.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace attache::services::ppp {
namespace {

using namespace std::string_literals;
using Frames = std::vector<std::pair<unsigned, std::string>>;

Frames frames_of(std::string_view line, std::size_t piece = SIZE_MAX, HdlcDecoder::Count* count = nullptr) {
  Frames frames;
  HdlcDecoder decoder(
      [&](const Frame& frame) { frames.emplace_back(frame.protocol, std::string(frame.information)); });
  for (std::size_t at = 0; at < line.size(); at += std::min(piece, line.size() - at)) {
    decoder.receive(line.substr(at, piece));
  }
  if (count != nullptr) {
    *count = decoder.count();
  }
  return frames;
}

TEST(Hdlc, HasTheChecksumOfRfc1662) {
  EXPECT_EQ(fcs16("123456789"), static_cast<std::uint16_t>(~0x906EU));  // CRC-16/X-25 without its complement.
  std::string frame = "123456789";
  frame += "\x6E\x90";
  EXPECT_EQ(fcs16(frame), good_fcs);
}

TEST(Hdlc, EscapesFlagsEscapesAndWhatTheMapSays) {
  std::string bytes = "\x7E\x7D\x11\x01"s;
  Framing all;
  std::string line = encode_frame(0x0021, bytes, all);
  EXPECT_EQ(line.substr(0, 14), "\x7E\xFF\x7D\x23\x7D\x20\x21\x7D\x5E\x7D\x5D\x7D\x31\x7D"s);
  Framing few{0x00020000, true, true};
  line = encode_frame(0x0021, bytes, few);
  EXPECT_EQ(line.substr(0, 9), "\x7E\x21\x7D\x5E\x7D\x5D\x7D\x31\x01"s);
}

TEST(Hdlc, SendsLcpAsIfNothingHadBeenAgreedUpon) {
  EXPECT_EQ(encode_frame(0xC021, "\x01", Framing{0, true, true}), encode_frame(0xC021, "\x01", Framing()));
}

TEST(Hdlc, ReadsWhatItWritesHoweverItIsDivided) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) {
    every_byte.push_back(static_cast<char>(i));
  }
  std::string line;
  for (const Framing& framing : {Framing{}, Framing{0, false, false}, Framing{0, true, true}}) {
    line += encode_frame(0x0021, every_byte, framing) + encode_frame(0x8021, "x", framing);
  }
  Frames whole = frames_of(line);
  ASSERT_EQ(whole.size(), 6U);
  EXPECT_EQ(whole[4], (std::pair<unsigned, std::string>(0x0021, every_byte)));
  EXPECT_EQ(whole[5], (std::pair<unsigned, std::string>(0x8021, "x")));
  for (std::size_t piece = 1; piece < 40; ++piece) {
    EXPECT_EQ(frames_of(line, piece), whole) << piece;
  }
}

TEST(Hdlc, PassesOverNoiseAndCountsIt) {
  std::string good = encode_frame(0x0021, "good", Framing());
  std::string bad = good;
  bad[12] ^= 1;
  std::string aborted = "\x7E\xFF\x03\x7D\x7E"s;
  std::string endless(2 * HdlcDecoder::longest, 'x');
  HdlcDecoder::Count count;
  Frames frames = frames_of("AT\r\n" + good + bad + aborted + endless + good, SIZE_MAX, &count);
  EXPECT_EQ(frames, (Frames{{0x0021, "good"}, {0x0021, "good"}}));
  EXPECT_EQ(count.frames, 2U);
  EXPECT_EQ(count.wrong_fcs, 2U);  // That of what came before the first flag too.
  EXPECT_EQ(count.aborted, 1U);
  EXPECT_EQ(count.too_long, 1U);
}

TEST(Hdlc, RefusesFramesWithoutAProtocol) {
  for (const std::string& content : {"\xFF\x03"s, "\xFF\x04\x21"s, "\x00"s, "\x00\x20x"s}) {
    std::string whole = content;
    auto fcs = static_cast<std::uint16_t>(~fcs16(content));
    whole.push_back(static_cast<char>(fcs & 0xFFU));
    whole.push_back(static_cast<char>(fcs >> 8U));
    std::string line = "\x7E";
    for (char c : whole) {
      bool escaped = static_cast<unsigned char>(c) < 32 || c == '\x7D' || c == '\x7E';
      line += escaped ? "\x7D"s + static_cast<char>(c ^ 0x20) : std::string(1, c);
    }
    HdlcDecoder::Count count;
    EXPECT_TRUE(frames_of(line + "\x7E", SIZE_MAX, &count).empty());
    EXPECT_EQ(count.malformed, 1U) << content.size();
  }
}

}  // namespace
}  // namespace attache::services::ppp
