#include "cellular/radio_environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

// The next network code of the same country, so that it is another operator there.
std::string neighbour_plmn(std::string_view plmn) {
  constexpr std::size_t country_digits = 3;
  std::size_t digits = plmn.size() - std::min(plmn.size(), country_digits);
  int limit = digits == 3 ? 1000 : 100;
  int code = base::parse_number<std::int32_t>(plmn.substr(plmn.size() - digits)).value_or(0);
  return fmt::format("{}{:0{}}", plmn.substr(0, plmn.size() - digits), (code + 1) % limit, digits);
}

std::string next_hex(std::string_view digits) {
  std::uint64_t value = 0;
  if (auto bytes = base::from_hex(digits)) {
    for (char byte : *bytes) {
      value = value << 8U | static_cast<unsigned char>(byte);
    }
  }
  std::string text = fmt::format("{:0{}X}", value + 1, digits.size());
  return text.substr(text.size() - digits.size());
}

}  // namespace

int access_technology_number(AccessTechnology technology) {
  return technology == AccessTechnology::lte_m ? 7 : 9;
}

RadioEnvironment::RadioEnvironment(const NetworkSideOptions& network) {
  if (!network.coverage) {
    return;
  }
  Cell cell;
  cell.operator_name = network.operator_name;
  cell.plmn = network.plmn;
  cell.tac = network.tac;
  cell.id = network.cell;
  cell.technology = network.technology;
  cell.rsrp_dbm = network.rsrp_dbm;
  cell.reject_cause = network.reject_cause;
  cells_.push_back(cell);
  if (network.reject_cause) {
    cell.reject_cause.reset();
    cell.plmn = neighbour_plmn(cell.plmn);
    cell.tac = next_hex(cell.tac);
    cell.id = next_hex(cell.id);
    cell.rsrp_dbm -= 4;
    ++cell.physical_id;
    cells_.push_back(std::move(cell));
  }
}

SignalIndices signal_indices(const Cell& cell) {
  constexpr int noise_dbm = -120;  // Below it a cell of the simulation cannot be understood well.
  int above_noise = std::clamp(cell.rsrp_dbm - noise_dbm, -20, 48);
  SignalIndices indices;
  indices.rsrp = std::clamp(cell.rsrp_dbm + 141, 0, 97);
  indices.rsrq = std::clamp(above_noise * 34 / 48, 0, 34);
  indices.snr = std::clamp(above_noise, 0, 49);
  return indices;
}

std::vector<int> supported_bands(bool before_1_3) {
  if (before_1_3) {
    return {1, 2, 3, 4, 5, 8, 12, 13, 14, 17, 20, 25, 26, 28, 66};
  }
  return {1, 2, 3, 4, 5, 8, 12, 13, 18, 19, 20, 25, 26, 28, 66};
}

int downlink_channel(int band) {
  static constexpr std::array<std::pair<int, int>, 17> channels{{
      {1, 300},
      {2, 900},
      {3, 1575},
      {4, 2175},
      {5, 2525},
      {8, 3625},
      {12, 5095},
      {13, 5230},
      {14, 5330},
      {17, 5790},
      {18, 5925},
      {19, 6075},
      {20, 6300},
      {25, 8365},
      {26, 8865},
      {28, 9435},
      {66, 66886},
  }};
  const auto* found = std::find_if(channels.begin(), channels.end(),
                                   [band](const auto& channel) { return channel.first == band; });
  return found == channels.end() ? 0 : found->second;
}

}  // namespace attache::cellular
