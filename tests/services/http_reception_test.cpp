#include "services/http_reception.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace attache::services {
namespace {

/// What came of a whole answer.
struct Outcome {
  int heads = 0;
  std::string body;
  bool complete = false;
  bool failed = false;
};

Outcome feed(HttpReception& reception, std::string_view bytes, std::size_t piece) {
  Outcome all;
  while (!bytes.empty() && !all.complete && !all.failed) {
    auto step = reception.take(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    all.heads += step.head ? 1 : 0;
    all.body += step.body;
    all.complete = step.complete;
    all.failed = step.failed;
  }
  return all;
}

TEST(HttpReception, GivesTheSameBodyAndEndHoweverItIsSplit) {
  constexpr std::string_view by_length =
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nConnection: Close\r\n\r\nhello";
  constexpr std::string_view by_chunks =
      "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe0\r\n\r\n0\r\n\r\n";
  for (std::size_t piece = 1; piece <= by_chunks.size(); ++piece) {
    SCOPED_TRACE(piece);
    HttpReception one({});
    Outcome outcome = feed(one, by_length, piece);
    EXPECT_EQ(outcome.heads, 1);
    EXPECT_EQ(outcome.body, "hello");
    EXPECT_TRUE(outcome.complete);
    EXPECT_EQ(one.status(), 200);
    EXPECT_EQ(one.content_length(), 5);
    EXPECT_TRUE(one.closes());
    EXPECT_EQ(one.received(), 5U);
    HttpReception other({});
    outcome = feed(other, by_chunks, piece);
    EXPECT_EQ(outcome.body, "5\r\nhe0\r\n\r\n0\r\n\r\n") << "chunks and all";
    EXPECT_TRUE(outcome.complete);
    EXPECT_EQ(other.status(), 404);
    EXPECT_EQ(other.content_length(), -1);
    EXPECT_FALSE(other.closes());
  }
}

TEST(HttpReception, LooksAtReceivesAsTheFirmwareDoes) {
  HttpReception split({.without_body = false, .manual = false, .looks_at_receives = true});
  split.take("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_FALSE(split.take("1\r\na\r\n0\r\n").complete);
  EXPECT_FALSE(split.take("\r\n").complete) << "the end is in two receives";
  EXPECT_TRUE(split.take("x0\r\n\r\n").complete) << "whatever stands before it";
}

TEST(HttpReception, KnowsAnswersWithoutBody) {
  for (std::string_view head : {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
                                "HTTP/1.1 100 Continue\r\n\r\n"}) {
    HttpReception reception({});
    auto step = reception.take(std::string(head) + "stray");
    EXPECT_TRUE(step.head && step.complete) << head;
    EXPECT_EQ(step.body, "") << head;
    EXPECT_EQ(reception.received(), 5U) << "counted";
  }
  HttpReception head({.without_body = true, .manual = true, .looks_at_receives = false});
  EXPECT_TRUE(head.take("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n").complete);
  HttpReception empty({});
  EXPECT_TRUE(empty.take("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").complete);
}

TEST(HttpReception, ReadsWhatIsWrongAsNotSaid) {
  HttpReception odd({});
  EXPECT_FALSE(odd.take("HTTP/1.1 2x0 OK\r\nContent-Length: -5\r\nno colon\r\n\r\nx").complete);
  EXPECT_EQ(odd.status(), 0);
  EXPECT_EQ(odd.content_length(), -1);
  HttpReception huge({});
  huge.take("nonsense\r\nContent-Length: 18446744073709551615\r\n\r\n");
  EXPECT_EQ(huge.status(), 0);
  EXPECT_EQ(huge.content_length(), -1);
}

TEST(HttpReception, TakesAHeadOfUpTo2048Bytes) {
  std::string head = "HTTP/1.1 200 OK\r\nX: ";
  std::string longest = head + std::string(HttpReception::longest_head - head.size() - 4, 'x') + "\r\n\r\n";
  HttpReception fits({});
  EXPECT_TRUE(fits.take(longest).head);
  HttpReception whole({});
  EXPECT_TRUE(whole.take("x" + longest).failed);
  HttpReception pieces({});
  EXPECT_TRUE(feed(pieces, std::string(3000, 'x'), 7).failed);
}

TEST(HttpReception, EndsWithTheConnection) {
  HttpReception early({});
  early.take("HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(early.received(), 17U) << "of the head";
  EXPECT_TRUE(early.peer_closed().failed);
  HttpReception body({});
  body.take("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  EXPECT_TRUE(body.peer_closed().complete) << "short as it is";
}

TEST(HttpReception, KeepsWhatCameWithTheHeadForWhoFetches) {
  HttpReception reception({.without_body = false, .manual = true, .looks_at_receives = false});
  auto step = reception.take("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcd");
  EXPECT_TRUE(step.head);
  EXPECT_EQ(step.body, "");
  EXPECT_EQ(reception.pull(3), "abc");
  EXPECT_FALSE(reception.pulled_all());
  EXPECT_EQ(reception.pull(3), "d");
  EXPECT_EQ(reception.pull(3), "");
  EXPECT_FALSE(reception.pulled_all());
  EXPECT_FALSE(reception.take("ef").complete) << "the host has to fetch it";
  EXPECT_TRUE(reception.pulled_all());
  HttpReception nothing({.without_body = false, .manual = true, .looks_at_receives = false});
  EXPECT_FALSE(nothing.take("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").complete) << "as the firmware";
}

}  // namespace
}  // namespace attache::services
