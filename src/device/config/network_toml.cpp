#include "device/config/network_toml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

namespace attache::device {

namespace {

using cellular::AccessTechnology;

// Names, numbers and addresses have no character that TOML escapes, but a backslash is possible in a name.
std::string quoted_toml(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    quoted += c == '\\' ? "\\\\" : std::string(1, c);
  }
  return quoted + "\"";
}

std::string quoted_toml(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  quoted.reserve(texts.size());
  for (const std::string& text : texts) {
    quoted.push_back(quoted_toml(text));
  }
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string quoted_toml(bool flag) {
  return flag ? "true" : "false";
}

std::string quoted_toml(int number) {
  return fmt::format("{}", number);
}

std::string quoted_toml(double number) {
  return fmt::format("{}", number);
}

std::string quoted_toml(std::chrono::seconds duration) {
  return fmt::format("\"{}s\"", duration.count());
}

std::string quoted_toml(AccessTechnology technology) {
  return technology == AccessTechnology::lte_m ? "\"ltem\"" : "\"nbiot\"";
}

template <class Address>
std::string written_address(const std::optional<Address>& address) {
  return address ? quoted_toml(address->to_string()) : "false";
}

/// One table of the text.
class Section {
 public:
  explicit Section(std::string_view heading) : heading_(heading) {}

  /// A key whose value is not `usual`.
  template <class Value>
  void add(std::string_view key, const Value& value, const Value& usual) {
    if (value != usual) {
      add_line(key, quoted_toml(value));
    }
  }
  template <class Value>
  void add(std::string_view key, const std::optional<Value>& value) {
    if (value) {
      add_line(key, quoted_toml(*value));
    }
  }
  void add_line(std::string_view key, std::string_view value) {
    fmt::format_to(std::back_inserter(lines_), "{} = {}\n", key, value);
  }

  /// Nothing if there is nothing to say.
  [[nodiscard]] std::string text() const { return lines_.empty() ? "" : element(); }
  /// With its heading in any case.
  [[nodiscard]] std::string element() const { return fmt::format("{}\n{}\n", heading_, lines_); }

 private:
  std::string heading_;
  std::string lines_;
};

// What `[network]` and `[[operator]]` have in common.
template <class Owner>
void add_policy(Section& section, const Owner& owner) {
  const Owner usual;
  section.add("reject", owner.reject_cause);
  section.add("psm", owner.psm, usual.psm);
  section.add("edrx", owner.edrx, usual.edrx);
  const cellular::NetworkPolicy& policy = owner.policy;
  section.add("apns", policy.apns, usual.policy.apns);
  section.add("user", policy.user, usual.policy.user);
  section.add("password", policy.password, usual.policy.password);
  section.add("circuit_switched", policy.circuit_switched, usual.policy.circuit_switched);
  section.add("information", policy.information, usual.policy.information);
  section.add("zone", policy.zone_quarters, usual.policy.zone_quarters);
  section.add("daylight", policy.daylight_hours, usual.policy.daylight_hours);
  section.add("periodic_update", policy.periodic_update, usual.policy.periodic_update);
  section.add("rrc_inactivity", policy.rrc_inactivity, usual.policy.rrc_inactivity);
  section.add("release_assistance", policy.release_assistance, usual.policy.release_assistance);
  section.add("uplink_limit", policy.uplink_limit, usual.policy.uplink_limit);
  section.add("uplink_period", policy.uplink_period, usual.policy.uplink_period);
  section.add("exception_data", policy.exception_data, usual.policy.exception_data);
  section.add("pco", policy.pco, usual.policy.pco);
}

std::string sim_text(const cellular::SimOptions& sim) {
  const cellular::SimOptions usual;
  Section section("[sim]");
  section.add("pin", sim.pin, usual.pin);
  section.add("puk", sim.puk, usual.puk);
  section.add("iccid", sim.iccid, usual.iccid);
  section.add("imsi", sim.imsi, usual.imsi);
  section.add("msisdn", sim.msisdn, usual.msisdn);
  section.add("service_provider", sim.service_provider, usual.service_provider);
  section.add("preferred", sim.preferred, usual.preferred);
  section.add("forbidden", sim.forbidden, usual.forbidden);
  section.add("smsc", sim.smsc, usual.smsc);
  section.add("absent", sim.absent, usual.absent);
  return section.text();
}

std::string network_text(const cellular::SimulationOptions& options) {
  const cellular::NetworkSideOptions& network = options.network;
  const cellular::NetworkSideOptions usual;
  Section section("[network]");
  section.add("coverage", network.coverage, usual.coverage);
  section.add("operator", network.operator_name, usual.operator_name);
  section.add("plmn", network.plmn, usual.plmn);
  if (options.cells.empty()) {  // Else they describe what these keys would.
    section.add("mode", network.technology, usual.technology);
    section.add("tac", network.tac, usual.tac);
    section.add("cell", network.cell, usual.cell);
    section.add("rsrp", network.rsrp_dbm, usual.rsrp_dbm);
  }
  section.add("roaming", network.roaming, usual.roaming);
  if (network.ipv4 != usual.ipv4) {
    section.add_line("ipv4", written_address(network.ipv4));
  }
  if (network.ipv6 != usual.ipv6) {
    section.add_line("ipv6", written_address(network.ipv6));
  }
  add_policy(section, network);
  return section.text();
}

std::string operator_text(const cellular::OperatorOptions& added) {
  const cellular::OperatorOptions usual;
  Section section("[[operator]]");
  section.add("plmn", added.plmn, usual.plmn);
  section.add("name", added.name, usual.name);
  section.add("roaming", added.roaming);
  add_policy(section, added);
  return section.element();
}

std::string cell_toml(const cellular::CellOptions& cell) {
  const cellular::CellOptions usual;
  Section section("[[cell]]");
  section.add("plmn", cell.plmn, usual.plmn);
  section.add("mode", cell.technology, usual.technology);
  section.add_line("tac", quoted_toml(cell.tac));
  section.add_line("id", quoted_toml(cell.id));
  section.add("band", cell.band, usual.band);
  section.add("earfcn", cell.earfcn, usual.earfcn);
  section.add("physical_id", cell.physical_id, usual.physical_id);
  section.add_line("rsrp", quoted_toml(cell.rsrp_dbm));
  section.add("snr", cell.snr_db);
  section.add("barred", cell.barred, usual.barred);
  section.add("reject", cell.reject_cause);
  return section.element();
}

std::string radio_toml(const cellular::RadioOptions& radio) {
  const cellular::RadioOptions usual;
  Section section("[radio]");
  section.add("fading", radio.fading_db, usual.fading_db);
  section.add("fading_period", radio.fading_period, usual.fading_period);
  section.add("gap_every", radio.gap_every, usual.gap_every);
  section.add("gap_length", radio.gap_length, usual.gap_length);
  section.add("measure_period", radio.measure_period, usual.measure_period);
  section.add("battery", radio.battery_mv, usual.battery_mv);
  section.add("temperature", radio.temperature, usual.temperature);
  section.add("lost_stat", radio.lost_stat, usual.lost_stat);
  section.add("lost_time", radio.lost_time, usual.lost_time);
  section.add("no_service_stat", radio.no_service_stat, usual.no_service_stat);
  section.add("reset_loop_limit", radio.reset_loop_limit, usual.reset_loop_limit);
  return section.text();
}

}  // namespace

std::string network_as_toml(const cellular::SimulationOptions& options) {
  std::string text = sim_text(options.sim) + network_text(options);
  for (const cellular::OperatorOptions& added : options.operators) {
    text += operator_text(added);
  }
  for (const cellular::CellOptions& cell : options.cells) {
    text += cell_toml(cell);
  }
  text += radio_toml(options.radio);
  if (!text.empty()) {
    text.pop_back();  // The empty line behind the last table.
  }
  return text;
}

}  // namespace attache::device
