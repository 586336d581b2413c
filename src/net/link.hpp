#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/fair_turn.hpp"
#include "base/random.hpp"
#include "modem/radio_link.hpp"
#include "net/bearer.hpp"
#include "net/traffic.hpp"

namespace attache::net {

/// What a link adds to what the radio does. The rate counts the bytes that are handed to TCP or UDP (those of
/// TLS and DTLS records with them), not the headers of IP, TCP and UDP.
struct LinkOptions {
  base::Duration delay{};       ///< One way, in both directions.
  std::uint64_t up_rate = 0;    ///< bit/s; 0 = not limited.
  std::uint64_t down_rate = 0;  ///< The same.
  double loss = 0;              ///< The share of packets that do not arrive, 0 … 1.
  bool outage = false;          ///< Nothing passes.

  bool operator==(const LinkOptions&) const = default;
};

/// The link between the device and the network, shared by all its sockets: one queue in each direction. Each
/// PDN context has its view of it, with the sockets that end with that context. Sans-I/O: it is told what is
/// to pass and answers with times. One thread only.
class Link {
 public:
  /// How a lost packet shows: a datagram is gone, a segment of a stream comes later, when it has been sent
  /// again.
  enum class Transport { datagram, stream };

  /// When a piece passes, and whether it arrives: settled at once for all its way.
  struct Passage {
    /// When the sender may go on: a little before the last byte has left, so that the next piece is there in
    /// time to follow without a gap.
    base::Time go_on;
    base::Time arrives;  ///< When the piece is there; of a lost segment: when the stream is given up.
    /// It does not arrive: a datagram, or a segment that was sent again in vain for stream_patience.
    bool lost = false;
    std::vector<base::Time> sent_again{};  ///< When a segment was sent again.
  };
  /// Packets of one direction since the link was made, of all contexts.
  struct Count {
    std::uint64_t passed = 0;  ///< Packets that were given to the link, the lost ones included.
    std::uint64_t lost = 0;
  };

  /// Something that hangs on the link, holds it, and is told when it has changed.
  class User {
   public:
    explicit User(std::shared_ptr<Link> link) : link_(std::move(link)) { link_->users_.insert(this); }
    virtual ~User() { link_->users_.erase(this); }
    User(const User&) = delete;
    User& operator=(const User&) = delete;

    /// Options, radio or outage have changed. Must not destroy users.
    virtual void link_changed() = 0;
    /// The PDN is gone. Must not destroy users.
    virtual void link_cut(const Failure& failure) = 0;

   protected:
    [[nodiscard]] Link& link() const { return *link_; }

   private:
    std::shared_ptr<Link> link_;
  };

  /// As the default context sees it. `radio` may be null: a link without one. The same seed gives the same
  /// losses for the same packets.
  Link(base::Clock& clock, LinkOptions options, modem::RadioLink* radio, std::uint64_t seed);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// The same link as another context sees it, without users.
  [[nodiscard]] std::shared_ptr<Link> on_context(int cid) const;

  [[nodiscard]] base::Clock& clock() { return air_->clock; }
  /// What comes through the link of one device shares its turns of the loop.
  [[nodiscard]] base::FairTurn& turn() { return air_->turn; }
  /// Who hears what passes.
  [[nodiscard]] const std::shared_ptr<TrafficTaps>& taps() const { return taps_; }
  [[nodiscard]] const LinkOptions& options() const { return air_->options; }
  /// Holds for what is given to the link from now on, of any context; what is on its way arrives as it was
  /// to.
  void change(const LinkOptions& options);

  /// The PDN of its context has gone: tells all users why.
  void cut(const Failure& failure);

  /// What holds now: options and radio together.
  [[nodiscard]] LinkOptions effective() const;
  /// True if the link is more than a wire: delay, rates or loss.
  [[nodiscard]] bool shapes() const;

  /// Whether a piece may set out, and from when on. Neither: not before User::link_changed(); ask again then.
  struct Clearance {
    std::optional<base::Time> from;
    std::optional<Failure> refused;
  };
  /// Asks for a piece of `size` bytes, and wakes the radio for it; `assistance` goes with one upwards. Once
  /// there is an answer the piece counts: do not ask for it again.
  [[nodiscard]] Clearance clear(Direction direction, std::size_t size,
                                modem::ReleaseAssistance assistance = modem::ReleaseAssistance::none);
  /// A socket neither sends nor awaits anything more for now.
  void release();
  /// A piece of `size` bytes leaves now or at `earliest`, behind all those before it. Call it only when it
  /// has been cleared.
  [[nodiscard]] Passage pass(Direction direction, Transport transport, std::size_t size,
                             base::Time earliest = {});
  /// The most bytes of one socket on their way in a direction; more have to wait or are lost.
  [[nodiscard]] std::size_t room(Direction direction) const;
  /// A datagram was dropped because nothing may pass.
  void note_lost(Direction direction);
  [[nodiscard]] const Count& count(Direction direction) const { return lane(direction).count; }

 private:
  struct Lane {
    base::Time free_at{};
    Count count;
  };
  /// What all contexts share.
  struct Air {
    Air(base::Clock& its_clock, LinkOptions its_options, modem::RadioLink* its_radio, std::uint64_t seed);
    void tell_users();

    base::Clock& clock;
    base::FairTurn turn;
    LinkOptions options;
    modem::RadioLink* radio;
    modem::Subscription subscription;
    base::Random random;
    Lane up;
    Lane down;
    std::set<Link*> views;
  };
  Link(std::shared_ptr<Air> air, int cid, std::shared_ptr<TrafficTaps> taps);

  [[nodiscard]] Lane& lane(Direction direction) const {
    return direction == Direction::up ? air_->up : air_->down;
  }
  [[nodiscard]] bool loses(double share) { return share > 0 && air_->random.fraction() < share; }
  [[nodiscard]] Passage send_again(Lane& way, base::Duration occupied, const LinkOptions& both);

  std::shared_ptr<Air> air_;
  int cid_;
  std::shared_ptr<TrafficTaps> taps_;
  std::set<User*> users_;
};

/// Bytes that one packet of an LTE bearer carries.
inline constexpr std::size_t segment_size = 1400;

/// How long a stream sends what does not get across, before it is given up (RFC 1122 4.2.3.5 asks for 100 s
/// at least; Linux takes as long).
inline constexpr base::Duration stream_patience = std::chrono::minutes(15);

/// The stream as seen across the link, which may change while it lives. Writing suspends until the bytes have
/// left; they reach `inner` after the delay. Errors of `inner` are not delayed. Bytes that do not get across
/// for stream_patience end the stream with ETIMEDOUT. While the link is a mere wire every operation is handed
/// to `inner` without a copy.
///
/// `flow`: its number, if those who hear the traffic have been told of its opening; else 0.
std::unique_ptr<Stream> across(std::shared_ptr<Link> link, std::unique_ptr<Stream> inner,
                               std::uint64_t flow = 0);

/// The same for datagrams. While nothing may pass, what is sent is kept until it may, up to 64 KiB (then
/// sending suspends, and fails with EAGAIN after the send time-out); what is received is lost.
std::unique_ptr<DatagramSocket> across(std::shared_ptr<Link> link, std::unique_ptr<DatagramSocket> inner);

}  // namespace attache::net
