#include "at/channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/recording_journal.hpp"

namespace attache::at {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// A channel whose line, dialect and service are the test.
class ChannelTest : public testing::Test, public LineHandler, public DataConsumer, public HostLine {
 protected:
  void handle_line(Channel& channel, std::string line) override {
    lines_.push_back(std::move(line));
    if (!hold_) {
      channel.write("<answer>");
      channel.finish();
    }
  }
  void handle_overflow(Channel& channel) override { channel.write("<overflow>"); }

  void send(std::string data) override {
    sends_.push_back(std::move(data));
    if (!hold_) {
      channel_.data_sent();
    }
  }
  void terminated() override { terminated_ = true; }

  void write(std::string_view bytes) override { writes_.emplace_back(bytes); }
  boost::asio::awaitable<void> drained(std::size_t) override { co_return; }
  [[nodiscard]] std::uint32_t baud() const override { return 115200; }
  void set_baud(std::uint32_t) override {}
  [[nodiscard]] bool has_flow_control() const override { return true; }
  void set_user(LineUser& user) override { user.receive(channel_.give_back()); }
  void backlog_shrunk() override { ++shrunk_; }
  [[nodiscard]] base::HostLines host_lines() const override { return {}; }
  [[nodiscard]] base::DeviceLines device_lines() const override { return {}; }
  void set_device_lines(const base::DeviceLines&) override {}

  /// Brings more input than the channel takes at once while it waits.
  void hold_back() {
    hold_ = true;
    channel_.receive("AT\r\n");
    channel_.receive(std::string(Channel::backlog_limit + 1, 'A'));
    ASSERT_GT(channel_.backlog(), Channel::backlog_limit);
    ASSERT_EQ(shrunk_, 0);
  }

  /// All that was written, in one.
  [[nodiscard]] std::string said() const {
    std::string text;
    for (const std::string& write : writes_) {
      text += write;
    }
    return text;
  }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_};
  test_support::RecordingJournal journal_;
  Channel channel_{{}, clock_, journal_, *this, *this};
  bool hold_ = false;
  bool terminated_ = false;
  int shrunk_ = 0;
  std::vector<std::string> lines_;
  std::vector<std::string> sends_;
  std::vector<std::string> writes_;
};

using Texts = std::vector<std::string>;

TEST_F(ChannelTest, WritesAllAnswersToOneReceiveInOnePiece) {
  channel_.receive("AT\r\nAT+X\r\n");
  EXPECT_EQ(lines_, (Texts{"AT", "AT+X"}));
  EXPECT_EQ(writes_, (Texts{"<answer><answer>"}));
}

TEST_F(ChannelTest, ReadsTheNextLineOnlyWhenTheLastIsAnswered) {
  hold_ = true;
  channel_.receive("AT\r\nAT+X\r\nAT+Y\r\n");
  EXPECT_EQ(lines_, (Texts{"AT"}));
  EXPECT_TRUE(channel_.busy());
  channel_.finish();
  EXPECT_EQ(lines_, (Texts{"AT", "AT+X"}));
  hold_ = false;
  channel_.finish();
  EXPECT_EQ(lines_, (Texts{"AT", "AT+X", "AT+Y"}));
  EXPECT_FALSE(channel_.busy());
}

TEST_F(ChannelTest, TakesBytesAfterACommandThatEnteredDataModeAsData) {
  hold_ = true;
  channel_.receive("AT\r\ndata");
  channel_.enter_data_mode({}, *this);
  channel_.finish();
  hold_ = false;
  clock_.advance(1ms);
  EXPECT_EQ(sends_, (Texts{"data"}));
  EXPECT_EQ(lines_, (Texts{"AT"}));
}

TEST_F(ChannelTest, LeavesDataModeByTheTerminator) {
  channel_.enter_data_mode({}, *this);
  clock_.advance(1s);
  channel_.receive("+++");
  clock_.advance(1001ms);
  EXPECT_TRUE(terminated_);
  EXPECT_FALSE(channel_.in_data_mode());
  EXPECT_EQ(writes_, (Texts{"\r\nOK\r\n"}));
}

TEST_F(ChannelTest, TellsWhenItsBacklogIsReadAndWhenItIsDropped) {
  hold_back();
  hold_ = false;
  channel_.finish();
  EXPECT_EQ(shrunk_, 1) << "read: an overflow, and the rest is in the line buffer";
}

TEST_F(ChannelTest, TellsOfABacklogDroppedByAReset) {
  hold_back();
  channel_.reset();
  EXPECT_EQ(shrunk_, 1);
  EXPECT_EQ(channel_.backlog(), 0U);
}

TEST_F(ChannelTest, TellsOfABacklogDroppedWhenTheUartGoesOff) {
  hold_back();
  channel_.set_enabled(false);
  EXPECT_EQ(shrunk_, 1);
}

TEST_F(ChannelTest, TellsOfABacklogDroppedAtTheEndOfDataMode) {
  hold_ = true;
  channel_.enter_data_mode({}, *this);
  channel_.receive(std::string(Channel::backlog_limit * 2, 'd'));
  ASSERT_GT(channel_.backlog(), Channel::backlog_limit);
  channel_.leave_data_mode();
  EXPECT_EQ(shrunk_, 1);
  hold_ = false;
  channel_.receive("AT\r\n");
  EXPECT_EQ(lines_, (Texts{"AT"}));
}

TEST_F(ChannelTest, SaysWhatIsLostWhileTheUartIsOff) {
  channel_.set_enabled(false);
  channel_.receive("AT\r\n");
  channel_.write("\r\n+CEREG: 1\r\n");
  EXPECT_EQ(lines_, Texts{});
  EXPECT_EQ(writes_, Texts{});
  ASSERT_EQ(journal_.lines.size(), 2U);
}

TEST_F(ChannelTest, ExplainsALineWithoutItsTerminatorAfterTwoSeconds) {
  channel_.receive("AT\r");
  clock_.advance(1999ms);
  EXPECT_TRUE(journal_.reasons.empty());
  clock_.advance(1ms);
  ASSERT_EQ(journal_.reasons.size(), 1U);
  EXPECT_EQ(journal_.reasons[0].why, "the line ends in a lone CR; a command ends with CR LF");
}

TEST_F(ChannelTest, TellsOfAnOldBeginningThatPrecedesALine) {
  channel_.receive("rubbish");
  clock_.advance(1s);
  channel_.receive("AT\r\n");
  ASSERT_TRUE(channel_.stale_prefix());
  EXPECT_EQ(*channel_.stale_prefix(), "7 bytes of an unfinished line from 1.0 s ago precede this line");
  channel_.receive("AT\r\n");
  EXPECT_FALSE(channel_.stale_prefix());
}

TEST_F(ChannelTest, ReportsATerminatorThatIsTakenAsData) {
  channel_.enter_data_mode({}, *this);
  clock_.advance(2s);
  channel_.receive("+++\r\n");
  clock_.advance(2s);
  EXPECT_EQ(sends_, Texts{"+++\r\n"});
  ASSERT_EQ(journal_.reasons.size(), 1U);
  EXPECT_EQ(journal_.reasons.front().what, "+++ was taken as data");
  channel_.receive("+++");
  clock_.advance(2s);
  EXPECT_TRUE(terminated_);
  EXPECT_EQ(journal_.reasons.size(), 1U);
}

// ---- echo, data mode of other kinds, going away

TEST_F(ChannelTest, EchoesWhatComesInCommandModeBeforeTheAnswer) {
  channel_.set_echo(true);
  channel_.receive("AT\r\nAT+CFUN?\r\n");
  EXPECT_EQ(said(), "AT\r\n<answer>AT+CFUN?\r\n<answer>");
  channel_.reset();
  writes_.clear();
  channel_.receive("AT\r\n");
  EXPECT_EQ(said(), "<answer>") << "a fresh boot has none";
}

TEST_F(ChannelTest, EchoesNoData) {
  channel_.set_echo(true);
  DataModePolicy policy;
  policy.ending = DataModePolicy::Ending::counted;
  policy.length = 4;
  channel_.enter_data_mode(policy, *this);
  channel_.receive("dataAT\r\n");
  EXPECT_THAT(sends_, ElementsAre("data"));
  EXPECT_EQ(said(), "\r\nOK\r\nAT\r\n<answer>");
}

TEST_F(ChannelTest, SaysWhenASendOfDataModeFailsAndWhenItEndsAfterThat) {
  DataModePolicy policy;
  policy.ending = DataModePolicy::Ending::matched;
  policy.broken = "<broken>";
  policy.ended = "<ended>";
  policy.ended_broken = "<ended broken>";
  hold_ = true;
  channel_.enter_data_mode(policy, *this);
  channel_.receive("data");
  ASSERT_THAT(sends_, ElementsAre("data"));
  channel_.data_failed();
  channel_.data_failed();
  channel_.receive("more");
  hold_ = false;
  channel_.receive("+++AT\r\n");
  EXPECT_THAT(sends_, ElementsAre("data"));
  EXPECT_EQ(said(), "<broken><ended broken><answer>");
}

TEST_F(ChannelTest, EndsABrokenDataModeWithWhatTheFailureSaid) {
  DataModePolicy policy;
  policy.ending = DataModePolicy::Ending::matched;
  policy.ended = "<ended>";
  policy.ended_broken = "<ended broken>";
  channel_.enter_data_mode(policy, *this);
  channel_.data_failed("<first cause>");
  channel_.data_failed("<second cause>");
  channel_.receive("more+++");
  EXPECT_EQ(said(), "<first cause>");
  channel_.enter_data_mode(policy, *this);
  channel_.receive("+++");
  EXPECT_EQ(said(), "<first cause><ended>") << "the next one begins anew";
}

TEST_F(ChannelTest, TellsTheServiceWhenItGoesInDataMode) {
  channel_.enter_data_mode({}, *this);
  channel_.abandon();
  EXPECT_TRUE(terminated_);
  channel_.receive("AT\r\n");
  channel_.write("late");
  EXPECT_THAT(writes_, IsEmpty());
  EXPECT_THAT(lines_, IsEmpty());
}

}  // namespace
}  // namespace attache::at
