#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "at/data_mode.hpp"

namespace attache::at {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

DataModePolicy matched() {
  DataModePolicy policy;
  policy.ending = DataModePolicy::Ending::matched;
  policy.time_limit = 32ms;
  policy.buffer = 16;
  return policy;
}

DataModePolicy counted(std::size_t length) {
  DataModePolicy policy = matched();
  policy.ending = DataModePolicy::Ending::counted;
  policy.length = length;
  return policy;
}

/// A host and a service, by time alone; what is left of the host's bytes belongs to command mode.
struct Talk {
  explicit Talk(const DataModePolicy& policy) : mode(make_data_mode(policy, now)) {}

  void act() {
    while (!ended) {
      auto action = mode->take(now);
      if (!action) {
        return;
      }
      ended = action->terminated;
      if (!ended) {
        sends.push_back(action->data);
        if (fails) {
          mode->fail();
        } else if (!holds) {
          mode->sent();
        }
      }
    }
  }
  void say(std::string_view bytes) {
    left += bytes;
    std::size_t taken = 1;
    while (taken > 0 && !ended) {
      taken = mode->receive(left, now);
      left.erase(0, taken);
      act();
    }
  }
  void wait(base::Duration duration) {
    now += duration;
    act();
  }

  base::Time now{};
  std::unique_ptr<DataMode> mode;
  std::vector<std::string> sends;
  std::string left;
  bool ended = false;
  bool holds = false;
  bool fails = false;
};

// ---- by a terminator anywhere

TEST(MatchedDataMode, EndsWhereTheTerminatorStandsAndSendsWhatCameBefore) {
  Talk talk(matched());
  talk.say("Test datamode+++AT\r\n");
  EXPECT_THAT(talk.sends, ElementsAre("Test datamode"));
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(talk.left, "AT\r\n");
}

TEST(MatchedDataMode, TakesTheFirstThreeOfFour) {
  Talk talk(matched());
  talk.say("a++++");
  EXPECT_THAT(talk.sends, ElementsAre("a"));
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(talk.left, "+");
}

TEST(MatchedDataMode, GivesABrokenOffTerminatorToTheData) {
  Talk talk(matched());
  talk.say("a++b+++");
  EXPECT_THAT(talk.sends, ElementsAre("a++b"));
  EXPECT_TRUE(talk.ended);
}

TEST(MatchedDataMode, SendsNothingOfMoreThanFitsIfThatIsRefused) {
  DataModePolicy policy = matched();
  policy.refuses_overflow = true;
  policy.unit = "datagram";
  Talk whole(policy);
  whole.say("0123456789abcdef+++");
  EXPECT_THAT(whole.sends, ElementsAre("0123456789abcdef")) << "as much as fits";
  EXPECT_FALSE(whole.mode->broken());
  Talk more(policy);
  more.say("0123456789abcdefg");
  EXPECT_TRUE(more.mode->broken());
  more.say("dropped+++AT");
  EXPECT_THAT(more.sends, IsEmpty());
  EXPECT_TRUE(more.ended);
  EXPECT_EQ(more.left, "AT");
  policy.unit = {};
  Talk stream(policy);
  stream.say("0123456789abcdefg+++");
  EXPECT_THAT(stream.sends, ElementsAre("0123456789abcdef", "g")) << "of a stream it does not matter";
}

TEST(MatchedDataMode, TakesATerminatorInPiecesHoweverLate) {
  Talk talk(matched());
  talk.say("+");
  talk.wait(10s);
  EXPECT_THAT(talk.sends, IsEmpty()) << "alone it stays the beginning of a terminator";
  talk.say("+");
  talk.wait(10s);
  talk.say("+");
  EXPECT_THAT(talk.sends, IsEmpty());
  EXPECT_TRUE(talk.ended);
}

TEST(MatchedDataMode, SendsABeginningOfTheTerminatorWithTheDataBeforeItAfterSilence) {
  Talk talk(matched());
  talk.say("ab+");
  talk.wait(31ms);
  EXPECT_THAT(talk.sends, IsEmpty());
  talk.wait(1ms);
  EXPECT_THAT(talk.sends, ElementsAre("ab+"));
  talk.say("++");
  talk.wait(1s);
  EXPECT_FALSE(talk.ended) << "two are not three";
}

TEST(MatchedDataMode, SendsWhenItsBufferIsFull) {
  Talk talk(matched());
  talk.say("0123456789abcdefghij");
  EXPECT_THAT(talk.sends, ElementsAre("0123456789abcdef"));
  talk.wait(32ms);
  EXPECT_THAT(talk.sends, ElementsAre("0123456789abcdef", "ghij"));
}

TEST(MatchedDataMode, EndsOnlyWhenTheLastSendIsMade) {
  Talk talk(matched());
  talk.holds = true;
  talk.say("abc+++AT");
  EXPECT_FALSE(talk.ended);
  EXPECT_TRUE(talk.mode->is_ending());
  EXPECT_EQ(talk.left, "AT");
  talk.mode->sent();
  talk.act();
  EXPECT_TRUE(talk.ended);
}

TEST(MatchedDataMode, DropsWhatComesAfterAFailureUntilTheTerminator) {
  Talk talk(matched());
  talk.fails = true;
  talk.say("some data");
  talk.wait(32ms);
  EXPECT_TRUE(talk.mode->broken());
  talk.say("much more than its buffer would ever have held");
  talk.wait(1s);
  EXPECT_FALSE(talk.ended);
  talk.say("+++");
  EXPECT_TRUE(talk.ended);
  EXPECT_THAT(talk.sends, ElementsAre("some data"));
}

TEST(MatchedDataMode, GivesTheSameSendsHoweverTheBytesAreCut) {
  constexpr std::string_view bytes = "a+b++c+d0123456789012345678++e+++AT+CFUN?\r\n";
  Talk whole(matched());
  whole.say(bytes);
  ASSERT_TRUE(whole.ended);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Talk pieces(matched());
    pieces.say(bytes.substr(0, cut));
    pieces.say(bytes.substr(cut));
    EXPECT_EQ(pieces.sends, whole.sends) << cut;
    EXPECT_EQ(pieces.left, whole.left) << cut;
  }
}

// ---- by number

TEST(CountedDataMode, EndsAfterTheAnnouncedBytesAndKnowsNoTerminator) {
  Talk talk(counted(8));
  talk.say("+++hello+++\r\n");
  EXPECT_THAT(talk.sends, ElementsAre("+++hello"));
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(talk.left, "+++\r\n");
}

TEST(CountedDataMode, SendsWhatIsThereAfterSilence) {
  Talk talk(counted(10));
  talk.say("abcd");
  talk.wait(32ms);
  EXPECT_THAT(talk.sends, ElementsAre("abcd"));
  EXPECT_FALSE(talk.ended);
  talk.say("efghij");
  EXPECT_THAT(talk.sends, ElementsAre("abcd", "efghij"));
  EXPECT_TRUE(talk.ended);
}

TEST(CountedDataMode, SendsInPiecesOfItsBuffer) {
  Talk talk(counted(20));
  talk.say("0123456789abcdefghij");
  EXPECT_THAT(talk.sends, ElementsAre("0123456789abcdef", "ghij"));
  EXPECT_TRUE(talk.ended);
}

TEST(CountedDataMode, DropsTheRestOfWhatWasAnnouncedAfterAFailure) {
  Talk talk(counted(10));
  talk.fails = true;
  talk.say("abcd");
  talk.wait(32ms);
  EXPECT_TRUE(talk.mode->broken());
  talk.say("efghi");
  EXPECT_FALSE(talk.ended);
  talk.say("jAT");
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(talk.left, "AT");
  EXPECT_THAT(talk.sends, ElementsAre("abcd"));
}

TEST(CountedDataMode, WaitsForTheTerminatorBehindWhatDidNotFitHoweverTheBytesAreCut) {
  constexpr std::string_view bytes = "0123456789+++abc+++AT";
  DataModePolicy policy = counted(20);
  policy.refuses_overflow = true;
  policy.needs_terminator_when_broken = true;
  policy.unit = "datagram";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Talk talk(policy);
    talk.say(bytes.substr(0, cut));
    talk.say(bytes.substr(cut));
    EXPECT_THAT(talk.sends, IsEmpty()) << cut;
    EXPECT_TRUE(talk.ended) << cut;
    EXPECT_EQ(talk.left, "AT") << cut;
  }
}

}  // namespace
}  // namespace attache::at
