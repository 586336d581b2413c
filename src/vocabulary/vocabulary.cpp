#include "vocabulary/vocabulary.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "vocabulary/tables.hpp"

namespace attache::vocabulary {

namespace {

using MakeFamily = Family (*)();

constexpr std::array<MakeFamily, 12> slm_1_families{
    slm_1_generic, slm_1_proxies, slm_1_sockets, slm_1_credentials, slm_1_ping, slm_1_sms,
    slm_1_fota,    slm_1_gps,     slm_1_ftp,     slm_1_mqtt,        slm_1_http, slm_1_twi};
constexpr std::array<MakeFamily, 16> slm_3_families{
    slm_3_generic, slm_3_proxies, slm_3_sockets, slm_3_credentials, slm_3_ping, slm_3_sms,
    slm_3_fota,    slm_3_gnss,    slm_3_ftp,     slm_3_mqtt,        slm_3_http, slm_3_nrf_cloud,
    slm_3_gpio,    slm_1_twi,     slm_3_carrier, slm_3_links};
constexpr std::array<MakeFamily, 15> serial_modem_2_0_families{
    serial_modem_2_0_generic, serial_modem_2_0_logs,         serial_modem_2_0_links,
    serial_modem_2_0_sockets, serial_modem_2_0_ping,         serial_modem_2_0_sms,
    serial_modem_2_0_http,    serial_modem_2_0_mqtt,         serial_modem_2_0_coap,
    serial_modem_2_0_fota,    serial_modem_2_0_dfu,          serial_modem_2_0_gnss,
    serial_modem_2_0_cloud,   serial_modem_2_0_provisioning, serial_modem_2_0_carrier};
constexpr std::array<MakeFamily, 18> modem_families{modem_functional_mode,
                                                    modem_operation,
                                                    modem_sim,
                                                    modem_uicc,
                                                    modem_registration,
                                                    modem_search,
                                                    modem_pdn,
                                                    modem_pdn_features,
                                                    modem_radio,
                                                    modem_measurement,
                                                    modem_power_saving,
                                                    modem_credentials,
                                                    modem_tokens,
                                                    modem_sms,
                                                    modem_device,
                                                    modem_pins,
                                                    modem_time,
                                                    modem_events};

std::vector<Vocabulary> make_dialects() {
  const std::array entries{
      Vocabulary::Entry{.name = "slm-1.5",
                        .title = "Serial LTE Modem 1.5",
                        .version = version(1, 5),
                        .families = slm_1_families},
      Vocabulary::Entry{.name = "slm-1.6",
                        .title = "Serial LTE Modem 1.6",
                        .version = version(1, 6),
                        .families = slm_1_families},
      Vocabulary::Entry{.name = "slm-2.9",
                        .title = "Serial LTE Modem 2.9",
                        .version = version(2, 9),
                        .families = slm_3_families},
      Vocabulary::Entry{.name = "slm-3.1",
                        .title = "Serial LTE Modem 3.1",
                        .version = version(3, 1),
                        .families = slm_3_families},
      Vocabulary::Entry{.name = "serial-modem-1.99",
                        .title = "Serial Modem 1.99, the preview of 2.0",
                        .version = version(1, 99),
                        .line_end = "\r",
                        .families = serial_modem_2_0_families},
      Vocabulary::Entry{.name = "serial-modem-2.0",
                        .title = "Serial Modem 2.0",
                        .version = version(2, 0),
                        .line_end = "\r",
                        .families = serial_modem_2_0_families},
  };
  return {entries.begin(), entries.end()};
}

// Names in the tables are upper case.
bool is_before(std::string_view name, std::string_view other) {
  return std::lexicographical_compare(
      name.begin(), name.end(), other.begin(), other.end(), [](char a, char b) {
        auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
        return upper(a) < upper(b);
      });
}

template <class Described>
std::vector<const Described*> by_name(std::vector<const Described*> all) {
  std::sort(all.begin(), all.end(),
            [](const Described* a, const Described* b) { return is_before(a->name, b->name); });
  return all;
}

template <class Described>
const Described* find_in(const std::vector<const Described*>& sorted, std::string_view name) {
  auto found = std::lower_bound(
      sorted.begin(), sorted.end(), name,
      [](const Described* one, std::string_view wanted) { return is_before(one->name, wanted); });
  return found != sorted.end() && base::equal_ignoring_case((*found)->name, name) ? *found : nullptr;
}

}  // namespace

Vocabulary::Vocabulary(const Entry& entry) : entry_(entry) {
  for (MakeFamily make : entry.families) {
    const Family& family = families_.emplace_back(make());
    for (const Command& command : family.commands) {
      if (is_in(command.in)) {
        commands_.push_back(&command);
      }
    }
    for (const Urc& urc : family.urcs) {
      if (is_in(urc.in)) {
        urcs_.push_back(&urc);
      }
    }
  }
  commands_by_name_ = by_name(commands_);
  urcs_by_name_ = by_name(urcs_);
}

const Command* Vocabulary::command(std::string_view name) const {
  return find_in(commands_by_name_, name);
}

const Urc* Vocabulary::urc(std::string_view name) const {
  return find_in(urcs_by_name_, name);
}

std::span<const Vocabulary> dialects() {
  static const std::vector<Vocabulary> all = make_dialects();
  return all;
}

const Vocabulary* find(std::string_view dialect) {
  auto all = dialects();
  auto found =
      std::find_if(all.begin(), all.end(), [&](const Vocabulary& one) { return one.name() == dialect; });
  return found == all.end() ? nullptr : &*found;
}

const Vocabulary& modem() {
  static const Vocabulary all(
      Vocabulary::Entry{.name = "modem", .title = "Modem firmware", .families = modem_families});
  return all;
}

std::span<const std::string_view> foreign_names() {
  static constexpr auto names = std::to_array<std::string_view>(
      {"+CGREG", "+CMGD", "+CMGL", "+CMGR", "+CMGW", "+CMSS", "+CNMP", "+CREG", "+CSCA", "+CSMS"});
  return names;
}

std::span<const FinalResult> final_results() {
  static constexpr std::array results{
      FinalResult{.text = "OK", .is_success = true},
      FinalResult{.text = "ERROR"},
      FinalResult{.text = "CONNECT", .is_success = true},
      FinalResult{.text = "NO CARRIER"},
      FinalResult{.text = "NO ANSWER"},
      FinalResult{.text = "BUSY"},
      FinalResult{.text = "NO DIALTONE"},
      FinalResult{.text = "+CME ERROR:", .has_number = true},
      FinalResult{.text = "+CMS ERROR:", .has_number = true},
  };
  return results;
}

bool is_final_result(std::string_view line) {
  auto results = final_results();
  return std::any_of(results.begin(), results.end(), [line](const FinalResult& result) {
    return result.has_number ? line.starts_with(result.text) : line == result.text;
  });
}

}  // namespace attache::vocabulary
