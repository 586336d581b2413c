#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "doctor/follower/item.hpp"
#include "doctor/reader/event.hpp"

namespace attache::doctor {

/// Plays the events of a log through a model of the device: which answer belongs to which command, and what
/// state the device was in at each of them. Each item comes when it is complete.
class Follower {
 public:
  using Sink = std::function<void(ItemRef)>;

  explicit Follower(Sink sink);

  /// The next event; items that it completes go to the sink before this returns, an exchange once it has
  /// ended.
  void take(Event&& event);
  /// The log is over: a command without a result stays without one.
  void finish();

  /// What is known behind the last event. It changes with the next one.
  [[nodiscard]] const DeviceState& state() const { return *state_; }

 private:
  void begin_exchange(const EventRef& event);
  [[nodiscard]] bool may_be_echo(const Event& event) const;
  void end_exchange(bool followed);
  void take_line(const EventRef& event);
  void take_final(const EventRef& event);
  void add(Item::Kind kind, const EventRef& event);
  void reset(bool everything);
  [[nodiscard]] bool belongs_to_exchange(std::string_view name) const;
  DeviceState& change();

  Sink sink_;
  std::shared_ptr<DeviceState> state_;
  std::shared_ptr<Item> open_;
  EventRef echo_;  // The line of the open exchange once more: its echo, if an answer comes.
  std::size_t number_ = 0;
};

}  // namespace attache::doctor
