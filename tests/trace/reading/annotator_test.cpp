#include "trace/reading/annotator.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "trace/format/block_reader.hpp"
#include "trace/format/block_writer.hpp"

namespace attache::trace {
namespace {

using namespace std::chrono_literals;

block::Packet packet_with(std::string bytes, std::vector<std::string> comments = {}) {
  return {0,
          base::WallTime(1'700'000'000s),
          PacketDirection::outbound,
          std::move(bytes),
          0,
          std::move(comments),
          std::nullopt};
}

std::string capture_of(const std::vector<block::Packet>& packets) {
  std::string text = to_bytes(Block(block::Section{"", "", "test", {}})) +
                     to_bytes(Block(block::Interface{link_type_raw_ip, 0, "pdn0", "", {}}));
  for (const block::Packet& packet : packets) {
    text += to_bytes(Block(packet));
  }
  return text + to_bytes(Block(block::Other{0x0BAD, "12345678"}));
}

std::string annotated(const std::string& text, PacketComments comments,
                      std::size_t piece = std::string::npos) {
  std::string result;
  Annotator annotator(std::move(comments), [&](std::string_view bytes) { result += bytes; });
  for (std::size_t at = 0; at < text.size(); at += std::min(piece, text.size() - at)) {
    EXPECT_TRUE(annotator.take(std::string_view(text).substr(at, piece)));
  }
  EXPECT_TRUE(annotator.finish());
  return result;
}

std::vector<block::Packet> packets_of(const std::string& text) {
  std::vector<block::Packet> packets;
  BlockReader reader;
  reader.feed(text);
  for (auto block = reader.next(); block && *block; block = reader.next()) {
    if (auto* packet = std::get_if<block::Packet>(&**block)) {
      packets.push_back(*packet);
    }
  }
  EXPECT_EQ(reader.unread(), 0U);
  return packets;
}

TEST(Annotator, LeavesAFileWithoutCommentsAsItIs) {
  std::string text = capture_of({packet_with("abc"), packet_with("defgh", {"x"})});
  EXPECT_EQ(annotated(text, {}), text);
  EXPECT_EQ(annotated(text, {}, 1), text);
  EXPECT_EQ(annotated(text.substr(0, text.size() - 5), {}), text.substr(0, text.size() - 5));
}

TEST(Annotator, AddsCommentsToPacketsWithAndWithoutOptions) {
  block::Packet bare = packet_with("abc");
  bare.direction = PacketDirection::unknown;
  std::string text = capture_of({bare, packet_with("defgh", {"old"}), packet_with("i")});
  for (std::size_t piece : {std::string::npos, std::size_t{3}}) {
    auto packets = packets_of(annotated(text, {{1, {"first", "second"}}, {2, {"new"}}}, piece));
    ASSERT_EQ(packets.size(), 3U);
    EXPECT_EQ(packets[0].comments, (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(packets[0].bytes, "abc");
    EXPECT_EQ(packets[1].comments, (std::vector<std::string>{"new", "old"}));
    EXPECT_EQ(packets[1].direction, PacketDirection::outbound);
    EXPECT_EQ(packets[1].time, base::WallTime(1'700'000'000s));
    EXPECT_TRUE(packets[2].comments.empty());
  }
}

TEST(Annotator, TellsWhatFoundNoPacketAndRefusesWhatIsNoCapture) {
  Annotator annotator({{7, {"x"}}}, [](std::string_view) {});
  EXPECT_TRUE(annotator.take(capture_of({packet_with("a")})));
  EXPECT_EQ(annotator.left(), 1U);
  Annotator refusing({}, [](std::string_view) {});
  EXPECT_FALSE(refusing.take("this is a log and no capture"));
  Annotator waiting({}, [](std::string_view) {});
  EXPECT_TRUE(waiting.take("short"));
  EXPECT_FALSE(waiting.finish());
}

}  // namespace
}  // namespace attache::trace
