#include "device/network_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "cellular/radio_bands.hpp"

namespace attache::device {

namespace {

using Outcome = base::Result<void>;

Outcome check_policy(std::string_view table, const cellular::NetworkPolicy& policy) {
  if (policy.user.empty() && !policy.password.empty()) {
    return base::make_reason(fmt::format("`{}` asks for a password without a user", table),
                             "`password` is set, `user` is not", "set both, or neither");
  }
  return {};
}

// Also fills `plmns` with the networks there are.
Outcome check_operators(const cellular::SimulationOptions& options, std::set<std::string>& plmns) {
  plmns.insert(options.network.plmn);
  if (auto checked = check_policy("[network]", options.network.policy); !checked) {
    return checked;
  }
  for (const cellular::OperatorOptions& added : options.operators) {
    if (added.plmn == options.network.plmn) {
      return base::make_reason("an `[[operator]]` is the network of `[network]`",
                               fmt::format("both have the PLMN {}", added.plmn),
                               "write its keys below [network], or give it another PLMN");
    }
    if (!plmns.insert(added.plmn).second) {
      return base::make_reason("two `[[operator]]` are the same",
                               fmt::format("the PLMN {} is named twice", added.plmn), "keep one");
    }
    if (auto checked = check_policy(fmt::format("[[operator]] {}", added.plmn), added.policy); !checked) {
      return checked;
    }
  }
  return {};
}

base::Reason unfit_cell(const cellular::CellOptions& cell, std::string why, std::string advice) {
  return base::make_reason(fmt::format("the `[[cell]]` {} cannot be used", cell.id), std::move(why),
                           std::move(advice));
}

Outcome check_channel(const cellular::CellOptions& cell, const cellular::FirmwareProfile& profile) {
  if (cell.band == 0) {
    return cell.earfcn == 0 ? Outcome()
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
  return {};
}

Outcome check_cells(const cellular::SimulationOptions& options, const std::set<std::string>& plmns) {
  auto profile = cellular::firmware_profile(options.firmware);
  std::set<std::string> ids;
  for (const cellular::CellOptions& cell : options.cells) {
    if (!ids.insert(cell.id).second) {
      return base::make_reason("two `[[cell]]` are the same",
                               fmt::format("the `id` {} is there twice", cell.id),
                               "give each an `id` of its own");
    }
    if (!cell.plmn.empty() && plmns.count(cell.plmn) == 0) {
      return unfit_cell(cell, fmt::format("nobody has its PLMN {}", cell.plmn),
                        fmt::format("known: {}; another one needs an [[operator]]", fmt::join(plmns, ", ")));
    }
    if (auto checked = check_channel(cell, profile); !checked) {
      return checked;
    }
  }
  return {};
}

Outcome check_radio(const cellular::RadioOptions& radio) {
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
  return {};
}

}  // namespace

Outcome check_network(const cellular::SimulationOptions& options) {
  std::set<std::string> plmns;
  if (auto checked = check_operators(options, plmns); !checked) {
    return checked;
  }
  if (auto checked = check_cells(options, plmns); !checked) {
    return checked;
  }
  return check_radio(options.radio);
}

}  // namespace attache::device
