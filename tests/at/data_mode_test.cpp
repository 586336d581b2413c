#include "at/data_mode.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace attache::at {
namespace {

using namespace std::chrono_literals;

// Drives a DataMode by time alone; every send is made at once unless it is held.
class DataModeTest : public ::testing::Test {
 protected:
  void start(const DataModePolicy& policy = {}) { mode_ = make_data_mode(policy, now_); }

  void give(std::string_view bytes) {
    while (!bytes.empty()) {
      std::size_t taken = mode_->receive(bytes, now_);
      bytes.remove_prefix(taken);
      bool acted = act();
      if (taken == 0 && !acted) {
        break;
      }
    }
    left_over_ = bytes.size();
  }

  void wait(base::Duration duration) {
    base::Time end = now_ + duration;
    while (auto deadline = mode_->deadline()) {
      if (*deadline > end) {
        break;
      }
      now_ = std::max(now_, *deadline);
      if (!act()) {
        break;
      }
    }
    now_ = end;
    act();
  }

  bool act() {
    bool acted = false;
    while (auto action = mode_->take(now_)) {
      acted = true;
      sends_.push_back(action->terminated ? "<end>" : action->data);
      if (!hold_ && !action->terminated) {
        mode_->sent();
      }
    }
    return acted;
  }

  base::Time now_{};
  std::unique_ptr<DataMode> mode_;
  std::vector<std::string> sends_;
  std::size_t left_over_ = 0;
  bool hold_ = false;
};

using Sends = std::vector<std::string>;

TEST_F(DataModeTest, SendsAChunkAfterAMillisecondOfSilence) {
  start();
  give("he");
  give("llo");
  EXPECT_EQ(sends_, Sends{});
  wait(1ms);
  EXPECT_EQ(sends_, Sends{"hello"});
}

TEST_F(DataModeTest, SendsAChunkAtTwoHundredAndFiftySixBytes) {
  start();
  give(std::string(300, 'x'));
  EXPECT_EQ(sends_, Sends{std::string(256, 'x')});
  wait(1ms);
  EXPECT_EQ(sends_, (Sends{std::string(256, 'x'), std::string(44, 'x')}));
}

TEST_F(DataModeTest, SendsWholeChunksThatComeInOnePieceTogetherWhereTheyMerge) {
  DataModePolicy policy;
  policy.merges = true;
  start(policy);
  give(std::string(700, 'x'));
  EXPECT_EQ(sends_, std::vector<std::string>{std::string(512, 'x')});
  wait(1ms);
  EXPECT_EQ(sends_.back(), std::string(188, 'x'));
}

TEST_F(DataModeTest, CollectsUntilTheTimeLimit) {
  start({.time_limit = 50ms});
  give("a");
  wait(40ms);
  give("b");
  wait(49ms);
  EXPECT_EQ(sends_, Sends{});
  wait(1ms);
  EXPECT_EQ(sends_, Sends{"ab"});
}

TEST_F(DataModeTest, FlushesWhenLessThanAChunkOfRoomIsLeft) {
  start({.time_limit = 50ms});
  give(std::string(1792, 'x'));
  EXPECT_EQ(sends_, Sends{});
  give(std::string(256, 'y'));
  ASSERT_EQ(sends_.size(), 1U);
  EXPECT_EQ(sends_[0].size(), 2048U);
}

TEST_F(DataModeTest, MergesChunksWhileASendRunsAndHoldsTheLineBackWhenFull) {
  start();
  hold_ = true;
  give(std::string(256, 'a'));
  give(std::string(3000, 'b'));
  EXPECT_EQ(sends_, Sends{std::string(256, 'a')});
  EXPECT_FALSE(mode_->wants_input());
  EXPECT_EQ(left_over_, 3000U - 2048U);
  mode_->sent();
  act();
  EXPECT_EQ(sends_.back(), std::string(2048, 'b'));
  EXPECT_TRUE(mode_->wants_input());
}

TEST_F(DataModeTest, EndsAtATerminatorBetweenTwoSilences) {
  start();
  give("data");
  wait(1s);
  give("+++");
  wait(999ms);
  EXPECT_EQ(sends_, Sends{"data"});
  wait(1ms);
  EXPECT_EQ(sends_, (Sends{"data", "<end>"}));
}

TEST_F(DataModeTest, TakesTheTerminatorInAnyPiecesOfOneInstant) {
  start();
  wait(1s);
  give("+");
  give("++");
  wait(1s);
  EXPECT_EQ(sends_, Sends{"<end>"});
}

TEST_F(DataModeTest, SendsTheTerminatorAsDataWithoutSilenceBefore) {
  start();
  wait(1s);
  give("x");
  wait(500ms);
  give("+++");
  wait(2s);
  EXPECT_EQ(sends_, (Sends{"x", "+++"}));
}

TEST_F(DataModeTest, SendsTheTerminatorAsDataWithoutSilenceAfter) {
  start();
  wait(1s);
  give("+++");
  wait(300ms);
  give("x\r\n");
  wait(1ms);
  EXPECT_EQ(sends_, (Sends{"+++", "x\r\n"}));
}

TEST_F(DataModeTest, DropsPendingDataAtTheTerminator) {
  start({.time_limit = 5s});
  give("pending");
  wait(1s);
  give("+++");
  wait(1s);
  EXPECT_EQ(sends_, Sends{"<end>"});
}

using Remark = DataModeRemark;
using Remarks = std::vector<DataModeRemark>;

TEST_F(DataModeTest, RemarksATerminatorWithoutSilenceBefore) {
  start();
  wait(1s);
  give("x");
  wait(500ms);
  give("+++");
  wait(2s);
  EXPECT_EQ(mode_->take_remarks(), Remarks{Remark::terminator_without_silence});
  give("x+++");
  wait(2s);
  EXPECT_EQ(mode_->take_remarks(), Remarks{Remark::terminator_without_silence});
}

TEST_F(DataModeTest, RemarksATerminatorWithALineEndBehindIt) {
  start();
  wait(1s);
  give("+++\r\n");
  wait(2s);
  EXPECT_EQ(mode_->take_remarks(), Remarks{Remark::terminator_with_line_end});
  give("+++");
  wait(10ms);
  give("\r");
  wait(2s);
  EXPECT_EQ(mode_->take_remarks(), Remarks{Remark::terminator_with_line_end});
}

TEST_F(DataModeTest, RemarksATerminatorInPieces) {
  start();
  wait(1s);
  for (std::string_view pieces : {"+|++", "++|+", "+|+|+", "+|+|+\r\n"}) {
    for (std::string_view piece : base::split(pieces, '|')) {
      give(piece);
      wait(150ms);
    }
    wait(2s);
    EXPECT_EQ(mode_->take_remarks(), Remarks{Remark::terminator_in_pieces}) << pieces;
  }
}

TEST_F(DataModeTest, RemarksDataTooSoonBehindATerminator) {
  start();
  wait(1s);
  give("+++");
  wait(300ms);
  give("x\r\n");
  wait(1s);
  EXPECT_EQ(mode_->take_remarks(), Remarks{Remark::terminator_before_data});
}

TEST_F(DataModeTest, RemarksNothingOfDataNorOfATerminatorThatIsOne) {
  start({.unit = "datagram"});
  for (std::string_view data : {"hello\r\n", "+", "a", "++", "b", "+", "+++x", "1+1"}) {
    give(data);
    wait(2s);
  }
  give(std::string(256, 'x'));
  wait(2s);
  give("+++");
  wait(1s);
  EXPECT_EQ(sends_.back(), "<end>");
  EXPECT_EQ(mode_->take_remarks(), Remarks{});
}

TEST_F(DataModeTest, RemarksThatAPieceIsDividedIntoTwoSends) {
  start({.unit = "datagram"});
  give(std::string(300, 'x'));
  wait(2s);
  EXPECT_EQ(sends_.size(), 2U);
  EXPECT_EQ(mode_->take_remarks(), Remarks{Remark::split});
  start({.time_limit = 50ms, .unit = "datagram"});
  give(std::string(1000, 'x'));
  wait(2s);
  EXPECT_EQ(mode_->take_remarks(), Remarks{}) << "collected";
  give(std::string(3000, 'x'));
  wait(2s);
  EXPECT_EQ(mode_->take_remarks(), Remarks{Remark::split}) << "more than the buffer holds";
  start();
  give(std::string(300, 'x'));
  wait(2s);
  EXPECT_EQ(mode_->take_remarks(), Remarks{}) << "where sends end does not matter to a stream";
}

TEST_F(DataModeTest, SaysOfEachRemarkWhatToDo) {
  base::Reason reason = reason_of(Remark::terminator_with_line_end, {});
  EXPECT_EQ(reason.what, "+++ was taken as data");
  EXPECT_EQ(reason.why, "a line end stands behind it");
  EXPECT_EQ(reason.advice,
            "send +++ alone, in one write and without a line end, with 1 s of silence before and after it");
  EXPECT_EQ(reason_of(Remark::terminator_without_silence, {}).why, "there was no silence of 1 s before it");
  EXPECT_EQ(reason_of(Remark::terminator_in_pieces, {}).why, "it came in more than one piece");
  EXPECT_EQ(reason_of(Remark::terminator_before_data, {}).why, "more data came within 1 s after it");
  base::Reason split = reason_of(Remark::split, {.unit = "datagram"});
  EXPECT_EQ(split.what, "one write of the host became more than one datagram");
  EXPECT_EQ(split.why, "without a time limit the firmware sends what has come after 256 bytes");
  EXPECT_EQ(reason_of(Remark::split, {.time_limit = 50ms, .unit = "datagram"}).why,
            "the firmware collects no more than 2048 bytes");
}

}  // namespace
}  // namespace attache::at
