#include "cellular/card/sim_card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

constexpr std::string_view sim_section = "sim";
constexpr std::string_view pin_of_unlocked_card = "0000";
constexpr int most_pin_retries = 3;
constexpr int most_puk_retries = 10;

std::string identity(const SimOptions& options) {
  return fmt::format("{} {} {}", options.iccid, options.pin, options.puk);
}

// As it is kept: each with a blank behind it.
std::string forbidden_text(const std::vector<std::string>& plmns) {
  std::string text;
  for (const std::string& plmn : plmns) {
    text += fmt::format("{} ", plmn);
  }
  return text;
}

}  // namespace

SimCard::SimCard(const SimOptions& options, base::Settings& settings)
    : options_(options), settings_(settings) {
  kept_.pin = options.pin.empty() ? pin_of_unlocked_card : options.pin;
  kept_.locked = !options.pin.empty();
  present_ = !options.absent;
  kept_.forbidden = forbidden_text(options.forbidden);
  auto stored = settings.section(sim_section);
  if (stored["card"] != identity(options)) {
    return;
  }
  kept_.pin = stored["pin"];
  kept_.locked = stored["locked"] == "1";
  kept_.pin_retries = base::parse_number<std::int32_t>(stored["pin_retries"]).value_or(most_pin_retries);
  kept_.puk_retries = base::parse_number<std::int32_t>(stored["puk_retries"]).value_or(most_puk_retries);
  kept_.forbidden = stored["forbidden"];
}

bool SimCard::keep(const Kept& changed) {
  std::string section(sim_section);
  std::array<base::Settings::Change, 6> changes{{
      {section, "card", identity(options_)},
      {section, "pin", changed.pin},
      {section, "locked", changed.locked ? "1" : "0"},
      {section, "pin_retries", std::to_string(changed.pin_retries)},
      {section, "puk_retries", std::to_string(changed.puk_retries)},
      {section, "forbidden", changed.forbidden},
  }};
  if (!settings_.apply(changes)) {
    return false;
  }
  kept_ = changed;
  return true;
}

int SimCard::cause() const {
  switch (state_) {
    case State::pin_required:
      return 1;
    case State::puk_required:
      return 3;
    case State::blocked:
      return 5;
    case State::personalised:
      return 7;
    case State::absent:
      return 9;
    case State::off:
    case State::starting:
    case State::ready:
      break;
  }
  return 0;
}

void SimCard::finish_start() {
  pin_given_ = false;
  update_lock_state();
}

void SimCard::update_lock_state() {
  if (!present_ || !selected_) {
    state_ = State::absent;
  } else if (kept_.puk_retries <= 0) {
    state_ = State::blocked;
  } else if (kept_.pin_retries <= 0) {
    state_ = State::puk_required;
  } else {
    State open = refused_by_.empty() ? State::ready : State::personalised;
    state_ = kept_.locked && !pin_given_ ? State::pin_required : open;
  }
}

void SimCard::set_present(bool present) {
  present_ = present;
  if (!present && powered()) {
    pin_given_ = false;
    state_ = State::absent;
  }
}

SimCard::Check SimCard::count_wrong_pin() {
  Kept changed = kept_;
  --changed.pin_retries;
  if (!keep(changed)) {
    return Check::storage_failed;
  }
  update_lock_state();
  return Check::wrong;
}

SimCard::Check SimCard::verify_pin(std::string_view pin) {
  if (state_ == State::blocked) {
    return Check::blocked;
  }
  if (state_ == State::puk_required) {
    return Check::puk_required;
  }
  if (state_ != State::pin_required) {
    return Check::not_needed;
  }
  if (pin != kept_.pin) {
    return count_wrong_pin();
  }
  Kept changed = kept_;
  changed.pin_retries = most_pin_retries;
  if (kept_.pin_retries != most_pin_retries && !keep(changed)) {
    return Check::storage_failed;
  }
  pin_given_ = true;
  update_lock_state();
  return Check::ok;
}

SimCard::Check SimCard::unblock(std::string_view puk, std::string_view new_pin) {
  if (state_ == State::blocked) {
    return Check::blocked;
  }
  if (state_ != State::puk_required) {
    return Check::not_needed;
  }
  Kept changed = kept_;
  bool right = puk == options_.puk;
  if (right) {
    changed.pin = new_pin;
    changed.pin_retries = most_pin_retries;
    changed.puk_retries = most_puk_retries;
  } else {
    --changed.puk_retries;
  }
  if (!keep(changed)) {
    return Check::storage_failed;
  }
  pin_given_ = right;
  update_lock_state();
  return right ? Check::ok : Check::wrong;
}

SimCard::Check SimCard::set_lock(bool locked, std::string_view pin) {
  if (state_ == State::blocked) {
    return Check::blocked;
  }
  if (state_ == State::puk_required) {
    return Check::puk_required;
  }
  if (pin != kept_.pin) {
    return count_wrong_pin();
  }
  Kept changed = kept_;
  changed.locked = locked;
  changed.pin_retries = most_pin_retries;
  if (!keep(changed)) {
    return Check::storage_failed;
  }
  pin_given_ = true;
  update_lock_state();
  return Check::ok;
}

SimCard::Check SimCard::change_pin(std::string_view old_pin, std::string_view new_pin) {
  if (!kept_.locked) {
    return Check::not_needed;
  }
  if (state_ == State::blocked) {
    return Check::blocked;
  }
  if (state_ == State::puk_required) {
    return Check::puk_required;
  }
  if (old_pin != kept_.pin) {
    return count_wrong_pin();
  }
  Kept changed = kept_;
  changed.pin = new_pin;
  changed.pin_retries = most_pin_retries;
  return keep(changed) ? Check::ok : Check::storage_failed;
}

void SimCard::refuse(std::string_view facility) {
  refused_by_ = facility;
  if (state_ == State::ready) {
    state_ = State::personalised;
  }
}

void SimCard::admit() {
  refused_by_.clear();
  if (state_ == State::personalised) {
    state_ = State::ready;
  }
}

int SimCard::network_digits() const {
  constexpr int long_code = 3;
  auto country = base::parse_number<std::int32_t>(std::string_view(options_.imsi).substr(0, 3));
  return country && *country >= 302 && *country <= 348 ? long_code : long_code - 1;
}

std::string SimCard::home_plmn() const {
  return options_.imsi.substr(0, 3 + static_cast<std::size_t>(network_digits()));
}

// Under the card's number: another card has files of its own.
std::string SimCard::file_key(std::uint16_t id) const {
  return fmt::format("file {:04X} of {}", id, options_.iccid);
}

std::optional<std::string> SimCard::written_file(std::uint16_t id) const {
  auto stored = settings_.section(sim_section);
  auto found = stored.find(file_key(id));
  return found == stored.end() ? std::nullopt : std::optional(found->second);
}

bool SimCard::write_file(std::uint16_t id, std::string_view content) {
  std::array<base::Settings::Change, 1> change{
      {{std::string(sim_section), file_key(id), std::string(content)}}};
  return settings_.apply(change).has_value();
}

std::string SimCard::iccid() const {
  constexpr std::size_t printed_length = 20;
  std::string text = options_.iccid;
  text.resize(std::max(printed_length, text.size()), 'F');
  return text;
}

bool SimCard::forbids(std::string_view plmn) const {
  auto plmns = forbidden();
  return std::find(plmns.begin(), plmns.end(), plmn) != plmns.end();
}

void SimCard::forbid(std::string_view plmn) {
  if (forbids(plmn)) {
    return;
  }
  Kept changed = kept_;
  changed.forbidden += fmt::format("{} ", plmn);
  if (!keep(changed)) {
    kept_.forbidden = changed.forbidden;  // Known until the next start at least.
  }
}

void SimCard::allow(std::string_view plmn) {
  auto plmns = forbidden();
  if (std::erase(plmns, plmn) == 0) {
    return;
  }
  Kept changed = kept_;
  changed.forbidden = forbidden_text(plmns);
  if (!keep(changed)) {
    kept_.forbidden = changed.forbidden;
  }
}

std::vector<std::string> SimCard::forbidden() const {
  std::vector<std::string> plmns;
  for (std::string_view plmn : base::split(base::trim(kept_.forbidden), ' ')) {
    if (!plmn.empty()) {
      plmns.emplace_back(plmn);
    }
  }
  return plmns;
}

bool SimCard::set_forbidden(const std::vector<std::string>& plmns) {
  Kept changed = kept_;
  changed.forbidden = forbidden_text(plmns);
  return keep(changed);
}

std::string_view describe(SimCard::State state) {
  switch (state) {
    case SimCard::State::off:
      return "the SIM is off";
    case SimCard::State::starting:
      return "the SIM is starting";
    case SimCard::State::absent:
      return "no SIM in the holder";
    case SimCard::State::pin_required:
      return "SIM PIN not given";
    case SimCard::State::puk_required:
      return "SIM PIN blocked after wrong attempts: the PUK is needed";
    case SimCard::State::blocked:
      return "SIM blocked for good after wrong PUKs";
    case SimCard::State::personalised:
      return "the device is locked to other SIMs (%XUSIMLCK)";
    case SimCard::State::ready:
      break;
  }
  return {};
}

base::Cause cause_of(SimCard::State state) {
  switch (state) {
    case SimCard::State::off:
      return base::Cause::radio_off;
    case SimCard::State::starting:
      return base::Cause::sim_not_ready;
    case SimCard::State::absent:
      return base::Cause::no_sim;
    case SimCard::State::pin_required:
    case SimCard::State::puk_required:
      return base::Cause::sim_pin;
    case SimCard::State::blocked:
    case SimCard::State::personalised:
      return base::Cause::sim_failure;
    case SimCard::State::ready:
      break;
  }
  return base::Cause::none;
}

std::string_view way_to_ready(SimCard::State state) {
  switch (state) {
    case SimCard::State::off:
      return "Start it with AT+CFUN=1, 21 or 41.";
    case SimCard::State::starting:
      return "Wait for %XSIM: 1, or ask again.";
    case SimCard::State::absent:
      return "Put one in (steering: sim in; [sim] absent of the configuration), then give AT+CFUN=4 and "
             "AT+CFUN=1.";
    case SimCard::State::pin_required:
      return "Give it with AT+CPIN=\"<PIN>\".";
    case SimCard::State::puk_required:
      return "Give it with AT+CPIN=\"<PUK>\",\"<new PIN>\".";
    case SimCard::State::blocked:
      return "Only another SIM helps; a new device or state folder has an unblocked one.";
    case SimCard::State::personalised:
      return "AT+CPIN? names the code that is asked for: give it with AT+CPIN, or use a SIM that the lock "
             "allows.";
    case SimCard::State::ready:
      break;
  }
  return {};
}

}  // namespace attache::cellular
