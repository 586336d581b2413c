#include "doctor/follower/follower.hpp"

#include <gtest/gtest.h>

#include "doctor/follower/open_sockets.hpp"
#include "doctor/reader/reader.hpp"

namespace attache::doctor {
namespace {

struct Followed {
  std::vector<ItemRef> items;
  DeviceState end;
};

Followed follow(std::string_view log) {
  Followed followed;
  Follower follower([&](ItemRef item) { followed.items.push_back(std::move(item)); });
  Reader reader(0, [&](Event&& event) { follower.take(std::move(event)); });
  reader.take(log);
  reader.finish();
  follower.finish();
  followed.end = follower.state();
  return followed;
}

TEST(Follower, TakesTheSameLineTwiceForAnEchoIfAnAnswerComes) {
  Followed followed = follow("AT+CFUN=1\nAT+CFUN=1\nOK\n");
  ASSERT_EQ(followed.items.size(), 1U);
  EXPECT_EQ(followed.items.front()->result.kind, Result::Kind::ok);
}

TEST(Follower, TakesTheSameLineTwiceForASecondAttemptIfNoneComes) {
  Followed followed = follow("AT+CFUN=1\nAT+CFUN=1\nAT\n");
  ASSERT_EQ(followed.items.size(), 3U);
  EXPECT_TRUE(followed.items[0]->was_followed);
  EXPECT_EQ(followed.items[1]->name, "+CFUN");
}

TEST(Follower, TakesALineThatComesAgainLaterForASecondAttempt) {
  Followed followed = follow("[00:00:01.000] AT\n[00:00:09.000] AT\n[00:00:09.010] OK\n");
  ASSERT_EQ(followed.items.size(), 2U);
  EXPECT_EQ(followed.items[0]->result.kind, Result::Kind::none);
  EXPECT_EQ(followed.items[1]->result.kind, Result::Kind::ok);
}

TEST(Follower, KnowsWhichSocketsAreOpenAndConnected) {
  Followed followed = follow(
      "AT#XSSOCKET=1,1,0,42\n#XSSOCKET: 0,1,258\nOK\nAT#XSOCKET=1,1,0\n#XSOCKET: 1,1,6\nOK\n"
      "AT#XCONNECT=0,\"example.com\",443\n#XCONNECT: 0,1\nOK\nAT#XCLOSE=1\n#XCLOSE: 1,0\nOK\n");
  const OpenSocket* secure = socket_of(followed.end, 0);
  ASSERT_NE(secure, nullptr);
  EXPECT_TRUE(secure->was_connected);
  EXPECT_EQ(secure->sec_tag, 42);
  EXPECT_EQ(socket_of(followed.end, 1), nullptr);
}

// Its name has no X, of all that a command answers.
TEST(Follower, TakesTheLineOfAUdpServerThatDoesNotStartForItsAnswer) {
  Followed followed = follow("AT#XUDPSVR=1,3443\n#UDPSVR: -98,\"not started\"\nERROR\n");
  ASSERT_EQ(followed.items.size(), 1U);
  EXPECT_EQ(followed.items.front()->lines.size(), 1U);
  EXPECT_EQ(followed.items.front()->result.kind, Result::Kind::error);
}

TEST(Follower, KnowsASocketWhoseCommandTheLogHasLost) {
  Followed followed = follow("#XSSOCKET: 2,1,258\nOK\n");
  const OpenSocket* socket = socket_of(followed.end, 2);
  ASSERT_NE(socket, nullptr);
  EXPECT_TRUE(socket->is_secure);
  EXPECT_FALSE(socket->sec_tag);
}

TEST(Follower, TakesWhoSearchesForSwitchedOnThoughTheCommandIsLost) {
  Followed followed = follow("AT+CFUN=4\nOK\n+CEREG: 2\n");
  EXPECT_FALSE(followed.end.functional_mode);
}

}  // namespace
}  // namespace attache::doctor
