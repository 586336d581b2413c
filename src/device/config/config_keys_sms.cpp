#include <array>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

Outcome set_sms_reports(DeviceConfig& config, const ConfigValue& value) {
  using Reports = modem::SmsOptions::Reports;
  constexpr std::array<std::pair<std::string_view, Reports>, 3> reports{
      {{"delivered", Reports::delivered}, {"failed", Reports::failed}, {"never", Reports::never}}};
  return set_enumerator(config.simulation.sms.reports, value, reports);
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_sms{
  ConfigKey{"sms", "number", K::text, R"("+4915112345678")", "1 to 20 digits, with or without + in front",
    "The device's telephone number: where others reach it.",
    [](C& c, const V& v) { return set_phone_number(c.simulation.sms.number, v); }},
  ConfigKey{"sms", "spool", K::text, "(none)", "the path of a folder",
    "Messages as files: `NUMBER/inbox` takes texts for the device, `NUMBER/outbox` has what it sent.",
    [](C& c, const V& v) { return set_text(c.sms_spool, v, !text_of(v).empty()); }},
  ConfigKey{"sms", "loss", K::whole_number, "0", "a whole number from 0 to 100",
    "Of the messages sent, so many of a hundred vanish.",
    [](C& c, const V& v) { return set_number(c.simulation.sms.loss_percent, v, 0, 100); }},
  ConfigKey{"sms", "refuse", K::whole_number, "(never)", "an RP cause from 1 to 127",
    "The service centre refuses every message with this cause (`+CMS ERROR`).",
    [](C& c, const V& v) { return set_number(c.simulation.sms.refuse_cause, v, 1, 127); }},
  ConfigKey{"sms", "reports", K::text, R"("delivered")", R"("delivered", "failed" or "never")",
    "What status reports say, where the sender asks for one.",
    [](C& c, const V& v) { return set_sms_reports(c, v); }},
  ConfigKey{"sms", "delay", K::duration, "0", R"(a time such as "1.5s", or seconds)",
    "From the acceptance of a message to its delivery.",
    [](C& c, const V& v) { return set_duration(c.simulation.sms.delay, v); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> sms_keys() {
  return keys_of_sms;
}

}  // namespace attache::device
