#include "doctor/follower/network_changes.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/follower/fields.hpp"

namespace attache::doctor {

namespace {

bool is_ipv6_text(std::string_view address) {
  return address.find(':') != std::string_view::npos || std::ranges::count(address, '.') > 3;
}

void set_registered(DeviceState& state, int status, const EventRef& event) {
  if (state.registration && state.registration->is_registered()) {
    return;  // A line that tells cell and times says more.
  }
  Registration registration;
  registration.status = status;
  state.registration.set(std::move(registration), event);
}

// By a sign that comes with the attach. It may outlive a network that is lost, so that it says nothing
// against a line that tells of the loss; a search, though, is what ends in it.
void infer_registration(DeviceState& state, const EventRef& event) {
  if (!state.registration || state.registration->status == 2) {
    set_registered(state, 1, event);
  }
}

// What came from the network in this moment.
bool shows_traffic(std::string_view name, const std::vector<Argument>& fields, const EventRef& event) {
  if (name == "#XTCPDATA" || name == "#XUDPDATA" || name == "#XHTTPCRSP" || name == "%XTIME") {
    return event->text.find('-') == std::string::npos;
  }
  if (name == "#XGETADDRINFO") {  // An address, and no error number.
    return !fields.empty() && fields.front().text.find_first_of(".:") != std::string::npos;
  }
  if (name == "#XHTTPCCON") {
    return small_number(fields, 0) == 1;
  }
  if (name == "#XMQTTEVT") {
    return small_number(fields, 0) == 0 && small_number(fields, 1) == 0;
  }
  if (name == "#XCONNECT") {
    return !fields.empty() && fields.size() <= 2 && small_number(fields, fields.size() - 1) == 1;
  }
  if (name == "#XPING") {
    return !fields.empty() && fields.front().text.find('.') != std::string::npos;
  }
  return false;
}

// "registered with 26201 (home), cell …" of a device of ours, "Connected - home network" of host programs.
std::optional<int> registration_told(std::string_view text) {
  constexpr std::string_view of_device = "registered with ";
  if (std::size_t at = text.find(of_device); at != std::string_view::npos) {
    std::string_view rest = text.substr(at + of_device.size());
    std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 5 || digits == 6) {
      rest.remove_prefix(digits);
      return rest.starts_with(" (home)")      ? std::optional(1)
             : rest.starts_with(" (roaming)") ? std::optional(5)
                                              : std::nullopt;
    }
  }
  if (text.find("Connected - home network") != std::string_view::npos) {
    return 1;
  }
  return text.find("Connected - roaming") != std::string_view::npos ? std::optional(5) : std::nullopt;
}

// A trace says of the modem: "CFUN is 1", "SIM: ready", "registration: no cell in reach".
std::optional<NetworkWords> note_of_trace(std::string_view text) {
  constexpr std::string_view mode_label = "CFUN is ";
  NetworkWords words;
  if (text.starts_with(mode_label)) {
    words.functional_mode = base::parse_number<int>(text.substr(mode_label.size()));
  }
  words.is_sim_ready = text == "SIM: ready";
  words.is_out_of_service = text.starts_with("registration: ");
  bool says_something = words.functional_mode || words.is_sim_ready || words.is_out_of_service;
  return says_something ? std::optional(words) : std::nullopt;
}

}  // namespace

void apply_registration(DeviceState& state, const std::vector<Argument>& fields, const EventRef& event,
                        bool is_answer) {
  std::size_t first = 0;
  bool looks_like_answer =
      fields.size() >= 2 && !fields[0].is_quoted && !fields[1].is_quoted && !fields[1].text.empty();
  if (is_answer || looks_like_answer) {
    if (auto level = small_number(fields, 0)) {
      state.registration_level.set(*level, event);
    }
    first = 1;
  }
  auto status = small_number(fields, first);
  if (!status) {
    return;
  }
  Registration registration;
  registration.status = *status;
  registration.cell = text_of(fields, first + 2);
  registration.technology = small_number(fields, first + 3);
  registration.cause = small_number(fields, first + 5);
  registration.active_time = text_of(fields, first + 6);
  registration.periodic_update = text_of(fields, first + 7);
  if (registration.cause && *registration.cause == 0) {
    registration.cause.reset();
  }
  // Who is registered or searches is switched on, even if the log has lost the command.
  bool is_on = registration.is_registered() || registration.status == 2;
  if (is_on && state.functional_mode && (*state.functional_mode == 0 || *state.functional_mode == 4)) {
    state.functional_mode.forget();
  }
  state.registration.set(std::move(registration), event);
}

void apply_addresses(DeviceState& state, const std::vector<Argument>& fields, std::size_t from,
                     const EventRef& event) {
  for (std::size_t i = from; i < fields.size() && i < from + 2; ++i) {
    for (std::string_view address : base::split(fields[i].text, ' ')) {
      if (address.empty() || address == "0.0.0.0") {
        continue;
      }
      infer_registration(state, event);
      if (is_ipv6_text(address)) {
        state.has_ipv6.set(true, event);
      } else {
        state.has_ipv4.set(true, event);
        if (fields.size() == from + 1 && !state.has_ipv6) {
          state.has_ipv6.set(false, event);
        }
      }
    }
  }
}

void apply_network_sign(DeviceState& state, std::string_view name, const std::vector<Argument>& fields,
                        const EventRef& event) {
  if (shows_traffic(name, fields, event)) {
    set_registered(state, 1, event);
  } else if (name == "+CGACT" && small_number(fields, 1) == 1) {
    infer_registration(state, event);
  } else if (name == "+COPS" && fields.size() >= 3 && fields[2].is_quoted && !fields[2].text.empty()) {
    infer_registration(state, event);
  } else if (name == "%XMONITOR" && (small_number(fields, 0) == 1 || small_number(fields, 0) == 5)) {
    set_registered(state, *small_number(fields, 0), event);
  } else if (name == "+CGEV" && !fields.empty()) {
    std::string_view what = fields.front().text;
    if (what.starts_with("ME PDN ACT")) {
      infer_registration(state, event);
    } else if (what.ends_with("DETACH") && state.registration && state.registration->is_registered()) {
      state.registration.forget();
    }
  }
}

std::optional<NetworkWords> network_words_in(const Event& event) {
  constexpr std::size_t longest_note = 200;
  if (event.text.size() > longest_note) {
    return std::nullopt;
  }
  if (auto status = registration_told(event.text)) {
    return NetworkWords{.registered = status};
  }
  return event.kind == Event::Kind::text ? note_of_trace(event.text) : std::nullopt;
}

void apply_network_words(DeviceState& state, const NetworkWords& words, const EventRef& event) {
  if (words.registered) {
    // Told anew: the registration of before may have been lost meanwhile.
    Registration registration = state.registration ? *state.registration : Registration();
    registration.status = *words.registered;
    registration.cause.reset();
    state.registration.set(std::move(registration), event);
  }
  if (words.is_sim_ready) {
    state.sim_ready.set(true, event);
  }
  if (words.functional_mode) {
    state.functional_mode.set(*words.functional_mode, event);
  }
  bool is_off = words.functional_mode && (*words.functional_mode == 0 || *words.functional_mode == 4);
  bool was_registered = state.registration && state.registration->is_registered();
  if (is_off || (words.is_out_of_service && was_registered)) {
    state.registration.forget();
  }
}

}  // namespace attache::doctor
