#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doctor/rules/queries.hpp"
#include "proof/staging.hpp"

namespace attache::proof {

namespace {

using base::Cause;
using doctor::Item;
using Told = std::optional<std::string>;

constexpr int emm_not_allowed = 11;
constexpr int emm_illegal_me = 6;
constexpr std::string_view other_operator = "26202";

// The EMM cause that the log shows: +CNEC_EMM, or the field of +CEREG.
std::optional<int> emm_cause(const doctor::Session& session) {
  for (const doctor::ItemRef& item : session.items) {
    if (item->is("+CNEC_EMM") && item->number_at(0)) {
      return static_cast<int>(*item->number_at(0));
    }
    const auto& registration = item->before->registration;
    if (registration && registration->cause) {
      return registration->cause;
    }
  }
  const auto& last = session.end->registration;
  return last ? last->cause : std::nullopt;
}

void set_up_denied(Scene& scene, const Claim& claim) {
  scene.config.simulation.network.reject_cause = emm_cause(claim.session).value_or(emm_illegal_me);
}

Told mend_denied(Scene& scene, const Claim&) {
  scene.config.simulation.network.reject_cause.reset();
  return "The operator admits the subscriber.";
}

void set_up_roaming(Scene& scene, const Claim& claim) {
  scene.config.simulation.network.reject_cause = emm_cause(claim.session).value_or(emm_not_allowed);
}

Told mend_roaming(Scene& scene, const Claim&) {
  scene.config.simulation.network.reject_cause.reset();
  return "The operator has an agreement for roaming.";
}

// The operator of the log refuses if the log shows a cause, else it is not there; another one takes the
// device.
void set_up_forced_operator(Scene& scene, const Claim& claim) {
  auto& simulation = scene.config.simulation;
  auto cause = emm_cause(claim.session);
  const auto& lock = claim.session.end->operator_lock;
  if (cause && lock) {
    simulation.network.plmn = *lock;
    simulation.network.reject_cause = cause;
    cellular::CellOptions refusing;
    refusing.plmn = *lock;
    cellular::CellOptions other;
    other.plmn = other_operator;
    other.id = "0112F302";
    simulation.cells = {refusing, other};
    cellular::OperatorOptions admitting;
    admitting.plmn = other_operator;
    admitting.name = "Other";
    simulation.operators = {admitting};
  }
}

Told mend_forced_operator(Scene& scene, const Claim&) {
  bool found = false;
  for (Step& step : scene.script.steps) {
    if (step.item != nullptr && step.item->sets("+COPS") && step.item->number_at(0) == 1) {
      step.text = "AT+COPS=0";
      found = true;
    }
  }
  return found ? Told("The host sends AT+COPS=0 instead: the modem chooses.") : std::nullopt;
}

void set_up_no_cell(Scene& scene, const Claim&) {
  scene.config.simulation.network.coverage = false;
}

Told mend_no_cell(Scene& scene, const Claim&) {
  scene.config.simulation.network.coverage = true;
  return "The antenna stands where a cell can be received.";
}

// A cell in a band that the mask of the log leaves out. Its last digit is band 1.
void set_up_band_lock(Scene& scene, const Claim& claim) {
  std::string mask = claim.session.end->band_lock.value.value_or("");
  for (const doctor::ItemRef& item : claim.session.items) {
    if (item->before->band_lock) {
      mask = *item->before->band_lock;
    }
  }
  auto allowed = [&](std::size_t band) { return band <= mask.size() && mask[mask.size() - band] == '1'; };
  for (int band : {20, 3, 8, 4}) {
    if (!allowed(static_cast<std::size_t>(band))) {
      cellular::CellOptions cell;
      cell.band = band;
      scene.config.simulation.cells = {cell};
      return;
    }
  }
}

Told mend_band_lock(Scene& scene, const Claim&) {
  bool found = false;
  for (Step& step : scene.script.steps) {
    if (step.item != nullptr && step.item->sets("%XBANDLOCK") && step.item->number_at(0) != 0) {
      step.text = "AT%XBANDLOCK=0";
      found = true;
    }
  }
  return found ? Told("The host sends AT%XBANDLOCK=0 instead: all bands are searched.") : std::nullopt;
}

void set_up_apn(Scene& scene, const Claim&) {
  scene.config.simulation.network.policy.apns = {"internet"};
}

Told mend_apn(Scene& scene, const Claim&) {
  bool found = false;
  for (Step& step : scene.script.steps) {
    if (step.item != nullptr && step.item->sets("+CGDCONT") && step.item->arguments.size() >= 3) {
      const doctor::Argument& apn = step.item->arguments[2];
      step.text = step.item->event->text.substr(0, apn.column) + "\"internet\"" +
                  step.item->event->text.substr(
                      std::min(step.item->event->text.find(',', apn.column), step.item->event->text.size()));
      found = true;
    }
  }
  return found ? Told("The host names the operator's own APN, \"internet\" here.") : std::nullopt;
}

Told mend_too_early(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  auto first = std::ranges::find_if(scene.script.steps, [](const Step& step) {
    return step.item != nullptr && doctor::needs_network(*step.item);
  });
  at = std::min(at, static_cast<std::size_t>(first - scene.script.steps.begin()));
  if (at >= scene.script.steps.size()) {
    return std::nullopt;
  }
  scene.script.insert(at, {"AT+CEREG=5", "AT+CFUN=1"}, registration_time);
  return "The host switches LTE on and waits for +CEREG: 1 or 5 first.";
}

// The host name of the command that the finding is about, with what does not belong there.
std::string name_of_server(const Claim& claim) {
  doctor::ItemRef item = claim.item();
  if (item == nullptr) {
    return {};
  }
  auto target = doctor::target_of(*item);
  return target ? target->host : std::string(item->text_at(0));
}

std::string bare_name(std::string name) {
  if (std::size_t scheme = name.find("://"); scheme != std::string::npos) {
    name.erase(0, scheme + 3);
  }
  return name.substr(0, name.find_first_of("/:"));
}

void set_up_no_name(Scene& scene, const Claim& claim) {
  std::string name = name_of_server(claim);
  scene.internet.names.erase(name);
  if (std::string bare = bare_name(name); bare != name) {
    scene.internet.names.insert(bare);
  }
}

Told mend_no_name(Scene& scene, const Claim& claim) {
  std::string name = name_of_server(claim);
  std::string bare = bare_name(name);
  if (name.empty()) {
    return std::nullopt;
  }
  if (bare == name) {
    scene.internet.names.insert(name);
    return fmt::format("The name {} is one that DNS knows.", name);
  }
  for (Step& step : scene.script.steps) {
    if (std::size_t at = step.text.find(name); at != std::string::npos) {
      step.text.replace(at, name.size(), bare);
    }
  }
  return fmt::format("The host names the server alone: \"{}\".", bare);
}

void set_up_refused(Scene& scene, const Claim&) {
  scene.internet.servers = Internet::Servers::refuse;
}

// A request that is given up has a server that takes it and says nothing.
void set_up_timeout(Scene& scene, const Claim& claim) {
  doctor::ItemRef item = claim.item();
  bool is_connected = item != nullptr && item->is("#XHTTPCSTAT");
  scene.internet.servers = is_connected ? Internet::Servers::stay_silent : Internet::Servers::are_not_there;
}

Told mend_server(Scene& scene, const Claim&) {
  scene.internet.servers = Internet::Servers::answer;
  return "The server listens on that port.";
}

// "#XMQTTEVT: 0,-5": what the broker answered; else "not authorised".
void set_up_broker(Scene& scene, const Claim& claim) {
  constexpr int not_authorised = 5;
  scene.internet.broker_answer = not_authorised;
  doctor::ItemRef event = claim.session.first([](const Item& item) {
    return item.is("#XMQTTEVT") && item.number_at(0) == 0 && item.number_at(1) != 0;
  });
  if (event != nullptr && event->number_at(1)) {
    auto number = std::abs(static_cast<int>(*event->number_at(1)));
    scene.internet.broker_answer = number >= 1 && number <= not_authorised ? number : not_authorised;
  }
}

Told mend_broker(Scene& scene, const Claim&) {
  scene.internet.broker_answer = 0;
  return "The broker knows the client and its credentials.";
}

Told mend_not_subscribed(Scene& scene, const Claim&) {
  // The last time that it is switched on; what was asked for before AT+CFUN=0 is forgotten.
  std::size_t on = 0;
  for (std::size_t i = 0; i < scene.script.steps.size(); ++i) {
    const doctor::ItemRef& item = scene.script.steps[i].item;
    on = item != nullptr && item->sets("+CFUN") && item->number_at(0) == 1 ? i : on;
  }
  std::vector<std::string> lines{"AT+CEREG=5", "AT+CGEREP=1", "AT%XTIME=1"};
  scene.script.insert(on, lines);
  return fmt::format("The host subscribes by {} before it switches LTE on.", fmt::join(lines, ", "));
}

constexpr std::array network_table{
    Staging{Cause::registration_denied, set_up_denied, mend_denied},
    Staging{Cause::roaming_not_allowed, set_up_roaming, mend_roaming},
    Staging{Cause::manual_plmn_rejected, set_up_forced_operator, mend_forced_operator},
    Staging{Cause::no_coverage, set_up_no_cell, mend_no_cell},
    Staging{Cause::band_lock_excludes_operator, set_up_band_lock, mend_band_lock},
    Staging{Cause::wrong_apn, set_up_apn, mend_apn},
    Staging{Cause::not_registered_yet, nullptr, mend_too_early},
    Staging{Cause::dns_failure, set_up_no_name, mend_no_name},
    Staging{Cause::server_refused, set_up_refused, mend_server},
    Staging{Cause::server_timeout, set_up_timeout, mend_server},
    Staging{Cause::broker_rejects, set_up_broker, mend_broker},
    Staging{Cause::urc_not_subscribed, nullptr, mend_not_subscribed},
};

}  // namespace

std::span<const Staging> network_stagings() {
  return network_table;
}

}  // namespace attache::proof
