#include <fmt/format.h>

#include <algorithm>

#include "device/device.hpp"
#include "device/steering/steering_families.hpp"
#include "dialects/ppp_session.hpp"

namespace attache::device {

namespace {

using PppWords = SteeringCommand::Words;
using PppAnswer = base::Result<SteeringAnswer>;

std::string ppp_text(const dialects::PppSession& ppp) {
  return fmt::format("{}; echoes of LCP {}, IPV6CP {}", ppp.status(),
                     ppp.faults().echo_unanswered ? "unanswered" : "answered",
                     ppp.faults().ipv6cp_refused ? "refused" : "accepted");
}

PppAnswer nothing_runs() {
  return base::make_reason("PPP cannot be steered", "it does not run",
                           "The host starts it with AT#XPPP=1 or AT+CGDATA.");
}

bool apply_fault(const Assignment& change, services::ppp::LinkFaults& faults) {
  auto value = on_or_off(change.value);
  if (!value) {
    return false;
  }
  if (change.name == "echo") {
    faults.echo_unanswered = !*value;
    return true;
  }
  if (change.name == "ipv6cp") {
    faults.ipv6cp_refused = !*value;
    return true;
  }
  return false;
}

PppAnswer steer_ppp(Device& device, PppWords words) {
  dialects::PppSession* ppp = device.ppp();
  if (ppp == nullptr) {
    return base::make_reason("PPP cannot be steered", "the device's build has none",
                             "Name \"ppp\" in [dialect] services, of a dialect that has it.");
  }
  if (words.size() == 1 && words[0] == "terminate") {
    return ppp->terminate_by_network() ? PppAnswer(SteeringAnswer{"the network ends PPP", {}})
                                       : nothing_runs();
  }
  if (words.size() == 1 && words[0] == "restart") {
    return ppp->restart_peer() ? PppAnswer(SteeringAnswer{"PPP begins anew without a word", {}})
                               : nothing_runs();
  }
  services::ppp::LinkFaults faults = ppp->faults();
  for (const std::string& word : words) {
    auto change = assignment(word);
    if (!change || !apply_fault(*change, faults)) {
      return misuse(fmt::format("`{}` is not understood", word));
    }
  }
  if (!(faults == ppp->faults())) {
    ppp->set_faults(faults);
  }
  return SteeringAnswer{ppp_text(*ppp), {}};
}

}  // namespace

void add_ppp_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back(
      {"ppp", "ppp [echo=on|off] [ipv6cp=on|off] | terminate | restart",
       "Lets PPP answer no echoes or refuse IPV6CP, end as a network ends it, or begin anew; or "
       "shows it.",
       steer_ppp});
}

}  // namespace attache::device
