#include <gtest/gtest.h>

#include "cellular/registration/cause_names.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using base::Cause;
using std::chrono::seconds;

/// Something that keeps the default connection down, and what is said of it after CFUN=1.
struct Hindrance {
  std::string_view what;
  void (*bring_about)(SimulationOptions& options);
  std::vector<std::string_view> lines;
  std::string_view why;
  std::string_view way_up;
  base::Cause cause;
};

void none(SimulationOptions&) {}

// clang-format off
const std::vector<Hindrance>& hindrances() {
  static const std::vector<Hindrance> all{
    {"off", none, {}, "CFUN is 0 (modem off)", "Switch it on with AT+CFUN=1.", Cause::radio_off},
    {"flight mode", none, {"AT+CFUN=1", "AT+CFUN=4"}, "CFUN is 4 (flight mode)", "Switch it on with AT+CFUN=1.", Cause::radio_off},
    {"LTE off", none, {"AT+CFUN=1", "AT+CFUN=20"}, "CFUN is 20 (LTE switched off)", "Switch LTE on with AT+CFUN=21 or AT+CFUN=1.", Cause::radio_off},
    {"receive only", none, {"AT+CFUN=2"}, "CFUN is 2 (receive only)", "Switch transmission on with AT+CFUN=1.", Cause::radio_off},
    {"detached", none, {"AT+CFUN=1", "AT+CGATT=0"}, "detached by AT+CGATT=0", "Attach with AT+CGATT=1.", Cause::ended_by_host},
    {"PIN", [](SimulationOptions& options) { options.sim.pin = "7319"; }, {"AT+CFUN=1"},
     "SIM PIN not given", "Give it with AT+CPIN=\"<PIN>\".", Cause::sim_pin},
    {"PUK", [](SimulationOptions& options) { options.sim.pin = "7319"; },
     {"AT+CFUN=1", "AT+CPIN=\"0000\"", "AT+CPIN=\"0000\"", "AT+CPIN=\"0000\""},
     "SIM PIN blocked after wrong attempts: the PUK is needed", "Give it with AT+CPIN=\"<PUK>\",\"<new PIN>\".", Cause::sim_pin},
    {"no card", [](SimulationOptions& options) { options.sim.absent = true; }, {"AT+CFUN=1"},
     "no SIM in the holder", "Put one in (steering: sim in; [sim] absent of the configuration), then give AT+CFUN=4 and AT+CFUN=1.", Cause::no_sim},
    {"no coverage", [](SimulationOptions& options) { options.network.coverage = false; }, {"AT+CFUN=1"},
     "no coverage: no cell can be received",
     "Cells come with the steering command coverage on, or [network] coverage of the configuration. "
     "The next search comes in 30 s; for one at once give AT%PERIODICSEARCHCONF=3.", Cause::no_coverage},
    {"no coverage, old firmware", [](SimulationOptions& options) { options.network.coverage = false; options.firmware = "mfw_nrf9160_1.2.7"; },
     {"AT+CFUN=1"}, "no coverage: no cell can be received",
     "Cells come with the steering command coverage on, or [network] coverage of the configuration. "
     "The next search comes in 30 s; for one at once give AT+CFUN=4 and AT+CFUN=1.", Cause::no_coverage},
    {"another technology", [](SimulationOptions& options) { options.network.technology = AccessTechnology::nb_iot; },
     {"AT+CFUN=1"}, "%XSYSTEMMODE allows LTE-M only, but the network offers NB-IoT",
     "Give AT+CFUN=4, AT%XSYSTEMMODE=0,1,0,0 and AT+CFUN=1. The next search comes in 30 s; for one at once give AT%PERIODICSEARCHCONF=3.", Cause::wrong_system_mode},
    {"another network", none, {"AT+COPS=1,2,\"24407\"", "AT+CFUN=1"},
     "the PLMN 24407 selected with AT+COPS=1 is not there",
     "Give AT+COPS=0, or AT+COPS=1,2,\"26201\" for the one that can be received. "
     "The next search comes in 30 s; for one at once give AT%PERIODICSEARCHCONF=3.", Cause::manual_plmn_rejected},
    {"a SIM that is refused", [](SimulationOptions& options) { options.network.reject_cause = 8; options.cells.emplace_back(); },
     {"AT+CFUN=1"}, "registration denied by 26201 (EMM cause 8, EPS services and non-EPS services not allowed)",
     "That is final for this SIM: nothing is tried before AT+CFUN=4 and AT+CFUN=1, or with another SIM. "
     "Ask the operator whether SIM and device are allowed.", Cause::registration_denied},
    {"a network that refuses", [](SimulationOptions& options) { options.network.reject_cause = 11; options.cells.emplace_back(); },
     {"AT+CFUN=1"}, "registration denied by 26201 (EMM cause 11, PLMN not allowed)",
     "It is tried again in 12 h, or when another cell appears; AT+CFUN=4 and AT+CFUN=1 try at once.", Cause::roaming_not_allowed},
    {"congestion", [](SimulationOptions& options) { options.network.reject_cause = 22; options.cells.emplace_back(); },
     {"AT+CFUN=1"}, "26201 rejected the attach (EMM cause 22, congestion); it will be tried again",
     "The modem tries again in 15 min by itself.", Cause::network_failure},
    {"a cause without a name", [](SimulationOptions& options) { options.network.reject_cause = 77; options.cells.emplace_back(); },
     {"AT+CFUN=1"}, "26201 rejected the attach (EMM cause 77); it will be tried again",
     "The modem tries again in 10 s by itself.", Cause::registration_denied},
    {"a wrong APN", [](SimulationOptions& options) { options.network.policy.apns = {"iot.attache", "vpn.attache"}; },
     {"AT+CGDCONT=0,\"IP\",\"wrong\"", "AT+CFUN=1"},
     "26201 rejected the attach: the APN \"wrong\" was asked for, the network has \"iot.attache\", \"vpn.attache\" "
     "(ESM cause 27, missing or unknown APN)",
     "Give AT+CFUN=4, AT+CGDCONT=0,\"IP\",\"iot.attache\" and AT+CFUN=1.", Cause::wrong_apn},
    {"a wrong PDN type", none, {"AT+CGDCONT=0,\"IPV6\",\"a\"", "AT+CFUN=1"},
     "26201 rejected the attach: the PDN type \"IPV6\" was asked for, the network has \"IP\" "
     "(ESM cause 50, PDN type IPv4 only allowed)",
     "Give AT+CFUN=4, AT+CGDCONT=0,\"IP\",\"a\" and AT+CFUN=1.", Cause::pdn_type_refused},
    {"a wrong password", [](SimulationOptions& options) { options.network.policy.user = "me"; options.network.policy.password = "s3cret"; },
     {"AT+CGAUTH=0,1,\"me\",\"wr0ng\"", "AT+CFUN=1"},
     "26201 rejected the attach: user or password are not those that the network asks for "
     "(ESM cause 29, user authentication failed)",
     "Give AT+CFUN=4, AT+CGAUTH=0,1,\"<user>\",\"<password>\" and AT+CFUN=1.", Cause::wrong_apn},
    {"too many resets", [](SimulationOptions& options) { options.radio.reset_loop_limit = 1; },
     {"AT+CFUN=1"}, "the attach is blocked after too many resets without AT+CFUN=0",
     "It is tried in 30 min. Give AT+CFUN=0 before the power goes.", Cause::reset_loop_restriction},
  };
  return all;
}
// clang-format on

TEST(WhyDown, SaysWhatToDoAfterTheCause) {
  for (const Hindrance& hindrance : hindrances()) {
    SimulationOptions options;
    hindrance.bring_about(options);
    SimulatedModem modem(options);
    if (options.radio.reset_loop_limit != 0) {
      modem.send("AT+CFUN=1");
      modem.start(options);
    }
    for (std::string_view line : hindrance.lines) {
      modem.send(line);
    }
    EXPECT_EQ(modem.modem->why_down(), hindrance.why) << hindrance.what;
    EXPECT_EQ(modem.modem->way_up(), hindrance.way_up) << hindrance.what;
    EXPECT_EQ(modem.modem->network().state().advice, hindrance.way_up) << hindrance.what;
    EXPECT_EQ(base::code_of(modem.modem->cause_down()), base::code_of(hindrance.cause)) << hindrance.what;
    for (const base::Reason& reason : modem.journal.reasons) {
      EXPECT_NE(reason.advice, "") << reason.what << ": " << reason.why;
      EXPECT_NE(reason.cause, Cause::none) << reason.what << ": " << reason.why;
      EXPECT_EQ(base::to_block(reason).find("wr0ng"), std::string::npos);
    }
  }
}

TEST(WhyDown, IsEmptyWhileTheConnectionIsUp) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.modem->why_down(), "");
  EXPECT_EQ(modem.modem->way_up(), "");
  EXPECT_EQ(modem.modem->cause_down(), Cause::none);
  EXPECT_EQ(modem.modem->network().state().advice, "");
}

// What is asked at the moment when a connection ends, as sockets do.
std::vector<std::pair<std::string, std::string>> asked_when_down(SimulatedModem& modem,
                                                                 void (*end)(SimulatedModem&)) {
  std::vector<std::pair<std::string, std::string>> said;
  auto subscription = modem.modem->subscribe([&](int, bool up) {
    if (!up) {
      said.emplace_back(modem.modem->why_down(), modem.modem->way_up());
    }
  });
  end(modem);
  modem.clock.settle();
  return said;
}

TEST(WhyDown, SaysThatTheModemComesBackByItselfWhereItDoes) {
  using Said = std::vector<std::pair<std::string, std::string>>;
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  EXPECT_EQ(
      asked_when_down(modem, [](SimulatedModem& it) { static_cast<void>(it.modem->network().detach({})); }),
      (Said{{"attaching to 26201", "Wait for +CEREG: 1 or 5."}}));
  ASSERT_TRUE(modem.modem->connection(0));
  EXPECT_EQ(
      asked_when_down(
          modem, [](SimulatedModem& it) { static_cast<void>(it.modem->network().deactivate_pdn(0, 39)); }),
      (Said{{"the network ended the default PDN connection (ESM cause 39, reactivation requested)",
             "The modem asks for it again by itself: wait for +CEREG: 1 or 5."}}));
  ASSERT_TRUE(modem.modem->connection(0));
  EXPECT_EQ(asked_when_down(modem, [](SimulatedModem& it) { it.send("AT+CFUN=4"); }),
            (Said{{"CFUN is 4 (flight mode)", "Switch it on with AT+CFUN=1."}}));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(
      asked_when_down(modem, [](SimulatedModem& it) { static_cast<void>(it.modem->network().remove_sim()); })
          .front()
          .first,
      "no SIM in the holder");
}

TEST(WhyDown, NamesTheCauseWhileTheModemLooksForAnotherNetwork) {
  SimulationOptions options;
  options.network.reject_cause = 11;
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  ASSERT_FALSE(modem.journal.reasons.empty());
  EXPECT_EQ(
      modem.journal.reasons.front().why,
      "26201 rejected the attach (EMM cause 11, PLMN not allowed); the modem looks for another network");
  EXPECT_EQ(modem.modem->why_down(), "") << "the neighbour took it";
}

TEST(WhyDown, SaysThatADetachIsFinalWhereItIs) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  auto said =
      asked_when_down(modem, [](SimulatedModem& it) { static_cast<void>(it.modem->network().detach(3)); });
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].first, "registration denied by 26201 (EMM cause 3, illegal UE)");
  EXPECT_EQ(said[0].second.substr(0, 30), "That is final for this SIM: no");
}

TEST(WhyDown, IsToldInTheLogWithTextWhenCoverageIsLost) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.advance(seconds(1));
  ASSERT_FALSE(modem.journal.reasons.empty());
  EXPECT_EQ(modem.journal.reasons.back().what, "no network was found");
  EXPECT_EQ(modem.journal.reasons.back().why, "no coverage: no cell can be received");
  EXPECT_EQ(modem.modem->network().state().registration,
            "no coverage: no cell can be received, connections held");
  EXPECT_EQ(modem.modem->why_down(), "");
}

TEST(WhyDown, IsTheReasonOfCommandsThatNeedARegistration) {
  SimulationOptions options;
  options.network.reject_cause = 8;
  options.cells.emplace_back();
  SimulatedModem modem(options);
  modem.send("AT+CNMI=3,2,0,1");
  modem.send("AT+CFUN=1");
  modem.send("AT+CGDCONT=1,\"IP\",\"a\"");
  modem.send("AT+CGACT=1,1");
  EXPECT_EQ(modem.reason->advice, modem.modem->way_up());
  EXPECT_EQ(modem.reason->cause, Cause::registration_denied);
  modem.send("AT+CMGS=3\r000000\x1A");
  EXPECT_EQ(modem.reason->why, "the modem is not registered: " + modem.modem->why_down());
  EXPECT_EQ(modem.reason->advice, modem.modem->way_up());
  EXPECT_EQ(modem.reason->cause, Cause::registration_denied);
}

TEST(PdnRefusal, NamesWhatWasAskedForAndWhatThereIs) {
  SimulationOptions options;
  options.network.policy.apns = {"iot.attache"};
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  modem.send("AT+CGDCONT=2,\"IP\",\"other\"");
  modem.send("AT+CGACT=1,2");
  EXPECT_EQ(modem.reason->why,
            "the APN \"other\" was asked for, the network has \"iot.attache\" (ESM cause 27, missing or "
            "unknown APN)");
  EXPECT_EQ(modem.reason->advice, "Give AT+CGDCONT=2,\"IP\",\"iot.attache\", then AT+CGACT=1,2.");
  static_cast<void>(modem.modem->network().refuse_next_pdn(33));
  modem.send("AT+CGACT=1,2");
  EXPECT_EQ(modem.reason->why,
            "the network refused the PDN connection (ESM cause 33, requested service option not subscribed)");
}

TEST(CauseNames, StandBesideTheirNumbers) {
  EXPECT_EQ(emm_cause(11), "EMM cause 11, PLMN not allowed");
  EXPECT_EQ(emm_cause(111), "EMM cause 111, protocol error, unspecified");
  EXPECT_EQ(emm_cause(77), "EMM cause 77");
  EXPECT_EQ(esm_cause(27), "ESM cause 27, missing or unknown APN");
  EXPECT_EQ(esm_cause(7), "ESM cause 7");
}

}  // namespace
}  // namespace attache::cellular
