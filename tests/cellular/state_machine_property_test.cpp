#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <string>

#include "base/text.hpp"
#include "cellular/network/network_presets.hpp"
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
  RandomLife(std::uint32_t seed, SimulationOptions options)
      : random_(seed), options_(std::move(options)), seed_(seed) {
    modem_.emplace(options_);
    watch();
    subscribe();
  }

  void step() {
    ++steps_;
    act();
    modem_->clock.settle();
    read_urcs();
    check();
  }

  /// Whatever happened: with a network, a card and sane settings the modem registers, most often without a
  /// restart.
  void expect_recovery() {
    if (modem_->modem->crashed() || pick(4) == 0) {
      modem_->modem->restart();
      watch();
    }
    static_cast<void>(modem_->modem->network().set_coverage(true));
    static_cast<void>(modem_->modem->network().insert_sim());
    static_cast<void>(modem_->modem->network().set_battery(3600));
    static_cast<void>(modem_->modem->network().set_temperature(25));
    for (const CellState& cell : modem_->modem->network().state().cells) {
      static_cast<void>(modem_->modem->network().set_cell_on_air(cell.id, true));
      static_cast<void>(modem_->modem->network().set_signal(cell.id, -90, {}));
    }
    // A reject that was told for the next attach, and a coverage gap, may cost an activation each.
    for (int attempt = 0; attempt < 4 && !registered(); ++attempt) {
      for (const char* line : {"AT+CFUN=4", "AT%XPOFWARN=1,30", "AT%XBANDLOCK=0", "AT%XSYSTEMMODE=1,0,1,0",
                               "AT%XSYSTEMMODE=1,1,1,0", "AT+CGDCONT=0", "AT+COPS=0", "AT+CFUN=41",
                               "AT+CPIN=\"12345678\",\"1234\"", "AT+CPIN=\"1234\"",
                               "AT+CRSM=214,28539,0,0,12,\"FFFFFFFFFFFFFFFFFFFFFFFF\"", "AT+CFUN=1"}) {
        modem_->send(line);
        modem_->clock.advance(seconds(15));
      }
      modem_->clock.advance(minutes(20));
      for (int minute = 0; minute < 10 && !registered(); ++minute) {
        modem_->clock.advance(minutes(1));  // It may be in a coverage gap.
      }
    }
    EXPECT_TRUE(registered()) << "stuck: " << modem_->modem->why_down() << "\n" << history();
    subscribe();
  }

  [[nodiscard]] int registrations() const { return registrations_; }
  [[nodiscard]] const std::map<std::string, int>& seen() const { return seen_; }

 private:
  [[nodiscard]] bool registered() const {
    int stat = modem_->modem->network().state().registration_stat;
    return (stat == 1 || stat == 5) && modem_->modem->connection(0);
  }

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
    tells_searches_ = modem_->send("AT%MDMEV=1") == ok;  // From 1.3 on.
    modem_->take_urcs();
    connected_ = modem_->modem->network().state().connected ? 1 : 0;
    stat_.reset();
    search_done_ = true;  // What came before is not known.
    fresh_attach_ = !modem_->modem->connection(0);
    modem_->take_urcs();
    subscribed_ = true;
  }

  void command(std::string line) {
    remember(line);
    int answers = 0;
    modem_->modem->execute(line, [&answers](const modem::ModemReply& reply) {
      ++answers;
      EXPECT_TRUE(reply.final == modem::ModemReply::Final::ok || reply.reason);
    });
    modem_->clock.settle();
    constexpr int longest = 900;  // No command of the device takes more seconds.
    for (int second = 0; answers == 0 && second < longest; ++second) {
      modem_->clock.advance(seconds(1));
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
                                         "AT+CEDRXS=2,4,\"1001\"",
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
                                         "AT%XPDNCFG=0",
                                         "AT+CGDCONT=0",
                                         "AT+CGDCONT=1,\"IPV4V6\",\"iot.attache\"",
                                         "AT%FEACONF=0,0,1",
                                         "AT%FEACONF=0,7,1",
                                         "AT%REDMOB=0",
                                         "AT%XDEEPSEARCH=1",
                                         "AT%XDEEPSEARCH=0",
                                         "AT%XPOFWARN=1,31",
                                         "AT%COPS=?",
                                         "AT+CEDRXS=1,5,\"1001\"",
                                         "AT+COPS=1,2,\"26201\",9",
                                         "AT%CELLULARPRFL=1",
                                         "AT%CELLULARPRFL=2,0,2,0",
                                         "AT%NCELLMEAS=5,10",
                                         "AT%NCELLMEASSTOP",
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
    auto clearance = modem_->modem->link().send(
        cid, 100, pick(4) == 0 ? modem::ReleaseAssistance::last : modem::ReleaseAssistance::none);
    EXPECT_EQ(clearance.verdict == modem::RadioLink::Verdict::no_pdn, !up) << history();
    auto back = modem_->modem->link().receive(cid, 100);
    EXPECT_EQ(back.verdict == modem::RadioLink::Verdict::no_pdn, !up) << history();
  }

  void steer() {
    SimulatedNrf91& modem = *modem_->modem;
    auto note = [this](const NetworkControl::Outcome& outcome) {
      remember(outcome ? *outcome : base::summary(outcome.error()));
    };
    auto cells = modem.network().state().cells;
    const CellState& cell = cells[pick(cells.size())];
    static constexpr std::array causes{2, 3, 6, 8, 9, 10, 11, 12, 13, 15, 17, 19, 22, 35, 42};
    switch (pick(21)) {
      case 20:
        note(modem.network().reject_next_update(causes[pick(causes.size())]));
        break;
      case 16:
        note(modem.network().set_rate_limit(static_cast<int>(pick(4)), minutes(1 + pick(60))));
        break;
      case 17:
        note(modem.network().set_exception_data(pick(2) == 0));
        break;
      case 18:
        note(modem.network().send_pco(65280, "A1B1"));
        break;
      case 19:
        note(modem.network().set_battery(pick(4) == 0 ? 3000 : 3600));
        break;
      case 0:
        note(modem.network().set_coverage(false));
        break;
      case 1:
      case 2:
        note(modem.network().set_coverage(true));
        break;
      case 3:
        note(modem.network().set_signal(cell.id, -140 + static_cast<int>(pick(90)), {}));
        break;
      case 4:
        note(modem.network().set_trend(cell.id, static_cast<double>(pick(41)) - 20));
        break;
      case 5:
        note(modem.network().set_cell_on_air(cell.id, pick(2) == 0));
        break;
      case 6:
        note(modem.network().change_cell(fmt::format("0112F30{}", pick(6)), pick(2) == 0 ? "" : "0A1C"));
        break;
      case 7:
        note(modem.network().reject_next_attach(causes[pick(causes.size())]));
        break;
      case 8:
        note(
            modem.network().detach(pick(2) == 0 ? std::nullopt : std::optional(causes[pick(causes.size())])));
        break;
      case 9:
        note(modem.network().deactivate_pdn(static_cast<int>(pick(2)), 36));
        break;
      case 10:
        note(pick(3) == 0 ? modem.network().remove_sim() : modem.network().insert_sim());
        break;
      case 11:
        note(modem.network().insert_sim());
        break;
      case 12:
        note(modem.network().set_temperature(static_cast<int>(pick(100))));
        break;
      case 13:
        note(modem.network().refuse_next_pdn(33));
        break;
      case 14:
        if (pick(8) == 0) {
          note(modem.network().crash_modem(1));
        } else {
          modem.network()
              .set_date(base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)), 4, 0)
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
        bool was_registered = stat_ == 1 || stat_ == 5 || !stat_;
        EXPECT_FALSE(tells_searches_ && registers && !was_registered && !search_done_)
            << "registered before the search was done\n"
            << history();
        search_done_ = false;
        registrations_ += registers ? 1 : 0;
        stat_ = stat;
        note_kind(registers ? fmt::format("+CEREG: {}", stat) : "not registered");
      } else if (urc == "%MDMEV: SEARCH STATUS 2") {
        search_done_ = true;
      } else if (urc.starts_with("+CGEV: ME PDN ACT 0")) {
        EXPECT_EQ(connected_, 1) << "a PDN connection without a radio connection\n" << history();
        fresh_attach_ = false;
      } else if (urc == "+CGEV: ME DETACH") {
        connected_ = 1;  // The detach needs a connection, but only its end is announced.
      } else if (urc.starts_with("+CSCON: ")) {
        int connected = urc[8] - '0';
        EXPECT_NE(connected, connected_) << "+CSCON said the same twice\n" << history();
        connected_ = connected;
      } else if (urc.starts_with("%XMODEMSLEEP: ")) {
        note_kind(urc.substr(0, 15));
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
    NetworkState state = modem.network().state();
    bool up = modem.connection(0).has_value();
    EXPECT_EQ(modem.why_down().empty(), up) << history();
    for (const auto& [cid, is_up] : up_) {
      EXPECT_EQ(is_up, modem.connection(cid).has_value()) << history();
    }
    bool registered = state.registration_stat == 1 || state.registration_stat == 5;
    for (const ContextState& context : state.contexts) {
      bool has_address = !context.addresses.empty();
      EXPECT_EQ(has_address, context.active) << "context " << context.cid << "\n" << history();
      EXPECT_TRUE(!has_address || registered || state.registration.ends_with(", connections held"))
          << "an address while " << state.registration << "\n"
          << history();
      EXPECT_EQ(context.active, modem.connection(context.cid).has_value()) << history();
    }
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

  void note_kind(std::string_view kind) { ++seen_[std::string(kind)]; }
  void remember(std::string_view text) { history_[next_++ % history_.size()] = text; }
  [[nodiscard]] std::string history() const {
    std::string text = fmt::format(
        "seed {}, step {} (ATTACHE_PROPERTY_SEED={} runs it alone); the last of it:\n", seed_, steps_, seed_);
    for (std::size_t i = 0; i < history_.size(); ++i) {
      text += "  " + history_[(next_ + i) % history_.size()] + "\n";
    }
    return text;
  }

  std::mt19937 random_;
  SimulationOptions options_;
  std::uint32_t seed_;
  int steps_ = 0;
  std::map<std::string, int> seen_;
  bool search_done_ = true;
  bool tells_searches_ = false;
  std::optional<SimulatedModem> modem_;
  std::map<int, bool> up_;
  modem::Subscription subscription_;
  std::array<std::string, 60> history_;
  std::size_t next_ = 0;
  std::optional<int> stat_;
  int connected_ = 0;
  bool fresh_attach_ = true;
  bool subscribed_ = false;
  int registrations_ = 0;
};

/// Networks, firmware and timing of a life: each combination of them comes.
SimulationOptions options_of_life(int life) {
  constexpr std::array presets{"ltem-good",  "roaming",   "flaky-train",  "pin-locked",     "ltem-nbiot",
                               "nbiot-good", "wrong-apn", "rate-limited", "no-power-saving"};
  constexpr std::array firmware{"mfw_nrf91x1_2.0.2", "mfw_nrf9160_1.3.5", "mfw_nrf9160_1.2.7"};
  constexpr std::array speeds{0.0, 1.0, 0.0, 60.0, 0.0};
  SimulationOptions options;
  auto number = static_cast<std::size_t>(life);
  options.firmware = firmware[number / presets.size() % firmware.size()];
  options.seed = number;
  find_network_preset(presets[number % presets.size()])->apply(options);
  bool one_technology =
      options.firmware == firmware.back() && options.cells.front().technology == AccessTechnology::nb_iot;
  if (one_technology) {
    options.firmware = firmware.front();  // 1.2 takes LTE-M or NB-IoT, and recovery asks for both.
  }
  options.timing.speed = speeds[number % speeds.size()];
  return options;
}

std::map<std::string, int> live(int life, int steps) {
  constexpr int steps_between_recoveries = 250;
  RandomLife one(static_cast<std::uint32_t>(life), options_of_life(life));
  for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
    one.step();
    if (step % steps_between_recoveries == 0) {
      one.expect_recovery();
    }
  }
  one.expect_recovery();
  return one.seen();
}

TEST(StateMachine, KeepsItsPromisesInARandomLife) {
  constexpr int lives = 40;
  if (const char* only = std::getenv("ATTACHE_PROPERTY_SEED")) {
    live(std::atoi(only), step_count() / lives);
    return;
  }
  std::map<std::string, int> seen;
  for (int life = 0; life < lives; ++life) {
    for (const auto& [kind, count] : live(life, step_count() / lives)) {
      seen[kind] += count;
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << life;
  }
  std::printf("%d steps:", step_count());
  for (const auto& [kind, count] : seen) {
    std::printf(" %d x \"%s\"", count, kind.c_str());
  }
  std::printf("\n");
  EXPECT_GT(seen["+CEREG: 1"], step_count() / 200);
  for (const char* kind : {"+CEREG: 5", "not registered", "%XMODEMSLEEP: 1", "%XMODEMSLEEP: 2",
                           "%XMODEMSLEEP: 3", "%XMODEMSLEEP: 4", "%XMODEMSLEEP: 7"}) {
    EXPECT_GT(seen[kind], 0) << "no life came through " << kind;
  }
}

/// What AT+CFUN=0 keeps and what it does not, against a model made of the read forms themselves.
TEST(StateMachine, RestoresFromMemoryExactlyWhatItShould) {
  constexpr std::array kept_reads{
      "AT%XSYSTEMMODE?",  "AT+CPSMS?",     "AT+CEDRXS?",  "AT%XPTW?",     "AT+COPS?",    "AT+CEMODE?",
      "AT%XDATAPRFL?",    "AT%REL14FEAT?", "AT%XOPCONF?", "AT%XNETTIME?", "AT%XCOEX0?",  "AT%XMAGPIO?",
      "AT%XEMPR?",        "AT+ODIS?",      "AT%CSUS?",    "AT%REDMOB?",   "AT%XANTCFG?", "AT%XBANDLOCK?",
      "AT%XMIPIRFFEDEV?", "AT%FEACONF=2",  "AT%PALL=1",   "AT%XEPCO?",    "AT%XPDNCFG?"};
  constexpr std::array volatile_reads{"AT+CEREG?",      "AT+CSCON?", "AT+CGEREP?",       "AT+CMEE?",
                                      "AT+CNEC?",       "AT+CIND?",  "AT%XTEMPHIGHLVL?", "AT%XVBATLOWLVL?",
                                      "AT+CGDCONT?",    "AT+CNMI?",  "AT+CEINFO?",       "AT+ODISNTF?",
                                      "AT%XAPNSTATUS?", "AT+CMMS?"};
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
                               "AT%XBANDLOCK=1,\"10000000000010000000\"",
                               "AT%XBANDLOCK=0",
                               "AT%XMIPIRFFEDEV=1,4,1",
                               "AT%FEACONF=0,0,1",
                               "AT%PALL=0,1,\"26202\",3",
                               "AT%XEPCO=0",
                               "AT%XPDNCFG=1",
                               "AT+CNMI=0,0,0,0",
                               "AT+CEINFO=1",
                               "AT+ODISNTF=1",
                               "AT%XAPNSTATUS=0,\"iot\"",
                               "AT+CMMS=1",
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
  SimulationOptions options;
  options.firmware = "mfw_nrf91x1_2.0.2";
  SimulatedModem modem(options);
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
