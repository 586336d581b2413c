#include "serial/cmux/multiplexer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "serial/cmux/octets.hpp"
#include "support/recording_journal.hpp"

namespace attache::serial::cmux {
namespace {

using namespace std::chrono_literals;

std::string command(MessageType type, std::string value = {}) {
  return encode(ControlMessage{type, true, std::move(value)});
}
std::string response(MessageType type, std::string value = {}) {
  return encode(ControlMessage{type, false, std::move(value)});
}

/// A host by hand: each test is one procedure of 27.010.
class Cmux : public testing::Test, public MultiplexerUser {
 protected:
  void start(MultiplexerOptions options = {}) { multiplexer_.emplace(options, orders_, journal_, *this); }
  void start_whole_standard() {
    MultiplexerOptions options;
    options.whole_standard = true;
    start(options);
  }
  void SetUp() override { start(); }

  std::string say(std::string_view octets) {
    multiplexer_->receive(octets, now_);
    return take();
  }
  std::string say(const Frame& frame) { return say(encode(frame)); }
  std::string say_on_control(std::string information) {
    return say(Frame{0, true, FrameType::uih, false, std::move(information)});
  }
  std::string take(std::size_t limit = 1024) {
    std::string all;
    while (true) {
      std::string octets = multiplexer_->take_output(limit, now_);
      if (octets.empty()) {
        return all;
      }
      all += octets;
    }
  }
  std::string wait(base::Duration duration) {
    base::Time end = now_ + duration;
    std::string all;
    while (!why_ended_) {
      auto deadline = multiplexer_->deadline();
      if (!deadline || *deadline > end) {
        break;
      }
      now_ = std::max(now_, *deadline);
      multiplexer_->pass(now_);
      all += take();
    }
    now_ = end;
    return all;
  }
  void open(std::uint8_t dlci) {
    ASSERT_EQ(say(Frame{dlci, true, FrameType::sabm, true}), encode({dlci, true, FrameType::ua, true}));
  }
  void open_both() {
    open(0);
    open(1);
  }
  void send(std::uint8_t dlci, std::string_view data) { multiplexer_->send(dlci, data, now_); }

  static std::string data(std::uint8_t dlci, std::string bytes) {
    return encode({dlci, false, FrameType::uih, false, std::move(bytes)});
  }
  static std::string on_control(std::string information) { return data(0, std::move(information)); }

  void opened(std::uint8_t dlci) override { happened_ += "opened " + std::to_string(dlci) + "|"; }
  void closed(std::uint8_t dlci) override { happened_ += "closed " + std::to_string(dlci) + "|"; }
  void received(std::uint8_t dlci, std::string_view bytes) override { received_[dlci] += bytes; }
  void host_lines_changed(std::uint8_t dlci, const base::HostLines& lines) override {
    happened_ +=
        "lines " + std::to_string(dlci) + (lines.dtr ? " dtr" : "") + (lines.rts ? " rts" : "") + "|";
  }
  void output_shrunk(std::uint8_t) override {}
  void ended(std::string_view why) override { why_ended_ = why; }

  FaultOrders orders_;
  test_support::RecordingJournal journal_;
  std::optional<Multiplexer> multiplexer_;
  base::Time now_{};
  std::string happened_;
  std::map<int, std::string> received_;
  std::optional<std::string> why_ended_;
};

// Opening and closing (5.4.1, 5.4.2).

TEST_F(Cmux, OpensTheControlChannelAndThenOthers) {
  open(0);
  open(1);
  open(4);
  EXPECT_EQ(happened_, "opened 1|opened 4|");
}

TEST_F(Cmux, RefusesAChannelBeforeTheControlChannelIsOpen) {
  EXPECT_EQ(say(Frame{1, true, FrameType::sabm, true}), encode({1, true, FrameType::dm, true}));
}

TEST_F(Cmux, RefusesAChannelThatIsNotBuilt) {
  open(0);
  EXPECT_EQ(say(Frame{5, true, FrameType::sabm, true}), encode({5, true, FrameType::dm, true}));
  EXPECT_EQ(say(Frame{63, true, FrameType::uih, false, "x"}), encode({63, true, FrameType::dm, true}));
  EXPECT_EQ(happened_, "");
}

TEST_F(Cmux, AnswersAChannelThatIsOpenedAgain) {
  open_both();
  open(1);
  EXPECT_EQ(happened_, "opened 1|");
}

TEST_F(Cmux, AnswersAHostThatHasNotHeardTheFirstUa) {
  open(0);
  open(0);
}

TEST_F(Cmux, IgnoresThatTheControlChannelIsOpenedInTheMiddle) {
  open_both();
  EXPECT_EQ(say(Frame{0, true, FrameType::sabm, true}), "");
}

TEST_F(Cmux, BeginsAnewByTheStandard) {
  start_whole_standard();
  open_both();
  open(0);
  EXPECT_EQ(happened_, "opened 1|closed 1|");
}

TEST_F(Cmux, ClosesAChannel) {
  open_both();
  EXPECT_EQ(say(Frame{1, true, FrameType::disc, true}), encode({1, true, FrameType::ua, true}));
  EXPECT_EQ(happened_, "opened 1|closed 1|");
}

TEST_F(Cmux, AnswersDiscOnAClosedChannelByUaAndDm) {
  open(0);
  EXPECT_EQ(say(Frame{1, true, FrameType::disc, true}),
            encode({1, true, FrameType::ua, true}) + encode({1, true, FrameType::dm, true}));
}

TEST_F(Cmux, AnswersDiscOnAClosedChannelByDmByTheStandard) {
  start_whole_standard();
  open(0);
  EXPECT_EQ(say(Frame{1, true, FrameType::disc, true}), encode({1, true, FrameType::dm, true}));
}

TEST_F(Cmux, ClosesAChannelThatTheHostSaysIsClosed) {
  open_both();
  EXPECT_EQ(say(Frame{1, true, FrameType::dm, true}), "");
  EXPECT_EQ(happened_, "opened 1|closed 1|");
}

TEST_F(Cmux, EndsByDiscOfTheControlChannel) {
  open_both();
  EXPECT_EQ(say(Frame{0, true, FrameType::disc, true}), encode({0, true, FrameType::ua, true}));
  wait(9ms);
  EXPECT_FALSE(why_ended_);
  wait(1ms);
  EXPECT_EQ(why_ended_, "the host has closed DLC 0");
}

TEST_F(Cmux, EndsByCloseDown) {
  open_both();
  EXPECT_EQ(say_on_control(command(MessageType::close_down)), on_control(response(MessageType::close_down)));
  wait(339ms);
  EXPECT_FALSE(why_ended_);
  wait(1ms);
  EXPECT_EQ(why_ended_, "the host has closed it down");
}

TEST_F(Cmux, EndsSoonerWhenTheHostConfirms) {
  open_both();
  say_on_control(command(MessageType::close_down));
  say_on_control(response(MessageType::close_down));
  wait(10ms);
  EXPECT_TRUE(why_ended_);
}

TEST_F(Cmux, TakesCloseDownBeforeAnythingIsOpen) {
  EXPECT_EQ(say(octets_of({0xF9, 0x03, 0xEF, 0x05, 0xC3, 0x01, 0xF2, 0xF9})),
            on_control(response(MessageType::close_down)));
  wait(1s);
  EXPECT_TRUE(why_ended_);
}

TEST_F(Cmux, TakesNothingElseBeforeTheControlChannelIsOpen) {
  EXPECT_EQ(say_on_control(command(MessageType::flow_off)), encode({0, true, FrameType::dm, true}));
}

TEST_F(Cmux, MayBeOpenedAnewWhereTheHostCannotEndIt) {
  MultiplexerOptions options;
  options.ends_by_host = false;
  start(options);
  open_both();
  say_on_control(command(MessageType::close_down));
  wait(1s);
  EXPECT_FALSE(why_ended_);
  EXPECT_EQ(happened_, "opened 1|closed 1|");
  open_both();
}

TEST_F(Cmux, EndsWithoutAWordByCommand) {
  open_both();
  multiplexer_->end_after(10ms, "AT#XCMUXCLD", now_);
  EXPECT_EQ(wait(10ms), "");
  EXPECT_EQ(why_ended_, "AT#XCMUXCLD");
  EXPECT_EQ(say(Frame{1, true, FrameType::uih, false, "AT\r"}), "");
}

// Data (5.4.3).

TEST_F(Cmux, CarriesDataInUihAndUi) {
  open_both();
  EXPECT_EQ(say(Frame{1, true, FrameType::uih, false, "AT"}), "");
  EXPECT_EQ(say(Frame{1, true, FrameType::ui, false, "\r"}), "");
  EXPECT_EQ(received_[1], "AT\r");
  send(1, "\r\nOK\r\n");
  EXPECT_EQ(take(), data(1, "\r\nOK\r\n"));
}

TEST_F(Cmux, SaysThatAChannelIsClosedWhenDataComeOnIt) {
  open(0);
  EXPECT_EQ(say(Frame{2, true, FrameType::uih, false, "AT"}), encode({2, true, FrameType::dm, true}));
  EXPECT_EQ(received_.size(), 0U);
}

TEST_F(Cmux, SplitsByN1) {
  open_both();
  send(1, std::string(300, 'x'));
  EXPECT_EQ(take(),
            data(1, std::string(127, 'x')) + data(1, std::string(127, 'x')) + data(1, std::string(46, 'x')));
}

TEST_F(Cmux, KeepsDataForAChannelThatIsOpenedLater) {
  open(0);
  send(1, "early");
  EXPECT_EQ(take(), "");
  EXPECT_EQ(say(Frame{1, true, FrameType::sabm, true}),
            encode({1, true, FrameType::ua, true}) + data(1, "early"));
}

TEST_F(Cmux, KeepsALimitForAChannelThatIsNeverOpened) {
  send(1, std::string(4096, 'x'));
  send(1, "y");
  EXPECT_EQ(multiplexer_->waiting(1), 4096U);
  EXPECT_EQ(journal_.reasons.size(), 1U);
}

TEST_F(Cmux, GivesEachChannelItsTurn) {
  open_both();
  open(2);
  open(3);
  send(1, std::string(127 * 3, 'a'));
  send(3, "c");
  send(2, "b");
  EXPECT_EQ(take(), data(1, std::string(127, 'a')) + data(2, "b") + data(3, "c") +
                        data(1, std::string(127, 'a')) + data(1, std::string(127, 'a')));
}

TEST_F(Cmux, LetsAnAnswerPassWhatAnotherChannelHasYetToSend) {
  open_both();
  open(2);
  send(2, std::string(100'000, 'd'));
  ASSERT_NE(multiplexer_->take_output(1024, now_), "");
  send(1, "\r\nOK\r\n");
  std::string next = multiplexer_->take_output(1024, now_);
  EXPECT_NE(next.find(data(1, "\r\nOK\r\n")), std::string::npos);
}

// Frames that are none.

TEST_F(Cmux, DropsAFrameWithAWrongCheckSequence) {
  open_both();
  EXPECT_EQ(say(encode({1, true, FrameType::uih, false, "AT\r"}, 1)), "");
  EXPECT_EQ(received_.size(), 0U);
  EXPECT_EQ(journal_.reasons.size(), 1U);
}

TEST_F(Cmux, DropsAFrameThatIsLongerThanN1) {
  open_both();
  EXPECT_EQ(say(Frame{1, true, FrameType::uih, false, std::string(128, 'x')}), "");
  EXPECT_EQ(received_.size(), 0U);
  say(Frame{1, true, FrameType::uih, false, "AT\r"});
  EXPECT_EQ(received_[1], "AT\r");
}

TEST_F(Cmux, SkipsPlainAt) {
  EXPECT_EQ(say("\r\nAT\r\n"), "");
  open(0);
}

TEST_F(Cmux, GivesUpAFrameWhoseEndDoesNotCome) {
  open_both();
  say(encode({1, true, FrameType::uih, false, std::string(100, 'x')}).substr(0, 60));
  say(octets_of({0xF9, 0xF9, 0xF9, 0x03, 0xEF, 0x05, 0xC3, 0x01, 0xF2, 0xF9}));
  EXPECT_EQ(wait(1s), on_control(response(MessageType::close_down)));
  wait(1s);
  EXPECT_TRUE(why_ended_);
}

TEST_F(Cmux, GivesTheSameHoweverTheInputIsCut) {
  std::string input =
      encode({0, true, FrameType::sabm, true}) + encode({1, true, FrameType::sabm, true}) + "noise" +
      encode({0, true, FrameType::uih, false, command(MessageType::modem_status, octets_of({7, 0x8D}))}) +
      encode({1, true, FrameType::uih, false, "AT\r"}) + encode({1, true, FrameType::disc, true}) +
      encode({0, true, FrameType::uih, false, command(MessageType::test, "x")});
  std::string whole = say(input);
  std::string happened = happened_;
  for (std::size_t piece = 1; piece < input.size(); ++piece) {
    start();
    happened_.clear();
    received_.clear();
    std::string output;
    for (std::size_t at = 0; at < input.size(); at += piece) {
      output += say(input.substr(at, piece));
    }
    EXPECT_EQ(output, whole) << piece;
    EXPECT_EQ(happened_, happened) << piece;
    EXPECT_EQ(received_[1], "AT\r") << piece;
  }
}

// Control messages (5.4.6.3).

TEST_F(Cmux, AcknowledgesModemStatusAndAnswersTheFirstByItsOwn) {
  open_both();
  std::string status = octets_of({0x07, 0x8D});
  EXPECT_EQ(say_on_control(command(MessageType::modem_status, status)),
            on_control(response(MessageType::modem_status, status)) +
                on_control(command(MessageType::modem_status, status)));
  EXPECT_EQ(say_on_control(command(MessageType::modem_status, status)),
            on_control(response(MessageType::modem_status, status)));
  EXPECT_EQ(say_on_control(response(MessageType::modem_status, status)), "");
}

TEST_F(Cmux, TellsTheLinesOfTheHost) {
  open_both();
  say_on_control(command(MessageType::modem_status, octets_of({0x07, 0x89})));
  say_on_control(command(MessageType::modem_status, octets_of({0x07, 0x8D})));
  EXPECT_EQ(happened_, "opened 1|lines 1 rts|lines 1 dtr rts|");
}

TEST_F(Cmux, TellsTheHostTheLinesOfTheDevice) {
  open_both();
  base::DeviceLines lines;
  lines.dcd = false;
  multiplexer_->set_device_lines(1, lines, now_);
  EXPECT_EQ(take(), "");  // Before the first exchange.
  say_on_control(command(MessageType::modem_status, octets_of({0x07, 0x8D})));
  lines.dcd = true;
  multiplexer_->set_device_lines(1, lines, now_);
  EXPECT_EQ(take(), on_control(command(MessageType::modem_status, octets_of({0x07, 0x8D}))));
}

TEST_F(Cmux, StopsAChannelByItsFlowControl) {
  open_both();
  open(2);
  for (unsigned stop : {0x8FU, 0x85U}) {  // FC; no RTR.
    say_on_control(command(MessageType::modem_status, octets_of({0x07, stop})));
    send(1, "held");
    send(2, "goes");
    EXPECT_EQ(take(), data(2, "goes"));
    std::string released = say_on_control(command(MessageType::modem_status, octets_of({0x07, 0x8D})));
    EXPECT_TRUE(released.ends_with(data(1, "held"))) << stop;
  }
}

TEST_F(Cmux, HoldsTheHostBackOnAChannel) {
  open_both();
  multiplexer_->hold_back(1, true, now_);
  EXPECT_EQ(take(), on_control(command(MessageType::modem_status, octets_of({0x07, 0x8F}))));
  multiplexer_->hold_back(1, true, now_);
  EXPECT_EQ(take(), "");
  multiplexer_->hold_back(1, false, now_);
  EXPECT_EQ(take(), on_control(command(MessageType::modem_status, octets_of({0x07, 0x8D}))));
}

TEST_F(Cmux, StopsAllChannelsByFcoff) {
  open_both();
  EXPECT_EQ(say_on_control(command(MessageType::flow_off)), on_control(response(MessageType::flow_off)));
  send(1, "held");
  EXPECT_EQ(take(), "");
  EXPECT_EQ(say_on_control(command(MessageType::flow_on)),
            on_control(response(MessageType::flow_on)) + data(1, "held"));
}

TEST_F(Cmux, AnswersOtherMessagesByNsc) {
  open(0);
  for (MessageType type :
       {MessageType::parameter_negotiation, MessageType::remote_port_negotiation,
        MessageType::remote_line_status, MessageType::service_negotiation, MessageType::test}) {
    std::string unknown = command(type).substr(0, 1);
    EXPECT_EQ(say_on_control(command(type, "value")),
              on_control(response(MessageType::non_supported, unknown)))
        << name(type);
  }
  EXPECT_EQ(say_on_control(octets_of({0x07, 0x01})),
            on_control(response(MessageType::non_supported, octets_of({0x07}))));
}

TEST_F(Cmux, AnswersTestByTheStandard) {
  start_whole_standard();
  open(0);
  EXPECT_EQ(say_on_control(command(MessageType::test, "pattern")),
            on_control(response(MessageType::test, "pattern")));
}

TEST_F(Cmux, NegotiatesN1DownByTheStandard) {
  start_whole_standard();
  open(0);
  std::string wanted = octets_of({1, 0, 7, 10, 31, 0, 3, 2});
  EXPECT_EQ(say_on_control(command(MessageType::parameter_negotiation, wanted)),
            on_control(response(MessageType::parameter_negotiation, wanted)));
  open(1);
  send(1, std::string(40, 'x'));
  EXPECT_EQ(take(), data(1, std::string(31, 'x')) + data(1, std::string(9, 'x')));
}

TEST_F(Cmux, TakesNoMoreThanItsN1ByTheStandard) {
  start_whole_standard();
  open(0);
  EXPECT_EQ(say_on_control(command(MessageType::parameter_negotiation, octets_of({1, 0, 7, 10, 0, 2, 3, 2}))),
            on_control(response(MessageType::parameter_negotiation, octets_of({1, 0, 7, 10, 127, 0, 3, 2}))));
}

TEST_F(Cmux, AnswersPortAndLineStatusByTheStandard) {
  start_whole_standard();
  open(0);
  EXPECT_EQ(say_on_control(command(MessageType::remote_port_negotiation, octets_of({0x07}))),
            on_control(response(MessageType::remote_port_negotiation,
                                octets_of({0x07, 0x07, 0x03, 0x00, 0x11, 0x13, 0x7F, 0x3F}))));
  EXPECT_EQ(say_on_control(command(MessageType::remote_line_status, octets_of({0x07, 0x03}))),
            on_control(response(MessageType::remote_line_status, octets_of({0x07, 0x03}))));
  EXPECT_EQ(say_on_control(command(MessageType::service_negotiation, octets_of({0x07, 0x03}))),
            on_control(response(MessageType::service_negotiation, octets_of({0x07, 0x03}))));
}

TEST_F(Cmux, TakesSeveralMessagesInAFrame) {
  open(0);
  EXPECT_EQ(say_on_control(command(MessageType::flow_off) + command(MessageType::flow_on)),
            on_control(response(MessageType::flow_off)) + on_control(response(MessageType::flow_on)));
}

// Power saving (5.4.7).

TEST_F(Cmux, SleepsAndIsWokenByFlags) {
  open_both();
  EXPECT_EQ(say_on_control(command(MessageType::power_saving)),
            on_control(response(MessageType::power_saving)));
  EXPECT_TRUE(multiplexer_->is_asleep());
  EXPECT_EQ(say("\xF9"), "\xF9");
  EXPECT_FALSE(multiplexer_->is_asleep());
  EXPECT_EQ(say("\xF9"), "\xF9");  // The host has not heard it.
  say(Frame{1, true, FrameType::uih, false, "AT\r"});
  EXPECT_EQ(received_[1], "AT\r");
  EXPECT_EQ(say("\xF9\xF9"), "");
}

TEST_F(Cmux, WakesTheHostBeforeItSends) {
  open_both();
  say_on_control(command(MessageType::power_saving));
  send(1, "URC");
  EXPECT_TRUE(multiplexer_->calls_host());
  EXPECT_EQ(wait(250ms), "\xF9\xF9\xF9");
  EXPECT_EQ(say("\xF9"), data(1, "URC"));
  EXPECT_FALSE(multiplexer_->calls_host());
  EXPECT_EQ(wait(1s), "");
}

TEST_F(Cmux, GivesUpWakingTheHostAndGoesOnCalling) {
  open_both();
  say_on_control(command(MessageType::power_saving));
  send(1, "URC");
  wait(11s);
  EXPECT_EQ(journal_.reasons.size(), 1U);
  EXPECT_EQ(wait(1min), "");
  EXPECT_TRUE(multiplexer_->calls_host());
  EXPECT_EQ(say("\xF9"), "\xF9" + data(1, "URC"));
}

TEST_F(Cmux, TakesAFrameForTheWakeUp) {
  open_both();
  say_on_control(command(MessageType::power_saving));
  say(Frame{1, true, FrameType::uih, false, "AT\r"});
  EXPECT_FALSE(multiplexer_->is_asleep());
  EXPECT_EQ(received_[1], "AT\r");
}

TEST_F(Cmux, KnowsNoPowerSavingInOlderLibraries) {
  MultiplexerOptions options;
  options.saves_power = false;
  start(options);
  open(0);
  EXPECT_EQ(say_on_control(command(MessageType::power_saving)),
            on_control(response(MessageType::non_supported, octets_of({0x43}))));
  EXPECT_FALSE(multiplexer_->is_asleep());
}

TEST_F(Cmux, HoldsAllBackWhileDtrIsOff) {
  open_both();
  multiplexer_->set_line_up(false, now_);
  EXPECT_FALSE(multiplexer_->calls_host());
  send(1, "URC");
  EXPECT_EQ(take(), "");
  EXPECT_TRUE(multiplexer_->calls_host());
  EXPECT_EQ(say(Frame{1, true, FrameType::uih, false, "AT\r"}), "");
  EXPECT_EQ(received_.size(), 0U);
  multiplexer_->set_line_up(true, now_);
  EXPECT_EQ(take(), data(1, "URC"));
  EXPECT_FALSE(multiplexer_->calls_host());
}

// Faults to order; each is said in the log.

class CmuxFault : public Cmux {
 protected:
  [[nodiscard]] bool is_said() const { return journal_.contains("on purpose (ctl cmux): "); }
};

TEST_F(CmuxFault, LosesUa) {
  orders_.loses_ua = true;
  orders_.times = 1;
  EXPECT_EQ(say(Frame{0, true, FrameType::sabm, true}), "");
  EXPECT_TRUE(is_said());
  open(0);
}

TEST_F(CmuxFault, DoublesUa) {
  orders_.doubles_ua = true;
  std::string ua = encode({0, true, FrameType::ua, true});
  EXPECT_EQ(say(Frame{0, true, FrameType::sabm, true}), ua + ua);
  EXPECT_TRUE(is_said());
}

TEST_F(CmuxFault, DelaysUa) {
  orders_.ua_delay = 2s;
  EXPECT_EQ(say(Frame{0, true, FrameType::sabm, true}), "");
  EXPECT_EQ(wait(1999ms), "");
  EXPECT_EQ(wait(1ms), encode({0, true, FrameType::ua, true}));
  EXPECT_TRUE(is_said());
}

TEST_F(CmuxFault, DelaysModemStatusAlone) {
  open_both();
  orders_.status_delay = 1s;
  std::string status = octets_of({0x07, 0x8D});
  EXPECT_EQ(say_on_control(command(MessageType::modem_status, status)), "");
  EXPECT_EQ(say_on_control(command(MessageType::flow_on)), on_control(response(MessageType::flow_on)));
  EXPECT_EQ(wait(1s), on_control(response(MessageType::modem_status, status)) +
                          on_control(command(MessageType::modem_status, status)));
  EXPECT_TRUE(is_said());
}

TEST_F(CmuxFault, DelaysAllAlike) {
  open_both();
  orders_.delay = 500ms;
  say_on_control(command(MessageType::flow_on));
  send(1, "OK");
  EXPECT_EQ(take(), "");
  EXPECT_EQ(wait(499ms), "");
  EXPECT_EQ(wait(1ms), on_control(response(MessageType::flow_on)) + data(1, "OK"));
  EXPECT_TRUE(is_said());
}

TEST_F(CmuxFault, SendsAWrongCheckSequence) {
  orders_.wrong_check = true;
  EXPECT_EQ(say(Frame{0, true, FrameType::sabm, true}), encode({0, true, FrameType::ua, true}, 0xFF));
  EXPECT_TRUE(is_said());
}

TEST_F(CmuxFault, SendsSingleOctets) {
  orders_.octet_gap = 1ms;
  std::string ua = encode({0, true, FrameType::ua, true});
  EXPECT_EQ(say(Frame{0, true, FrameType::sabm, true}), ua.substr(0, 1));
  for (char octet : ua.substr(1)) {
    EXPECT_EQ(wait(1ms), std::string(1, octet));
  }
  EXPECT_TRUE(is_said());
}

TEST_F(CmuxFault, SendsMoreThanN1) {
  open_both();
  orders_.frame_size = 200;
  send(1, std::string(200, 'x'));
  EXPECT_EQ(take(), data(1, std::string(200, 'x')));
  EXPECT_TRUE(is_said());
}

TEST_F(CmuxFault, ClosesAtTheSameMoment) {
  open_both();
  orders_.closes_too = true;
  EXPECT_EQ(say(Frame{1, true, FrameType::disc, true}),
            encode({1, false, FrameType::disc, true}) + encode({1, true, FrameType::ua, true}));
  EXPECT_EQ(say_on_control(command(MessageType::close_down)),
            on_control(command(MessageType::close_down)) + on_control(response(MessageType::close_down)));
  EXPECT_TRUE(is_said());
}

TEST_F(CmuxFault, WaitsForWhatIsLateBeforeTheEnd) {
  open_both();
  orders_.delay = 2s;
  say_on_control(command(MessageType::close_down));
  EXPECT_EQ(wait(2s), on_control(response(MessageType::close_down)));
  EXPECT_FALSE(why_ended_);
  wait(10ms);
  EXPECT_TRUE(why_ended_);
}

}  // namespace
}  // namespace attache::serial::cmux
