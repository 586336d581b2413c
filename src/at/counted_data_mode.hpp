#pragma once

#include "at/unguarded_data_mode.hpp"

namespace attache::at {

/// Data mode for so many bytes as were announced; what follows is command mode again (reference
/// serial-modem-2.0/data-mode.md, "State machine").
class CountedDataMode final : public UnguardedDataMode {
 public:
  CountedDataMode(const DataModePolicy& policy, base::Time entered)
      : UnguardedDataMode(policy, entered), left_(policy.length) {}

  std::size_t receive(std::string_view bytes, base::Time now) override;
  void fail() override;
  [[nodiscard]] bool wants_input() const override {
    return waits_for_terminator_ ? !terminated() : left_ > 0 && room() > 0;
  }
  [[nodiscard]] bool is_ending() const override { return waits_for_terminator_ ? terminated() : left_ == 0; }

 private:
  std::size_t left_;                   // Of what was announced.
  bool waits_for_terminator_ = false;  // Instead of the rest.
};

}  // namespace attache::at
