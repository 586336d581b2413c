#include "radio/at_radio.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "radio/at_modem.hpp"

namespace attache::radio {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> first_questions{"ATE0",     "AT+CFUN?",    "AT+CFUN?",        "AT+CEREG?",
                                               "AT+CPIN?", "AT+CGPADDR",  "AT%XSYSTEMMODE?", "AT%CMNG=1",
                                               "AT+CCLK?", "AT+CGCONTRDP"};

class RealModem : public ::testing::Test {
 protected:
  void TearDown() override {
    if (radio_) {
      radio_->close();
    }
    clock_.settle();
  }

  AtRadio& start() {
    auto open = [this]() -> boost::asio::awaitable<base::Result<std::unique_ptr<serial::Port>>> {
      if (is_unplugged_) {
        co_return base::make_reason("tty:/dev/ttyUSB2 cannot be opened", "no such file or directory");
      }
      co_return modem_.open();
    };
    radio_ = std::make_unique<AtRadio>(options_, modem_.open(), open, clock_, journal_);
    radio_->set_notification_handler([this](std::string_view urc) { urcs_.emplace_back(urc); });
    subscription_ = radio_->subscribe(
        [this](int cid, bool up) { pdn_.push_back(fmt::format("{} {}", cid, up ? "up" : "down")); });
    clock_.settle();
    return *radio_;
  }

  // Each answer as "text|final", in the order in which they come.
  void give(std::string_view line) {
    radio_->execute(line, [this](const modem::ModemReply& reply) {
      std::string text = fmt::format("{}|{},{}{}", base::escape_control(reply.text),
                                     static_cast<int>(reply.final), reply.code, reply.wording);
      if (reply.reason) {
        text += " " + base::summary(*reply.reason);
        causes_.push_back(reply.reason->cause);
      }
      EXPECT_EQ(reply.reason.has_value(), reply.final != modem::ModemReply::Final::ok);
      answers_.push_back(text);
    });
    EXPECT_TRUE(answers_.empty());  // Never before execute() returns.
    clock_.settle();
  }

  std::string answer_to(std::string_view line) {
    answers_.clear();
    give(line);
    return fmt::format("{}", fmt::join(std::exchange(answers_, {}), "\n"));
  }

  std::vector<std::string> reported() const {
    std::vector<std::string> texts;
    for (const base::Reason& reason : journal_.reasons) {
      texts.push_back(base::summary(reason));
    }
    return texts;
  }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_};
  test_support::RecordingJournal journal_;
  AtModem modem_;
  bool is_unplugged_ = false;
  AtRadioOptions options_{.port = {}, .timeout = 10s, .allow_power = false};
  std::unique_ptr<AtRadio> radio_;
  modem::Subscription subscription_;
  std::vector<std::string> urcs_;
  std::vector<std::string> pdn_;
  std::vector<std::string> answers_;
  std::vector<base::Cause> causes_;
};

constexpr std::string_view gone =
    "|1,0 the modem at tty:/dev/ttyUSB2 is gone: the port was closed at the other end, or the device was "
    "unplugged";
constexpr std::string_view silent =
    "the modem at tty:/dev/ttyUSB2 does not answer: the modem at tty:/dev/ttyUSB2 did not answer in time";

TEST_F(RealModem, IsAskedAndNothingIsSetInItButTheEcho) {
  start();
  EXPECT_EQ(modem_.takes(), first_questions);
  EXPECT_EQ(radio_->functional_mode(), 1);
  EXPECT_TRUE(radio_->lte_active());
  EXPECT_TRUE(radio_->gnss_active());
  EXPECT_THAT(pdn_, ElementsAre("0 up"));
  EXPECT_EQ(radio_->why_down(), "");
  auto connection = radio_->connection(0);
  ASSERT_TRUE(connection);
  EXPECT_EQ(connection->ipv4->to_string(), "10.1.2.3");
  EXPECT_FALSE(connection->ipv6);
  EXPECT_EQ(connection->apn, "iot.example");
  EXPECT_EQ(connection->mtu, 1358);
  EXPECT_THAT(reported(), IsEmpty());
}

TEST_F(RealModem, ThatReceivesOnlyHasLteOn) {
  modem_.answers["+CFUN?"] = "+CFUN: 2\r\n\r\nOK";
  modem_.answers["+CEREG?"] = "+CEREG: 0,2\r\n\r\nOK";
  modem_.answers["+CGPADDR"] = "ERROR";
  start();
  EXPECT_TRUE(radio_->lte_active());
  EXPECT_EQ(radio_->why_down(), "CFUN is 2 (receive only)");
  EXPECT_EQ(radio_->way_up(), "Switch transmission on with AT+CFUN=1.");
}

TEST_F(RealModem, GetsLinesAsTheyAreAndItsAnswersComeBackAsTheyAre) {
  modem_.answers["+CGMM"] = "nRF9161-LACA\r\n\r\nOK";
  modem_.answers["+COPS=1,2,\"26201\""] = "+CME ERROR: no network service";
  modem_.answers["+CPIN=\"1234\""] = "+CME ERROR: 16";
  modem_.answers["+CMSS=1"] = "+CMS ERROR: 302";
  modem_.answers["+CMGS=1"] = "+CMS ERROR: 500";
  start();
  EXPECT_EQ(answer_to("AT+CGMM"), "nRF9161-LACA\\r\\n|0,0");
  EXPECT_EQ(answer_to("at%nosuch"),
            "|1,0 refused by the modem: the modem at tty:/dev/ttyUSB2 gave no other cause than its answer");
  EXPECT_EQ(
      answer_to("AT+COPS=1,2,\"26201\""),
      "|2,0+CME ERROR: no network service refused by the modem: the modem at tty:/dev/ttyUSB2 gave no other "
      "cause than its answer");
  EXPECT_EQ(
      answer_to("AT+CPIN=\"1234\""),
      "|2,16 refused by the modem: the modem at tty:/dev/ttyUSB2 says CME error 16, incorrect password");
  EXPECT_EQ(answer_to("AT+CMSS=1"),
            "|3,302 refused by the modem: the modem at tty:/dev/ttyUSB2 says CMS error 302, operation not "
            "allowed");
  EXPECT_EQ(answer_to("AT+CMGS=1"),
            "|3,500 refused by the modem: the modem at tty:/dev/ttyUSB2 gave no other cause than its answer");
}

TEST_F(RealModem, GetsOneLineAtATime) {
  modem_.answers["+COPS?"] = std::nullopt;
  modem_.answers["+CGMM"] = "x\r\nOK";
  start();
  modem_.takes();
  give("AT+COPS?");
  give("AT+CGMM");
  EXPECT_THAT(modem_.takes(), ElementsAre("AT+COPS?"));
  modem_.says("\r\n+COPS: 0\r\n");
  clock_.settle();
  EXPECT_THAT(answers_, IsEmpty());
  modem_.says("\r\nOK\r\n");
  clock_.settle();
  EXPECT_THAT(answers_, ElementsAre("+COPS: 0\\r\\n|0,0", "x\\r\\n|0,0"));
}

TEST_F(RealModem, TellsItsUrcsAndThoseThatNobodyKnows) {
  start();
  modem_.says("\r\n+CEREG: 5,\"0001\"\r\n\r\n+CMT: \"+491\",3\r\n001122\r\n\r\n^NEW: 1\r\n");
  clock_.settle();
  EXPECT_THAT(urcs_, ElementsAre("+CEREG: 5,\"0001\"\r\n", "+CMT: \"+491\",3\r\n001122\r\n", "^NEW: 1\r\n"));
}

TEST_F(RealModem, LosesItsPdnByUrcByCommandAndUnheard) {
  start();
  pdn_.clear();
  modem_.answers["+CGPADDR"] = "OK";
  modem_.says("\r\n+CGEV: ME PDN DEACT 0\r\n");
  clock_.settle();
  EXPECT_THAT(std::exchange(pdn_, {}), ElementsAre("0 down"));
  EXPECT_EQ(radio_->why_down(), "the modem is registered and has no address (AT+CGPADDR)");
  EXPECT_EQ(radio_->cause_down(), base::Cause::wrong_apn);

  modem_.answers["+CGPADDR"] = "+CGPADDR: 0,\"10.1.2.4\",\"2001:0DB8:0:0:0:0:0:1\"\r\nOK";
  modem_.says("\r\n+CGEV: ME PDN ACT 0\r\n");
  clock_.settle();
  EXPECT_THAT(std::exchange(pdn_, {}), ElementsAre("0 up"));
  EXPECT_EQ(radio_->connection(0)->ipv6->to_string(), "2001:db8::1");

  modem_.answers["+CFUN=4"] = "OK";
  modem_.answers["+CFUN?"] = "+CFUN: 4\r\n\r\nOK";
  modem_.answers["+CGPADDR"] = "ERROR";
  EXPECT_EQ(answer_to("AT+CFUN=4"), "|0,0");
  EXPECT_THAT(std::exchange(pdn_, {}), ElementsAre("0 down"));
  EXPECT_EQ(radio_->why_down(), "CFUN is 4 (flight mode)");
  EXPECT_EQ(radio_->way_up(), "Switch the radio on with AT+CFUN=1.");
  EXPECT_EQ(radio_->cause_down(), base::Cause::radio_off);

  modem_.answers["+CFUN?"] = "+CFUN: 1\r\n\r\nOK";  // Somebody else has switched it on.
  modem_.answers["+CEREG?"] = "+CEREG: 0,2\r\n\r\nOK";
  clock_.advance(15s);
  EXPECT_EQ(radio_->why_down(), "the modem is searching for a network");
  modem_.answers["+CPIN?"] = "+CPIN: SIM PIN\r\n\r\nOK";
  clock_.advance(2s);
  EXPECT_EQ(radio_->why_down(), "the SIM waits for its PIN");
  EXPECT_EQ(radio_->cause_down(), base::Cause::sim_pin);
  modem_.answers["+CGPADDR"] = "+CGPADDR: 1,\"10.1.2.5\"\r\n+CGPADDR: 2,\"0.0.0.0\"\r\nOK";
  clock_.advance(2s);
  EXPECT_THAT(pdn_, ElementsAre("1 up"));
  EXPECT_EQ(radio_->connection(0)->cid, 1);
  EXPECT_FALSE(radio_->connection(2));
}

TEST_F(RealModem, HasItsPdnWhenAHostHearsThatItIsRegistered) {
  modem_.answers["+CEREG?"] = "+CEREG: 1,2\r\n\r\nOK";
  modem_.answers["+CGPADDR"] = "OK";
  start();
  modem_.answers["+CGPADDR"] = "+CGPADDR: 0,\"10.1.2.3\"\r\nOK";
  bool had_pdn = false;
  radio_->set_notification_handler([&](std::string_view urc) {
    had_pdn = radio_->connection(0).has_value();
    urcs_.emplace_back(urc);
  });
  modem_.says("\r\n+CEREG: 1,\"0001\"\r\n\r\n%XTIME: ,\"81\",\"01\"\r\n");
  clock_.settle();
  EXPECT_TRUE(had_pdn);
  EXPECT_THAT(urcs_, ElementsAre("+CEREG: 1,\"0001\"\r\n", "%XTIME: ,\"81\",\"01\"\r\n"));
}

TEST_F(RealModem, HasItsPdnWhenAHostIsToldThatItIsRegistered) {
  start();
  pdn_.clear();
  modem_.answers["+CGPADDR"] = "OK";
  modem_.says("\r\n+CGEV: NW PDN DEACT 0\r\n");
  clock_.settle();
  modem_.answers["+CGPADDR"] = "+CGPADDR: 0,\"10.1.2.3\"\r\nOK";
  bool had_pdn = false;
  radio_->execute("AT+CEREG?",
                  [&](const modem::ModemReply&) { had_pdn = radio_->connection(0).has_value(); });
  clock_.settle();
  EXPECT_TRUE(had_pdn);
}

TEST_F(RealModem, WithAnotherAddressHasAnotherPdn) {
  start();
  pdn_.clear();
  modem_.answers["+CGPADDR"] = "+CGPADDR: 0,\"10.9.9.9\"\r\nOK";
  clock_.advance(15s);
  EXPECT_THAT(pdn_, ElementsAre("0 down", "0 up"));
}

TEST_F(RealModem, IsNotSwitchedOffUnlessThatIsAllowed) {
  start();
  modem_.takes();
  constexpr std::string_view refused =
      "|1,0 not passed on to the modem: it would switch off a real modem, and [radio] allow_power is false";
  for (std::string_view line : {"AT+CFUN=0", "at+cfun=0", "AT+CFUN=1,1", "AT+CFUN=15", "AT+CPOF"}) {
    EXPECT_EQ(answer_to(line), refused) << line;
  }
  EXPECT_THAT(modem_.takes(), IsEmpty());
  radio_->restart();
  EXPECT_THAT(reported(),
              ElementsAre("the modem has not been restarted: it is a real one, and [radio] allow_power "
                          "is false"));
}

TEST_F(RealModem, IsSwitchedOffWhereThatIsAllowed) {
  options_.allow_power = true;
  modem_.answers["+CFUN=0"] = "OK";
  start();
  modem_.answers["+CGPADDR"] = "ERROR";
  EXPECT_EQ(answer_to("AT+CFUN=0"), "|0,0");
  EXPECT_THAT(pdn_, ElementsAre("0 up", "0 down"));
  radio_->restart();
  EXPECT_THAT(reported(), IsEmpty());
}

TEST_F(RealModem, KeepsItsAtPort) {
  start();
  modem_.takes();
  for (std::string_view line :
       {"ATD*99#", "ata", "ATO", "AT+IPR=9600", "AT+CMUX=0", "AT+IFC=2,2", "AT+CGDATA=\"PPP\",1"}) {
    EXPECT_EQ(answer_to(line),
              "|1,0 not passed on to the modem: it would change the AT port at tty:/dev/ttyUSB2, over which "
              "Attaché "
              "talks to the modem")
        << line;
  }
  EXPECT_THAT(modem_.takes(), IsEmpty());
  EXPECT_EQ(answer_to("AT+IPR?").substr(0, 4), "|1,0");
  EXPECT_THAT(modem_.takes(), ElementsAre("AT+IPR?"));
}

TEST_F(RealModem, KeepsCredentialsThatCanBeListedAndNotRead) {
  modem_.answers["%CMNG=3,42,0"] = "OK";
  start();
  auto bundle = radio_->bundle(42);
  ASSERT_TRUE(bundle);
  EXPECT_TRUE(bundle->kept_in_modem);
  EXPECT_FALSE(bundle->root_ca);
  EXPECT_FALSE(radio_->bundle(43));
  modem_.answers["%CMNG=1"] = "%CMNG: 43,0,\"AB\"\r\nOK";
  bool was_kept = true;
  radio_->execute("AT%CMNG=3,42,0",
                  [&](const modem::ModemReply&) { was_kept = radio_->bundle(42).has_value(); });
  clock_.settle();
  EXPECT_FALSE(was_kept) << "whoever hears that it is deleted finds it so";
  EXPECT_FALSE(radio_->bundle(42));
  EXPECT_TRUE(radio_->bundle(43));
}

TEST_F(RealModem, TellsItsTime) {
  start();
  clock_.advance(5s);
  ASSERT_TRUE(radio_->time());
  EXPECT_EQ(base::format_utc(*radio_->time()), "2026-05-24T12:00:05Z");
  modem_.answers["+CCLK?"] = "ERROR";
  modem_.answers["+CCLK=\"26/05/24\""] = "OK";
  answer_to("AT+CCLK=\"26/05/24\"");
  EXPECT_FALSE(radio_->time());
}

TEST_F(RealModem, ThatDiesAnswersWithTheReasonAndComesBack) {
  modem_.answers["+COPS?"] = std::nullopt;
  start();
  give("AT+COPS?");
  give("AT+CGMM");
  is_unplugged_ = true;
  modem_.dies();
  clock_.settle();
  EXPECT_THAT(answers_, ElementsAre(gone, gone));
  EXPECT_THAT(causes_, ElementsAre(base::Cause::port_lost, base::Cause::port_lost));
  EXPECT_EQ(answer_to("AT+CFUN?"), gone);
  EXPECT_THAT(pdn_, ElementsAre("0 up", "0 down"));
  EXPECT_EQ(radio_->why_down(), gone.substr(5));
  clock_.advance(3s);
  EXPECT_EQ(answer_to("AT+CFUN?"), "|1,0 tty:/dev/ttyUSB2 cannot be opened: no such file or directory");
  EXPECT_EQ(causes_.back(), base::Cause::port_lost);
  EXPECT_THAT(reported(),
              ElementsAre(gone.substr(5), "tty:/dev/ttyUSB2 cannot be opened: no such file or directory"));
  is_unplugged_ = false;
  modem_.takes();
  clock_.advance(30s);
  EXPECT_EQ(answer_to("AT+CFUN?"), "+CFUN: 1\\r\\n|0,0");
  EXPECT_EQ(modem_.opened, 2);
  EXPECT_EQ(pdn_.back(), "0 up");
}

TEST_F(RealModem, ThatHangsAnswersAfterItsTimeAndComesBack) {
  start();
  modem_.is_deaf = true;
  give("AT+CGMM");
  clock_.advance(9s);
  EXPECT_THAT(answers_, IsEmpty());
  clock_.advance(1s);
  EXPECT_THAT(std::exchange(answers_, {}),
              ElementsAre("|1,0 +CGMM got no answer: the modem at tty:/dev/ttyUSB2 did not answer in time"));
  EXPECT_THAT(causes_, ElementsAre(base::Cause::modem_not_running));
  give("AT+CGMI");
  clock_.advance(10s);
  EXPECT_THAT(std::exchange(answers_, {}), ElementsAre("|1,0 " + std::string(silent)));
  EXPECT_THAT(pdn_, ElementsAre("0 up", "0 down"));
  clock_.advance(5min);
  EXPECT_THAT(reported(), ElementsAre(silent));  // Once, however often it is tried.
  modem_.is_deaf = false;
  clock_.advance(60s);
  EXPECT_EQ(answer_to("AT+CFUN?"), "+CFUN: 1\\r\\n|0,0");
  EXPECT_EQ(pdn_.back(), "0 up");
}

TEST_F(RealModem, ThatHangsIsNoticedWhileNobodyAsks) {
  start();
  modem_.is_deaf = true;
  clock_.advance(35s);
  EXPECT_THAT(pdn_, ElementsAre("0 up", "0 down"));
  EXPECT_THAT(reported(), ElementsAre(silent));
}

TEST_F(RealModem, ThatAnswersLateDoesNotAnswerTheNextCommandWithIt) {
  modem_.answers["+CGMM"] = std::nullopt;
  modem_.answers["+CGMI"] = "Nordic\r\nOK";
  start();
  give("AT+CGMM");
  modem_.answers["+CFUN?"] = std::nullopt;  // It is busy until it has answered that.
  clock_.advance(10s);
  EXPECT_THAT(std::exchange(answers_, {}),
              ElementsAre("|1,0 +CGMM got no answer: the modem at tty:/dev/ttyUSB2 did not answer in time"));
  give("AT+CGMI");
  modem_.says("\r\n+CGMM: late\r\n\r\nOK\r\n");
  clock_.settle();
  EXPECT_THAT(answers_, IsEmpty());
  modem_.says("\r\n+CFUN: 1\r\n\r\nOK\r\n");
  clock_.settle();
  EXPECT_THAT(answers_, ElementsAre("Nordic\\r\\n|0,0"));
  EXPECT_THAT(urcs_, IsEmpty());
  EXPECT_THAT(pdn_, ElementsAre("0 up"));
  EXPECT_EQ(modem_.opened, 1);
}

TEST_F(RealModem, MayTakeLongForASearch) {
  modem_.answers["+COPS=?"] = std::nullopt;
  start();
  give("AT+COPS=?");
  clock_.advance(179s);
  EXPECT_THAT(answers_, IsEmpty());
  modem_.says("\r\n+COPS: (2,\"A\",\"A\",\"26201\",7)\r\n\r\nOK\r\n");
  clock_.settle();
  EXPECT_THAT(answers_, ElementsAre("+COPS: (2,\"A\",\"A\",\"26201\",7)\\r\\n|0,0"));
}

TEST_F(RealModem, ThatResetsFailsWhatItWasDoingAndIsAskedAnew) {
  modem_.answers["+COPS?"] = std::nullopt;
  start();
  give("AT+COPS?");
  give("AT+CGSN");
  modem_.takes();
  modem_.answers["+CGPADDR"] = "ERROR";
  modem_.answers["+CFUN?"] = "+CFUN: 0\r\n\r\nOK";
  modem_.says("\r\n+CO\r\nReady\r\n");
  clock_.settle();
  EXPECT_THAT(
      answers_,
      ElementsAre(
          "|1,0 the modem at tty:/dev/ttyUSB2 was reset: it said \"Ready\", as it does when it starts",
          "|1,0 refused by the modem: the modem at tty:/dev/ttyUSB2 gave no other cause than its answer"));
  EXPECT_EQ(causes_.front(), base::Cause::modem_crash);
  EXPECT_THAT(pdn_, ElementsAre("0 up", "0 down"));
  EXPECT_THAT(modem_.takes(), ::testing::IsSupersetOf({"ATE0", "AT+CFUN?", "AT%CMNG=1"}));
  EXPECT_EQ(radio_->why_down(), "CFUN is 0 (off)");
  EXPECT_THAT(urcs_, IsEmpty());
  EXPECT_THAT(reported(),
              ElementsAre("the modem at tty:/dev/ttyUSB2 was reset: it said \"Ready\", as it does when it "
                          "starts"));
}

TEST_F(RealModem, ThatResetsForEverIsGivenUp) {
  start();
  modem_.is_deaf = true;
  for (int i = 0; i < 10; ++i) {
    modem_.says("\r\nReady\r\n");
    clock_.advance(1s);
  }
  EXPECT_EQ(answer_to("AT+CFUN?"), "|1,0 " + std::string(silent));
}

TEST_F(RealModem, IsWaitedForAtTheStart) {
  modem_.is_deaf = true;
  start();
  EXPECT_EQ(radio_->why_down(), "the modem is being asked for its state");
  give("AT+CGMM");
  clock_.advance(10s);
  EXPECT_THAT(answers_, ElementsAre("|1,0 " + std::string(silent)));
  modem_.is_deaf = false;
  clock_.advance(1s);
  EXPECT_EQ(radio_->why_down(), "");
}

TEST_F(RealModem, WhateverOperationOfItsPortFailsAnswersEveryCommandAndComesBack) {
  for (std::size_t operation = 1; operation < 60; ++operation) {
    modem_.fails_at = operation;
    modem_.answers["+CGMM"] = "x\r\nOK";
    start();
    modem_.fails_at.reset();
    for (int i = 0; i < 10; ++i) {
      answers_.clear();
      give("AT+CGMM");
      clock_.advance(100s);
      ASSERT_EQ(answers_.size(), 1U) << operation;
    }
    EXPECT_EQ(answers_.front(), "x\\r\\n|0,0") << operation;
    radio_->close();
    clock_.settle();
  }
}

TEST_F(RealModem, LetsGoOfItsPortInTheMiddleOfACommand) {
  modem_.answers["+COPS?"] = std::nullopt;
  start();
  give("AT+COPS?");
  radio_->close();
  radio_->close();
  clock_.advance(1h);
  EXPECT_THAT(answers_, IsEmpty());
  EXPECT_THAT(pdn_, ElementsAre("0 up"));
  radio_.reset();
  clock_.settle();
  EXPECT_EQ(modem_.opened, 1);
}

}  // namespace
}  // namespace attache::radio
