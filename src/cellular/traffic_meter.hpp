#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/clock.hpp"
#include "modem/handlers.hpp"
#include "modem/radio_link.hpp"

namespace attache::cellular {

class Nrf91;

/// What %XCONNSTAT counts.
struct TrafficCount {
  bool on = false;
  std::int64_t sms_sent = 0;
  std::int64_t sms_received = 0;
  std::int64_t bytes_sent = 0;
  std::int64_t bytes_received = 0;
  std::int64_t pieces = 0;
  std::int64_t largest = 0;

  /// One piece, in either direction, on top of the bytes of its direction.
  void count(std::size_t bytes) {
    ++pieces;
    largest = std::max(largest, static_cast<std::int64_t>(bytes));
  }
};

/// The radio as a link for packets: lets them pass or not, counts them, and holds the network's rate control.
class TrafficMeter final : public modem::RadioLink {
 public:
  explicit TrafficMeter(Nrf91& modem) : modem_(modem) {}

  Clearance send(int cid, std::size_t bytes, modem::ReleaseAssistance assistance) override;
  Clearance receive(int cid, std::size_t bytes) override;
  void release(int cid) override;
  void carry_until(base::Time end) override;
  [[nodiscard]] modem::LinkQuality quality() const override;
  [[nodiscard]] modem::Subscription subscribe_link(std::function<void()> handler) override {
    return handlers_.add(std::move(handler));
  }

  /// Tells those who subscribed that the link may carry traffic now, or no longer, or in another quality.
  void link_changed() { handlers_.call(); }
  /// %XCONNSTAT switches and clears them; they do not count while they are off.
  [[nodiscard]] TrafficCount& counts() { return state_.counts; }
  /// The APN rate control of the serving network: messages left in this period; nothing = not limited.
  [[nodiscard]] std::optional<int> uplink_messages_left() const;
  /// A new period of the APN rate control begins with the next message.
  void restart_rate_control() { state_.rate_control = {}; }
  /// As after power-on.
  void forget() { state_ = {}; }

 private:
  /// Messages that the network's APN rate control has let pass in its present period.
  struct RateControl {
    base::Time since{};
    int sent = 0;
    base::Alarm end;  ///< Of a period in which the limit was reached.
  };
  struct State {
    TrafficCount counts;
    RateControl rate_control;
    bool one_response = false;  ///< The radio may be released after the next downlink.
  };

  void count_uplink_message(int cid);
  [[nodiscard]] bool release_assistance_on() const;
  [[nodiscard]] bool ends_with(modem::ReleaseAssistance assistance) const;

  Nrf91& modem_;
  State state_;
  modem::Handlers<> handlers_;
};

}  // namespace attache::cellular
