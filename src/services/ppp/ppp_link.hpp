#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "services/ppp/authentication.hpp"
#include "services/ppp/hdlc.hpp"
#include "services/ppp/ip_control.hpp"
#include "services/ppp/lcp.hpp"

namespace attache::services::ppp {

/// What a link serves its peer with: the PDN connection, and what a configuration says.
struct LinkSettings {
  std::optional<asio::ip::address_v4> ipv4;  ///< Nothing: IPCP is rejected.
  std::optional<asio::ip::address_v6> ipv6;  ///< The same with IPV6CP.
  asio::ip::address_v4 own;                  ///< The address of this end.
  std::vector<asio::ip::address_v4> name_servers{};
  std::uint16_t mtu = 1500;
  Authentication authentication = Authentication::none;
  std::uint64_t seed = 0;  ///< Of magic numbers and challenges.
};

/// What goes wrong on purpose.
struct LinkFaults {
  bool echo_unanswered = false;  ///< LCP's Echo-Requests get no reply.
  bool ipv6cp_refused = false;   ///< IPV6CP is rejected as if it were not known.

  bool operator==(const LinkFaults&) const = default;
};

/// How a link ended.
enum class LinkEnd {
  peer_terminated,       ///< The peer asked for it.
  closed,                ///< terminate() was called, and the peer has agreed or was silent.
  authentication_failed  ///< The peer would not say who it is.
};

/// The device's end of a PPP link over an asynchronous line, from the first Configure-Request to the last
/// Terminate-Ack: LCP, the peer's name, IPCP and IPV6CP, IP packets. It waits for the peer as long as it
/// takes. Sans-I/O: bytes and time come in, bytes, packets and events go out, and however the bytes are
/// divided, the same comes out. One thread only.
class PppLink final : private ControlProtocol::Owner {
 public:
  /// Where everything goes. Nothing may destroy the link in a call but `ended`, which is the last.
  struct Outlets {
    std::function<void(std::string_view bytes)> line;     ///< To the peer.
    std::function<void(std::string_view packet)> packet;  ///< An IP packet of the peer.
    std::function<void(bool connected)> connected;  ///< The first of IPCP and IPV6CP opens; the last goes.
    std::function<void(LinkEnd end)> ended;
    std::function<void(std::string_view text)> log;  ///< What the peers agree upon, for the log.
  };

  /// Nothing goes out before start(). `now` is on the clock of all further times, and must not go back.
  PppLink(const LinkSettings& settings, base::Time now, Outlets outlets);
  PppLink(const PppLink&) = delete;
  PppLink& operator=(const PppLink&) = delete;
  ~PppLink() override;

  /// Begins to negotiate.
  void start(base::Time now);
  /// Bytes of the peer in any pieces. All outlets may be called meanwhile.
  void receive(std::string_view bytes, base::Time now);
  /// When timeout() is to be called; it changes with every call.
  [[nodiscard]] std::optional<base::Time> deadline() const;
  /// Does what is due by `now`; nothing if it is called too early.
  void timeout(base::Time now);
  /// An IP packet for the peer. It is lost while its protocol is not open, or if it is none.
  void send_packet(std::string_view packet);
  /// Ends the link in order: `ended` follows.
  void terminate(base::Time now);
  /// Begins anew without a word, as a peer does that has been restarted.
  void restart(base::Time now);
  /// Holds from the next packet of the peer on; an open IPV6CP stays open.
  void set_faults(const LinkFaults& faults);

  /// IPCP or IPV6CP is open.
  [[nodiscard]] bool is_connected() const;
  [[nodiscard]] std::uint64_t unanswered_echoes() const { return lcp_.unanswered_echoes(); }
  [[nodiscard]] State lcp_state() const { return lcp_.state(); }

 private:
  void send(std::uint16_t protocol, const std::string& information) override;
  void layer_up(ControlProtocol& layer) override;
  void layer_down(ControlProtocol& layer) override;
  void layer_finished(ControlProtocol& layer) override;
  [[nodiscard]] base::Time now() const override { return now_; }

  void tell_dropped(const HdlcDecoder::Count& before);
  void receive_frame(const Frame& frame);
  void receive_control(const Frame& frame);
  void receive_lcp(std::string_view information);
  void begin_network();
  void make_layers();
  void tell_connection();
  void end_if_over();
  [[nodiscard]] ControlProtocol* layer_of(std::uint16_t protocol);

  LinkSettings settings_;
  Outlets outlets_;
  base::Time now_;
  LinkFaults faults_;
  HdlcDecoder decoder_;
  Lcp lcp_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Ipcp> ipcp_;
  std::unique_ptr<Ipv6cp> ipv6cp_;
  bool in_network_phase_ = false;
  bool told_connected_ = false;
  std::optional<LinkEnd> end_;
  bool closing_ = false;
};

}  // namespace attache::services::ppp
