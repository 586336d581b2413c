#include "trace/capture/capture_queue.hpp"

#include <gtest/gtest.h>

#include "trace/format/block_reader.hpp"

namespace attache::trace {
namespace {

/// A file that takes what it is told to.
struct SlowFile {
  bool operator()(std::string_view block) {
    if (is_full) {
      return false;
    }
    bytes += block;
    return true;
  }
  std::string bytes;
  bool is_full = false;
};

std::vector<Block> blocks_of(const std::string& bytes) {
  BlockReader reader;
  reader.feed(bytes);
  std::vector<Block> blocks;
  for (auto block = reader.next(); block && *block; block = reader.next()) {
    blocks.push_back(**block);
  }
  return blocks;
}

block::Packet packet(const std::string& bytes, PacketDirection direction = PacketDirection::outbound) {
  return {0, {}, direction, bytes, static_cast<std::uint32_t>(bytes.size()), {}, std::nullopt};
}

const block::Section section{"", "", "test", {}};
const block::Interface uart{link_type_upper_pdu, 0, "uart0", "", {}};

TEST(CaptureQueue, GivesBlocksInTheirOrder) {
  SlowFile file;
  CaptureQueue queue(section, std::ref(file));
  file.bytes = queue.preamble();
  queue.add_interface(uart);
  queue.packet(packet("a"));
  queue.name("abcd", "host");
  queue.secret("CLIENT_RANDOM 1 2");
  queue.finish({});
  EXPECT_EQ(blocks_of(file.bytes),
            (std::vector<Block>{section, uart, packet("a"), block::Names{{{"abcd", {"host"}}}},
                                block::Secrets{block::Secrets::tls_key_log, "CLIENT_RANDOM 1 2\n"},
                                block::Statistics{0, {}, 1, 0, {}}}));
}

TEST(CaptureQueue, KeepsWhatCameSinceTheCallBeforeForACommentThatIsYetToCome) {
  SlowFile file;
  CaptureQueue queue(section, std::ref(file));
  queue.add_interface(uart);
  queue.packet(packet("old", PacketDirection::inbound));
  EXPECT_TRUE(queue.flush_settled());
  queue.packet(packet("ERROR", PacketDirection::inbound));
  EXPECT_TRUE(queue.flush_settled());
  EXPECT_NE(file.bytes.find("old"), std::string::npos);
  EXPECT_EQ(file.bytes.find("ERROR"), std::string::npos);
  EXPECT_TRUE(queue.annotate(0, PacketDirection::inbound, "why"));
  EXPECT_FALSE(queue.flush_settled());
  EXPECT_NE(file.bytes.find("why"), std::string::npos);
  EXPECT_EQ(queue.waiting(), 0U);
}

TEST(CaptureQueue, AddsACommentToTheLastPacketThatGoesThatWay) {
  SlowFile file;
  CaptureQueue queue(section, std::ref(file));
  file.bytes = queue.preamble();
  queue.add_interface(uart);
  queue.packet(packet("one", PacketDirection::inbound));
  queue.packet(packet("two", PacketDirection::inbound));
  queue.packet(packet("three"));
  EXPECT_TRUE(queue.annotate(0, PacketDirection::inbound, "why"));
  EXPECT_FALSE(queue.annotate(1, PacketDirection::inbound, "why"));
  queue.flush();
  EXPECT_FALSE(queue.annotate(0, PacketDirection::inbound, "late"));
  block::Packet expected = packet("two", PacketDirection::inbound);
  expected.comments = {"why"};
  EXPECT_EQ(blocks_of(file.bytes).at(3), Block(expected));
}

TEST(CaptureQueue, CountsWhatIsDropped) {
  SlowFile file;
  CaptureQueue queue(section, std::ref(file));
  file.bytes = queue.preamble();
  queue.add_interface(uart);
  queue.flush();
  file.is_full = true;
  queue.packet(packet("lost"));
  queue.packet(packet("lost"));
  queue.flush();
  file.is_full = false;
  queue.packet(packet("kept"));
  queue.packet(packet("more"));
  queue.finish({});
  auto blocks = blocks_of(file.bytes);
  ASSERT_EQ(blocks.size(), 5U);
  EXPECT_EQ(std::get<block::Packet>(blocks[2]).dropped, 2U);
  EXPECT_EQ(
      std::get<block::Packet>(blocks[2]).comments,
      (std::vector<std::string>{"2 packets before this one were dropped: the capture could not be written "
                                "as fast as they came"}));
  EXPECT_EQ(blocks[3], Block(packet("more")));
  EXPECT_EQ(blocks[4], Block(block::Statistics{0, {}, 4, 2, {}}));
  EXPECT_EQ(queue.dropped(), 2U);
}

TEST(CaptureQueue, BeginsAnotherFileWithAllThatIsKnown) {
  SlowFile file;
  CaptureQueue queue(section, std::ref(file));
  queue.add_interface(uart);
  queue.name("abcd", "host");
  queue.name("abcd", "host");
  queue.secret("CLIENT_RANDOM 1 2");
  queue.flush();
  EXPECT_EQ(blocks_of(queue.preamble()),
            (std::vector<Block>{section, uart, block::Names{{{"abcd", {"host"}}}},
                                block::Secrets{block::Secrets::tls_key_log, "CLIENT_RANDOM 1 2\n"}}));
}

}  // namespace
}  // namespace attache::trace
