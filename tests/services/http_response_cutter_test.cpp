#include "services/http_response_cutter.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace attache::services {
namespace {

using Part = HttpResponseCutter::Part;
using Chunks = HttpResponseCutter::Chunks;

/// What a host would get of a response.
struct Received {
  std::vector<std::string> parts;  ///< "h:…", "b:…" and "next".
  std::string header;
  std::string body;
  std::string error;
  bool complete = false;
};

std::string shown(const Part& part) {
  switch (part.kind) {
    case Part::Kind::header:
      return fmt::format("h:{}", part.bytes);
    case Part::Kind::body:
      return fmt::format("b:{}", part.bytes);
    case Part::Kind::next_chunk:
      break;
  }
  return "next";
}

void take(const std::vector<Part>& parts, Received& received) {
  for (const Part& part : parts) {
    received.parts.push_back(shown(part));
    (part.kind == Part::Kind::header ? received.header : received.body) += part.bytes;
  }
}

bool feed(HttpResponseCutter& cutter, std::string_view bytes, Received& received) {
  // A copy that dies: parts must not be needed any longer than promised.
  std::string passing(bytes);
  auto parts = cutter.feed(passing);
  if (!parts) {
    received.error = base::summary(parts.error());
    return false;
  }
  take(*parts, received);
  return true;
}

/// Feeds the pieces one after the other.
Received receive(const std::vector<std::string>& pieces, bool without_body = false,
                 Chunks chunks = Chunks::from_first_data) {
  HttpResponseCutter cutter(without_body, chunks);
  Received received;
  for (const std::string& piece : pieces) {
    if (!feed(cutter, piece, received)) {
      return received;
    }
  }
  received.complete = cutter.complete();
  return received;
}

using Parts = std::vector<std::string>;

/// Feeds the response in two pieces cut at every place, and byte by byte.
void cut_everywhere(const std::string& response, const std::function<void(const Received&)>& check,
                    bool without_body = false, Chunks chunks = Chunks::from_first_data) {
  for (std::size_t cut = 1; cut < response.size(); ++cut) {
    SCOPED_TRACE(fmt::format("cut at {}", cut));
    check(receive({response.substr(0, cut), response.substr(cut)}, without_body, chunks));
  }
  SCOPED_TRACE("byte by byte");
  Parts bytes;
  for (char c : response) {
    bytes.emplace_back(1, c);
  }
  check(receive(bytes, without_body, chunks));
}

const std::string short_header =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nX-Empty:\r\n\r\n";
const std::string chunked_header = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string header_of_size(std::size_t size, std::string_view length) {
  std::string start = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Fill: ", length);
  return start + std::string(size - start.size() - 4, 'f') + "\r\n\r\n";
}

TEST(HttpResponseCutter, GivesHeaderAndBodyOfOneReceiveAsTwoParts) {
  Received received = receive({short_header + "hello"});
  EXPECT_EQ(received.parts, (Parts{"h:" + short_header, "b:hello"}));
  EXPECT_TRUE(received.complete);
}

TEST(HttpResponseCutter, GivesTheHeaderWholeHoweverItIsCut) {
  cut_everywhere(short_header + "hello", [](const Received& received) {
    EXPECT_EQ(received.error, "");
    EXPECT_EQ(received.header, short_header);
    EXPECT_EQ(received.body, "hello");
    EXPECT_EQ(received.parts.front(), "h:" + short_header);
    EXPECT_TRUE(received.complete);
  });
}

TEST(HttpResponseCutter, IgnoresWhatFollowsAContentLength) {
  Received received = receive({short_header + "helloHTTP/1.1 500"});
  EXPECT_EQ(received.parts, (Parts{"h:" + short_header, "b:hello"}));
}

TEST(HttpResponseCutter, CutsPartsAtMultiplesOfTheReceiveBuffer) {
  std::string header = header_of_size(1000, "3000");
  std::string body(3000, 'b');
  Received received = receive({header + body});
  ASSERT_EQ(received.parts.size(), 5U);
  EXPECT_EQ(received.parts[0], "h:" + header);
  EXPECT_EQ(received.parts[1], "b:" + body.substr(0, 24));
  EXPECT_EQ(received.parts[2], "b:" + body.substr(0, 1024));
  EXPECT_EQ(received.parts[3], "b:" + body.substr(0, 1024));
  EXPECT_EQ(received.parts[4], "b:" + body.substr(0, 928));
}

TEST(HttpResponseCutter, TakesAHeaderThatJustFillsTheReceiveBuffer) {
  std::string header = header_of_size(1024, "2");
  EXPECT_EQ(receive({header, "ab"}).parts, (Parts{"h:" + header, "b:ab"}));
  EXPECT_EQ(receive({header + "ab"}).parts, (Parts{"h:" + header, "b:ab"}));
}

TEST(HttpResponseCutter, CutsALongHeaderAtTheReceiveBuffer) {
  std::string header = header_of_size(1025, "2");
  EXPECT_EQ(receive({header + "ab"}).parts,
            (Parts{"h:" + header.substr(0, 1024), "h:" + header.substr(1024), "b:ab"}));
  HttpResponseCutter cutter(false, Chunks::from_first_data);
  Received received;
  ASSERT_TRUE(feed(cutter, header, received));
  EXPECT_EQ(cutter.header_size(), 1025U);
  EXPECT_EQ(cutter.receives(), 2U);
}

TEST(HttpResponseCutter, GivesUpOnAHeaderWithoutEnd) {
  HttpResponseCutter cutter(false, Chunks::from_first_data);
  Received received;
  bool good = feed(cutter, "HTTP/1.1 200 OK\r\n", received);
  for (int line = 0; good && line < 4000; ++line) {
    good = feed(cutter, "X-Line: 0123456789abcdef\r\n", received);
  }
  EXPECT_FALSE(good);
  EXPECT_THAT(received.error, testing::HasSubstr("no end of its header"));
  EXPECT_THAT(received.error, testing::HasSubstr("65536 are taken at most"));
}

TEST(HttpResponseCutter, GivesUpOnChunkFramingWithoutEnd) {
  HttpResponseCutter cutter(false, Chunks::from_first_data);
  Received received;
  bool good = feed(cutter, chunked_header + "5;x=", received);
  for (int i = 0; good && i < 100; ++i) {
    good = feed(cutter, std::string(1024, 'x'), received);
  }
  EXPECT_FALSE(good);
  EXPECT_THAT(received.error, testing::HasSubstr("no end of its chunk framing"));
}

struct Bodiless {
  std::string header;
  bool head = false;
};

class HttpResponseWithoutBody : public testing::TestWithParam<Bodiless> {};

TEST_P(HttpResponseWithoutBody, IsCompleteWithItsHeader) {
  cut_everywhere(
      GetParam().header,
      [](const Received& received) {
        EXPECT_EQ(received.parts, (Parts{"h:" + GetParam().header}));
        EXPECT_TRUE(received.complete);
      },
      GetParam().head);
}

INSTANTIATE_TEST_SUITE_P(Answers, HttpResponseWithoutBody,
                         testing::Values(Bodiless{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
                                         Bodiless{"HTTP/1.1 204 No Content\r\n\r\n"},
                                         Bodiless{"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"},
                                         Bodiless{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true},
                                         Bodiless{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                                  true},
                                         Bodiless{"HTTP/1.1 200 OK\r\n\r\n", true}));

TEST(HttpResponseCutter, EndsABodyOfUnknownLengthWhenThePeerCloses) {
  HttpResponseCutter cutter(false, Chunks::from_first_data);
  Received received;
  ASSERT_TRUE(feed(cutter, "HTTP/1.1 200 OK\r\n\r\nabc", received));
  ASSERT_TRUE(feed(cutter, "def", received));
  EXPECT_FALSE(cutter.complete());
  EXPECT_FALSE(cutter.keep_alive());
  EXPECT_TRUE(cutter.peer_closed());
  EXPECT_TRUE(cutter.complete());
  EXPECT_EQ(received.parts, (Parts{"h:HTTP/1.1 200 OK\r\n\r\n", "b:abc", "b:def"}));
}

TEST(HttpResponseCutter, TellsHowFarAnAnswerHadComeWhenThePeerClosesEarly) {
  HttpResponseCutter nothing(false, Chunks::from_first_data);
  EXPECT_THAT(base::summary(nothing.peer_closed().error()), testing::HasSubstr("not one byte"));

  HttpResponseCutter in_header(false, Chunks::from_first_data);
  Received received;
  ASSERT_TRUE(feed(in_header, "HTTP/1.1 200 OK\r\nCont", received));
  EXPECT_THAT(base::summary(in_header.peer_closed().error()), testing::HasSubstr("21 bytes of the header"));

  HttpResponseCutter in_body(false, Chunks::from_first_data);
  ASSERT_TRUE(feed(in_body, short_header + "hel", received));
  EXPECT_THAT(base::summary(in_body.peer_closed().error()),
              testing::HasSubstr(fmt::format("after {} bytes", short_header.size() + 3)));

  HttpResponseCutter in_chunk(false, Chunks::from_first_data);
  ASSERT_TRUE(feed(in_chunk, chunked_header + "5\r\nhel", received));
  EXPECT_FALSE(in_chunk.peer_closed());
}

TEST(HttpResponseCutter, SkipsInterimAnswers) {
  std::string interim = "HTTP/1.1 100 Continue\r\nX-Note: wait\r\n\r\n";
  cut_everywhere(interim + interim + short_header + "hello", [](const Received& received) {
    EXPECT_EQ(received.error, "");
    EXPECT_EQ(received.parts.front(), "h:" + short_header);
    EXPECT_EQ(received.body, "hello");
    EXPECT_TRUE(received.complete);
  });
}

TEST(HttpResponseCutter, GivesUpOnInterimAnswersWithoutEnd) {
  HttpResponseCutter cutter(false, Chunks::from_first_data);
  Received received;
  bool good = true;
  std::size_t fed = 0;
  for (const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n"; good && fed < 1'000'000;) {
    good = feed(cutter, interim, received);
    fed += interim.size();
  }
  EXPECT_FALSE(good);
  EXPECT_LT(fed, 66'000U);
  EXPECT_THAT(received.error, testing::HasSubstr("no end of its interim answers"));
}

TEST(HttpResponseCutter, SaysWhatIsWrongWithGarbage) {
  EXPECT_THAT(receive({"SSH-2.0-OpenSSH_9.2\r\n\r\n"}).error, testing::HasSubstr("no valid HTTP header"));
  EXPECT_THAT(receive({std::string("\x15\x03\x01\x00\x02\x02\x46\r\n", 9)}).error,
              testing::HasSubstr("no valid HTTP header"));
  EXPECT_THAT(receive({"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"}).error,
              testing::HasSubstr("no valid HTTP header"));
  EXPECT_THAT(receive({chunked_header + "zz\r\n"}).error, testing::HasSubstr("no valid HTTP chunk"));
}

const std::string two_chunks = "5\r\nhello\r\n7;ext=1\r\n, world\r\n0\r\nTrailer: x\r\n\r\n";

TEST(HttpResponseCutter, PassesAllBytesFromTheFirstChunksDataOn) {
  EXPECT_EQ(receive({chunked_header + two_chunks}).parts,
            (Parts{"h:" + chunked_header, "b:" + two_chunks.substr(3)}));
  cut_everywhere(chunked_header + two_chunks, [](const Received& received) {
    EXPECT_EQ(received.error, "");
    EXPECT_EQ(received.header, chunked_header);
    EXPECT_EQ(received.body, two_chunks.substr(3));
    EXPECT_TRUE(received.complete);
  });
}

TEST(HttpResponseCutter, PassesAllBytesOfAChunkedBodyIfAsked) {
  EXPECT_EQ(receive({chunked_header, two_chunks}, false, Chunks::whole).parts,
            (Parts{"h:" + chunked_header, "b:" + two_chunks}));
  EXPECT_EQ(receive({chunked_header + "0\r\n\r\n"}, false, Chunks::whole).body, "0\r\n\r\n");
  cut_everywhere(
      chunked_header + two_chunks,
      [](const Received& received) {
        EXPECT_EQ(received.body, two_chunks);
        EXPECT_TRUE(received.complete);
      },
      false, Chunks::whole);
}

TEST(HttpResponseCutter, MarksFurtherChunksOfAReceiveAsTheFirmwareDoes) {
  EXPECT_EQ(receive({chunked_header + two_chunks}, false, Chunks::marked).parts,
            (Parts{"h:" + chunked_header, "b:" + two_chunks.substr(3), "next"}));
}

TEST(HttpResponseCutter, LeavesOutFramingAtTheStartOfAReceiveAsTheFirmwareDoes) {
  EXPECT_EQ(
      receive({chunked_header, "5\r\nhello\r\n", "7\r\n, world\r\n", "0\r\n\r\n"}, false, Chunks::marked)
          .parts,
      (Parts{"h:" + chunked_header, "b:hello\r\n", "b:, world\r\n"}));
  EXPECT_EQ(receive({chunked_header + "5\r\nhe", "llo\r", "\n7\r", "\n, world\r\n0\r\n", "\r\n"}, false,
                    Chunks::marked)
                .parts,
            (Parts{"h:" + chunked_header, "b:he", "b:llo\r", "b:, world\r\n0\r\n"}));
}

TEST(HttpResponseCutter, FindsTheEndOfChunksHoweverTheyAreCutInFirmwareModeToo) {
  cut_everywhere(
      chunked_header + two_chunks,
      [](const Received& received) {
        EXPECT_EQ(received.error, "");
        EXPECT_EQ(received.header, chunked_header);
        EXPECT_TRUE(received.complete);
      },
      false, Chunks::marked);
}

TEST(HttpResponseCutter, CutsChunksAtTheReceiveBuffer) {
  std::string chunk = "800\r\n" + std::string(2048, 'c') + "\r\n0\r\n\r\n";
  std::string response = chunked_header + chunk;
  Received received = receive({response});
  EXPECT_EQ(received.body, chunk.substr(5));
  ASSERT_EQ(received.parts.size(), 4U);
  EXPECT_EQ(received.parts[1].size() - 2, 1024 - chunked_header.size() - 5);
  EXPECT_EQ(received.parts[2].size() - 2, 1024U);
  EXPECT_TRUE(received.complete);
}

TEST(HttpResponseCutter, KnowsWhetherTheConnectionCanBeUsedAgain) {
  auto keeps_alive = [](const std::string& header) {
    HttpResponseCutter cutter(false, Chunks::from_first_data);
    Received received;
    EXPECT_TRUE(feed(cutter, header, received));
    return cutter.keep_alive();
  };
  EXPECT_TRUE(keeps_alive(short_header));
  EXPECT_TRUE(keeps_alive(chunked_header));
  EXPECT_FALSE(keeps_alive("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_FALSE(keeps_alive("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_TRUE(keeps_alive("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n"));
}

}  // namespace
}  // namespace attache::services
