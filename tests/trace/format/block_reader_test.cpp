#include "trace/format/block_reader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "trace/format/block_writer.hpp"

namespace attache::trace {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

base::WallTime at_nanoseconds(std::int64_t since_1970) {
  return base::WallTime(std::chrono::nanoseconds(since_1970));
}

std::vector<Block> one_of_each() {
  return {
      block::Section{"nRF9160", "Linux", "Attaché", {"first", "second\nline"}},
      block::Interface{link_type_upper_pdu, 0, "uart0", "the first port", {}},
      block::Interface{link_type_raw_ip, 65535, "pdn0", "", {"APN iot"}},
      block::Packet{1,
                    at_nanoseconds(1'700'000'000'123'456'789),
                    PacketDirection::outbound,
                    "abcde",
                    9,
                    {"lost on the link"},
                    3},
      block::Packet{0, at_nanoseconds(0), PacketDirection::unknown, "", 0, {}, std::nullopt},
      block::Names{{{"\x0a\x00\x00\x01"s, {"a.example", "b.example"}}, {std::string(16, '\1'), {"c"}}}},
      block::Secrets{block::Secrets::tls_key_log, "CLIENT_RANDOM 00 11\n"},
      block::Statistics{1, at_nanoseconds(5), 10, 2, {"dropped"}},
      block::Custom{4242, "data....", false},
      block::Custom{4242, "data", true},
      block::Other{77, "body"},
  };
}

std::string bytes_of(const std::vector<Block>& blocks) {
  std::string bytes;
  for (const auto& block : blocks) {
    bytes += to_bytes(block);
  }
  return bytes;
}

struct Reading {
  std::vector<Block> blocks;
  std::string fault;
  std::size_t unread = 0;
};

// The bytes in pieces of this size.
Reading read(std::string_view bytes, std::size_t piece = std::string::npos) {
  BlockReader reader;
  Reading reading;
  do {
    std::string_view next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    reader.feed(next);
    auto block = reader.next();
    for (; block && *block; block = reader.next()) {
      reading.blocks.push_back(std::move(**block));
    }
    if (!block) {
      reading.fault = fmt::format("{}: {}", block.error().where, block.error().why);
      return reading;
    }
  } while (!bytes.empty());
  reading.unread = reader.unread();
  return reading;
}

TEST(BlockReader, ReadsWhatIsWrittenInPiecesOfAnySize) {
  std::string bytes = bytes_of(one_of_each());
  for (std::size_t piece : {1U, 2U, 3U, 7U, 64U, 100000U}) {
    Reading reading = read(bytes, piece);
    EXPECT_EQ(reading.fault, "");
    EXPECT_EQ(reading.unread, 0U);
    ASSERT_EQ(reading.blocks.size(), one_of_each().size());
    for (std::size_t i = 0; i < reading.blocks.size(); ++i) {
      Block expected = one_of_each()[i];
      if (auto* packet = std::get_if<block::Packet>(&expected);
          packet != nullptr && packet->original_size == 0) {
        packet->original_size = static_cast<std::uint32_t>(packet->bytes.size());
      }
      EXPECT_EQ(reading.blocks[i], expected) << "block " << i;
    }
  }
}

TEST(BlockReader, GivesAllWholeBlocksOfAFileThatIsCutAnywhere) {
  std::vector<Block> blocks = one_of_each();
  std::vector<std::size_t> ends;
  std::string bytes;
  for (const auto& block : blocks) {
    bytes += to_bytes(block);
    ends.push_back(bytes.size());
  }
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Reading reading = read(std::string_view(bytes).substr(0, cut));
    std::size_t whole = 0;
    while (whole < ends.size() && ends[whole] <= cut) {
      ++whole;
    }
    EXPECT_EQ(reading.fault, "") << cut;
    EXPECT_EQ(reading.blocks.size(), whole) << cut;
    EXPECT_EQ(reading.unread, cut - (whole == 0 ? 0 : ends[whole - 1])) << cut;
  }
}

// A file as a big-endian machine writes it, microseconds by default and with an offset, from the draft.
TEST(BlockReader, ReadsTheOtherByteOrder) {
  std::string bytes =
      "\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\1\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x1c"s
      "\0\0\0\1\0\0\0\x20\0\x65\0\0\0\0\0\0"
      "\0\x0e\0\x08\0\0\0\0\0\0\0\x64\0\0\0\x20"s
      "\0\0\0\6\0\0\0\x24\0\0\0\0\0\0\0\0\0\0\0\x07\0\0\0\3\0\0\0\4"s
      "abc\0\0\0\0\x24"s;
  Reading reading = read(bytes);
  ASSERT_EQ(reading.fault, "");
  ASSERT_EQ(reading.blocks.size(), 3U);
  EXPECT_EQ(reading.blocks[1], Block(block::Interface{link_type_raw_ip, 0, "", "", {}}));
  EXPECT_EQ(reading.blocks[2],
            Block(block::Packet{
                0, base::WallTime(100s + 7us), PacketDirection::unknown, "abc", 4, {}, std::nullopt}));
}

TEST(BlockReader, ReadsSimpleAndObsoletePackets) {
  std::string bytes = bytes_of({block::Section{}, block::Interface{link_type_raw_ip, 2, "", "", {}}});
  bytes += to_bytes(block::Other{3, "\4\0\0\0ab\0\0"s});
  bytes += to_bytes(block::Other{2, "\0\0\5\0\0\0\0\0\1\0\0\0\2\0\0\0\2\0\0\0xy\0\0"s});
  Reading reading = read(bytes);
  ASSERT_EQ(reading.fault, "");
  ASSERT_EQ(reading.blocks.size(), 4U);
  EXPECT_EQ(reading.blocks[2],
            Block(block::Packet{0, {}, PacketDirection::unknown, "ab", 4, {}, std::nullopt}));
  EXPECT_EQ(reading.blocks[3],
            Block(block::Packet{0, at_nanoseconds(1), PacketDirection::unknown, "xy", 2, {}, 5}));
}

TEST(BlockReader, CountsInterfacesAnewInEachSection) {
  std::string section = to_bytes(block::Section{});
  std::string packet = to_bytes(block::Packet{0, {}, PacketDirection::unknown, "x", 0, {}, std::nullopt});
  std::string described = section + to_bytes(block::Interface{link_type_raw_ip, 0, "", "", {}}) + packet;
  EXPECT_EQ(read(described + described).fault, "");
  EXPECT_EQ(read(described + section + packet).fault,
            fmt::format("byte {}: a packet is of interface 0, and 0 were described",
                        described.size() + section.size()));
}

TEST(BlockReader, SaysWhatIsWrongWithAFile) {
  std::string section = to_bytes(block::Section{});
  EXPECT_EQ(read("GET / HTTP/1.1\r\n").fault, "byte 0: it does not begin as a pcapng file does");
  EXPECT_EQ(read("x").fault, "byte 0: it does not begin as a pcapng file does");
  EXPECT_EQ(read("\n\r\r\n\x1c\0\0\0abcdefgh"s).fault,
            "byte 0: a section begins with the byte-order magic 64636261, not 1a2b3c4d");
  std::string newer = section;
  newer[12] = 2;
  EXPECT_EQ(read(newer).fault, "byte 0: the file has version 2 of pcapng, and 1 is known");
  EXPECT_EQ(read(section + "\6\0\0\0\x0d\0\0\0\0\0\0\0"s).fault,
            "byte 28: a block says that it is 13 bytes long");
  EXPECT_EQ(read(section + "\6\0\0\0\xfc\xff\xff\xff\0\0\0\0"s).fault,
            "byte 28: a block says that it is 4294967292 bytes long");
  EXPECT_EQ(read(section + "\x63\0\0\0\x0c\0\0\0\x10\0\0\0"s).fault,
            "byte 28: a block says at its begin that it is 12 bytes long, at its end 16");
  std::string interface = to_bytes(block::Interface{link_type_raw_ip, 0, "", "", {}});
  EXPECT_EQ(read(section + interface +
                 to_bytes(block::Other{6, "\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\5\0\0\0"s}))
                .fault,
            fmt::format("byte {}: a packet is longer than its block", section.size() + interface.size()));
}

TEST(BlockReader, StaysAtAFault) {
  BlockReader reader;
  reader.feed("no capture at all");
  EXPECT_FALSE(reader.next());
  reader.feed(to_bytes(block::Section{}));
  EXPECT_FALSE(reader.next());
}

TEST(BlockReader, TakesAnyBytesInAnyPiecesAlike) {
  std::mt19937 random(7);
  std::string good = bytes_of(one_of_each());
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = good;
    for (int i = 0; i < 3; ++i) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    Reading whole = read(bytes);
    Reading pieces = read(bytes, 1 + random() % 40);
    EXPECT_EQ(whole.blocks, pieces.blocks);
    EXPECT_EQ(whole.fault, pieces.fault);
  }
}

TEST(BlockWriter, CutsACommentThatIsTooLongBehindACharacter) {
  std::string comment;
  while (comment.size() < 70000) {
    comment += "é";
  }
  comment = "x" + comment;
  Reading reading = read(to_bytes(block::Section{"", "", "", {comment}}));
  ASSERT_EQ(reading.fault, "");
  EXPECT_EQ(reading.blocks[0], Block(block::Section{"", "", "", {comment.substr(0, 65535)}}));
  Reading even = read(to_bytes(block::Section{"", "", "", {comment.substr(1)}}));
  EXPECT_EQ(even.blocks[0], Block(block::Section{"", "", "", {comment.substr(1, 65534)}}));
}

}  // namespace
}  // namespace attache::trace
