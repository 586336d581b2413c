#include "cellular/registration/registration_text.hpp"

#include <fmt/format.h>

#include <iterator>

#include "cellular/gprs_timer.hpp"

namespace attache::cellular {

namespace {

constexpr int out_of_coverage = 4;

// Levels of AT+CEREG and what they add.
bool shows_cell(int level) {
  return level >= 2;
}
bool shows_cause(int level) {
  return level == 3 || level == 5;
}
bool shows_timers(int level) {
  return level >= 4;
}

void append_cell(std::string& text, std::string_view tac, std::string_view id, int technology) {
  fmt::format_to(std::back_inserter(text), ",\"{}\",\"{}\",{}", tac, id, technology);
}

void append_timers(std::string& text, std::string_view active_time, std::string_view periodic_tau) {
  fmt::format_to(std::back_inserter(text), ",\"{}\",\"{}\"", active_time, periodic_tau);
}

// Cause and timers of a registered modem: empty places where there is no cause.
void append_registered_tail(std::string& text, int level, const RegistrationStatus& status) {
  if (shows_cause(level) && status.reject_cause) {
    fmt::format_to(std::back_inserter(text), ",0,{}", *status.reject_cause);
  } else if (shows_timers(level)) {
    text += ",,";
  }
  if (shows_timers(level)) {
    append_timers(text, status.active_time, status.periodic_tau);
  }
}

// 1.3 and later: the line ends after what is known.
void append_short_tail(std::string& text, int level, const RegistrationStatus& status) {
  if (!status.cell) {
    if (status.lost && status.stat == out_of_coverage && shows_timers(level)) {
      text += ",,,,,";
      append_timers(text, timer_deactivated, timer_deactivated);
    }
    return;
  }
  append_cell(text, status.cell->tac, status.cell->id, access_technology_number(status.cell->technology));
  if (status.registered()) {
    append_registered_tail(text, level, status);
  } else if (shows_cause(level) && status.reject_cause) {
    fmt::format_to(std::back_inserter(text), ",0,{}", *status.reject_cause);
  }
}

// 1.2 and older: the whole tail in every state.
void append_full_tail(std::string& text, int level, const RegistrationStatus& status,
                      AccessTechnology technology) {
  if (status.cell && status.camped) {
    append_cell(text, status.cell->tac, status.cell->id, access_technology_number(status.cell->technology));
  } else {
    append_cell(text, "FFFE", "FFFFFFFF", access_technology_number(technology));
  }
  if (status.registered()) {
    append_registered_tail(text, level, status);
    return;
  }
  if (shows_cause(level)) {
    fmt::format_to(std::back_inserter(text), ",0,{}", status.reject_cause.value_or(0));
  } else if (shows_timers(level)) {
    text += ",,";
  }
  if (shows_timers(level)) {
    std::string_view timers = status.cell ? "11100000" : "00000000";
    append_timers(text, timers, timers);
  }
}

}  // namespace

std::string registration_text(const RegistrationStatus& status, const FirmwareProfile& profile,
                              AccessTechnology preferred, int level, bool read) {
  std::string text = std::to_string(status.stat);
  if (read && level == 0 && !profile.at_least(1, 2) && status.cell) {
    append_cell(text, status.cell->tac, status.cell->id, access_technology_number(status.cell->technology));
    return text;
  }
  if (!shows_cell(level)) {
    return text;
  }
  if (profile.at_least(1, 3)) {
    append_short_tail(text, level, status);
  } else if (status.stat != RegistrationStatus::uicc_failure || level > 2) {
    append_full_tail(text, level, status, preferred);
  }
  return text;
}

}  // namespace attache::cellular
