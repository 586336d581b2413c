#include "serial/cmux/frame_reader.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace attache::serial::cmux {
namespace {

constexpr std::size_t largest = 127;

const Frame at{1, true, FrameType::uih, false, "AT\r"};
const Frame open_control{0, true, FrameType::sabm, true};

struct Seen {
  std::vector<Frame> frames;
  std::vector<FrameFault> faults;
  std::size_t flags = 0;

  bool operator==(const Seen&) const = default;
};

void drain(FrameReader& reader, Seen& seen) {
  while (auto found = reader.next()) {
    if (const auto* frame = std::get_if<Frame>(&*found)) {
      seen.frames.push_back(*frame);
    } else if (const auto* fault = std::get_if<FrameFault>(&*found)) {
      seen.faults.push_back(*fault);
    } else {
      ++seen.flags;
    }
  }
}

/// As read(), and nothing more comes.
Seen read_to_end(std::string_view octets) {
  FrameReader reader(largest);
  reader.feed(octets);
  Seen seen;
  drain(reader, seen);
  while (reader.is_in_frame()) {
    reader.give_up();
    drain(reader, seen);
  }
  return seen;
}

Seen read(std::string_view octets, std::size_t piece = SIZE_MAX) {
  FrameReader reader(largest);
  Seen seen;
  while (!octets.empty()) {
    reader.feed(octets.substr(0, piece));
    octets.remove_prefix(std::min(piece, octets.size()));
    drain(reader, seen);
  }
  return seen;
}

TEST(CmuxFrameReader, ReadsFramesWithOneFlagOrSeveralBetweenThem) {
  std::string shared = encode(open_control);
  shared += encode(at).substr(1);
  EXPECT_EQ(read(shared).frames, (std::vector{open_control, at}));
  EXPECT_EQ(read(encode(open_control) + "\xF9\xF9\xF9" + encode(at)).frames, (std::vector{open_control, at}));
}

TEST(CmuxFrameReader, GivesTheSameHoweverTheInputIsCut) {
  std::string octets = "noise\xF9\xF9" + encode(open_control) + "AT\r\r\n" + encode(at) +
                       encode({1, true, FrameType::uih, false, "bad"}, 1) +
                       encode({2, true, FrameType::ui, true, std::string(127, '\xF9')}) +
                       encode({2, true, FrameType::uih, true, std::string(128, 'x')}) + encode(at);
  Seen whole = read(octets);
  EXPECT_EQ(whole.frames.size(), 4U);
  for (std::size_t piece = 1; piece < octets.size(); ++piece) {
    EXPECT_EQ(read(octets, piece), whole) << piece;
  }
}

TEST(CmuxFrameReader, TakesEveryLengthUpToTheLargest) {
  for (std::size_t size = 0; size <= largest; ++size) {
    Frame frame{63, false, FrameType::uih, false, std::string(size, '\xF9')};
    EXPECT_EQ(read(encode(frame)).frames, std::vector{frame}) << size;
  }
}

TEST(CmuxFrameReader, TakesALengthOfTwoOctetsForAShortFrame) {
  std::string header("\x07\xEF\x06\x00", 4);
  std::string octets = '\xF9' + header + "AT\r" + static_cast<char>(check_sequence(header)) + '\xF9';
  EXPECT_EQ(read(octets).frames, std::vector{at});
}

TEST(CmuxFrameReader, DropsAFrameWithAWrongCheckSequence) {
  Seen seen = read(encode(at, 0x55) + encode(open_control));
  EXPECT_EQ(seen.frames, std::vector{open_control});
  EXPECT_EQ(seen.faults, std::vector{FrameFault::wrong_check});
}

TEST(CmuxFrameReader, DropsAFrameThatIsLongerThanN1) {
  Seen seen = read(encode({1, true, FrameType::uih, false, std::string(128, 'x')}) + encode(at));
  EXPECT_EQ(seen.frames, std::vector{at});
  ASSERT_FALSE(seen.faults.empty());
  EXPECT_EQ(seen.faults.front(), FrameFault::too_long);
}

TEST(CmuxFrameReader, TakesNoAddressOfTwoOctets) {
  Seen seen = read(std::string("\xF9\x06\x01\xEF\x01\x00\xF9", 7) + encode(at));
  EXPECT_EQ(seen.frames, std::vector{at});
  EXPECT_EQ(seen.faults.front(), FrameFault::wrong_address);
}

TEST(CmuxFrameReader, TakesNoUnknownControlField) {
  Seen seen = read(std::string("\xF9\x07\x11\x01\x00\xF9", 6) + encode(at));
  EXPECT_EQ(seen.frames, std::vector{at});
  EXPECT_EQ(seen.faults.front(), FrameFault::unknown_type);
}

// Whatever has lost its end, the frame behind it is found.
TEST(CmuxFrameReader, FindsTheNextFrameBehindOneThatIsCutOff) {
  std::string cut = encode({1, true, FrameType::uih, false, "some data"});
  for (std::size_t size = 1; size < cut.size() - 1; ++size) {
    Seen seen = read_to_end(cut.substr(0, size) + encode(open_control) + encode(at));
    EXPECT_EQ(seen.frames, (std::vector{open_control, at})) << size;
  }
}

TEST(CmuxFrameReader, FindsFramesInWhatItGivesUp) {
  FrameReader reader(largest);
  reader.feed(encode({1, true, FrameType::uih, false, std::string(100, 'x')}).substr(0, 50));
  reader.feed(encode(open_control));
  Seen seen;
  drain(reader, seen);
  EXPECT_TRUE(seen.frames.empty());
  EXPECT_TRUE(reader.is_in_frame());
  reader.give_up();
  drain(reader, seen);
  EXPECT_EQ(seen.frames, std::vector{open_control});
  EXPECT_FALSE(reader.is_in_frame());
}

TEST(CmuxFrameReader, FindsAFrameBehindAnyNoise) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string noise(random() % 40, '\0');
    for (char& octet : noise) {
      octet = static_cast<char>(random() % 4 == 0 ? 0xF9 : random());
    }
    Seen seen = read_to_end(noise + encode(at));
    ASSERT_FALSE(seen.frames.empty()) << round;
    EXPECT_EQ(seen.frames.back(), at) << round;
  }
}

TEST(CmuxFrameReader, CountsFlagsBeyondTheFirst) {
  EXPECT_EQ(read("\xF9").flags, 0U);
  EXPECT_EQ(read("\xF9\xF9\xF9").flags, 2U);
  EXPECT_EQ(read("\xF9\xF9\xF9", 1).flags, 2U);
  EXPECT_EQ(read(encode(at) + "\xF9").flags, 1U);
}

}  // namespace
}  // namespace attache::serial::cmux
