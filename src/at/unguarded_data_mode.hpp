#pragma once

#include <string>
#include <utility>

#include "at/data_mode.hpp"

namespace attache::at {

/// What data modes without guard times have in common: what comes is collected until the buffer is full, the
/// host is silent for the time limit, or the end has come; then it is sent (reference
/// serial-modem-2.0/data-mode.md, "Buffering and transmission triggers").
class UnguardedDataMode : public DataMode {
 public:
  std::optional<Action> take(base::Time now) override;
  std::size_t sent() override { return std::exchange(sending_, 0); }
  void fail() override;
  [[nodiscard]] bool broken() const override { return broken_; }
  [[nodiscard]] const DataModePolicy& policy() const override { return policy_; }
  [[nodiscard]] std::optional<base::Time> deadline() const override;

 protected:
  UnguardedDataMode(DataModePolicy policy, base::Time entered)
      : policy_(std::move(policy)), last_byte_(entered) {}

  /// Bytes that the buffer still takes. After fail() nothing is collected any more.
  [[nodiscard]] std::size_t room() const;
  /// The buffer is full, and a further byte is the end of it all.
  [[nodiscard]] bool overflows() const { return policy_.refuses_overflow && !policy_.unit.empty(); }
  /// At most room() bytes; the caller sees to that.
  void collect(std::string_view bytes) { collected_ += bytes; }
  /// The time limit counts from now on anew.
  void note_byte(base::Time now) { last_byte_ = now; }
  [[nodiscard]] bool has_collected() const { return !collected_.empty(); }

  // The terminator: bytes of it that have come, which are not in the buffer.
  [[nodiscard]] bool goes_on_with_terminator(char byte) const { return byte == policy_.terminator[matched_]; }
  /// The next byte of the terminator has come; with its last one terminated() is true.
  void match();
  /// They are no terminator after all: how many of its bytes have to be collected as data.
  [[nodiscard]] std::size_t take_matched() { return std::exchange(matched_, 0); }
  /// The whole terminator has come: what follows is no data.
  [[nodiscard]] bool terminated() const { return terminated_; }
  /// After fail(): only the terminator counts.
  void drop_byte(char byte);

 private:
  /// What has come before silence and may have been the beginning of the end is data after all.
  virtual void give_up_beginning() {}

  DataModePolicy policy_;
  std::string collected_;
  base::Time last_byte_;
  std::size_t sending_ = 0;  // Bytes of the send that runs; 0 = none does.
  bool broken_ = false;
  std::size_t matched_ = 0;
  bool terminated_ = false;
};

}  // namespace attache::at
