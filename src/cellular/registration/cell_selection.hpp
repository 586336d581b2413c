#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "cellular/card/sim_card.hpp"
#include "cellular/configuration.hpp"
#include "cellular/network/radio_environment.hpp"

namespace attache::cellular {

/// Which of the cells around a modem it may use, and which it prefers: system mode, bands, forbidden
/// networks, rejects, the order of automatic and manual selection (3GPP 23.122 4.4; reference
/// nrf91-modem/registration.md "PLMN selection model"). Looks, and changes nothing.
class CellSelection {
 public:
  /// All must outlive it.
  struct Surroundings {
    const Configuration& configuration;
    const SimCard& sim;
    const RadioEnvironment& radio;
  };
  explicit CellSelection(const Surroundings& around) : around_(around) {}

  /// The bands that firmware and band lock leave; none = all. Set at each activation.
  void set_bands(std::vector<int> bands) { bands_ = std::move(bands); }
  /// The network or tracking area of the cell has refused the modem: it is not used until allow_all().
  void bar(const Cell& cell) { barred_.push_back(&cell); }
  /// Cells that were barred by bar() may be used again; the SIM's forbidden networks stay so.
  void allow_all() { barred_.clear(); }
  /// bar() was called since allow_all().
  [[nodiscard]] bool has_barred() const { return !barred_.empty(); }
  /// As after power-on.
  void reset() { bands_.clear(), barred_.clear(); }

  /// System mode and bands include the cell.
  [[nodiscard]] bool supports(const Cell& cell) const;
  /// System mode, bands, forbidden networks and rejects let the modem camp on the cell.
  [[nodiscard]] bool may_use(const Cell& cell) const;
  /// The best cell of a network that is heard, or nullptr.
  [[nodiscard]] const Cell* strongest_cell(std::string_view plmn) const;
  /// The cell the modem would camp on now; nullptr = none.
  [[nodiscard]] const Cell* selectable_cell() const;
  /// The strongest cell whose technology and band would do though the modem may not register there; nullptr =
  /// none.
  [[nodiscard]] const Cell* limited_cell() const;
  /// The strongest other cell of the same network and technology that may be used and is heard with more than
  /// that level; nullptr = none.
  [[nodiscard]] const Cell* neighbour_above(const Cell& serving, double level_dbm) const;
  /// A cell of a home network may be used and is heard.
  [[nodiscard]] bool hears_home() const;

  /// The band of a cell as printed; for a cell on any band 20, or the lowest one left.
  [[nodiscard]] int band_of(const Cell& cell) const;
  /// Its downlink EARFCN; of a cell that has none, one in the middle of its band.
  [[nodiscard]] int channel_of(const Cell& cell) const;

 private:
  [[nodiscard]] bool prefers(const Cell& left, const Cell& right) const;
  [[nodiscard]] int plmn_rank(const Cell& cell) const;

  Surroundings around_;
  std::vector<int> bands_;
  std::vector<const Cell*> barred_;
};

}  // namespace attache::cellular
