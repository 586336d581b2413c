#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A command that is refused, after others, and what its reason names.
struct Refusal {
  std::vector<std::string_view> before;
  std::string_view line;
  std::string_view code;
};

// clang-format off
const std::vector<Refusal>& refusals() {
  static const std::vector<Refusal> all{
    {{}, "AT+CEREG=9", "bad-parameter"},
    {{}, "AT+CEREG=\"1\"x", "data-cut-by-quoting"},
    {{}, "AT+NOSUCH", "unknown-command"},
    {{}, "AT#XTCPCLI?", "service-not-built-in"},
    {{}, "AT%XICCID?", "form-not-supported"},
    {{}, "AT+CCLK?", "time-unknown"},
    {{}, "AT+CFUN=31", "wrong-system-mode"},
    {{}, "AT+COPS=?", "radio-off"},
    {{}, "AT+CIMI", "radio-off"},
    {{}, "AT%XBANDLOCK=1,\"0\"", "band-lock-excludes-operator"},
    {{"AT+CFUN=1"}, "AT%XSYSTEMMODE=1,0,0,0", "command-in-active-state"},
    {{"AT+CFUN=1"}, "AT%CMNG=0,1,0,\"x\"", "cert-write-while-active"},
    {{}, "AT%CMNG=2,1,0", "sec-tag-missing"},
    {{"AT%CMNG=0,1,3,\"0102\""}, "AT%CMNG=2,1,3", "credential-not-readable"},
    {{}, "AT%CMNG=0", "bad-parameter"},
    {{"AT%KEYGEN=1,2,0"}, "AT%KEYGEN=1,2,0", "credential-exists"},
    {{"AT+CFUN=1"}, "AT+CGACT=1,3", "pdn-inactive"},
    {{"AT+CFUN=1"}, "AT+CGDCONT=0,\"IP\",\"x\"", "modem-busy-order"},
    {{"AT+CFUN=1"}, "AT%XGETPDNID=3", "pdn-inactive"},
    {{}, "AT+CMGS=3\r000000\x1A", "nothing-open"},
    {{"AT+CNMI=3,2,0,1"}, "AT+CNMI=3,2,0,1", "already-open"},
    {{"AT+CNMI=3,2,0,1"}, "AT+CMGS=3\r000000\x1A", "radio-off"},
    {{"AT+CNMI=3,2,0,1", "AT+CFUN=1"}, "AT+CMGS=3\r0000\x1A", "message-malformed"},
    {{"AT+CNMI=3,2,0,1", "AT+CFUN=1"}, "AT+CMGS=3", "line-termination"},
    {{"AT+CFUN=1"}, "AT+CPIN=\"1234\"", "modem-busy-order"},
    {{"AT+CFUN=1"}, "AT+CSIM=14,\"00A40004023F00\"", "card-refuses"},
  };
  return all;
}
// clang-format on

TEST(CausesOfRefusals, AreNamed) {
  for (const Refusal& refusal : refusals()) {
    SCOPED_TRACE(refusal.line);
    SimulatedModem modem;
    for (std::string_view line : refusal.before) {
      modem.send(line);
    }
    modem.send(refusal.line);
    ASSERT_TRUE(modem.reason);
    EXPECT_EQ(base::code_of(modem.reason->cause), refusal.code) << modem.reason->why;
  }
}

TEST(CausesOfRefusals, AreThoseOfTheCard) {
  SimulationOptions options;
  options.sim.pin = "7319";
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  modem.send("AT+CPIN=\"0000\"");
  EXPECT_EQ(modem.reason->cause, base::Cause::sim_pin);
  modem.send("AT+CIMI");
  EXPECT_EQ(modem.reason->cause, base::Cause::sim_pin);
  options.sim.absent = true;
  SimulatedModem empty(options);
  empty.send("AT+CFUN=1");
  empty.send("AT+CPIN?");
  EXPECT_EQ(empty.reason->cause, base::Cause::no_sim);
}

TEST(CausesOfRefusals, AreThoseOfWhatCouldNotBeStored) {
  SimulatedModem modem;
  modem.settings.fails = true;
  modem.send("AT+CFUN=0");
  ASSERT_TRUE(modem.reason);
  EXPECT_EQ(modem.reason->cause, base::Cause::host_computer);
  modem.send("AT%CMNG=0,1,3,\"0102\"");
  EXPECT_EQ(modem.reason->cause, base::Cause::host_computer);
}

TEST(FaultOfAParameter, IsNamedWithItsPlaceAndWithoutTheSecretThatStandsThere) {
  SimulatedModem modem;
  modem.send("AT+CFUN=4");
  for (const char* line :
       {"AT+CPIN=731946", "AT+CPIN=\"7319462850\"", "AT+CPIN=\"1234\",731946", "AT+CLCK=\"SC\",1,731946",
        "AT+CPWD=\"SC\",731946,\"1234\"", "AT%XUSIMLCK=1,\"PN\",731946", "AT+CSIM=10,731946",
        "AT+CGLA=1,10,731946", "AT+CGAUTH=0,1,\"me\",731946", "AT%CMNG=0,42,3,731946"}) {
    EXPECT_EQ(modem.send(line), "ERROR\r\n") << line;
    ASSERT_TRUE(modem.reason) << line;
    std::string said = base::to_block(*modem.reason);
    EXPECT_THAT(said, HasSubstr("must be a string in quotes")) << line;
    EXPECT_THAT(said, Not(HasSubstr("7319"))) << line;
    EXPECT_EQ(modem.reason->cause, base::Cause::bad_parameter) << line;
    ASSERT_TRUE(modem.reason->column) << line;
    EXPECT_EQ(modem.reason->excerpt.size(), std::string_view(line).size()) << line;
  }
}

}  // namespace
}  // namespace attache::cellular
