#include "device/config/network_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>

#include "cellular/network/radio_bands.hpp"

namespace attache::device {

namespace {

using Contradiction = std::optional<base::Reason>;

Contradiction fault_of(const cellular::NetworkPolicy& policy, std::string_view table) {
  if (policy.user.empty() && !policy.password.empty()) {
    return base::make_reason(fmt::format("`{}` asks for a password without a user", table),
                             "`password` is set, `user` is not", "set both, or neither");
  }
  return std::nullopt;
}

Contradiction fault_of(const cellular::OperatorOptions& added, const std::string& own_plmn,
                       const std::set<std::string>& plmns) {
  if (added.plmn == own_plmn) {
    return base::make_reason("an `[[operator]]` is the network of `[network]`",
                             fmt::format("both have the PLMN {}", added.plmn),
                             "write its keys below [network], or give it another PLMN");
  }
  if (plmns.count(added.plmn) > 0) {
    return base::make_reason("two `[[operator]]` are the same",
                             fmt::format("the PLMN {} is named twice", added.plmn), "keep one");
  }
  return fault_of(added.policy, fmt::format("[[operator]] {}", added.plmn));
}

base::Reason unfit_cell(const cellular::CellOptions& cell, std::string why, std::string advice) {
  return base::make_reason(fmt::format("the `[[cell]]` {} cannot be used", cell.id), std::move(why),
                           std::move(advice));
}

Contradiction channel_fault(const cellular::CellOptions& cell, const cellular::FirmwareProfile& profile) {
  if (cell.band == 0) {
    return cell.earfcn == 0 ? Contradiction()
                            : unfit_cell(cell, "it has an `earfcn` without a `band`", "write its band too");
  }
  auto bands = cellular::supported_bands(profile, cell.technology);
  if (std::find(bands.begin(), bands.end(), cell.band) == bands.end()) {
    bool lte_m = cell.technology == cellular::AccessTechnology::lte_m;
    return unfit_cell(cell,
                      fmt::format("{} does not have the {} band {}", profile.revision,
                                  lte_m ? "LTE-M" : "NB-IoT", cell.band),
                      fmt::format("its bands: {}", fmt::join(bands, ", ")));
  }
  auto channels = cellular::downlink_channels(cell.band);
  if (cell.earfcn != 0 && (cell.earfcn < channels.first || cell.earfcn > channels.last)) {
    return unfit_cell(cell, fmt::format("{} is no downlink channel of band {}", cell.earfcn, cell.band),
                      fmt::format("its channels go from {} to {}", channels.first, channels.last));
  }
  return std::nullopt;
}

Contradiction fault_of(const cellular::RadioOptions& radio) {
  bool gaps = radio.gap_every.count() > 0;
  if (gaps != (radio.gap_length.count() > 0)) {
    return base::make_reason("`[radio]` describes half of the coverage gaps",
                             gaps ? "`gap_length` is 0" : "`gap_every` is 0", "set both, or neither");
  }
  if (gaps && radio.gap_length >= radio.gap_every) {
    return base::make_reason("`[radio]` leaves no coverage",
                             fmt::format("`gap_length` ({} s) is not below `gap_every` ({} s)",
                                         radio.gap_length.count(), radio.gap_every.count()),
                             "no coverage at all is `coverage = false` in [network]");
  }
  return std::nullopt;
}

// Also fills `plmns` with the networks there are.
std::optional<NetworkFault> find_operator_fault(const cellular::SimulationOptions& options,
                                                std::set<std::string>& plmns) {
  const cellular::NetworkSideOptions& own = options.network;
  if (auto fault = fault_of(own.policy, "[network]")) {
    return NetworkFault{"network", 0, std::move(*fault)};
  }
  plmns.insert(own.plmn);
  for (std::size_t i = 0; i < options.operators.size(); ++i) {
    if (auto fault = fault_of(options.operators[i], own.plmn, plmns)) {
      return NetworkFault{"operator", i, std::move(*fault)};
    }
    plmns.insert(options.operators[i].plmn);
  }
  return std::nullopt;
}

std::optional<NetworkFault> find_cell_fault(const cellular::SimulationOptions& options,
                                            const std::set<std::string>& plmns) {
  auto profile = cellular::firmware_profile(options.firmware);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    const cellular::CellOptions& cell = options.cells[i];
    Contradiction fault = channel_fault(cell, profile);
    if (!cell.plmn.empty() && plmns.count(cell.plmn) == 0) {
      fault = unfit_cell(cell, fmt::format("nobody has its PLMN {}", cell.plmn),
                         fmt::format("known: {}; another one needs an [[operator]]", fmt::join(plmns, ", ")));
    }
    if (!ids.insert(cell.id).second) {
      fault =
          base::make_reason("two `[[cell]]` are the same", fmt::format("the `id` {} is there twice", cell.id),
                            "give each an `id` of its own");
    }
    if (fault) {
      return NetworkFault{"cell", i, std::move(*fault)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<NetworkFault> find_network_fault(const cellular::SimulationOptions& options) {
  std::set<std::string> plmns;
  if (auto fault = find_operator_fault(options, plmns)) {
    return fault;
  }
  if (auto fault = find_cell_fault(options, plmns)) {
    return fault;
  }
  if (auto fault = fault_of(options.radio)) {
    return NetworkFault{"radio", 0, std::move(*fault)};
  }
  return std::nullopt;
}

}  // namespace attache::device
