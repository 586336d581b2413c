#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/settings.hpp"
#include "cellular/gprs_timer.hpp"
#include "cellular/registration/cell_selection.hpp"
#include "cellular/registration/network_search.hpp"
#include "cellular/registration/power_saving_terms.hpp"
#include "cellular/registration/step_timer.hpp"

namespace attache::cellular {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

CellOptions cell_of(std::string plmn, AccessTechnology technology, int band, int rsrp_dbm) {
  CellOptions cell;
  cell.plmn = std::move(plmn);
  cell.technology = technology;
  cell.band = band;
  cell.rsrp_dbm = rsrp_dbm;
  return cell;
}

/// Cells, a card and settings, and no modem.
struct Around {
  explicit Around(SimulationOptions given = {}) : options(std::move(given)) {
    configuration.system_mode.lte_m = true;
    configuration.system_mode.nb_iot = false;
  }
  [[nodiscard]] const Cell& cell(std::ptrdiff_t index) const {
    return *std::next(radio.cells().begin(), index);
  }

  SimulationOptions options;
  boost::asio::io_context context{1};
  base::ManualClock clock{context, base::WallTime{}};
  base::MemorySettings settings;
  Configuration configuration;
  SimCard sim{options.sim, settings};
  RadioEnvironment radio{options, clock};
  CellSelection selection{{configuration, sim, radio}};
};

SimulationOptions two_networks() {
  SimulationOptions options;
  options.operators.push_back({});
  options.operators.back().plmn = "26202";
  options.cells = {
      cell_of("26201", AccessTechnology::lte_m, 20, -100), cell_of("26201", AccessTechnology::lte_m, 3, -80),
      cell_of("26201", AccessTechnology::nb_iot, 8, -70), cell_of("26202", AccessTechnology::lte_m, 20, -60)};
  return options;
}

TEST(CellSelection, PrefersTheHomeNetworkToAStrongerOne) {
  Around around(two_networks());
  EXPECT_EQ(around.selection.selectable_cell(), &around.cell(1));
  EXPECT_EQ(around.selection.limited_cell(), &around.cell(3)) << "which is the strongest of all";
}

TEST(CellSelection, KeepsToSystemModeAndBands) {
  Around around(two_networks());
  EXPECT_FALSE(around.selection.supports(around.cell(2)));
  around.selection.set_bands({20});
  EXPECT_EQ(around.selection.selectable_cell(), &around.cell(0));
  around.configuration.system_mode.nb_iot = true;
  around.selection.set_bands({8});
  EXPECT_EQ(around.selection.selectable_cell(), &around.cell(2));
}

TEST(CellSelection, LeavesWhatHasRefusedTheModemUntilAllIsAllowed) {
  Around around(two_networks());
  around.selection.bar(around.cell(0));
  around.selection.bar(around.cell(1));
  EXPECT_EQ(around.selection.selectable_cell(), &around.cell(3));
  EXPECT_TRUE(around.selection.has_barred());
  around.selection.allow_all();
  EXPECT_EQ(around.selection.selectable_cell(), &around.cell(1));
}

TEST(CellSelection, TakesTheNetworkOfAManualSelectionAlone) {
  Around around(two_networks());
  around.configuration.selected_plmn = "26202";
  EXPECT_EQ(around.selection.selectable_cell(), &around.cell(3));
  EXPECT_EQ(around.selection.limited_cell(), nullptr);
}

TEST(CellSelection, FindsANeighbourOfTheSameNetworkAboveALevel) {
  Around around(two_networks());
  EXPECT_EQ(around.selection.neighbour_above(around.cell(0), -90), &around.cell(1));
  EXPECT_EQ(around.selection.neighbour_above(around.cell(0), -80), nullptr);
}

/// Notes what a search tells.
class Searcher final : public NetworkSearch::Owner {
 public:
  void search_began() override { told.emplace_back("began"); }
  void light_search_failed(bool cell_there) override {
    told.emplace_back(cell_there ? "not light" : "nothing light");
  }
  void cell_found(const Cell&) override { told.emplace_back("found"); }
  void nothing_found(base::Duration pause) override {
    told.push_back("nothing for " +
                   std::to_string(std::chrono::duration_cast<std::chrono::seconds>(pause).count()));
  }
  void pause_ended() override { told.emplace_back("pause ended"); }

  std::vector<std::string> told;
};

struct Searching : Around {
  using Around::Around;

  std::vector<std::string> after(base::Duration time) {
    clock.advance(time);
    return std::exchange(owner.told, {});
  }

  StepTimes times{options.timing, 1};
  StepTimer timer{clock, times, options.timing};
  Searcher owner;
  NetworkSearch search{{configuration, selection, timer, owner}};
};

SimulationOptions no_coverage() {
  SimulationOptions options;
  options.network.coverage = false;
  return options;
}

TEST(RadioEnvironment, GoesOnFromTheSameSignalWhenATrendChanges) {
  SimulationOptions options;
  options.radio.fading_db = 6;
  Around around(options);
  Cell& cell = *around.radio.find(around.cell(0).id);
  around.radio.set_level(cell, -90, 10);
  for (double trend : {-6.0, 3.0, 0.0}) {
    around.clock.advance(35s);
    Signal before = around.radio.signal(cell);
    around.radio.set_trend(cell, trend);
    EXPECT_NEAR(around.radio.signal(cell).rsrp_dbm, before.rsrp_dbm, 1e-6) << trend;
    EXPECT_NEAR(around.radio.signal(cell).snr_db, before.snr_db, 1e-6) << trend;
  }
}

TEST(CoverageGaps, NeverBeginWhereThereAreNone) {
  GapCourse none(1, 0s, 0s);
  EXPECT_TRUE(none.covered(5s));
  EXPECT_EQ(none.until_change(5s), base::Duration::max());
}

TEST(ForbiddenNetworks, AreKnownByTheirWholeNumber) {
  Around around;
  around.sim.forbid("334020");
  EXPECT_FALSE(around.sim.forbids("34020"));
  around.sim.allow("34020");
  EXPECT_THAT(around.sim.forbidden(), ElementsAre("334020"));
  around.sim.forbid("34020");
  EXPECT_TRUE(around.sim.forbids("34020"));
  around.sim.allow("334020");
  EXPECT_THAT(around.sim.forbidden(), ElementsAre("34020"));
}

TEST(NetworkSearch, FindsACellAtOnce) {
  Searching it;
  it.search.begin();
  EXPECT_THAT(it.after(0s), ElementsAre("began", "found"));
}

TEST(NetworkSearch, NeedsAThoroughSearchForNbIotWhereTheModemHasNotBeenBefore) {
  SimulationOptions options;
  options.network.technology = AccessTechnology::nb_iot;
  Searching it(options);
  it.configuration.system_mode.nb_iot = true;
  it.search.begin();
  EXPECT_THAT(it.after(0s), ElementsAre("began", "not light", "found"));
  it.configuration.cell_known = true;
  it.search.begin();
  EXPECT_THAT(it.after(0s), ElementsAre("began", "found"));
}

TEST(NetworkSearch, PausesLongerAndLongerWhereThereIsNothing) {
  Searching it(no_coverage());
  it.search.begin();
  EXPECT_THAT(it.after(0s), ElementsAre("began", "nothing light", "nothing for 30"));
  EXPECT_THAT(it.after(29s), ElementsAre());
  EXPECT_THAT(it.after(1s), ElementsAre("pause ended", "began", "nothing light", "nothing for 60"));
  it.search.forget_failures();
  EXPECT_THAT(it.after(60s), ElementsAre("pause ended", "began", "nothing light", "nothing for 30"));
}

TEST(NetworkSearch, IsOverWhenItsTimerIsCancelled) {
  Searching it(no_coverage());
  it.search.begin();
  it.after(0s);
  it.timer.cancel();
  it.search.stop();
  EXPECT_THAT(it.after(1h), ElementsAre());
}

TEST(PowerSavingTerms, AreWhatIsAskedForUnlessTheNetworkSaysOtherwise) {
  Operator network;
  Configuration::PowerSaving asked;
  asked.on = true;
  PsmTerms none{std::string(timer_deactivated), std::string(timer_deactivated)};
  EXPECT_EQ(agree_on_psm(network, asked), (PsmTerms{asked.active_time, asked.periodic_tau}));
  network.psm = "00000101";
  EXPECT_EQ(agree_on_psm(network, asked), (PsmTerms{"00000101", none.periodic_tau}));
  network.psm = "00000101, 00111000";
  EXPECT_EQ(agree_on_psm(network, {}), (PsmTerms{"00000101", "00111000"})) << "even unasked";
  network.psm = "refused";
  EXPECT_EQ(agree_on_psm(network, asked), none);
}

TEST(PowerSavingTerms, OfEdrxMayBeRefusedOrMissing) {
  Operator network;
  Configuration::Edrx asked;
  asked.on = true;
  asked.cycle = "0101";
  EXPECT_EQ(agree_on_edrx(network, AccessTechnology::lte_m, asked)->granted, "0101");
  network.edrx = "1001,0011";
  auto agreed = agree_on_edrx(network, AccessTechnology::lte_m, asked);
  EXPECT_EQ(agreed->requested + agreed->granted + agreed->paging_window, "010110010011");
  network.edrx = "refused";
  EXPECT_EQ(agree_on_edrx(network, AccessTechnology::lte_m, asked)->granted, "");
  network.edrx = "none";
  EXPECT_FALSE(agree_on_edrx(network, AccessTechnology::lte_m, asked));
}

TEST(PowerSavingTerms, LetTheFirmwareSleepByItselfOnlyWhereTheNetworkGrantsNothing) {
  Operator network;
  Configuration::PowerSaving asked;
  asked.on = true;
  asked.active_time = "00000101";  // 10 s
  PsmTerms refused{std::string(timer_deactivated), std::string(timer_deactivated)};
  EXPECT_FALSE(idle_times(network, refused, {}, asked, false).active_time);
  IdleTimes own = idle_times(network, refused, {}, asked, true);
  EXPECT_EQ(own.active_time, 10s);
  EXPECT_TRUE(own.proprietary);
  EXPECT_EQ(own.update_after, 54min) << "T3412 of the network";
  EXPECT_FALSE(idle_times(network, {"00000101", "00111000"}, {}, asked, true).proprietary);
}

}  // namespace
}  // namespace attache::cellular
