#include "dialects/toy/toy_dialect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "device/device.hpp"
#include "dialects/dialects.hpp"
#include "net/memory_bearer.hpp"
#include "serial/memory_port.hpp"

namespace attache::dialects::toy {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string ok = "\r\nOK\r\n";

// Before any test, since what knows the dialects by name asks once.
const bool is_registered = [] {
  add_dialect(dialect());
  return true;
}();

/// A device that speaks the dialect; the test is its host.
class Toy : public testing::Test {
 protected:
  explicit Toy(std::size_t ports = 1) {
    EXPECT_TRUE(is_registered);
    device::DeviceConfig config;
    config.dialect.name = "toy";
    EXPECT_TRUE(device::complete(config));
    device_ = *device::Device::create(config, clock_, internet_);
    device_->add_journal_sink([this](const base::JournalEntry& entry) {
      if (entry.reason) {
        whats_.push_back(entry.reason->what);
      }
    });
    for (std::size_t i = 0; i < ports; ++i) {
      auto port = std::make_unique<serial::MemoryPort>();
      ports_.push_back(port.get());
      device_->add_at_port(std::move(port));
    }
    device_->start();
    clock_.settle();
    EXPECT_EQ(take(), "<hello>\n");
  }
  ~Toy() override {
    device_->close();
    clock_.settle();
  }

  std::string take(std::size_t port = 0) { return ports_[port]->host_takes(); }
  std::string send(std::string_view bytes, std::size_t port = 0) {
    ports_[port]->host_sends(bytes);
    clock_.settle();
    return take(port);
  }
  std::string after(base::Duration duration, std::size_t port = 0) {
    clock_.advance(duration);
    return take(port);
  }
  void without_echo() { ASSERT_EQ(send("ATE0\r"), "ATE0\r" + ok); }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_};
  net::MemoryBearer internet_{clock_};
  std::shared_ptr<device::Device> device_;
  std::vector<serial::MemoryPort*> ports_;
  std::vector<std::string> whats_;
};

class ToyWithTwoPorts : public Toy {
 protected:
  ToyWithTwoPorts() : Toy(2) {}
};

TEST_F(Toy, EchoesUntilItIsSwitchedOff) {
  EXPECT_EQ(send("AT#TNOTE=?\r"), "AT#TNOTE=?\r<#TNOTE: (0,1),<text>>\n" + ok);
  EXPECT_EQ(send("ATE0\r"), "ATE0\r" + ok);
  EXPECT_EQ(send("ATE1\r"), ok);
  EXPECT_EQ(send("AT#TPIPE?\r"), "AT#TPIPE?\r<#TPIPE: 1>\n" + ok);
}

TEST_F(Toy, ReadsLinesThatBeginWithAtAndEndInCr) {
  without_echo();
  EXPECT_EQ(send("\r\n noise"), "");
  EXPECT_EQ(send("at#tpipe?\r\nAT#TPIPE?\r"), "<#TPIPE: 1>\n" + ok + "<#TPIPE: 1>\n" + ok);
  EXPECT_EQ(send("ATI\r"), "\r\nERROR\r\n");
  EXPECT_EQ(send("AT" + std::string(60, 'A')), "<too long>\n");
}

TEST_F(Toy, PassesOtherLinesToTheModem) {
  without_echo();
  EXPECT_EQ(send("AT+CFUN?\r"), "\r\n+CFUN: 0\r\n" + ok);
}

TEST_F(Toy, TellsAUrcBehindTheResultOfTheCommandThatRuns) {
  without_echo();
  EXPECT_EQ(send("AT#TNOTE=1,\"late\"\r"), "");
  EXPECT_EQ(after(1s), ok + "<#TNOTE: late>\n");
}

TEST_F(Toy, HoldsUrcsWhileALineIsBeingGiven) {
  without_echo();
  send("AT#TNOTE=1,\"late\"\rAT");
  clock_.advance(999ms);
  EXPECT_EQ(send("+"), "") << "read when the command has ended";
  EXPECT_EQ(after(1ms), ok) << "and the line has begun again";
  EXPECT_EQ(after(99ms), "");
  EXPECT_EQ(after(1ms), "<#TNOTE: late>\n");
  EXPECT_EQ(send("CFUN?\r"), "\r\n+CFUN: 0\r\n" + ok);
}

TEST_F(Toy, WaitsLongerWithEcho) {
  send("AT#TNOTE=1,\"late\"\rAT");
  EXPECT_THAT(after(1s), testing::EndsWith(ok + "AT"));
  EXPECT_EQ(after(999ms), "");
  EXPECT_EQ(after(1ms), "<#TNOTE: late>\n");
}

TEST_F(Toy, LosesAllThatIsHeldWhenTheStoreIsFull) {
  without_echo();
  send("AT#TDATA\r");
  for (int i = 0; i < 8; ++i) {
    auto lines = ports_[0]->host_lines();
    lines.dtr = !lines.dtr;
    ASSERT_TRUE(ports_[0]->drive_host_lines(lines));
  }
  EXPECT_EQ(send("***"), "<done>\n<#TDTR: 0>\n<#TDTR: 1>\n<#TDATA: >\n")
      << "five were held, the sixth took them with it";
  EXPECT_THAT(whats_, testing::Contains("66 bytes of URCs lost"));
}

TEST_F(Toy, TakesDataUntilTheTerminatorWhereverItStands) {
  without_echo();
  EXPECT_EQ(send("AT#TDATA\rsome data***AT#TPIPE?\r"),
            ok + "<done>\n<#TDATA: some data>\n<#TPIPE: 1>\n" + ok);
}

TEST_F(Toy, TakesSoManyBytesAsAreAnnounced) {
  without_echo();
  EXPECT_EQ(send("AT#TDATA=6\r***abcAT#TPIPE?\r"), ok + "<done>\n<#TDATA: ***abc>\n<#TPIPE: 1>\n" + ok);
}

TEST_F(Toy, SaysThatASendHasFailedAndDropsTheRest) {
  without_echo();
  EXPECT_EQ(send("AT#TDATA\rbad"), ok);
  EXPECT_EQ(after(20ms), "<broken>\n");
  EXPECT_EQ(send("more"), "");
  EXPECT_EQ(send("***"), "<failed>\n<#TDATA: bad>\n");
}

TEST_F(Toy, GivesItsLineToAPipeAtAByteAndTakesItBack) {
  without_echo();
  EXPECT_EQ(send("AT#TPIPE\rloud"), ok + "LOUD");
  EXPECT_EQ(send("er.AT#TPIPE?\r"), "ER<#TPIPE: 1>\n" + ok);
}

TEST_F(Toy, ReadsDtr) {
  without_echo();
  ASSERT_TRUE(device_->set_dtr(false));
  EXPECT_EQ(take(), "<#TDTR: 0>\n");
  EXPECT_EQ(send("AT#TPIPE\r"), "\r\nERROR\r\n");
  EXPECT_EQ(send("AT#TPIPE?\r"), "<#TPIPE: 0>\n" + ok);
  ASSERT_TRUE(device_->set_dtr(true));
  EXPECT_EQ(take(), "<#TDTR: 1>\n");
}

TEST_F(Toy, FreesTheChannelOfAnAnswerThatIsForgottenAndReportsIt) {
  without_echo();
  EXPECT_EQ(send("AT#TNOTE=0\r"), "\r\nERROR\r\n");
  EXPECT_THAT(whats_, testing::ElementsAre("the command ended without an answer"));
  EXPECT_EQ(send("AT#TPIPE?\r"), "<#TPIPE: 1>\n" + ok);
}

TEST_F(Toy, SaysOkToAnOperationThatItDoesNotHave) {
  without_echo();
  EXPECT_EQ(send("AT#TNOTE=7\r"), ok);
  EXPECT_THAT(whats_, testing::ElementsAre("nothing was done"));
}

TEST_F(ToyWithTwoPorts, TellsWhatTheModemSaysToOneChannelAndToTheNextWhileThatIsInDataMode) {
  take(1);
  send("ATE0\r", 1);
  without_echo();
  send("AT+CEREG=5\r");
  EXPECT_THAT(send("AT+CFUN=1\r") + after(1s), HasSubstr("+CEREG: "));
  EXPECT_EQ(take(1), "") << "the first channel has it alone";
  send("AT#TDATA\r");
  EXPECT_THAT(send("AT+CFUN=0\r", 1) + after(1s, 1), HasSubstr("+CEREG: 0"));
  EXPECT_EQ(take(0), "");
}

TEST_F(Toy, IsAnsweredForNoFormThatItsWordsDoNotHaveAndDescribesAllThatItHas) {
  std::vector<std::string> described;
  for (const vocabulary::Command* command : words().commands()) {
    described.emplace_back(command->name);
    const Command* known = dialect().commands().find(command->name);
    ASSERT_NE(known, nullptr) << command->name;
    EXPECT_EQ(words().is_in(command->forms.read), bool(known->read)) << command->name;
    EXPECT_EQ(words().is_in(command->forms.test), bool(known->test)) << command->name;
    EXPECT_EQ(command->operations.size(), known->operations.size()) << command->name;
  }
  std::vector<std::string> in_table;
  for (const auto& [name, command] : dialect().commands().all()) {
    in_table.push_back(name);
  }
  EXPECT_EQ(described, in_table);
  EXPECT_EQ(words().line_end(), "\r");
}

}  // namespace
}  // namespace attache::dialects::toy
