#pragma once

#include "at/data_mode.hpp"

namespace attache::at {

/// Data mode for so many bytes as were announced; what follows is command mode again (reference
/// serial-modem-2.0/data-mode.md, "State machine").
class CountedDataMode final : public DataMode {
 public:
  CountedDataMode(DataModePolicy policy, base::Time entered);

  std::size_t receive(std::string_view bytes, base::Time now) override;
  std::optional<Action> take(base::Time now) override;
  void sent() override { sending_ = false; }
  void fail() override;
  [[nodiscard]] bool broken() const override { return broken_; }
  [[nodiscard]] const DataModePolicy& policy() const override { return policy_; }
  [[nodiscard]] std::optional<base::Time> deadline() const override;
  [[nodiscard]] bool wants_input() const override { return left_ > 0 && room() > 0; }
  [[nodiscard]] bool is_ending() const override { return left_ == 0; }

 private:
  [[nodiscard]] std::size_t room() const;

  DataModePolicy policy_;
  std::string collected_;
  std::size_t left_;  // Of what was announced.
  base::Time last_byte_;
  bool sending_ = false;
  bool broken_ = false;
};

}  // namespace attache::at
