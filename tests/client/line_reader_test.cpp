#include "client/line_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace attache::client {
namespace {

std::vector<std::string> lines(LineReader& reader) {
  std::vector<std::string> all;
  while (auto line = reader.take_line()) {
    all.push_back(*line);
  }
  return all;
}

TEST(LineReader, GivesTheSameLinesHoweverTheInputIsCut) {
  std::string input = "\r\nReady\r\n\r\nOK\r\n#X: 1\r\n\r\n\nplain\nhello\r\n";
  std::vector<std::string> wanted{"Ready", "OK", "#X: 1", "plain", "hello"};
  for (std::size_t first = 0; first <= input.size(); ++first) {
    for (std::size_t second = first; second <= input.size(); ++second) {
      LineReader reader;
      std::vector<std::string> got;
      for (const std::string& piece :
           {input.substr(0, first), input.substr(first, second - first), input.substr(second)}) {
        reader.feed(piece);
        for (std::string& line : lines(reader)) {
          got.push_back(std::move(line));
        }
      }
      EXPECT_EQ(got, wanted) << first << ' ' << second;
    }
  }
}

TEST(LineReader, ShowsWhatHasNoEndYet) {
  LineReader reader;
  reader.feed("\r\nOK\r\nhello\r");
  EXPECT_EQ(reader.tail(), "");
  EXPECT_EQ(reader.take_line(), "OK");
  EXPECT_EQ(reader.tail(), "hello");
}

TEST(LineReader, TheEndOfATakenTailBelongsToIt) {
  LineReader reader;
  reader.feed("hello");
  EXPECT_EQ(reader.take_tail(), "hello");
  reader.feed("\r");
  reader.feed("\n");
  EXPECT_EQ(reader.raw(), "");
  reader.feed("\r\nOK\r\n");
  EXPECT_EQ(reader.raw(), "\r\nOK\r\n");
}

TEST(LineReader, GivesRawBytesAfterALine) {
  LineReader reader;
  reader.feed("\r\nOK\r\n\r\n\x01\x02rest\r\n");
  EXPECT_EQ(reader.take_line(), "OK");
  EXPECT_EQ(reader.raw(), "\r\n\x01\x02rest\r\n");
  reader.take_raw(4);
  EXPECT_EQ(reader.take_line(), "rest");
}

}  // namespace
}  // namespace attache::client
