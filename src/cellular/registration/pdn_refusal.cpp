#include "cellular/registration/pdn_refusal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cellular/registration/cause_names.hpp"

namespace attache::cellular {

namespace {

constexpr int ipv4_only = 50;
constexpr int ipv6_only = 51;

// Where the definition of a context can be changed, and what brings it up then.
std::string redefine(int cid, std::string_view command) {
  return cid == 0 ? fmt::format("Give AT+CFUN=4, {} and AT+CFUN=1.", command)
                  : fmt::format("Give {}, then AT+CGACT=1,{}.", command, cid);
}

std::string_view requested_type(const PdnContext& context) {
  return context.requested.empty() ? std::string_view("IPV4V6") : std::string_view(context.requested);
}

modem::Obstacle apn_obstacle(const PdnContext& context, const NetworkPolicy& policy, std::string_view cause) {
  modem::Obstacle obstacle;
  if (context.requested_apn.empty() || policy.apns.empty()) {
    obstacle.why = fmt::format("the APN was refused ({})", cause);
    obstacle.advice = redefine(
        context.cid, fmt::format("AT+CGDCONT={},\"{}\",\"<apn>\"", context.cid, requested_type(context)));
    return obstacle;
  }
  obstacle.why = fmt::format("the APN \"{}\" was asked for, the network has \"{}\" ({})",
                             context.requested_apn, fmt::join(policy.apns, "\", \""), cause);
  obstacle.advice = redefine(context.cid, fmt::format("AT+CGDCONT={},\"{}\",\"{}\"", context.cid,
                                                      requested_type(context), policy.apns.front()));
  return obstacle;
}

modem::Obstacle wrong_type(const PdnContext& context, const NetworkSideOptions& network,
                           std::string_view cause) {
  std::string_view there = network.ipv4 ? (network.ipv6 ? "IPV4V6" : "IP") : "IPV6";
  modem::Obstacle obstacle;
  obstacle.why = fmt::format("the PDN type \"{}\" was asked for, the network has \"{}\" ({})",
                             requested_type(context), there, cause);
  obstacle.advice = redefine(
      context.cid, fmt::format("AT+CGDCONT={},\"{}\",\"{}\"", context.cid, there, context.requested_apn));
  return obstacle;
}

modem::Obstacle describe_refusal(const PdnContext& context, int cause, const NetworkPolicy& policy,
                                 const NetworkSideOptions& network) {
  std::string name = esm_cause(cause);
  switch (cause) {
    case unknown_apn:
      return apn_obstacle(context, policy, name);
    case ipv4_only:
    case ipv6_only:
      return wrong_type(context, network, name);
    case authentication_failure:
      return {fmt::format("user or password are not those that the network asks for ({})", name),
              redefine(context.cid, fmt::format("AT+CGAUTH={},1,\"<user>\",\"<password>\"", context.cid))};
    case operator_barring:
      return {fmt::format("the APN \"{}\" is barred ({})", context.requested_apn, name),
              fmt::format("If AT%XAPNSTATUS? lists it, enable it with AT%XAPNSTATUS=1,\"{}\".",
                          context.requested_apn)};
    default:
      break;
  }
  return {fmt::format("the network refused the PDN connection ({})", name),
          "Ask the operator what the subscription allows; another APN or PDN type may do (AT+CGDCONT)."};
}

}  // namespace

modem::Obstacle explain_refusal(const PdnContext& context, int cause, const NetworkPolicy& policy,
                                const NetworkSideOptions& network) {
  modem::Obstacle obstacle = describe_refusal(context, cause, policy, network);
  obstacle.cause = cause_of_refusal(cause);
  return obstacle;
}

}  // namespace attache::cellular
