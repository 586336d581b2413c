#pragma once

#include "at/unguarded_data_mode.hpp"

namespace attache::at {

/// Data mode that ends where the terminator stands, attached to data or in pieces (reference
/// serial-modem-2.0/data-mode.md, "Terminator"). What has been collected is sent first.
class MatchedDataMode final : public UnguardedDataMode {
 public:
  MatchedDataMode(const DataModePolicy& policy, base::Time entered) : UnguardedDataMode(policy, entered) {}

  std::size_t receive(std::string_view bytes, base::Time now) override;
  [[nodiscard]] bool wants_input() const override { return !terminated() && (room() > 0 || overflows()); }
  [[nodiscard]] bool is_ending() const override { return terminated(); }

 private:
  void take_byte(char byte);
  void take_data(std::string_view bytes);
  void give_up_beginning() override;
};

}  // namespace attache::at
