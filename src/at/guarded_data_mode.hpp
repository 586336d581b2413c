#pragma once

#include <utility>

#include "at/data_mode.hpp"

namespace attache::at {

/// Data mode whose terminator stands alone, in a UART chunk of its own, with silence before and after it
/// (reference slm-1.6/00-overview.md 5). Data that wait when it comes are dropped.
class GuardedDataMode final : public DataMode {
 public:
  GuardedDataMode(DataModePolicy policy, base::Time entered);

  std::size_t receive(std::string_view bytes, base::Time now) override;
  std::optional<Action> take(base::Time now) override;
  std::size_t sent() override { return std::exchange(sending_, 0); }
  void fail() override { sending_ = 0; }
  [[nodiscard]] bool broken() const override { return false; }
  [[nodiscard]] std::vector<DataModeRemark> take_remarks() override { return std::exchange(remarks_, {}); }
  [[nodiscard]] const DataModePolicy& policy() const override { return policy_; }
  [[nodiscard]] std::optional<base::Time> deadline() const override;
  [[nodiscard]] bool wants_input() const override { return room() > 0; }

 private:
  [[nodiscard]] std::size_t room() const;
  void end_chunk(base::Time now);
  void look_for_terminator_in(std::string_view chunk);
  void notice_split(base::Time now);
  [[nodiscard]] bool due(base::Time now) const;

  DataModePolicy policy_;
  std::string chunk_;                          // Bytes since the last chunk ended.
  std::string collected_;                      // Whole chunks not yet sent.
  std::optional<base::Time> terminator_seen_;  // The terminator came as a chunk of its own at this time.
  base::Time last_byte_;
  base::Duration silence_before_chunk_{};
  std::size_t sending_ = 0;  // Bytes of the send that runs; 0 = none does.
  bool cut_ = false;         // The send taken last ended although no silence had ended its last chunk.
  std::string beginning_;    // Of a terminator that comes in pieces: what has come of it.
  std::vector<DataModeRemark> remarks_;
};

}  // namespace attache::at
