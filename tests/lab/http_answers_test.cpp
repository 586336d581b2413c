#include "lab/http_answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lab/http_paths.hpp"

namespace attache::lab {
namespace {

using std::chrono::milliseconds;

constexpr HttpFraming kept{.keep_alive = true};

HttpAnswer get(std::string target) {
  return answer({.method = "GET", .target = std::move(target)});
}

std::string whole(const HttpAnswer& answer, const HttpFraming& framing) {
  HttpBody body(answer, framing);
  std::string all;
  for (auto piece = body.next(); !piece.empty(); piece = body.next()) {
    all += piece;
  }
  return all;
}

std::string text_of(const HttpAnswer& answer) {
  return std::get<std::string>(answer.body);
}

TEST(HttpAnswers, HelloHasTheExactFormOfTheTranscripts) {
  const auto hello = get("/hello");
  EXPECT_EQ(head(hello, kept, {}),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(whole(hello, kept), "hello");
}

TEST(HttpAnswers, EchoGivesTheBodyBackInTheSameForm) {
  const auto echo =
      answer({.method = "POST", .target = "/echo?x=1", .fields = "", .body = "abc", .body_size = 3});
  EXPECT_EQ(head(echo, kept, {}), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(whole(echo, kept), "abc");
}

TEST(HttpAnswers, EchoRefusesWhatItDoesNotKeep) {
  EXPECT_TRUE(keeps_body("/echo?x"));
  EXPECT_FALSE(keeps_body("/post"));
  const auto echo = answer({.method = "POST", .target = "/echo", .body_size = longest_kept_body + 1});
  EXPECT_EQ(echo.status, 413U);
  EXPECT_TRUE(echo.close);
}

TEST(HttpAnswers, OthersSayWhoAndWhen) {
  EXPECT_EQ(head(get("/get"), kept, std::chrono::system_clock::from_time_t(784111777)),
            "HTTP/1.1 200 OK\r\nServer: attache-lab\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain\r\nContent-Length: 19\r\n\r\n");
}

TEST(HttpAnswers, PostAndPutSayHowMuchWasReceived) {
  EXPECT_EQ(text_of(answer({.method = "POST", .target = "/post", .body_size = 11})),
            "POST /post received 11 bytes\n");
  EXPECT_EQ(text_of(answer({.method = "PUT", .target = "/put", .body_size = 0})),
            "PUT /put received 0 bytes\n");
}

TEST(HttpAnswers, UnknownPathsAreNotFound) {
  for (const auto* target : {"/", "/nothing", "/bytes", "/get/1", "*", "hello", "http://lab/hello"}) {
    EXPECT_EQ(get(target).status, 404U) << target;
  }
}

TEST(HttpAnswers, OtherMethodsAreNotAllowedAndTheRightOnesNamed) {
  const auto refused = get("/post");
  EXPECT_EQ(refused.status, 405U);
  EXPECT_THAT(refused.fields, testing::ElementsAre(testing::Pair("Allow", "POST")));
  EXPECT_EQ(answer({.method = "POST", .target = "/bytes/1"}).status, 405U);
}

TEST(HttpAnswers, MethodsThatHttpDoesNotDefineAreNotImplemented) {
  EXPECT_EQ(answer({.method = "", .target = "/get"}).status, 501U);
}

TEST(HttpAnswers, NumbersThatAreNoneAreBadRequests) {
  for (const auto* target : {"/bytes/", "/bytes/x", "/bytes/-1", "/bytes/18446744073709551616", "/bytes/1/2",
                             "/stream/1e3", "/delay/", "/delay/-1", "/delay/3601", "/delay/nan", "/delay/inf",
                             "/delay/1e1", "/status/99", "/status/101", "/status/600", "/status/abc"}) {
    EXPECT_EQ(get(target).status, 400U) << target;
  }
}

TEST(HttpAnswers, DelaysTakeFractionsOfSeconds) {
  EXPECT_EQ(get("/delay/0").delay, milliseconds(0));
  EXPECT_EQ(get("/delay/2.5").delay, milliseconds(2500));
  EXPECT_EQ(get("/delay/3600").delay, milliseconds(3600000));
}

TEST(HttpAnswers, StatusesWithoutBodyHaveNone) {
  for (const auto status : {"204", "304"}) {
    const auto empty = get(std::string("/status/") + status);
    EXPECT_EQ(whole(empty, kept), "") << status;
    EXPECT_THAT(head(empty, kept, {}), testing::Not(testing::HasSubstr("Content-"))) << status;
  }
  EXPECT_THAT(head(get("/status/205"), kept, {}), testing::HasSubstr("Content-Length: 0\r\n"));
  EXPECT_EQ(text_of(get("/status/503")), "503 Service Unavailable: as asked for\n");
  EXPECT_THAT(head(get("/status/299"), kept, {}), testing::StartsWith("HTTP/1.1 299 Status\r\n"));
}

TEST(HttpAnswers, BytesAreTheAlphabetAgainAndAgain) {
  const auto bytes = get("/bytes/100000");
  const auto all = whole(bytes, kept);
  ASSERT_EQ(all.size(), 100000U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i], static_cast<char>('a' + i % 26)) << i;
  }
  EXPECT_THAT(head(bytes, kept, {}), testing::HasSubstr("Content-Length: 100000\r\n"));
}

TEST(HttpAnswers, AnyNumberOfBytesIsMadeInSmallPieces) {
  const auto bytes = get("/bytes/18446744073709551615");
  HttpBody body(bytes, kept);
  for (int i = 0; i < 100; ++i) {
    const auto piece = body.next();
    ASSERT_FALSE(piece.empty());
    ASSERT_LE(piece.size(), 65536U);
  }
}

TEST(HttpAnswers, EachLineIsAChunk) {
  EXPECT_EQ(whole(get("/stream/2"), kept), "7\r\nline 1\n\r\n7\r\nline 2\n\r\n0\r\n\r\n");
  EXPECT_EQ(whole(get("/stream/0"), kept), "0\r\n\r\n");
  EXPECT_THAT(head(get("/stream/2"), kept, {}), testing::HasSubstr("Transfer-Encoding: chunked\r\n"));
}

TEST(HttpAnswers, LinesGoWithoutChunksToHttp10) {
  const HttpFraming old{.http_1_0 = true};
  EXPECT_EQ(whole(get("/stream/2"), old), "line 1\nline 2\n");
  EXPECT_THAT(head(get("/stream/2"), old, {}), testing::Not(testing::HasSubstr("Transfer-Encoding")));
}

TEST(HttpAnswers, HeadHasTheHeaderOfGetAndNoBody) {
  const HttpFraming head_only{.head_only = true, .keep_alive = true};
  const auto bytes = answer({.method = "HEAD", .target = "/bytes/7"});
  EXPECT_EQ(head(bytes, head_only, {}), head(get("/bytes/7"), kept, {}));
  EXPECT_EQ(whole(bytes, head_only), "");
}

TEST(HttpAnswers, SayWhatBecomesOfTheConnection) {
  EXPECT_THAT(head(get("/get"), {}, {}), testing::HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(head(get("/get"), {.http_1_0 = true, .keep_alive = true}, {}),
              testing::HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_THAT(head(get("/get"), kept, {}), testing::Not(testing::HasSubstr("Connection")));
}

TEST(HttpAnswers, CloseHasNoLength) {
  const auto closing = get("/close");
  EXPECT_TRUE(closing.close);
  EXPECT_THAT(head(closing, {}, {}), testing::Not(testing::HasSubstr("Content-Length")));
  EXPECT_TRUE(get("/drop").nothing);
}

}  // namespace
}  // namespace attache::lab
