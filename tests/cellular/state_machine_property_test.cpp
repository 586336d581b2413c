#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <string>

#include "base/text.hpp"
#include "cellular/network_presets.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// The steps in all; ATTACHE_PROPERTY_STEPS asks for more.
int step_count() {
  constexpr int usual = 100000;
  const char* wanted = std::getenv("ATTACHE_PROPERTY_STEPS");
  return wanted == nullptr ? usual : std::atoi(wanted);
}

/// A modem that gets commands and events at random, and what must hold at each moment.
class RandomLife {
 public:
  RandomLife(std::uint32_t seed, SimulationOptions options) : random_(seed), options_(std::move(options)) {
    modem_.emplace(options_);
    watch();
    subscribe();
  }

  void step() {
    act();
    modem_->clock.settle();
    read_urcs();
    check();
  }

  /// Whatever happened: with a network, a card and sane settings the modem registers.
  void expect_recovery() {
    modem_->modem->restart();
    watch();
    static_cast<void>(modem_->modem->set_coverage(true));
    static_cast<void>(modem_->modem->insert_sim());
    static_cast<void>(modem_->modem->set_battery(3600));
    static_cast<void>(modem_->modem->set_temperature(25));
    for (const CellState& cell : modem_->modem->state().cells) {
      static_cast<void>(modem_->modem->set_cell_on_air(cell.id, true));
      static_cast<void>(modem_->modem->set_signal(cell.id, -90, {}));
    }
    // A reject that was told for the next attach, and a coverage gap, may cost an activation each.
    for (int attempt = 0; attempt < 4 && !modem_->modem->connection(0); ++attempt) {
      for (const char* line : {"AT+CFUN=4", "AT%XSYSTEMMODE=1,0,1,0", "AT%XBANDLOCK=0", "AT+COPS=0",
                               "AT+CFUN=41", "AT+CPIN=\"12345678\",\"1234\"", "AT+CPIN=\"1234\"",
                               "AT+CRSM=214,28539,0,0,12,\"FFFFFFFFFFFFFFFFFFFFFFFF\"", "AT+CFUN=1"}) {
        modem_->send(line);
        modem_->clock.advance(seconds(2));
      }
      modem_->clock.advance(minutes(20));
    }
    EXPECT_TRUE(modem_->modem->connection(0)) << "stuck: " << modem_->modem->why_down() << "\n" << history();
    subscribe();
  }

  [[nodiscard]] int registrations() const { return registrations_; }

 private:
  std::uint32_t pick(std::size_t count) { return static_cast<std::uint32_t>(random_() % count); }

  template <std::size_t Size>
  const char* one_of(const std::array<const char*, Size>& texts) {
    return texts[pick(Size)];
  }

  void watch() {
    up_.clear();
    subscription_ = modem_->modem->subscribe([this](int cid, bool up) {
      EXPECT_NE(up_[cid], up) << "the context " << cid << " changed to what it was\n" << history();
      up_[cid] = up;
    });
  }

  void subscribe() {
    for (const char* line : {"AT+CEREG=5", "AT+CSCON=1", "AT+CGEREP=1", "AT+CNEC=24", "AT%XSIM=1",
                             "AT%MDMEV=1", "AT%XMODEMSLEEP=1,500,10240", "AT%XT3412=1,5000,60000"}) {
      modem_->send(line);
    }
    modem_->take_urcs();
    connected_ = modem_->modem->state().connected ? 1 : 0;
    stat_.reset();
    fresh_attach_ = !modem_->modem->connection(0);
    modem_->take_urcs();
    subscribed_ = true;
  }

  void command(std::string line) {
    remember(line);
    int answers = 0;
    modem_->modem->execute(line, [&answers](const ModemReply& reply) {
      ++answers;
      EXPECT_TRUE(reply.final == ModemReply::Final::ok || reply.reason);
    });
    modem_->clock.settle();
    if (answers == 0) {
      modem_->clock.advance(seconds(5));  // More than any command takes at this speed.
    }
    EXPECT_EQ(answers, 1) << history();
    if (line == "AT+CFUN=0") {
      subscribed_ = false;
    }
  }

  void act() {
    static constexpr std::array commands{"AT+CFUN=1",
                                         "AT+CFUN=1",
                                         "AT+CFUN=1",
                                         "AT+CFUN=4",
                                         "AT+CFUN=0",
                                         "AT+CFUN=20",
                                         "AT+CFUN=21",
                                         "AT+CFUN=31",
                                         "AT+CFUN=30",
                                         "AT+CFUN=40",
                                         "AT+CFUN=41",
                                         "AT+CFUN=44",
                                         "AT+CFUN=2",
                                         "AT+COPS=0",
                                         "AT+COPS=0",
                                         "AT+COPS=1,2,\"26202\"",
                                         "AT+COPS=1,2,\"26201\"",
                                         "AT+COPS=?",
                                         "AT%COPS=?",
                                         "AT+CGATT=0",
                                         "AT+CGATT=1",
                                         "AT+CGDCONT=1,\"IP\",\"iot\"",
                                         "AT+CGDCONT=1",
                                         "AT+CGDCONT=0,\"IPV4V6\",\"internet\"",
                                         "AT+CGACT=1,1",
                                         "AT+CGACT=0,1",
                                         "AT+CPSMS=1,\"\",\"\",\"10100101\",\"00000101\"",
                                         "AT+CPSMS=0",
                                         "AT+CEDRXS=2,4,\"0010\"",
                                         "AT+CEDRXS=3",
                                         "AT%XSYSTEMMODE=1,0,1,0",
                                         "AT%XSYSTEMMODE=1,1,1,0",
                                         "AT%XSYSTEMMODE=0,1,0,0",
                                         "AT%XBANDLOCK=0",
                                         "AT%XBANDLOCK=2,\"10000000000000000000\"",
                                         "AT+CPIN=\"1234\"",
                                         "AT+CLCK=\"SC\",1,\"1234\"",
                                         "AT+CLCK=\"SC\",0,\"1234\"",
                                         "AT%NCELLMEAS",
                                         "AT%CONEVAL",
                                         "AT%XMONITOR",
                                         "AT+CESQ",
                                         "AT%REDMOB=1",
                                         "AT%PERIODICSEARCHCONF=3",
                                         "AT%XFACTORYRESET=1",
                                         "AT%XPDNCFG=1",
                                         "AT%RAI=1"};
    switch (pick(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        command(one_of(commands));
        break;
      case 4:
        pass(milliseconds(pick(2000)));
        break;
      case 5:
        pass(seconds(pick(90)));
        break;
      case 6:
        pass(minutes(pick(90)));
        break;
      case 7:
      case 8:
        send_data();
        break;
      default:
        steer();
        break;
    }
  }

  void pass(base::Duration time) {
    remember(fmt::format("~ {} ms", std::chrono::duration_cast<milliseconds>(time).count()));
    modem_->clock.advance(time);
  }

  void send_data() {
    int cid = static_cast<int>(pick(2));
    remember(fmt::format("data on {}", cid));
    bool up = modem_->modem->connection(cid).has_value();
    auto clearance =
        modem_->modem->send(cid, 100, pick(4) == 0 ? ReleaseAssistance::last : ReleaseAssistance::none);
    EXPECT_EQ(clearance.verdict == RadioLink::Verdict::no_pdn, !up) << history();
    auto back = modem_->modem->receive(cid, 100);
    EXPECT_EQ(back.verdict == RadioLink::Verdict::no_pdn, !up) << history();
  }

  void steer() {
    SimulatedNrf91& modem = *modem_->modem;
    auto note = [this](const NetworkControl::Outcome& outcome) {
      remember(outcome ? *outcome : base::summary(outcome.error()));
    };
    auto cells = modem.state().cells;
    const CellState& cell = cells[pick(cells.size())];
    static constexpr std::array causes{2, 3, 6, 8, 11, 12, 13, 15, 17, 19, 22, 35, 42};
    switch (pick(16)) {
      case 0:
        note(modem.set_coverage(false));
        break;
      case 1:
      case 2:
        note(modem.set_coverage(true));
        break;
      case 3:
        note(modem.set_signal(cell.id, -140 + static_cast<int>(pick(90)), {}));
        break;
      case 4:
        note(modem.set_trend(cell.id, static_cast<double>(pick(41)) - 20));
        break;
      case 5:
        note(modem.set_cell_on_air(cell.id, pick(2) == 0));
        break;
      case 6:
        note(modem.change_cell(fmt::format("0112F30{}", pick(6)), pick(2) == 0 ? "" : "0A1C"));
        break;
      case 7:
        note(modem.reject_next_attach(causes[pick(causes.size())]));
        break;
      case 8:
        note(modem.detach(pick(2) == 0 ? std::nullopt : std::optional(causes[pick(causes.size())])));
        break;
      case 9:
        note(modem.deactivate_pdn(static_cast<int>(pick(2)), 36));
        break;
      case 10:
        note(pick(3) == 0 ? modem.remove_sim() : modem.insert_sim());
        break;
      case 11:
        note(modem.insert_sim());
        break;
      case 12:
        note(modem.set_temperature(static_cast<int>(pick(100))));
        break;
      case 13:
        note(modem.refuse_next_pdn(33));
        break;
      case 14:
        if (pick(8) == 0) {
          note(modem.crash_modem(1));
        } else {
          modem.set_date(base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)), 4, 0)
              .value();
        }
        break;
      default:
        if (pick(4) == 0) {
          remember("restart");
          modem.restart();
          subscribed_ = false;
        }
        break;
    }
  }

  // What the URCs said last, and in which order an attach shows.
  void read_urcs() {
    std::string text = modem_->take_urcs();
    for (std::string_view urc : base::split(text, '\n')) {
      if (urc.empty()) {
        continue;
      }
      remember(urc);
      if (urc.starts_with("+CEREG: ")) {
        int stat = std::atoi(std::string(urc.substr(8, 2)).c_str());
        bool registers = stat == 1 || stat == 5;
        EXPECT_FALSE(registers && fresh_attach_) << "registered before its PDN connection\n" << history();
        registrations_ += registers ? 1 : 0;
        stat_ = stat;
      } else if (urc.starts_with("+CGEV: ME PDN ACT 0")) {
        fresh_attach_ = false;
      } else if (urc == "+CGEV: ME DETACH") {
        connected_ = 1;  // The detach needs a connection, but only its end is announced.
      } else if (urc.starts_with("+CSCON: ")) {
        int connected = urc[8] - '0';
        EXPECT_NE(connected, connected_) << "+CSCON said the same twice\n" << history();
        connected_ = connected;
      }
    }
    fresh_attach_ = !modem_->modem->connection(0);
  }

  std::string ask(std::string_view line) {
    std::string answer = modem_->answer_of(line);
    modem_->said.clear();
    return answer;
  }

  void check() {
    SimulatedNrf91& modem = *modem_->modem;
    NetworkState state = modem.state();
    bool up = modem.connection(0).has_value();
    EXPECT_EQ(modem.why_down().empty(), up) << history();
    for (const auto& [cid, is_up] : up_) {
      EXPECT_EQ(is_up, modem.connection(cid).has_value()) << history();
    }
    bool registered = state.registration_stat == 1 || state.registration_stat == 5;
    if (!modem.lte_active() || state.crashed || state.sim != "ready" || state.registration_stat == 3 ||
        state.registration_stat == 90 || state.registration_stat == 0) {
      EXPECT_FALSE(up) << history();
      EXPECT_FALSE(registered) << history();
      EXPECT_FALSE(state.connected) << history();
    }
    EXPECT_FALSE(modem.connection(1) && !modem.lte_active()) << history();
    if (state.connected) {
      EXPECT_TRUE(registered || state.registration_stat == 2) << history();
    }
    if (subscribed_ && !state.crashed) {
      if (stat_) {
        EXPECT_EQ(*stat_, state.registration_stat) << history();
      }
      EXPECT_EQ(connected_, state.connected ? 1 : 0) << history();
    }
    if (!subscribed_ && !state.crashed) {
      subscribe();
    }
    if (state.crashed && pick(4) == 0) {
      remember("restart");
      modem.restart();
      subscribed_ = false;
    }
  }

  void remember(std::string_view text) { history_[next_++ % history_.size()] = text; }
  [[nodiscard]] std::string history() const {
    std::string text;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      text += "  " + history_[(next_ + i) % history_.size()] + "\n";
    }
    return text;
  }

  std::mt19937 random_;
  SimulationOptions options_;
  std::optional<SimulatedModem> modem_;
  std::map<int, bool> up_;
  Subscription subscription_;
  std::array<std::string, 60> history_;
  std::size_t next_ = 0;
  std::optional<int> stat_;
  int connected_ = 0;
  bool fresh_attach_ = true;
  bool subscribed_ = false;
  int registrations_ = 0;
};

TEST(StateMachine, KeepsItsPromisesInARandomLife) {
  constexpr int lives = 20;
  constexpr int steps_between_recoveries = 250;
  constexpr std::array presets{"ltem-good", "roaming", "flaky-train", "pin-locked", "ltem-nbiot"};
  int registrations = 0;
  for (int life = 0; life < lives; ++life) {
    SimulationOptions options;
    options.firmware = life % 3 == 0 ? "mfw_nrf91x1_2.0.2" : "mfw_nrf9160_1.3.5";
    options.seed = static_cast<std::uint64_t>(life);
    options.timing.speed = life % 4 == 3 ? 1 : 0;
    if (life % 2 == 0) {
      find_network_preset(presets[static_cast<std::size_t>(life / 2) % presets.size()])->apply(options);
    }
    if (options.timing.speed > 0) {
      options.timing.speed = 20;  // Steps take time, but a command's answer can be waited for.
    }
    RandomLife one(static_cast<std::uint32_t>(life), options);
    for (int step = 0; step < step_count() / lives; ++step) {
      one.step();
      if (step % steps_between_recoveries == 0) {
        one.expect_recovery();
      }
      if (testing::Test::HasFailure()) {
        FAIL() << "life " << life << ", step " << step;
      }
    }
    one.expect_recovery();
    registrations += one.registrations();
  }
  std::printf("%d steps, %d registrations\n", step_count(), registrations);
  EXPECT_GT(registrations, step_count() / 200);
}

/// What AT+CFUN=0 keeps and what it does not, against a model made of the read forms themselves.
TEST(StateMachine, RestoresFromMemoryExactlyWhatItShould) {
  constexpr std::array kept_reads{
      "AT%XSYSTEMMODE?", "AT+CPSMS?",     "AT+CEDRXS?",  "AT%XPTW?",     "AT+COPS?",   "AT+CEMODE?",
      "AT%XDATAPRFL?",   "AT%REL14FEAT?", "AT%XOPCONF?", "AT%XNETTIME?", "AT%XCOEX0?", "AT%XMAGPIO?",
      "AT%XEMPR?",       "AT+ODIS?",      "AT%CSUS?",    "AT%REDMOB?",   "AT%XANTCFG?"};
  constexpr std::array volatile_reads{"AT+CEREG?",        "AT+CSCON?",       "AT+CGEREP?",
                                      "AT+CMEE?",         "AT+CNEC?",        "AT+CIND?",
                                      "AT%XTEMPHIGHLVL?", "AT%XVBATLOWLVL?", "AT+CGDCONT?"};
  constexpr std::array changes{"AT%XSYSTEMMODE=1,1,1,2",
                               "AT%XSYSTEMMODE=0,1,0,0",
                               "AT+CPSMS=1,\"\",\"\",\"00111000\",\"00000001\"",
                               "AT+CPSMS=0",
                               "AT+CEDRXS=1,5,\"1001\"",
                               "AT+CEDRXS=2,4,\"0011\"",
                               "AT+CEDRXS=3",
                               "AT%XPTW=4,\"0110\"",
                               "AT+COPS=1,2,\"24407\"",
                               "AT+COPS=0",
                               "AT+CEMODE=0",
                               "AT%XDATAPRFL=4",
                               "AT%REL14FEAT=1,1,0,0,1",
                               "AT%XOPCONF=6",
                               "AT%XNETTIME=0",
                               "AT%XCOEX0=1,1,1565,1586",
                               "AT%XCOEX0",
                               "AT%XMAGPIO=1,1,1,1,1,1574,1577",
                               "AT%XEMPR=1,0,2",
                               "AT+ODIS=\"a\",\"b\",\"c\",\"d\"",
                               "AT%CSUS=2",
                               "AT%REDMOB=2",
                               "AT%XANTCFG=1",
                               "AT+CEREG=5",
                               "AT+CSCON=1",
                               "AT+CGEREP=1",
                               "AT+CMEE=1",
                               "AT+CNEC=24",
                               "AT+CIND=1,1,1",
                               "AT%XTEMPHIGHLVL=60",
                               "AT%XVBATLOWLVL=3500",
                               "AT+CGDCONT=1,\"IP\",\"iot\""};
  std::mt19937 random(7);
  SimulatedModem modem;
  std::map<std::string, std::string> defaults;
  for (const char* line : volatile_reads) {
    defaults[line] = modem.send(line);
  }
  std::map<std::string, std::string> kept;
  for (const char* line : kept_reads) {
    kept[line] = modem.send(line);
  }
  for (int round = 0; round < 200; ++round) {
    for (int change = 0; change < 6; ++change) {
      ASSERT_EQ(modem.send(changes[random() % changes.size()]), ok);
    }
    bool stores = random() % 2 == 0;
    if (stores) {
      for (const char* line : kept_reads) {
        kept[line] = modem.send(line);
      }
      modem.send("AT+CFUN=0");
    }
    modem.modem->restart();
    for (const auto& [line, value] : kept) {
      EXPECT_EQ(modem.send(line), value) << line << " in round " << round;
    }
    for (const auto& [line, value] : defaults) {
      EXPECT_EQ(modem.send(line), value) << line << " in round " << round;
    }
  }
}

}  // namespace
}  // namespace attache::cellular
