#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cellular/simulation_options.hpp"
#include "modem/pdn.hpp"

namespace attache::cellular {

/// A PDP context as +CGDCONT defines it and the network completes it.
struct PdnContext {
  int cid = 0;
  std::string requested;  ///< "IP", "IPV6", "IPV4V6", "Non-IP"; empty = nothing defined (asks for IPV4V6).
  std::string requested_apn;  ///< What the host defined; empty = the network's own.
  std::string type;           ///< As granted by the last activation; empty = there was none.
  std::string apn;            ///< As granted.
  bool redefined = false;     ///< By the host after the last activation: counts for the next one.
  bool shown = false;         ///< Defined or attached before: +CGDCONT? prints it in every firmware.
  bool active = false;
  int authentication = 0;  ///< +CGAUTH: 0 none, 1 PAP, 2 CHAP.
  std::string user;
  std::string password;                             ///< Secret.
  std::optional<boost::asio::ip::address_v4> ipv4;  ///< While active.
  std::optional<boost::asio::ip::address_v6> ipv6;

  /// As +CGDCONT? prints them: what the host has defined since the last activation, else what was granted.
  [[nodiscard]] const std::string& shown_type() const { return redefined ? requested : type; }
  [[nodiscard]] const std::string& shown_apn() const { return redefined ? requested_apn : apn; }
};

/// What the network answers to a request for a PDN connection.
struct PdnAnswer {
  int esm_cause = 0;  ///< 50 (IPv4 only granted or allowed), 51 (IPv6 only); else why it was refused.
  bool accepted = false;
  std::optional<int> act_reason;  ///< <reason> of +CGEV: ME PDN ACT.
};

/// All contexts of the modem, in the order of their cid; 0 always exists.
class PdnContexts {
 public:
  explicit PdnContexts(const NetworkSideOptions& network);

  /// Pointers into it are good until a context is defined or taken away.
  [[nodiscard]] const std::vector<PdnContext>& all() const { return contexts_; }
  /// Null for a context that is not defined.
  [[nodiscard]] const PdnContext* find(int cid) const;
  /// False for one that is not defined.
  [[nodiscard]] bool active(int cid) const;

  /// What a context asks for from now on; it must not be active.
  void define(int cid, std::string_view type, std::string_view apn);
  /// It must not be active. Context 0 goes back to what it is after power-on.
  void undefine(int cid);
  /// As after power-on.
  void reset();
  /// The lowest free cid from 1 on, now reserved; nothing if none is left.
  std::optional<int> reserve(int greatest);

  /// +CGAUTH for a context; defines it as to be asked for if it is not.
  void authenticate(int cid, int protocol, std::string_view user, std::string_view password);

  /// Asks a network with this policy for a connection of a defined context.
  PdnAnswer activate(int cid, const NetworkPolicy& policy);
  /// Its addresses are gone; what was granted stays to be shown. Nothing happens if it is not active.
  void deactivate(int cid);
  /// Context 0 included; with none left there is no attachment.
  [[nodiscard]] int active_count() const;

  /// %XAPNSTATUS: connections to this APN are not asked for while it is disabled.
  void set_apn_enabled(std::string_view apn, bool enabled);
  /// Case does not count; each is there once.
  [[nodiscard]] const std::vector<std::string>& disabled_apns() const { return disabled_apns_; }
  /// The network refuses the next request with this ESM cause.
  void refuse_next(int esm_cause) { next_refusal_ = esm_cause; }

 private:
  PdnContext* entry(int cid);
  [[nodiscard]] std::optional<int> refusal(const PdnContext& context, const NetworkPolicy& policy);

  const NetworkSideOptions& network_;
  std::vector<PdnContext> contexts_;
  std::vector<std::string> disabled_apns_;
  std::optional<int> next_refusal_;
};

/// "2001:0DB8:…" in eight groups of four upper-case digits, as the modem prints IPv6 addresses.
std::string expanded(const boost::asio::ip::address_v6& address);

}  // namespace attache::cellular
