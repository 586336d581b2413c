#include "at/unguarded_data_mode.hpp"

#include <algorithm>

namespace attache::at {

std::size_t UnguardedDataMode::room() const {
  return policy_.buffer - std::min(policy_.buffer, collected_.size());
}

std::optional<DataMode::Action> UnguardedDataMode::take(base::Time now) {
  if (sending_ > 0) {
    return std::nullopt;
  }
  bool at_once = is_ending() || (room() == 0 && !overflows());
  if (!collected_.empty() && (at_once || now - last_byte_ >= policy_.time_limit)) {
    if (!at_once) {
      give_up_beginning();
    }
    sending_ = collected_.size();
    return Action{false, std::exchange(collected_, {})};
  }
  if (is_ending()) {
    return Action{true, {}};
  }
  return std::nullopt;
}

void UnguardedDataMode::match() {
  ++matched_;
  if (matched_ == policy_.terminator.size()) {
    matched_ = 0;
    terminated_ = true;
  }
}

// Simpler than among data: a byte that does not go on with the terminator does not begin it either.
void UnguardedDataMode::drop_byte(char byte) {
  if (goes_on_with_terminator(byte)) {
    match();
  } else {
    matched_ = 0;
  }
}

void UnguardedDataMode::fail() {
  sending_ = 0;
  broken_ = true;
  collected_.clear();
}

std::optional<base::Time> UnguardedDataMode::deadline() const {
  if (collected_.empty() || sending_ > 0) {
    return std::nullopt;
  }
  return last_byte_ + policy_.time_limit;
}

}  // namespace attache::at
