#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>

#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

/// What programs log about a failure, by their words: all of `all`, any of `any`, none of `none`.
struct Words {
  Cause cause;
  int score;
  std::initializer_list<std::string_view> all;
  std::initializer_list<std::string_view> any{};
  std::initializer_list<std::string_view> none{};
};

// clang-format off
const Words words[] = {
    {Cause::power, 92, {"power off warning"}},
    {Cause::power, 90, {"POFWARN"}, {}, {"XPOFWARN"}},
    {Cause::power, 80, {"battery"}, {"low", "too low", "empty"}},
    {Cause::power, 80, {"brown"}, {"brownout", "brown-out", "brown out"}},
    {Cause::power, 70, {"undervoltage"}},
    {Cause::modem_not_running, 88, {"modem"}, {"library init", "lib init", "modem_lib_init", "modem_init fail", "modem_lib init"}, {"success", "done", "initialized"}},
    {Cause::modem_not_running, 88, {"bsdlib_init"}, {"fail", "err"}},
    {Cause::modem_not_running, 90, {"Failed to open AT socket"}},
    {Cause::modem_not_running, 86, {"modem"}, {"not initialized", "not initialised", "did not start", "failed to start", "could not be initialized", "failed to initialize", "Failed to init"}},
    {Cause::modem_crash, 94, {"modem"}, {"crash", "modem fault", "Modem has crashed", "fault reason", "assert"}},
    {Cause::modem_crash, 80, {"lte_lc", "error: -1"}, {}, {"error: -1."}},
    {Cause::modem_crash, 84, {"Sending AT command failed with error code -1"}},
    {Cause::modem_crash, 84, {"AT command"}, {"failed with error code -1", "err -1 ", "error -1"}},
    {Cause::reset_loop_restriction, 96, {"reset loop"}},
    {Cause::imei_missing, 92, {"IMEI"}, {"no IMEI", "missing", "invalid", "not programmed", "not set"}},
    {Cause::wrong_modem_firmware, 84, {"modem firmware"}, {"not compatible", "incompatible", "unsupported", "mismatch", "too old"}},
    {Cause::no_sim, 90, {"SIM"}, {"not inserted", "no SIM", "SIM missing", "SIM card not found", "without SIM", "not detected", "SIM absent"}},
    {Cause::no_sim, 84, {"UICC"}, {"no UICC", "not detected", "not inserted", "missing", "not initialized"}},
    {Cause::sim_failure, 88, {"UICC"}, {"fail", "UICC_FAIL", "error"}},
    {Cause::sim_failure, 84, {"SIM failure"}},
    {Cause::sim_pin, 88, {"PIN"}, {"SIM PIN required", "PIN required", "PUK", "PIN locked"}},
    {Cause::sim_no_profile, 90, {"profile"}, {"no profile", "no enabled profile", "profile not enabled", "no active profile"}},
    {Cause::registration_denied, 82, {"registration"}, {"denied", "rejected"}},
    {Cause::registration_denied, 80, {"REGISTRATION_DENIED"}},
    {Cause::roaming_not_allowed, 86, {"roaming"}, {"not allowed", "forbidden", "no roaming"}},
    {Cause::no_coverage, 74, {"no"}, {"no suitable cell", "no cell found", "no coverage", "no network found", "no signal", "out of coverage"}},
    {Cause::wrong_apn, 84, {"APN"}, {"unknown APN", "missing or unknown", "invalid APN", "wrong APN", "APN rejected"}},
    {Cause::wrong_apn, 78, {"PDN"}, {"rejected", "PDN activation failed", "Failed to activate PDN"}},
    {Cause::dns_failure, 86, {"getaddrinfo"}, {"fail", "err", "-", "unable"}, {"success"}},
    {Cause::dns_failure, 86, {"resolve"}, {"fail", "unable", "could not", "cannot", "can't", "error"}, {"resolve and connect"}},
    {Cause::dns_failure, 84, {"DNS"}, {"fail", "error", "timeout", "no answer", "NXDOMAIN", "not found"}},
    {Cause::dns_failure, 84, {"name"}, {"name or service not known", "host name not found", "no such host", "Temporary failure in name resolution"}},
    {Cause::server_refused, 84, {"connection refused"}},
    {Cause::server_refused, 80, {"ECONNREFUSED"}},
    {Cause::server_timeout, 80, {"ETIMEDOUT"}},
    {Cause::server_timeout, 78, {"connection timed out"}},
    {Cause::server_timeout, 72, {"connect"}, {"connect timeout", "connection timeout", "connect timed out"}, {"PPP", "chat", "script"}},
    {Cause::not_registered_yet, 72, {"not registered"}},
    {Cause::not_registered_yet, 70, {"network is down"}},
    {Cause::ipv6_unreachable, 72, {"IPv6"}, {"unreachable", "no IPv6", "ENETUNREACH"}},
    {Cause::socket_not_open, 76, {"socket"}, {"not connected", "bad file", "EBADF", "ENOTCONN", "not open", "invalid socket"}},
    {Cause::message_too_large, 86, {"message"}, {"too long", "too large", "EMSGSIZE"}},
    {Cause::message_too_large, 80, {"payload"}, {"too long", "too large", "exceeds"}},
    {Cause::buffer_limit, 84, {"memory"}, {"out of memory", "no memory", "not enough memory", "Failed to allocate"}},
    {Cause::buffer_limit, 84, {"alloc"}, {"alloc failed", "malloc fail", "k_malloc", "failed to alloc"}},
    {Cause::buffer_limit, 86, {"ENOMEM"}},
    {Cause::buffer_limit, 86, {"ENOBUFS"}},
    {Cause::buffer_limit, 80, {"too many open"}},
    {Cause::gnss_lte_contention, 86, {"GNSS"}, {"blocked by LTE", "insufficient time", "not enough time", "blocked", "window"}},
    {Cause::gnss_lte_contention, 86, {"GPS"}, {"blocked by LTE", "insufficient time", "not enough time", "GPS blocked", "time window"}},
    {Cause::wrong_system_mode, 78, {"system mode"}, {"not", "fail", "wrong", "unsupported"}},
    {Cause::broker_rejects, 90, {"CONNACK"}, {"not authorized", "bad user", "refused", "identifier rejected", "rejected", "return code 5", "return code 4", "result: 5", "result: 4"}},
    {Cause::broker_rejects, 86, {"MQTT"}, {"not authorized", "not authorised", "identifier rejected", "bad user name", "bad username", "connection rejected"}},
    {Cause::host_driver_mismatch, 86, {"script"}, {"timed out", "timeout", "failed", "aborted"}},
    {Cause::host_driver_mismatch, 84, {"modem_cellular"}, {"timeout", "timed out", "fail"}},
    {Cause::host_driver_mismatch, 84, {"chat"}, {"chat: timeout", "chat timeout", "alarm", "Failed (", "Connect script failed"}},
    {Cause::host_driver_mismatch, 78, {"ModemManager"}, {"unsupported", "timed out", "couldn't", "fail"}},
    {Cause::host_driver_mismatch, 76, {"CMUX"}, {"timeout", "timed out", "fail"}},
    {Cause::host_driver_mismatch, 74, {"NO CARRIER"}},
    {Cause::uart_dtr, 84, {"DTR"}, {"not set", "low", "inactive", "deassert", "off", "disabled", "released"}},
    {Cause::clock_wrong, 86, {"time"}, {"1970-", "1980-", "date time not valid", "time is not set", "no valid time", "invalid time"}},
    {Cause::cert_write_while_active, 86, {"cred"}, {"while modem is active", "while LTE", "must be offline", "not allowed in active state"}},
    {Cause::cert_write_while_active, 84, {"modem_key_mgmt"}, {"active state", "err -13", "error: -13", "-13"}},
    {Cause::sec_tag_missing, 84, {"sec_tag"}, {"not found", "missing", "empty", "does not exist", "no credential"}},
    {Cause::sec_tag_missing, 80, {"sec tag"}, {"not found", "missing", "empty", "does not exist", "no credential"}},
    {Cause::sec_tag_missing, 80, {"certificate"}, {"not provisioned", "not found in modem", "certificate missing", "no certificate"}},
    {Cause::psm_sleep, 74, {"sleep"}, {"no response while", "modem asleep", "still sleeping", "in PSM"}},
    {Cause::line_termination, 76, {"termination"}, {"wrong", "mismatch", "expected", "missing"}},
};
// clang-format on

bool fits(const Words& each, std::string_view text) {
  auto has = [&](std::string_view part) { return has_text(text, part); };
  return std::ranges::all_of(each.all, has) && (each.any.size() == 0 || std::ranges::any_of(each.any, has)) &&
         std::ranges::none_of(each.none, has);
}

constexpr int most_of_a_kind = 8;

void by_words(const Session& session, Findings& findings) {
  std::array<int, std::size(words)> found{};
  for (const ItemRef& item : session.items) {
    bool is_words = item->kind == Item::Kind::log || item->kind == Item::Kind::text;
    if (!is_words || session.is_told(*item) || item->event->level == 'd' || item->event->text.size() > 2000) {
      continue;
    }
    const Event& event = *item->event;
    std::string text = event.module.empty() ? event.text : fmt::format("{}: {}", event.module, event.text);
    for (std::size_t i = 0; i < std::size(words); ++i) {
      if (found.at(i) >= most_of_a_kind || !fits(words[i], text)) {
        continue;
      }
      ++found.at(i);
      const auto& registration = session.end->registration;
      bool has_passed = words[i].cause == Cause::not_registered_yet && registration &&
                        registration->is_registered() &&
                        registration.source->place.line > item->event->place.line;
      if (has_passed) {
        continue;
      }
      // What a program logged as a mere notice is weaker.
      int score =
          words[i].score - (item->event->level == 'i' ? 8 : 0) - (item->kind == Item::Kind::text ? 10 : 0);
      findings.add(words[i].cause, score, "log-words").at(item->event);
    }
  }
}

constexpr std::array all_log_word{Rule{"log-words", by_words}};

}  // namespace

std::span<const Rule> log_word_rules() {
  return all_log_word;
}

}  // namespace attache::doctor
