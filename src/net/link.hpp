#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/clock.hpp"
#include "net/bearer.hpp"

namespace attache::net {

/// One direction of a radio link: a rate at which bytes leave and a delay until they arrive. Sans-I/O: it is
/// told the time and answers with times.
class LinkShaper {
 public:
  struct Passage {
    base::Time sent;     ///< When the last byte has left the sender: the next piece may start.
    base::Time arrives;  ///< When the piece is there, never before an earlier one.
  };

  /// `bits_per_second` 0 = not limited.
  LinkShaper(base::Duration delay, std::uint64_t bits_per_second);

  /// A piece of `size` bytes is given to the link at `now`, after all those before it.
  [[nodiscard]] Passage pass(base::Time now, std::size_t size);

 private:
  base::Duration delay_;
  std::uint64_t rate_;
  base::Time free_at_{};
};

/// Delay and rate of a link, the same in both directions.
struct LinkOptions {
  base::Duration delay{};
  std::uint64_t rate = 0;  ///< bit/s; 0 = not limited.

  [[nodiscard]] bool shapes() const { return delay > base::Duration::zero() || rate > 0; }
};

/// The stream as seen across the link. Writing suspends until the bytes have left; they reach `inner` after
/// the delay. Errors of `inner` are not delayed. Without delay and rate it is `inner` itself.
std::unique_ptr<Stream> shape(std::unique_ptr<Stream> inner, base::Clock& clock, LinkOptions options);

/// The same for datagrams.
std::unique_ptr<DatagramSocket> shape(std::unique_ptr<DatagramSocket> inner, base::Clock& clock,
                                      LinkOptions options);

}  // namespace attache::net
