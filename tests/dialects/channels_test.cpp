#include "dialects/channels.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <deque>
#include <string>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "dialects/notices.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

/// A line in memory.
class TextLine final : public at::HostLine {
 public:
  void write(std::string_view bytes) override { text += bytes; }
  boost::asio::awaitable<void> drained(std::size_t) override { co_return; }
  [[nodiscard]] std::uint32_t baud() const override { return rate; }
  void set_baud(std::uint32_t baud) override { rate = baud; }
  [[nodiscard]] bool has_flow_control() const override { return true; }
  void set_user(at::LineUser&) override {}
  void backlog_shrunk() override {}
  [[nodiscard]] base::HostLines host_lines() const override { return {}; }
  [[nodiscard]] base::DeviceLines device_lines() const override { return {}; }
  void set_device_lines(const base::DeviceLines&) override {}

  std::string text;
  std::uint32_t rate = 115200;
};

class ChannelsTest : public testing::Test, public at::LineHandler, public at::DataConsumer {
 protected:
  void handle_line(at::Channel& channel, std::string line) override {
    if (line == "AT#GO") {
      go(channel);
      channel.write("never seen");
      return;
    }
    if (line != "AT#WAIT") {
      channel.write("<ok>");
      channel.finish();
    }
  }
  void handle_overflow(at::Channel&) override {}
  void settled(at::Channel& channel) override { notices_.look_at(channels_->handle(channel)); }
  void send(std::string) override {}
  void terminated() override { data_mode_ended_ = true; }

  // As the application lets one go.
  void go(at::Channel& channel) {
    HostChannel handle = channels_->handle(channel);
    channels_->remove(channel);
    notices_.remove(handle);
  }
  at::Channel& add() {
    lines_.emplace_back();
    return channels_->add({}, *this, lines_.back());
  }
  static NoticeRules rules() {
    NoticeRules rules;
    rules.waits_for_result = true;
    rules.to_one_channel = true;
    return rules;
  }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_};
  base::NullJournal journal_;
  std::deque<TextLine> lines_;
  std::shared_ptr<Channels> channels_ = std::make_shared<Channels>(clock_, journal_);
  Notices notices_{*channels_, clock_, journal_, Framing{}, rules()};
  bool data_mode_ended_ = false;
};

TEST_F(ChannelsTest, AreKnownByIdsOfWhichNoneIsGivenTwice) {
  at::Channel& first = add();
  HostChannel gone = channels_->handle(first);
  channels_->remove(first);
  HostChannel next = channels_->handle(add());
  EXPECT_FALSE(gone.is_open());
  EXPECT_TRUE(next.is_open());
  EXPECT_FALSE(gone == next);
  gone.write("to nobody");
  EXPECT_EQ(lines_[0].text + lines_[1].text, "");
  EXPECT_FALSE(gone.in_data_mode());
  EXPECT_EQ(gone.baud(), 0U);
}

TEST_F(ChannelsTest, LetOneGoInsideACommandThatRunsOnIt) {
  at::Channel& channel = add();
  channel.receive("AT\r\nAT#GO\r\nAT\r\n");
  clock_.settle();
  EXPECT_EQ(lines_[0].text, "<ok>") << "what came behind is not read";
  channels_->for_each([](const HostChannel&) { ADD_FAILURE() << "none is left"; });
}

TEST_F(ChannelsTest, TellAServiceThatItsDataModeHasGoneWithTheChannel) {
  at::Channel& channel = add();
  channels_->handle(channel).enter_data_mode({}, *this);
  channels_->remove(channel);
  EXPECT_TRUE(data_mode_ended_);
}

TEST_F(ChannelsTest, ForgetALateRateOfOneThatHasGone) {
  at::Channel& channel = add();
  channels_->change_baud(channels_->handle(channel), 9600, 50ms);
  channels_->remove(channel);
  clock_.advance(1s);
  EXPECT_EQ(lines_[0].rate, 115200U);
}

TEST_F(ChannelsTest, RunNothingThatWasPostedForOneThatHasGoneOrAfterTheEnd) {
  int ran = 0;
  HostChannel gone = channels_->handle(add());
  HostChannel stays = channels_->handle(add());
  gone.post([&](const HostChannel&) { ++ran; });
  stays.post([&](const HostChannel&) { ++ran; });
  channels_->remove(*channels_->find(gone.id()));
  clock_.settle();
  EXPECT_EQ(ran, 1);
  stays.post([&](const HostChannel&) { ++ran; });
  channels_->shut_down();
  clock_.settle();
  EXPECT_EQ(ran, 1);
}

TEST_F(ChannelsTest, HandWhatAGoneOneHeldToTheUrcChannel) {
  at::Channel& first = add();
  add();
  first.receive("AT#WAIT\r\n");
  notices_.tell(channels_->handle(first), "#X: held");
  EXPECT_EQ(lines_[0].text, "");
  go(first);
  EXPECT_EQ(lines_[1].text, "\r\n#X: held\r\n");
}

TEST_F(ChannelsTest, TellTheUrcOfAServiceWhoseChannelHasGoneToTheUrcChannel) {
  at::Channel& first = add();
  HostChannel opener = channels_->handle(first);
  HostChannel other = channels_->handle(add());
  channels_->remove(first);
  notices_.tell(opener, "#X: closed");
  EXPECT_EQ(lines_[1].text, "\r\n#X: closed\r\n");
  notices_.set_urc_channel(channels_->handle(add()));
  notices_.pass_on("+CEREG: 1\r\n");
  EXPECT_EQ(lines_[2].text, "\r\n+CEREG: 1\r\n") << "the chosen one";
  EXPECT_TRUE(other.is_open());
}

}  // namespace
}  // namespace attache::dialects
