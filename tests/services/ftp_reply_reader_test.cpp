#include "services/ftp_reply_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace attache::services {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

std::vector<std::string> texts(std::string_view bytes, std::size_t piece) {
  FtpReplyReader reader;
  std::vector<std::string> found;
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    reader.feed(bytes.substr(i, piece));
    for (auto reply = reader.next(); reply && *reply; reply = reader.next()) {
      found.push_back((*reply)->text);
    }
  }
  return found;
}

TEST(FtpReplyReader, GivesEachReplyWithItsLineEnds) {
  EXPECT_THAT(texts("220 Hi\r\n331 Password?\n", 100), ElementsAre("220 Hi\r\n", "331 Password?\n"));
}

TEST(FtpReplyReader, GivesTheSameRepliesHoweverTheBytesAreCut) {
  const std::string bytes =
      "220-Welcome\r\n220 looks like the end but for the mark\r\n"
      "211-Status\r\n 211 indented\r\n212 other code\r\nplain\r\n211-more\r\n211 End\r\n"
      "230\r\nnonsense\r\n550 No.\n";
  auto whole = texts(bytes, bytes.size());
  EXPECT_THAT(whole,
              ElementsAre("220-Welcome\r\n220 looks like the end but for the mark\r\n",
                          "211-Status\r\n 211 indented\r\n212 other code\r\nplain\r\n211-more\r\n211 End\r\n",
                          "230\r\n", "nonsense\r\n", "550 No.\n"));
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
    EXPECT_EQ(texts(bytes, piece), whole) << "pieces of " << piece;
  }
}

TEST(FtpReplyReader, ReadsCodesAndFindsTheExpectedOneAnywhere) {
  FtpReplyReader reader;
  reader.feed("150-x\r\n150 226 y\r\n");
  auto reply = reader.next();
  ASSERT_TRUE(reply && *reply);
  EXPECT_EQ((*reply)->code, 150U);
  EXPECT_TRUE((*reply)->is_preliminary());
  EXPECT_FALSE((*reply)->is_refusal());
  EXPECT_TRUE((*reply)->holds(226));
  EXPECT_FALSE((*reply)->holds(22));
  EXPECT_EQ((*reply)->first_line(), "150-x");
}

TEST(FtpReplyReader, TakesNulsAndGarbageForLinesWithoutACode) {
  FtpReplyReader reader;
  std::string garbage("\0\xFF\x01 22\0 \r\n", 10);
  reader.feed(garbage);
  auto reply = reader.next();
  ASSERT_TRUE(reply && *reply);
  EXPECT_EQ((*reply)->code, 0U);
  EXPECT_EQ((*reply)->text, garbage);
  for (const char* text : {"22x Hi\r\n", "+22 Hi\r\n", "-22 Hi\r\n", "22\r\n", " 220 Hi\r\n"}) {
    reader.feed(text);
    reply = reader.next();
    ASSERT_TRUE(reply && *reply) << text;
    EXPECT_EQ((*reply)->code, 0U) << text;
  }
}

TEST(FtpReplyReader, TakesTheLongestReplyAndFailsForGoodOnALongerOne) {
  std::string longest = "220 " + std::string(FtpReplyReader::longest_reply - 6, 'x') + "\r\n";
  EXPECT_THAT(texts(longest, 1000), ElementsAre(longest));
  FtpReplyReader reader;
  reader.feed(longest.substr(0, longest.size() - 2) + "x\r\n");
  auto reply = reader.next();
  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().why, StartsWith("more than 16384 bytes"));
  reader.feed("220 Hi\r\n");
  EXPECT_FALSE(reader.next());
}

TEST(FtpReplyReader, FailsOnALineOrAReplyWithoutEnd) {
  for (const char* line : {"2", "220-more\r\n", "x\n220-"}) {
    FtpReplyReader reader;
    std::size_t fed = 0;
    bool failed = false;
    while (!failed && fed < 2 * FtpReplyReader::longest_reply) {
      std::string piece = std::string(line) == "x\n220-" ? "220-x" : line;
      reader.feed(piece);
      fed += piece.size();
      failed = !reader.next();
    }
    EXPECT_TRUE(failed) << line;
    EXPECT_LE(fed, FtpReplyReader::longest_reply + 16) << line;
  }
}

}  // namespace
}  // namespace attache::services
