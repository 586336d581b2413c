#include "client/preparation.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "client/conversation_fixture.hpp"

namespace attache::client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

using Preparation = ConversationTest;

PreparationOptions fresh() {
  PreparationOptions options;
  options.fresh_device = true;
  return options;
}

TEST_F(Preparation, ReadsReadyOfAFreshDevice) {
  begin_preparation("@ requires none\n> AT\n", fresh());
  EXPECT_FALSE(prepared);
  modem("Ready\r\n");
  EXPECT_TRUE(prepared);
  EXPECT_FALSE(fault);
  EXPECT_EQ(sent(), "");
}

TEST_F(Preparation, LeavesReadyToAScriptThatStartsAtBoot) {
  begin_preparation("@ start boot\n@ requires https\n< Ready\n", fresh());
  EXPECT_TRUE(prepared);
}

TEST_F(Preparation, FailsWithoutReady) {
  begin_preparation("> AT\n", fresh());
  clock.advance(10s);
  ASSERT_TRUE(prepared && fault);
  EXPECT_THAT(fault->why, HasSubstr("Ready"));
  EXPECT_TRUE(fault->timed_out);
}

TEST_F(Preparation, WaitsForNoReadyOfABuildOfSlmWithCmux) {
  begin_preparation("@ dialect slm-3.1\n@ requires cmux-build\n> AT\n", fresh());
  clock.advance(200ms);
  EXPECT_TRUE(prepared);
  EXPECT_FALSE(fault);
}

TEST_F(Preparation, ThrowsAwayWhatARunningDeviceSays) {
  port.host_sends("Ready\r\n");
  begin_preparation("> AT\n");
  clock.advance(200ms);
  EXPECT_TRUE(prepared);
  EXPECT_EQ(conversation.reader().raw(), "");
}

TEST_F(Preparation, SwitchesToFlightModeIfItIsNot) {
  begin_preparation("@ start 4\n> AT\n", fresh());
  modem("Ready\r\n");
  EXPECT_EQ(sent(), "AT+CFUN?\r\n");
  modem("\r\n+CFUN: 0\r\n\r\nOK\r\n");
  EXPECT_EQ(sent(), "AT+CFUN=4\r\n");
  modem("\r\nOK\r\n");
  EXPECT_TRUE(prepared);
  EXPECT_FALSE(fault);
}

TEST_F(Preparation, LeavesTheModemOffIfItIs) {
  begin_preparation("@ start 0\n> AT\n", fresh());
  modem("Ready\r\n");
  sent();
  modem("\r\n+CFUN: 0\r\n\r\nOK\r\n");
  EXPECT_TRUE(prepared);
  EXPECT_EQ(sent(), "");
}

TEST_F(Preparation, EntersThePinAndWaitsForRegistration) {
  begin_preparation("@ dialect serial-modem-2.0\n@ pin 1234\n@ requires tcp-echo\n> AT\n", fresh());
  modem("Ready\r\n");
  modem("\r\n+CFUN: 0\r\n\r\nOK\r\n");
  modem("\r\nOK\r\n");
  modem("\r\n+CPIN: \"SIM PIN\"\r\n\r\nOK\r\n");
  modem("\r\nOK\r\n");
  EXPECT_EQ(sent(), "AT+CFUN?\rAT+CFUN=1\rAT+CPIN?\rAT+CPIN=\"1234\"\rAT+CEREG?\r");
  modem("\r\n+CEREG: 0,2\r\n\r\nOK\r\n");
  clock.advance(1s);
  EXPECT_EQ(sent(), "AT+CEREG?\r");
  modem("\r\n+CEREG: 0,5\r\n\r\nOK\r\n");
  EXPECT_TRUE(prepared);
  EXPECT_FALSE(fault);
}

TEST_F(Preparation, AsksForTheRegistrationLessOftenTheLongerItTakes) {
  begin_preparation("@ start 1\n> AT\n", fresh());
  modem("Ready\r\n");
  modem("\r\n+CFUN: 1\r\n\r\nOK\r\n");
  modem("\r\n+CPIN: READY\r\n\r\nOK\r\n");
  sent();
  std::vector<base::Duration> pauses;
  while (pauses.size() < 9) {
    modem("\r\n+CEREG: 0,2\r\n\r\nOK\r\n");
    base::Time asked = clock.now();
    while (sent().empty()) {
      clock.advance(10ms);
    }
    pauses.push_back(clock.now() - asked);
  }
  EXPECT_THAT(pauses, testing::ElementsAre(10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1s, 1s));
}

TEST_F(Preparation, SaysWhatCameLastWhenRegistrationFails) {
  PreparationOptions options = fresh();
  options.registration_timeout = 1s;
  begin_preparation("@ start 1\n> AT\n", options);
  modem("Ready\r\n");
  modem("\r\n+CFUN: 1\r\n\r\nOK\r\n");
  modem("\r\n+CEREG: 0,90\r\n\r\nOK\r\n");
  clock.advance(1s);
  modem("\r\n+CEREG: 0,90\r\n\r\nOK\r\n");
  ASSERT_TRUE(prepared && fault);
  EXPECT_THAT(fault->why, HasSubstr("+CEREG: 0,90"));
}

TEST_F(Preparation, AReferenceToASecretTagOrNoNetworkNeedsNoRegistration) {
  auto state = [](std::string_view text) { return start_state(parse_script(text, "x").value()); };
  EXPECT_EQ(state("@ requires sec-tag 16842753\n"), StartState::as_it_is);
  EXPECT_EQ(state("@ requires none\n"), StartState::as_it_is);
  EXPECT_EQ(state("@ requires ppp-build\n@ requires network\n"), StartState::registered);
  EXPECT_EQ(state("@ requires gnss-silent\n"), StartState::gnss);
  EXPECT_EQ(state("@ setup flight\n@ requires network\n"), StartState::flight);
}

}  // namespace
}  // namespace attache::client
