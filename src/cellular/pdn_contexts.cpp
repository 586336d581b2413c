#include "cellular/pdn_contexts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "cellular/registration/cause_names.hpp"

namespace attache::cellular {

namespace {

constexpr int ipv4_only_allowed = 50;
constexpr int ipv6_only_allowed = 51;
constexpr std::string_view usual_apn = "internet";

// APNs are domain names: case does not count.
bool names_one_of(const std::vector<std::string>& apns, std::string_view apn) {
  return std::any_of(apns.begin(), apns.end(),
                     [apn](const std::string& known) { return base::equal_ignoring_case(known, apn); });
}

boost::asio::ip::address_v4 address_of(const boost::asio::ip::address_v4& first, int cid) {
  return boost::asio::ip::address_v4(first.to_uint() + static_cast<unsigned>(cid));
}

// Every connection has a /64 of its own.
boost::asio::ip::address_v6 address_of(const boost::asio::ip::address_v6& first, int cid) {
  auto bytes = first.to_bytes();
  constexpr std::size_t last_prefix_byte = 7;
  bytes[last_prefix_byte] = static_cast<unsigned char>(bytes[last_prefix_byte] + cid);
  return boost::asio::ip::address_v6(bytes);
}

}  // namespace

PdnContexts::PdnContexts(const NetworkSideOptions& network) : network_(network), contexts_(1) {}

PdnContext* PdnContexts::entry(int cid) {
  auto found = std::find_if(contexts_.begin(), contexts_.end(),
                            [cid](const PdnContext& context) { return context.cid == cid; });
  return found == contexts_.end() ? nullptr : &*found;
}

const PdnContext* PdnContexts::find(int cid) const {
  return const_cast<PdnContexts*>(this)->entry(cid);
}

bool PdnContexts::active(int cid) const {
  const PdnContext* context = find(cid);
  return context != nullptr && context->active;
}

void PdnContexts::define(int cid, std::string_view type, std::string_view apn) {
  PdnContext* context = entry(cid);
  if (context == nullptr) {
    auto place = std::find_if(contexts_.begin(), contexts_.end(),
                              [cid](const PdnContext& other) { return other.cid > cid; });
    context = &*contexts_.insert(place, PdnContext{});
    context->cid = cid;
  }
  context->requested = type;
  context->requested_apn = apn;
  context->redefined = true;
  context->shown = true;
}

void PdnContexts::undefine(int cid) {
  if (cid == 0) {
    contexts_.front() = PdnContext{};
    return;
  }
  std::erase_if(contexts_, [cid](const PdnContext& context) { return context.cid == cid; });
}

std::optional<int> PdnContexts::reserve(int greatest) {
  for (int cid = 1; cid <= greatest; ++cid) {
    if (find(cid) == nullptr) {
      define(cid, "", "");
      entry(cid)->shown = false;
      return cid;
    }
  }
  return std::nullopt;
}

void PdnContexts::reset() {
  contexts_.assign(1, PdnContext{});
  disabled_apns_.clear();
}

void PdnContexts::authenticate(int cid, int protocol, std::string_view user, std::string_view password) {
  if (find(cid) == nullptr) {
    define(cid, "", "");
    entry(cid)->shown = false;
  }
  PdnContext& context = *entry(cid);
  context.authentication = protocol;
  context.user = protocol == 0 ? std::string_view{} : user;
  context.password = protocol == 0 ? std::string_view{} : password;
}

int PdnContexts::active_count() const {
  return static_cast<int>(std::count_if(contexts_.begin(), contexts_.end(),
                                        [](const PdnContext& context) { return context.active; }));
}

void PdnContexts::set_apn_enabled(std::string_view apn, bool enabled) {
  std::erase_if(disabled_apns_,
                [apn](const std::string& known) { return base::equal_ignoring_case(known, apn); });
  if (!enabled) {
    disabled_apns_.emplace_back(apn);
  }
}

// The ESM cause with which the modem or the network declines the request.
std::optional<int> PdnContexts::refusal(const PdnContext& context, const NetworkPolicy& policy) {
  if (names_one_of(disabled_apns_, context.requested_apn)) {
    return operator_barring;
  }
  if (next_refusal_) {
    return std::exchange(next_refusal_, std::nullopt);
  }
  if (!context.requested_apn.empty() && !policy.apns.empty() &&
      !names_one_of(policy.apns, context.requested_apn)) {
    return unknown_apn;
  }
  bool authentic = policy.user.empty() || (context.authentication != 0 && context.user == policy.user &&
                                           context.password == policy.password);
  return authentic ? std::nullopt : std::optional(authentication_failure);
}

PdnAnswer PdnContexts::activate(int cid, const NetworkPolicy& policy) {
  PdnContext& context = *entry(cid);
  PdnAnswer answer;
  if (auto cause = refusal(context, policy)) {
    answer.esm_cause = *cause;
    return answer;
  }
  bool both = context.requested.empty() || context.requested == "IPV4V6";
  bool wants_ipv4 = both || context.requested == "IP";
  bool wants_ipv6 = both || context.requested == "IPV6";
  bool gives_ipv4 = wants_ipv4 && network_.ipv4;
  bool gives_ipv6 = wants_ipv6 && network_.ipv6;
  if ((wants_ipv4 || wants_ipv6) && !gives_ipv4 && !gives_ipv6) {
    answer.esm_cause = network_.ipv4 ? ipv4_only_allowed : ipv6_only_allowed;
    return answer;
  }
  answer.accepted = true;
  if (both && gives_ipv4 != gives_ipv6) {
    answer.esm_cause = gives_ipv4 ? ipv4_only_allowed : ipv6_only_allowed;
    answer.act_reason = gives_ipv4 ? 0 : 1;
  }
  context.type =
      wants_ipv4 || wants_ipv6 ? (gives_ipv4 ? (gives_ipv6 ? "IPV4V6" : "IP") : "IPV6") : context.requested;
  if (gives_ipv4) {
    context.ipv4 = address_of(*network_.ipv4, cid);
  }
  if (gives_ipv6) {
    context.ipv6 = address_of(*network_.ipv6, cid);
  }
  context.apn = context.requested_apn;
  if (context.apn.empty()) {
    context.apn = policy.apns.empty() ? usual_apn : std::string_view(policy.apns.front());
  }
  context.redefined = false;
  context.shown = true;
  context.active = true;
  return answer;
}

void PdnContexts::deactivate(int cid) {
  if (PdnContext* context = entry(cid)) {
    context->active = false;
    context->ipv4.reset();
    context->ipv6.reset();
  }
}

std::string expanded(const boost::asio::ip::address_v6& address) {
  auto bytes = address.to_bytes();
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    text += fmt::format("{}{:02X}{:02X}", i == 0 ? "" : ":", bytes[i], bytes[i + 1]);
  }
  return text;
}

}  // namespace attache::cellular
