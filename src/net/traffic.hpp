#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "net/bearer.hpp"

namespace attache::net {

/// As the device sees it: `up` leaves it.
enum class Direction { up, down };

/// A TCP connection of a device.
struct Flow {
  std::uint64_t number = 0;  ///< Of this device, from 1; never used again.
  Endpoint device;           ///< The port is 0 until the connection is open.
  Endpoint peer;             ///< As the device knows it.
};

/// What passes between a device and its network, beneath TLS and as the link treats it. Times are those of
/// the bearer's clock, and may lie ahead. Texts and failures are there while the event is told only.
namespace traffic {

/// How something got across the link: when it was sent, again each time that it got lost, and when it
/// arrived.
struct Crossing {
  base::Time sent{};
  std::vector<base::Time> sent_again;
  base::Time arrives{};
  bool lost = false;  ///< It never arrives.
};

/// The device opens a connection, or a peer does (`by_peer`): SYN.
struct Opening {
  Flow flow;
  bool by_peer = false;
};
/// The connection stands.
struct Opened {
  Flow flow;
};
/// The opening has failed; nothing more is told of the flow.
struct NotOpened {
  Flow flow;
  const Failure& failure;
};
/// Bytes of a connection; none in `Direction::down`: the peer's orderly end.
struct Segment {
  Flow flow;
  Direction direction = Direction::up;
  std::string_view bytes;
  const Crossing& crossing;
};
/// The device has closed it: FIN.
struct Closed {
  Flow flow;
};
/// The connection has failed.
struct Broken {
  Flow flow;
  const Failure& failure;
};
/// A UDP datagram, whole; one that the link loses too.
struct Datagram {
  Endpoint device;
  Endpoint peer;
  Direction direction = Direction::up;
  std::string_view bytes;
  const Crossing& crossing;
};
/// The peer's machine says that nobody listens there, or that there is no way.
struct DatagramRefused {
  Endpoint device;
  Endpoint peer;
  const Failure& failure;
};
/// A name was looked up; `answer` says how that ended.
struct NameAsked {
  std::uint64_t number = 0;
  std::string_view name;
  Family family = Family::ipv4;
};
/// How the look-up of that number ended; of a failure the reason is in `answer`.
struct NameAnswered {
  std::uint64_t number = 0;
  std::string_view name;
  Family family = Family::ipv4;
  const NetResult<std::vector<Address>>& answer;
};
/// An ICMP echo request leaves; EchoEnded with its number follows, when it has ended.
struct EchoSent {
  std::uint64_t number = 0;
  Address to;
  std::uint16_t sequence = 0;
  std::string_view payload;
};
/// How an echo ended: ETIMEDOUT without a reply.
struct EchoEnded {
  std::uint64_t number = 0;
  Address to;
  std::uint16_t sequence = 0;
  std::string_view payload;
  const NetResult<base::Duration>& result;
};
/// A line as NSS writes them into SSLKEYLOGFILE. Secret: told only to those who asked for secrets.
struct TlsSecret {
  std::string_view line;
};

/// The link, or the radio beneath it, carries otherwise from now on.
struct LinkChanged {};

}  // namespace traffic

using TrafficEvent =
    std::variant<traffic::Opening, traffic::Opened, traffic::NotOpened, traffic::Segment, traffic::Closed,
                 traffic::Broken, traffic::Datagram, traffic::DatagramRefused, traffic::NameAsked,
                 traffic::NameAnswered, traffic::EchoSent, traffic::EchoEnded, traffic::TlsSecret,
                 traffic::LinkChanged>;

/// Those who hear the traffic of a device, as one PDN context tells them of its own. Whoever has something to
/// tell asks first whether somebody listens: while nobody does it costs that. One thread only.
class TrafficTaps {
 public:
  /// Is called with the context too. Must neither throw nor end the device.
  using Tap = std::function<void(int cid, const TrafficEvent&)>;

  /// Those of the default context.
  TrafficTaps() : hearers_(std::make_shared<Hearers>()) {}
  /// The same hearers, told of another context.
  TrafficTaps(const TrafficTaps& others, int cid) : hearers_(others.hearers_), cid_(cid) {}

  /// The tap hears from now on, until the returned handle goes. Each of several hears all; TLS secrets only
  /// with `secrets`.
  [[nodiscard]] std::shared_ptr<void> add(Tap tap, bool secrets);

  /// Somebody listens, or has listened since the last event was told.
  [[nodiscard]] bool are_heard() const;
  /// Somebody has asked for TLS secrets and still listens.
  [[nodiscard]] bool secrets_are_heard() const;
  /// Calls all that listen, at once; one of them may add another. TLS secrets go to those alone who asked for
  /// them.
  void tell(const TrafficEvent& event);

  /// For a flow, a look-up or an echo.
  [[nodiscard]] std::uint64_t next_number() { return ++hearers_->numbers; }

 private:
  struct Listening {
    Tap tap;
    bool secrets = false;
  };
  struct Hearers {
    std::vector<std::weak_ptr<Listening>> taps;
    std::uint64_t numbers = 0;
  };
  std::shared_ptr<Hearers> hearers_;
  int cid_ = 0;
};

/// Tells that the device opens a connection; the number of the flow is 0 if nobody listens.
[[nodiscard]] Flow tell_opening(TrafficTaps& taps, const Address& device, const Endpoint& to);
/// Tells how that ended.
void tell_outcome(TrafficTaps& taps, Flow flow, const NetResult<std::unique_ptr<Stream>>& stream);

/// Tells of a look-up, and returns its number: 0 if nobody listens.
[[nodiscard]] std::uint64_t tell_asked(TrafficTaps& taps, std::string_view name, Family family);
/// Tells how it ended; nothing for the number 0.
void tell_answered(TrafficTaps& taps, std::uint64_t number, std::string_view name, Family family,
                   const NetResult<std::vector<Address>>& answer);

/// Tells of an echo, and returns its number: 0 if nobody listens.
[[nodiscard]] std::uint64_t tell_sent(TrafficTaps& taps, const Address& to, const EchoRequest& request);
/// Tells how it ended; nothing for the number 0.
void tell_ended(TrafficTaps& taps, std::uint64_t number, const Address& to, const EchoRequest& request,
                const NetResult<base::Duration>& result);

/// What the TLS of a connection tells its secrets to; nothing while nobody asks for them. The taps are held
/// by the function.
using KeyLog = std::function<void(std::string_view line)>;
/// Empty while nobody asks for secrets: who asks later hears nothing of this connection.
[[nodiscard]] KeyLog key_log_of(const std::shared_ptr<TrafficTaps>& taps);

}  // namespace attache::net
