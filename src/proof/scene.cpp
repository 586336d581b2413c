#include "proof/scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dialects/dialects.hpp"
#include "doctor/reader/words.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::proof {

namespace {

using doctor::Item;
using doctor::ItemRef;

constexpr int eutran_lte_m = 7;
constexpr int eutran_nb_iot = 9;
constexpr int roaming_status = 5;

bool is_number(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && std::ranges::all_of(text, doctor::is_digit);
}

// The registration that the log shows first, in notifications and answers.
void take_registration(const doctor::Session& session, device::DeviceConfig& config) {
  auto& network = config.simulation.network;
  for (const ItemRef& item : session.items) {
    const auto& known = item->before->registration;
    const doctor::Registration* seen =
        known && (known->is_registered() || known->technology) ? &*known : nullptr;
    if (seen == nullptr) {
      continue;
    }
    if (seen->technology == eutran_nb_iot || seen->technology == eutran_lte_m) {
      network.technology = seen->technology == eutran_nb_iot ? cellular::AccessTechnology::nb_iot
                                                             : cellular::AccessTechnology::lte_m;
    }
    network.roaming = network.roaming || seen->status == roaming_status;
  }
}

// A forced operator that took the device is there.
void take_operator(const doctor::Session& session, device::DeviceConfig& config) {
  for (const ItemRef& item : session.items) {
    const auto& lock = item->before->operator_lock;
    const auto& registration = item->before->registration;
    if (lock && registration && registration->is_registered() && is_number(*lock, 5, 6)) {
      config.simulation.network.plmn = *lock;
    }
  }
}

// A PIN that the card took is its own, and one that a log masks fits.
void take_pin(const doctor::Session& session, Scene& scene) {
  constexpr std::string_view masked_pin_fits = "1234";
  constexpr std::string_view masked_pin_fails = "9999";
  auto& sim = scene.config.simulation.sim;
  bool asks = session.first([](const Item& item) {
    return (item.is("+CPIN") && std::ranges::any_of(item.lines,
                                                    [](const doctor::EventRef& line) {
                                                      return line->text.find("SIM PIN") != std::string::npos;
                                                    })) ||
           (item.is("+CPIN") && item.kind == Item::Kind::notice && item.text_at(0) == "SIM PIN");
  }) != nullptr;
  for (Step& step : scene.script.steps) {
    if (step.item == nullptr || !step.item->sets("+CPIN")) {
      continue;
    }
    bool taken = step.item->result.kind == doctor::Result::Kind::ok;
    std::string pin(step.item->text_at(0));
    if (!is_number(pin, 4, 8)) {
      pin = taken ? masked_pin_fits : masked_pin_fails;
      step.text = fmt::format("AT+CPIN=\"{}\"", pin);
    }
    if (taken && sim.pin.empty()) {
      sim.pin = pin;
    }
    asks = true;
  }
  if (asks && sim.pin.empty()) {
    sim.pin = masked_pin_fits;
  }
}

// "www.example.com": letters, digits, dots and hyphens, and no address.
bool is_host_name(std::string_view text) {
  return text.find('.') != std::string_view::npos && !doctor::is_address(text) &&
         std::ranges::all_of(text, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-';
         });
}

// Whatever else is wrong with a command of the application: the server that it names is there.
void take_names(const doctor::Session& session, Internet& internet) {
  for (const ItemRef& item : session.items) {
    for (const doctor::Argument& argument : item->arguments) {
      bool names = item->is_exchange() && item->name.starts_with("#X");
      if (names && is_host_name(argument.text)) {
        internet.names.insert(argument.text);
      }
    }
  }
}

// What the host uses is built in, whatever the dialect's own build has.
void take_services(const doctor::Session& session, dialects::DialectOptions& options) {
  const dialects::Dialect* dialect = dialects::find_dialect(options.name);
  std::vector<std::string> built;
  for (const dialects::Service& service : dialect->services) {
    bool is_used = session.first([&](const Item& item) {
      return item.is_exchange() && item.name.starts_with(service.commands);
    }) != nullptr;
    if (is_used || service.build == dialects::Service::Build::always) {
      built.emplace_back(service.name);
    }
  }
  options.services = built;
}

// The log begins in the middle: the device was in operation before.
void add_beginning(const doctor::Session& session, Script& script) {
  bool switches_on = session.first([](const Item& item) { return item.sets("+CFUN"); }) != nullptr;
  bool in_operation = session.first([](const Item& item) {
    const auto& registration = item.before->registration;
    return doctor::needs_network(item) || (registration && registration->is_registered());
  }) != nullptr;
  if (switches_on || !in_operation) {
    return;
  }
  script.insert(0, {"AT+CFUN=1"}, std::chrono::minutes(2));
}

}  // namespace

ItemRef Claim::item() const {
  doctor::EventRef primary = finding.primary();
  if (primary == nullptr) {
    return nullptr;
  }
  return session.first([&](const Item& item) {
    return item.event == primary || item.final == primary ||
           std::ranges::find(item.lines, primary) != item.lines.end();
  });
}

ItemRef Claim::cited(bool (*fulfils)(const Item&)) const {
  for (const doctor::Evidence& piece : finding.evidence) {
    ItemRef found = session.first([&](const Item& item) {
      return piece.event != nullptr && fulfils(item) &&
             (item.event == piece.event || item.final == piece.event ||
              std::ranges::find(item.lines, piece.event) != item.lines.end());
    });
    if (found != nullptr) {
      return found;
    }
  }
  return nullptr;
}

base::Result<Scene> scene_of(const doctor::Session& session) {
  Scene scene;
  if (!session.dialect.empty()) {
    if (dialects::find_dialect(session.dialect) == nullptr) {
      return base::make_reason("the session cannot be replayed",
                               fmt::format("no device of {} is served", session.dialect));
    }
    scene.config.dialect.name = session.dialect;
  }
  const auto& image = session.end->image;
  if (image && image->starts_with("mfw_nrf9")) {
    scene.config.simulation.firmware = *image;
  }
  take_services(session, scene.config.dialect);
  scene.script = script_of(session);
  take_registration(session, scene.config);
  take_operator(session, scene.config);
  take_pin(session, scene);
  take_names(session, scene.internet);
  add_beginning(session, scene.script);
  return scene;
}

std::size_t step_of(const Script& script, const Claim& claim) {
  doctor::EventRef primary = claim.finding.primary();
  std::size_t found = primary == nullptr ? script.steps.size() : script.find(primary);
  for (const doctor::Evidence& piece : claim.finding.evidence) {
    if (found < script.steps.size()) {
      break;
    }
    found = piece.event == nullptr ? found : script.find(piece.event);
  }
  return found;
}

}  // namespace attache::proof
