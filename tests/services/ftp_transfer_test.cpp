#include "services/ftp_client_fixture.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FtpTransferTest : public FtpClientTest {};

TEST_F(FtpTransferTest, GetsAFileOverTheAddressOfTheServerWhateverItNames) {
  server_.files["f"] = "content";
  open_quietly();
  StringSink sink;
  std::string last;
  EXPECT_TRUE(run(client().download("RETR f", sink, 0, &last)));
  EXPECT_EQ(sink.bytes, "content");
  EXPECT_EQ(last, "226 Transfer complete.\r\n");
  EXPECT_THAT(server_.take_commands(), ElementsAre("PASV", "RETR f"));
  EXPECT_EQ(told_,
            "227 Entering Passive Mode (198,51,100,7,7,208).\r\n150 Here it comes.\r\n226 Transfer "
            "complete.\r\n");
  EXPECT_EQ(net::to_string(server_.data->to), "192.0.2.1:2000");
}

TEST_F(FtpTransferTest, UsesExtendedPassiveModeOverIpv6) {
  options_.families = {net::Family::ipv6};
  server_.files["f"] = "content";
  open_quietly();
  StringSink sink;
  EXPECT_TRUE(run(client().download("RETR f", sink)));
  EXPECT_THAT(server_.take_commands(), ElementsAre("EPSV", "RETR f"));
  EXPECT_EQ(net::to_string(server_.data->to), "[2001:db8::1]:2000");
  EXPECT_EQ(sink.bytes, "content");
}

TEST_F(FtpTransferTest, StoresAppendsAndResumes) {
  open_quietly();
  StringSource first(std::string(100 * 1000, 'a'));
  EXPECT_TRUE(run(client().upload("STOR f", first)));
  EXPECT_EQ(server_.files["f"], std::string(100 * 1000, 'a'));
  StringSource second("b");
  EXPECT_TRUE(run(client().upload("APPE f", second)));
  EXPECT_EQ(server_.files["f"].size(), 100'001U);
  StringSource third("resumed");
  EXPECT_TRUE(run(client().upload("STOR f", third, 5)));
  EXPECT_EQ(server_.files["f"], "aaaaaresumed");
  StringSink sink;
  EXPECT_TRUE(run(client().download("RETR f", sink, 5)));
  EXPECT_EQ(sink.bytes, "resumed");
  StringSource none("");
  EXPECT_TRUE(run(client().upload("STOU", none)));
  EXPECT_EQ(server_.files.count("unique"), 1U);
}

TEST_F(FtpTransferTest, DoesNotTransferWhatCannotBeResumed) {
  server_.files["f"] = "content";
  server_.replies["REST"] = "502 No.\r\n";
  open_quietly();
  StringSink sink;
  EXPECT_FALSE(run(client().download("RETR f", sink, 3)));
  EXPECT_THAT(server_.take_commands(), ElementsAre("PASV", "REST 3"));
  EXPECT_TRUE(server_.data->closed_by_device());
}

TEST_F(FtpTransferTest, LetsTheServerConnectInActiveMode) {
  options_.active = true;
  server_.files["f"] = "content";
  open_quietly();
  StringSink sink;
  EXPECT_TRUE(run(client().download("RETR f", sink)));
  EXPECT_EQ(sink.bytes, "content");
  EXPECT_THAT(server_.take_commands().front(), testing::StartsWith("PORT "));
  StringSource source("data");
  EXPECT_TRUE(run(client().upload("STOR g", source)));
  EXPECT_EQ(server_.files["g"], "data");
}

TEST_F(FtpTransferTest, FailsInActiveModeIfNobodyConnectsOrItIsRefused) {
  options_.active = true;
  open_quietly();
  server_.instead["PORT"] = [this](const std::string&) { server_.say("200 Yes, yes.\r\n"); };
  server_.instead["RETR"] = [this](const std::string&) { server_.say("150 Coming.\r\n"); };
  StringSink sink;
  auto getting = start(client().download("RETR f", sink));
  clock_.advance(30s);
  ASSERT_TRUE(*getting);
  EXPECT_EQ((*getting)->error().code, net::Errno::timed_out);
  server_.instead["PORT"] = [this](const std::string&) { server_.say("500 Illegal PORT command.\r\n"); };
  getting = start(client().download("RETR f", sink));
  clock_.advance(1s);
  ASSERT_TRUE(*getting);
  EXPECT_EQ((*getting)->error().code, net::Errno::not_permitted);
}

TEST_F(FtpTransferTest, FailsTenSecondsAfterARefusal) {
  open_quietly();
  StringSink sink;
  auto getting = start(client().download("RETR none", sink));
  EXPECT_THAT(told_, HasSubstr("550 Failed to open file.\r\n"));
  clock_.advance(9999ms);
  EXPECT_FALSE(*getting);
  clock_.advance(1ms);
  ASSERT_TRUE(*getting);
  EXPECT_EQ((*getting)->error().reason.why,
            "the server said \"550 Failed to open file.\" where 226 was expected");
  EXPECT_TRUE(run(client().run({{"PWD", 257}})));
}

TEST_F(FtpTransferTest, FailsAtOnceIfTheDataConnectionIsRefused) {
  server_.refuses_data = true;
  server_.files["f"] = "content";
  open_quietly();
  StringSink sink;
  auto got = run(client().download("RETR f", sink));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, net::Errno::connection_refused);
  EXPECT_EQ(got.error().reason.what, "no FTP data connection to 192.0.2.1:2000");
  EXPECT_THAT(server_.take_commands(), ElementsAre("PASV"));
  EXPECT_TRUE(client().is_open());
}

TEST_F(FtpTransferTest, RefusesAnAnswerToPasvThatNamesNoPort) {
  open_quietly();
  for (const char* text : {"227 Entering Passive Mode\r\n", "227 (1,2,3,4,0,0)\r\n", "500 No.\r\n",
                           "227 (1,2,3,4,5,6,7,8,9\r\n"}) {
    server_.replies["PASV"] = text;
    StringSink sink;
    auto got = start(client().download("RETR f", sink));
    clock_.advance(1s);
    ASSERT_TRUE(*got) << text;
    EXPECT_FALSE(**got) << text;
  }
  EXPECT_TRUE(client().is_open());
}

TEST_F(FtpTransferTest, FailsWhenTheServerDiesInMidTransfer) {
  open_quietly();
  server_.instead["RETR"] = [this](const std::string&) {
    server_.say("150 Here it comes.\r\n");
    server_.data->send("half");
    server_.data->fail(net::Errno::connection_reset);
    server_.control->fail(net::Errno::connection_reset);
  };
  StringSink sink;
  auto got = run(client().download("RETR f", sink));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, net::Errno::connection_reset);
  EXPECT_THAT(losses_, ElementsAre(net::Errno::connection_reset));
}

TEST_F(FtpTransferTest, FailsWhenTheDataAreCutButTheServerLives) {
  open_quietly();
  server_.instead["RETR"] = [this](const std::string&) {
    server_.say("150 Here it comes.\r\n");
    server_.data->send("half");
    server_.data->close();
    server_.say("426 Failure writing network stream.\r\n");
  };
  StringSink sink;
  auto getting = start(client().download("RETR f", sink));
  clock_.advance(10s);
  ASSERT_TRUE(*getting);
  EXPECT_THAT((*getting)->error().reason.why, HasSubstr("426"));
  EXPECT_TRUE(client().is_open());
}

TEST_F(FtpTransferTest, GivesUpDataThatStandStill) {
  server_.files["f"] = "content";
  server_.leaves_data_open = true;
  server_.replies["226"] = "";
  open_quietly();
  StringSink sink;
  auto getting = start(client().download("RETR f", sink));
  clock_.advance(20s);
  ASSERT_TRUE(*getting);
  EXPECT_EQ((*getting)->error().code, net::Errno::try_again);
  EXPECT_TRUE(server_.data->closed_by_device());

  server_.instead["STOR"] = [this](const std::string&) {
    server_.data->stall(true);
    server_.say("150 Ok.\r\n");
  };
  StringSource source("data");
  auto putting = start(client().upload("STOR g", source));
  clock_.advance(30s);
  ASSERT_TRUE(*putting);
  EXPECT_FALSE(**putting);
}

TEST_F(FtpTransferTest, GivesUpDataWithoutEnd) {
  options_.longest_transfer = 60s;
  open_quietly();
  server_.instead["RETR"] = [this](const std::string&) { server_.say("150 Here it comes.\r\n"); };
  StringSink sink;
  auto getting = start(client().download("RETR f", sink));
  for (int i = 0; i < 60; ++i) {
    server_.data->send("more");
    clock_.advance(1s);
    EXPECT_FALSE(*getting);
  }
  server_.data->send("more");
  clock_.advance(10s);
  ASSERT_TRUE(*getting);
  EXPECT_EQ((*getting)->error().code, net::Errno::timed_out);
  EXPECT_TRUE(server_.data->closed_by_device());
}

TEST_F(FtpTransferTest, LeavesAServerThatNeverSaysThatItIsComplete) {
  server_.files["f"] = "content";
  std::string flood;
  for (int i = 0; i < 1000; ++i) {
    flood += "150 Wait.\r\n";
  }
  server_.replies["226"] = flood;
  open_quietly();
  StringSink sink;
  auto got = run(client().download("RETR f", sink));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, net::Errno::connection_aborted);
  EXPECT_THAT(losses_, ElementsAre(net::Errno::connection_aborted));
}

TEST_F(FtpTransferTest, WorksHoweverRepliesAndDataAreCut) {
  server_.files["f"] = "content";
  bearer_.limit_reads(1);
  open_quietly();
  StringSink sink;
  EXPECT_TRUE(run(client().download("RETR f", sink)));
  EXPECT_EQ(sink.bytes, "content");
  EXPECT_TRUE(run(client().run({{"STAT", 211}})));
}

TEST_F(FtpTransferTest, EndsWhenTheSessionIsClosedHere) {
  open_quietly();
  server_.instead["RETR"] = [this](const std::string&) { server_.say("150 Here it comes.\r\n"); };
  StringSink sink;
  auto getting = start(client().download("RETR f", sink));
  EXPECT_FALSE(*getting);
  client().disconnect();
  clock_.settle();
  ASSERT_TRUE(*getting);
  EXPECT_EQ((*getting)->error().code, net::Errno::connection_aborted);
  EXPECT_TRUE(server_.data->closed_by_device());
  EXPECT_THAT(losses_, IsEmpty());
}

TEST_F(FtpTransferTest, NeedsASession) {
  StringSink sink;
  StringSource source("x");
  EXPECT_FALSE(run(client().download("RETR f", sink)));
  EXPECT_FALSE(run(client().upload("STOR f", source)));
}

}  // namespace
}  // namespace attache::services
