#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cellular/pdn.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// A PDP context as +CGDCONT defines it and the network completes it.
struct PdnContext {
  int cid = 0;
  std::string requested;  ///< "IP", "IPV6", "IPV4V6", "Non-IP"; empty = nothing defined (asks for IPV4V6).
  std::string type;       ///< As printed: what was requested or, after an activation, granted.
  std::string apn;        ///< Defined by the host, or given by the network.
  bool shown = false;     ///< Defined or attached before: +CGDCONT? prints it in every firmware.
  bool active = false;
  std::optional<boost::asio::ip::address_v4> ipv4;  ///< While active.
  std::optional<boost::asio::ip::address_v6> ipv6;
};

/// What the network answers to a request for a PDN connection.
struct PdnAnswer {
  int esm_cause = 0;  ///< 0, 50 (IPv4 only granted or allowed), 51 (IPv6 only).
  bool accepted = false;
  std::optional<int> act_reason;  ///< <reason> of +CGEV: ME PDN ACT.
};

/// All contexts of the modem, in the order of their cid; 0 always exists.
class PdnContexts {
 public:
  explicit PdnContexts(const NetworkSideOptions& network);

  [[nodiscard]] const std::vector<PdnContext>& all() const { return contexts_; }
  [[nodiscard]] const PdnContext* find(int cid) const;
  [[nodiscard]] bool active(int cid) const;

  void define(int cid, std::string_view type, std::string_view apn);
  void undefine(int cid);
  /// As after power-on.
  void reset() { contexts_.assign(1, PdnContext{}); }
  /// The lowest free cid from 1 on, now reserved; nothing if none is left.
  std::optional<int> reserve(int greatest);

  /// Asks the network for a connection of a defined context.
  PdnAnswer activate(int cid);
  void deactivate(int cid);

 private:
  PdnContext* entry(int cid);

  const NetworkSideOptions& network_;
  std::vector<PdnContext> contexts_;
};

/// "2001:0DB8:…" in eight groups of four upper-case digits, as the modem prints IPv6 addresses.
std::string expanded(const boost::asio::ip::address_v6& address);

}  // namespace attache::cellular
