#pragma once

#include "at/data_mode.hpp"

namespace attache::at {

/// Data mode that ends where the terminator stands, attached to data or in pieces (reference
/// serial-modem-2.0/data-mode.md, "Terminator"). What has been collected is sent first.
class MatchedDataMode final : public DataMode {
 public:
  MatchedDataMode(DataModePolicy policy, base::Time entered);

  std::size_t receive(std::string_view bytes, base::Time now) override;
  std::optional<Action> take(base::Time now) override;
  void sent() override { sending_ = false; }
  void fail() override;
  [[nodiscard]] bool broken() const override { return broken_; }
  [[nodiscard]] const DataModePolicy& policy() const override { return policy_; }
  [[nodiscard]] std::optional<base::Time> deadline() const override;
  [[nodiscard]] bool wants_input() const override { return !terminated_ && room() > 0; }
  [[nodiscard]] bool is_ending() const override { return terminated_; }

 private:
  [[nodiscard]] std::size_t room() const;
  [[nodiscard]] bool is_silent(base::Time now) const { return now - last_byte_ >= policy_.time_limit; }
  void take_byte(char byte);
  void drop_byte(char byte);

  DataModePolicy policy_;
  std::string collected_;
  std::size_t matched_ = 0;  // Bytes of the terminator that have come.
  base::Time last_byte_;
  bool sending_ = false;
  bool terminated_ = false;
  bool broken_ = false;
};

}  // namespace attache::at
