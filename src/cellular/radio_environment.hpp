#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// A cell that can be received. Its network is on the air in every band the modem may use.
struct Cell {
  std::string operator_name;
  std::string plmn;
  std::string tac;
  std::string id;
  AccessTechnology technology = AccessTechnology::lte_m;
  int rsrp_dbm = -90;
  int physical_id = 105;
  std::optional<int> reject_cause;  ///< EMM cause with which its network rejects an attach.
};

/// AcT as +CEREG and +COPS print it: 7 LTE-M, 9 NB-IoT.
int access_technology_number(AccessTechnology technology);

/// The cells around the modem, strongest first: the configured network and, if that rejects, another one.
class RadioEnvironment {
 public:
  explicit RadioEnvironment(const NetworkSideOptions& network);

  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }

 private:
  std::vector<Cell> cells_;
};

/// Indices as the modem prints them (reference nrf91-modem/radio-info.md, "Index conversions").
struct SignalIndices {
  int rsrp = 255;
  int rsrq = 255;
  int snr = 127;
};
SignalIndices signal_indices(const Cell& cell);

/// The bands the modem supports with LTE-M, as %XCBAND=? prints them.
std::vector<int> supported_bands(bool before_1_3);

/// A downlink channel in the middle of the band (3GPP 36.101, 5.7.3).
int downlink_channel(int band);

}  // namespace attache::cellular
