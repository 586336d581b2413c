#include "dialects/slm_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

class PingTest : public testing::Test {
 protected:
  void build(DialectOptions options = slm_1_6()) {
    slm = std::make_unique<SlmDevice>(std::move(options));
    EXPECT_EQ(slm->send("AT+CFUN=1"), ok);
    slm->after(1s);
    slm->bearer->net().on_echo([this](const net::Address& to, const net::EchoRequest& request) {
      requests.push_back(to.to_string() + " " + std::to_string(request.sequence) + " " + request.payload);
      return replies.empty() ? net::NetResult<base::Duration>(386ms) : next_reply();
    });
  }
  net::NetResult<base::Duration> next_reply() {
    auto reply = replies.front();
    replies.erase(replies.begin());
    return reply;
  }

  std::unique_ptr<SlmDevice> slm;
  std::vector<net::NetResult<base::Duration>> replies;
  std::vector<std::string> requests;
};

TEST_F(PingTest, SaysOkWhenItBeginsAndAgainWhenThePauseAfterTheLastEchoIsOver) {
  build();
  EXPECT_EQ(slm->send("AT#XPING=\"5.189.130.26\",4,5000"), ok);
  EXPECT_EQ(slm->after(385ms), "");
  EXPECT_EQ(slm->after(1ms), "#XPING: 0.386\r\n");
  EXPECT_EQ(slm->after(999ms), "");
  EXPECT_EQ(slm->after(1ms), ok);
  EXPECT_EQ(requests, std::vector<std::string>{"5.189.130.26 0 0123"});
}

TEST_F(PingTest, SaysOkOnceIn15) {
  build(slm_1_5());
  EXPECT_EQ(slm->send("AT#XPING=\"5.189.130.26\",4,5000"), "");
  EXPECT_EQ(slm->after(386ms), "#XPING: 0.386\r\n");
  EXPECT_EQ(slm->after(1s), ok);
}

TEST_F(PingTest, GivesTheRoundedAverageOfTheRepliesThatTookTime) {
  build();
  replies = {386ms, 341ms, 0ms, 1002ms};
  EXPECT_EQ(slm->send("AT#XPING=\"example.com\",45,5000,4,10"), ok);
  EXPECT_EQ(slm->after(10s),
            "#XPING: 0.386\r\n#XPING: 0.341\r\n#XPING: 0.000\r\n#XPING: 1.002\r\n"
            "#XPING: \"average 0.576\"\r\n" +
                ok);
}

TEST_F(PingTest, GivesNoAverageOfOneReply) {
  build();
  replies = {386ms, 9s};
  EXPECT_EQ(slm->send("AT#XPING=\"example.com\",0,5000,2,10"), ok);
  EXPECT_EQ(slm->after(10s), "#XPING: 0.386\r\n#XPING: \"timeout\"\r\n" + ok);
}

TEST_F(PingTest, ShowsNothingOfAnEchoThatCannotBeSentOrOfAWrongReply) {
  build();
  replies = {net::make_failure(net::Errno::access, "echo failed", "no privilege", "sysctl …"),
             net::make_failure(net::Errno::io, "echo failed", "wrong length")};
  EXPECT_EQ(slm->send("AT#XPING=\"example.com\",1,5000,2"), ok);
  EXPECT_EQ(slm->after(10s), ok);
  auto reasons = slm->take_reasons();
  ASSERT_EQ(reasons.size(), 2U);
  EXPECT_EQ(reasons[0].why, "no privilege");
}

TEST_F(PingTest, TakesZeroForTheDefaultOfCountAndInterval) {
  build();
  EXPECT_EQ(slm->send("AT#XPING=\"example.com\",512,0,0,0"), ok + "#XPING: \"timeout\"\r\n");
  EXPECT_EQ(slm->after(999ms), "");
  EXPECT_EQ(slm->after(1ms), ok);
}

TEST_F(PingTest, CountsSequenceNumbersOnOverCommands) {
  build();
  (void)slm->send("AT#XPING=\"192.0.2.7\",1,5000,2");
  (void)slm->after(10s);
  (void)slm->send("AT#XPING=\"192.0.2.7\",1,5000");
  EXPECT_EQ(requests, (std::vector<std::string>{"192.0.2.7 0 0", "192.0.2.7 1 0", "192.0.2.7 2 0"}));
}

TEST_F(PingTest, RefusesWhatItCannotRead) {
  build();
  for (const auto* line :
       {"AT#XPING", "AT#XPING?", "AT#XPING=?", "AT#XPING=", "AT#XPING=\"example.com\"",
        "AT#XPING=\"example.com\",45", "AT#XPING=\"example.com\",513,5000",
        "AT#XPING=\"example.com\",-1,5000", "AT#XPING=\"example.com\",45,65536",
        "AT#XPING=\"example.com\",45,5000,65536", "AT#XPING=\"example.com\",45,5000,1,65536",
        "AT#XPING=\"example.com\",45,5000,,1000", "AT#XPING=example.com,45,5000", "AT#XPING=7,45,5000"}) {
    EXPECT_EQ(slm->send(line), error) << line;
  }
  EXPECT_EQ(slm->send("AT#XPING=\"" + std::string(128, 'a') + "\",45,5000"), error);
}

TEST_F(PingTest, SaysThatTheHostWasNotFound) {
  build();
  EXPECT_EQ(slm->send("AT#XPING=\"nowhere.example\",45,5000"), "\"resolve host error: -11\"\r\n" + error);
  EXPECT_EQ(slm->send("AT#XPING=\"1.2.3\",45,5000"), "\"resolve host error: -11\"\r\n" + error);
}

TEST_F(PingTest, RefusesWithoutAnAddressOfItsOwn) {
  build();
  EXPECT_EQ(slm->send("AT+CFUN=4"), ok);
  slm->after(1s);
  EXPECT_EQ(slm->send("AT#XPING=\"192.0.2.7\",45,5000"), error);
}

TEST_F(PingTest, RunsOneRowAtATime) {
  build();
  EXPECT_EQ(slm->send("AT#XPING=\"192.0.2.7\",45,5000"), ok);
  EXPECT_EQ(slm->send("AT#XPING=\"192.0.2.7\",45,5000"), error);
  (void)slm->after(10s);
  EXPECT_EQ(slm->send("AT#XPING=\"192.0.2.7\",45,5000"), ok);
}

TEST_F(PingTest, EndsWithoutAWordAtAReset) {
  build();
  EXPECT_EQ(slm->send("AT#XPING=\"192.0.2.7\",45,5000,10"), ok);
  EXPECT_EQ(slm->send("AT#XRESET"), ok);
  EXPECT_EQ(slm->after(60s), "Ready\r\n");
}

TEST_F(PingTest, AnswersWhateverOperationOfTheNetworkFails) {
  for (std::size_t n = 1; n <= 3; ++n) {
    build();
    slm->bearer->net().fail_at(n, net::Errno::network_down);
    std::string said = slm->send("AT#XPING=\"example.com\",4,5000,2,1");
    EXPECT_TRUE(said.ends_with(n == 1 ? error : ok)) << n;
    EXPECT_EQ(slm->after(10s).ends_with(ok), n != 1) << n;
    EXPECT_TRUE(slm->bearer->net().has_failed());
  }
}

}  // namespace
}  // namespace attache::dialects
