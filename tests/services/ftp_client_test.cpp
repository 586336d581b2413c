#include "services/ftp_client.hpp"

#include "services/ftp_client_fixture.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(FtpClientTest, LogsInAndPassesEveryReplyOn) {
  EXPECT_TRUE(open());
  EXPECT_TRUE(client().is_open());
  EXPECT_THAT(server_.commands, ElementsAre("OPTS UTF8 ON", "USER me", "PASS secret"));
  EXPECT_EQ(told_, "220 (memory)\r\n200 Always in UTF8 mode.\r\n331 Password?\r\n230 Login successful.\r\n");
}

TEST_F(FtpClientTest, TakesAUserWithoutPasswordAndAnyReplyToUtf8) {
  server_.replies["OPTS"] = "500 What?\r\n";
  server_.replies["USER"] = "230 Come in.\r\n";
  EXPECT_TRUE(open());
  EXPECT_THAT(server_.commands, ElementsAre("OPTS UTF8 ON", "USER me"));
}

TEST_F(FtpClientTest, TriesEachFamilyAndAddressInTurn) {
  options_.families = {net::Family::ipv6, net::Family::ipv4};
  std::vector<std::string> tried;
  bearer_.on_connect([&](const std::shared_ptr<net::MemoryConnection>& made) {
    tried.push_back(net::to_string(made->to));
    return net::make_failure(net::Errno::connection_refused, "connecting failed", "told so");
  });
  auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(tried, ElementsAre("[2001:db8::1]:21", "192.0.2.1:21"));
  EXPECT_EQ(opened.error().reason.what, "FTP connection to ftp.test:21 failed");
  EXPECT_FALSE(client().is_open());
}

TEST_F(FtpClientTest, FailsOnANameThatDoesNotExist) {
  auto opened = run(client().open({"no.test", 21, std::nullopt}, {"me", "x"}));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, net::Errno::no_entry);
  EXPECT_FALSE(client().is_open());
}

TEST_F(FtpClientTest, LeavesNothingOpenWhenTheLoginIsRefused) {
  for (const auto& [verb, text] : {std::pair{"greeting", "421 Too many users.\r\n"},
                                   std::pair{"USER", "530 No.\r\n"}, std::pair{"PASS", "530 No.\r\n"}}) {
    SCOPED_TRACE(verb);
    server_.replies = {{verb, text}};
    auto opened = open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, net::Errno::not_permitted);
    EXPECT_THAT(opened.error().reason.why, HasSubstr(std::string(text).substr(0, 7)));
    EXPECT_THAT(base::to_block(opened.error().reason), Not(HasSubstr("secret")));
    EXPECT_FALSE(client().is_open());
    EXPECT_TRUE(server_.control->closed_by_device());
  }
  EXPECT_THAT(losses_, IsEmpty());
}

TEST_F(FtpClientTest, SecuresBothConnectionsAndAsksForProtectedData) {
  server_.files["f"] = "content";
  ASSERT_TRUE(run(client().open({"ftp.test", 21, 42}, {"me", "x"})));
  EXPECT_THAT(server_.take_commands(), ElementsAre("OPTS UTF8 ON", "USER me", "PASS x", "PBSZ 0", "PROT P"));
  EXPECT_THAT(told_, Not(HasSubstr("PBSZ")));
  ASSERT_TRUE(server_.control->tls);
  EXPECT_EQ(server_.control->tls->sec_tag, 42U);
  EXPECT_EQ(server_.control->tls->host_name, "ftp.test");
  StringSink sink;
  EXPECT_TRUE(run(client().download("RETR f", sink)));
  ASSERT_TRUE(server_.data->tls);
  EXPECT_EQ(server_.data->tls->sec_tag, 42U);
  EXPECT_EQ(sink.bytes, "content");
}

TEST_F(FtpClientTest, RunsCommandsUntilOneIsRefused) {
  open_quietly();
  EXPECT_TRUE(run(client().run({{"SYST", {}}, {"STAT", 211}})));
  EXPECT_EQ(told_, "215 UNIX Type: L8\r\n211-Status\r\n all well\r\n211 End\r\n");
  server_.replies["RNFR"] = "550 No such file.\r\n";
  auto renamed = run(client().run({{"RNFR a", 350}, {"RNTO b", 250}}));
  ASSERT_FALSE(renamed);
  EXPECT_EQ(renamed.error().reason.what, "FTP RNFR a refused");
  EXPECT_EQ(renamed.error().reason.why, "the server said \"550 No such file.\" where 350 was expected");
  EXPECT_THAT(server_.take_commands(), ElementsAre("SYST", "STAT", "RNFR a"));
  EXPECT_TRUE(client().is_open());
}

TEST_F(FtpClientTest, SendsNothingThatWouldBeMoreThanOneCommand) {
  open_quietly();
  for (std::string name : {std::string("a\r\nDELE b"), std::string("a\n"), std::string("a\0b", 3)}) {
    auto ran = run(client().run({{"CWD " + name, 250}}));
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().code, net::Errno::invalid);
  }
  EXPECT_THAT(server_.commands, IsEmpty());
  EXPECT_TRUE(run(client().run({{"PWD", 257}})));
}

TEST_F(FtpClientTest, FailsWithoutAReplyAndKeepsALateOneFromTheNextCommand) {
  open_quietly();
  server_.replies["PWD"] = "";
  auto asking = start(client().run({{"PWD", 257}}));
  clock_.advance(9999ms);
  EXPECT_FALSE(*asking);
  clock_.advance(1ms);
  ASSERT_TRUE(*asking);
  EXPECT_EQ((*asking)->error().code, net::Errno::try_again);
  EXPECT_TRUE(client().is_open());
  server_.say("257 late\r\n");
  asking = start(client().run({{"CWD a", 250}}));
  clock_.advance(1ms);
  ASSERT_TRUE(*asking);
  EXPECT_TRUE(**asking);
  EXPECT_EQ(told_, "257 late\r\n250 Changed.\r\n");
}

// A reply is still owed by a session that is no more.
TEST_F(FtpClientTest, WaitsForNoLateReplyWithoutASession) {
  open_quietly();
  server_.replies["PWD"] = "";
  auto asking = start(client().run({{"PWD", 257}}));
  clock_.advance(10s);
  ASSERT_TRUE(*asking);
  client().disconnect();
  EXPECT_EQ(run(client().quit()).error().code, net::Errno::connection_aborted);
  EXPECT_EQ(run(client().run({{"CWD a", 250}})).error().code, net::Errno::connection_aborted);
}

TEST_F(FtpClientTest, GivesAReplyItsTimeAsAWhole) {
  open_quietly();
  server_.replies["PWD"] = "";
  auto asking = start(client().run({{"PWD", 257}}));
  for (int i = 0; i < 9; ++i) {
    clock_.advance(1s);
    server_.say("2");
  }
  clock_.advance(999ms);
  EXPECT_FALSE(*asking);
  clock_.advance(1ms);
  EXPECT_TRUE(*asking);
}

TEST_F(FtpClientTest, QuitsAndEndsTheSessionWhateverTheServerSays) {
  open_quietly();
  EXPECT_TRUE(run(client().quit()));
  EXPECT_FALSE(client().is_open());
  EXPECT_THAT(server_.take_commands(), ElementsAre("QUIT"));
  EXPECT_TRUE(server_.control->closed_by_device());
  server_.replies["QUIT"] = "500 Stay.\r\n";
  open_quietly();
  EXPECT_FALSE(run(client().quit()));
  EXPECT_FALSE(client().is_open());
  EXPECT_FALSE(run(client().quit()));
  EXPECT_FALSE(run(client().run({{"PWD", 257}})));
  EXPECT_THAT(losses_, IsEmpty());
}

TEST_F(FtpClientTest, TellsOfALostSession) {
  open_quietly();
  server_.control->close();
  auto ran = run(client().run({{"PWD", 257}}));
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, net::Errno::connection_reset);
  EXPECT_THAT(losses_, ElementsAre(net::Errno::connection_reset));
  EXPECT_FALSE(client().is_open());

  losses_.clear();
  open_quietly();
  bearer_.set_down(net::make_failure(net::Errno::network_down, "PDN lost", "AT+CFUN=4"));
  EXPECT_FALSE(run(client().run({{"PWD", 257}})));
  EXPECT_THAT(losses_, ElementsAre(net::Errno::network_down));
}

TEST_F(FtpClientTest, LeavesAServerWhoseRepliesHaveNoEnd) {
  for (const char* piece : {"2", "220-endless\r\n"}) {
    server_.replies.clear();
    losses_.clear();
    open_quietly();
    server_.replies["PWD"] = "";
    auto asking = start(client().run({{"PWD", 257}}));
    std::string flood;
    while (flood.size() < 1000 * 1000) {
      flood += piece;
    }
    server_.say(flood);
    clock_.settle();
    ASSERT_TRUE(*asking);
    EXPECT_EQ((*asking)->error().code, net::Errno::connection_aborted);
    EXPECT_THAT(losses_, ElementsAre(net::Errno::connection_aborted));
    EXPECT_TRUE(server_.control->closed_by_device());
    EXPECT_EQ(told_, "");
  }
}

TEST_F(FtpClientTest, TakesGarbageForARefusal) {
  open_quietly();
  server_.replies["PWD"] = std::string("\0\x01\xFF garbage\n", 12);
  auto ran = run(client().run({{"PWD", 257}}));
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, net::Errno::not_permitted);
  EXPECT_TRUE(client().is_open());
}

TEST_F(FtpClientTest, EndsWhatIsSuspendedWhenTheSessionIsClosedHere) {
  open_quietly();
  server_.replies["PWD"] = "";
  auto asking = start(client().run({{"PWD", 257}}));
  auto waiting = start(client().run({{"CWD a", 250}}));
  client().disconnect();
  clock_.settle();
  ASSERT_TRUE(*asking && *waiting);
  EXPECT_EQ((*asking)->error().code, net::Errno::connection_aborted);
  EXPECT_EQ((*waiting)->error().code, net::Errno::connection_aborted);
  EXPECT_THAT(losses_, IsEmpty());
  EXPECT_THAT(server_.commands, ElementsAre("PWD"));
}

TEST_F(FtpClientTest, GivesUpALoginWhenClosedHere) {
  server_.replies["greeting"] = "";
  auto opening = start(client().open({"ftp.test", 21, std::nullopt}, {"me", "x"}));
  EXPECT_TRUE(client().is_open());
  client().disconnect();
  clock_.settle();
  ASSERT_TRUE(*opening);
  EXPECT_EQ((*opening)->error().code, net::Errno::connection_aborted);
  EXPECT_FALSE(client().is_open());
  EXPECT_TRUE(server_.control->closed_by_device());
  server_.replies.clear();
  EXPECT_TRUE(open());
}

TEST_F(FtpClientTest, KeepsTheSessionAliveWithoutAWord) {
  open_quietly();
  base::spawn(context_, nullptr, client().keep_alive());
  clock_.advance(999ms);
  EXPECT_THAT(server_.commands, IsEmpty());
  clock_.advance(1ms);
  EXPECT_THAT(server_.take_commands(), ElementsAre("NOOP"));
  clock_.advance(180s);
  EXPECT_THAT(server_.take_commands(), ElementsAre("NOOP", "NOOP", "NOOP"));
  EXPECT_EQ(told_, "");
  EXPECT_TRUE(run(client().quit()));
  open_quietly();
  clock_.advance(300s);
  EXPECT_THAT(server_.commands, IsEmpty()) << "the keep-alive of the session before has ended";
}

TEST_F(FtpClientTest, LetsACommandWaitForAKeepaliveAndSkipsOneDuringACommand) {
  open_quietly();
  base::spawn(context_, nullptr, client().keep_alive());
  server_.replies["NOOP"] = "";
  clock_.advance(1s);
  auto asking = start(client().run({{"PWD", 257}}));
  EXPECT_THAT(server_.take_commands(), ElementsAre("NOOP"));
  server_.say("200 NOOP ok.\r\n");
  clock_.settle();
  EXPECT_TRUE(*asking && **asking);
  EXPECT_THAT(server_.take_commands(), ElementsAre("PWD"));

  server_.replies["PWD"] = "";
  clock_.advance(59s);
  asking = start(client().run({{"PWD", 257}}));
  clock_.advance(2s);
  EXPECT_THAT(server_.take_commands(), ElementsAre("PWD"));
}

TEST_F(FtpClientTest, NoticesALostSessionAtTheKeepalive) {
  open_quietly();
  base::spawn(context_, nullptr, client().keep_alive());
  server_.control->close();
  clock_.advance(1s);
  EXPECT_THAT(losses_, ElementsAre(net::Errno::connection_reset));
  EXPECT_FALSE(client().is_open());
}

TEST_F(FtpClientTest, TakesADescriptorForEachConnectionAndGivesItBack) {
  server_.files["f"] = "content";
  open_quietly();
  EXPECT_EQ(descriptors_.in_use(), 1U);
  std::vector<DescriptorTable::Descriptor> others;
  while (descriptors_.in_use() < 6) {
    others.push_back(*descriptors_.take());
  }
  StringSink sink;
  EXPECT_TRUE(run(client().download("RETR f", sink)));
  others.push_back(*descriptors_.take());
  auto got = run(client().download("RETR f", sink));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, net::Errno::too_many_files);
  EXPECT_TRUE(run(client().quit()));
  others.push_back(*descriptors_.take());
  EXPECT_EQ(open().error().code, net::Errno::too_many_files);
  EXPECT_FALSE(client().is_open());
  others.clear();
  EXPECT_EQ(descriptors_.in_use(), 0U);
}

// Every operation of a whole session is made to fail in turn.
TEST_F(FtpClientTest, ReportsAFailureOfEveryOperationOfASession) {
  server_.files["f"] = "content";
  bool failed = true;
  std::size_t operation = 1;
  for (; failed; ++operation) {
    SCOPED_TRACE(fmt::format("operation {} fails", operation));
    bearer_.fail_at(operation, net::Errno::io);
    std::optional<net::Failure> failure;
    auto note = [&](asio::awaitable<Outcome> work) {
      auto result = start(std::move(work));
      clock_.advance(30s);
      ASSERT_TRUE(*result);
      if (!**result && !failure) {
        failure = (*result)->error();
      }
    };
    StringSink sink;
    StringSource source("upload");
    note(client().open({"ftp.test", 21, std::nullopt}, {"me", "x"}));
    note(client().run({{"PWD", 257}}));
    note(client().download("RETR f", sink, 1));
    note(client().upload("STOR g", source));
    note(client().quit());
    client().disconnect();
    failed = bearer_.has_failed();
    EXPECT_EQ(failure.has_value(), failed);
    if (failure) {
      EXPECT_NE(failure->reason.what, "");
      EXPECT_NE(failure->reason.why, "");
    } else {
      EXPECT_EQ(sink.bytes, "ontent");
      EXPECT_EQ(server_.files["g"], "upload");
    }
    ASSERT_LT(operation, 100U);
  }
  EXPECT_GT(operation, 25U);
}

}  // namespace
}  // namespace attache::services
