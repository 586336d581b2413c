#include "device/state/device_state.hpp"

#include "modem/message_service.hpp"
#include "net/bearer_control.hpp"

namespace attache::device {

namespace {

// What the faces of any modem tell, where nobody has a hand on its network.
cellular::NetworkState known_of(const Radio& radio) {
  cellular::NetworkState state;
  state.functional_mode = radio.power.functional_mode();
  state.crashed = radio.power.crashed();
  state.registration = radio.pdn.why_down();
  state.advice = radio.pdn.way_up();
  if (auto connection = radio.pdn.connection(0)) {
    std::string addresses = connection->ipv4 ? connection->ipv4->to_string() : "";
    if (connection->ipv6) {
      addresses += (addresses.empty() ? "" : " ") + connection->ipv6->to_string();
    }
    std::string_view type = !connection->ipv6 ? "IP" : !connection->ipv4 ? "IPV6" : "IPV4V6";
    state.contexts.push_back({connection->cid, std::string(type), connection->apn, true, addresses});
  }
  state.time = radio.modem.time();
  return state;
}

DeviceState::Network network_of(net::BearerControl& control) {
  const net::Link& link = control.link();
  return {link.options(), link.count(net::Direction::up), link.count(net::Direction::down), control.routes(),
          control.name_failure()};
}

}  // namespace

DeviceState state_of(Device& device) {
  const Radio& radio = device.radio();
  DeviceState state;
  state.is_simulated = radio.network != nullptr;
  state.modem = state.is_simulated ? radio.network->state() : known_of(radio);
  if (net::BearerControl* control = device.bearer_control()) {
    state.network = network_of(*control);
  }
  state.ports = device.ports();
  state.gnss = device.gnss();
  if (radio.messages != nullptr) {
    state.messages = {radio.messages->own_number(), device.messages().outbox().size()};
  }
  state.has_manual_clock = dynamic_cast<base::ManualClock*>(&device.clock()) != nullptr;
  state.name = device.name();
  state.counts = device.journal_counts();
  return state;
}

std::string_view technology_word(cellular::AccessTechnology technology) {
  return technology == cellular::AccessTechnology::lte_m ? "ltem" : "nbiot";
}

}  // namespace attache::device
