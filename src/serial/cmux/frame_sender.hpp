#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "serial/cmux/fault_orders.hpp"
#include "serial/cmux/frame.hpp"

namespace attache::serial::cmux {

/// Frames on their way to the line: at once and in order, but for what is ordered to go wrong. It waits for
/// nothing: move_due() must be called at next_due().
class FrameSender {
 public:
  /// The references must outlive it; `orders` may change at any time.
  FrameSender(FaultOrders& orders, base::Journal& journal) : orders_(orders), journal_(journal) {}

  /// Encodes the frame (basic option) as `orders` says; it is ready at once unless it is late on purpose.
  void send(const Frame& frame, base::Time now);
  /// A single flag: it wakes the other side up (5.4.7).
  void send_flag(base::Time now);
  /// What was late on purpose is ready from its time on.
  void move_due(base::Time now);
  /// Octets that are ready.
  [[nodiscard]] std::size_t ready() const { return ready_.size(); }
  /// Octets that are ready, or will be.
  [[nodiscard]] std::size_t unsent() const { return ready_.size() + late_size_; }
  /// What is ready, in order; it is used up then.
  std::string take();

  /// When the first, and the last, of what is late is due.
  [[nodiscard]] std::optional<base::Time> next_due() const;
  /// Nothing while nothing is late.
  [[nodiscard]] std::optional<base::Time> last_due() const;

  /// Tells what has been done on purpose: nobody shall look for the fault elsewhere.
  void say_on_purpose(std::string_view text);

 private:
  void send_wrongly(const Frame& frame, base::Time now);
  void put(std::string octets, base::Duration delay, base::Time now);

  FaultOrders& orders_;
  base::Journal& journal_;
  std::string ready_;
  std::multimap<base::Time, std::string> late_;
  std::size_t late_size_ = 0;
  std::optional<base::Time> last_octet_;  // With octet_gap: when the last one is sent.
};

}  // namespace attache::serial::cmux
