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
  void sent() override { sending_ = false; }
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
  void collect(std::string_view bytes) { collected_ += bytes; }
  void note_byte(base::Time now) { last_byte_ = now; }

 private:
  /// What has come before silence and may have been the beginning of the end is data after all.
  virtual void give_up_beginning() {}

  DataModePolicy policy_;
  std::string collected_;
  base::Time last_byte_;
  bool sending_ = false;
  bool broken_ = false;
};

}  // namespace attache::at
