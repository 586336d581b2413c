#include "at/matched_data_mode.hpp"

#include <algorithm>
#include <utility>

namespace attache::at {

MatchedDataMode::MatchedDataMode(DataModePolicy policy, base::Time entered)
    : policy_(std::move(policy)), last_byte_(entered) {}

// A terminator that has begun is not in the buffer yet.
std::size_t MatchedDataMode::room() const {
  return broken_ ? policy_.buffer : policy_.buffer - std::min(policy_.buffer, collected_.size());
}

std::size_t MatchedDataMode::receive(std::string_view bytes, base::Time now) {
  std::size_t taken = 0;
  while (taken < bytes.size() && wants_input()) {
    if (broken_) {
      drop_byte(bytes[taken]);
    } else {
      take_byte(bytes[taken]);
    }
    ++taken;
    last_byte_ = now;
  }
  return taken;
}

void MatchedDataMode::take_byte(char byte) {
  if (byte != policy_.terminator[matched_]) {
    collected_.append(policy_.terminator, 0, std::exchange(matched_, 0));
  }
  if (byte != policy_.terminator[matched_]) {
    collected_ += byte;
    return;
  }
  ++matched_;
  if (matched_ == policy_.terminator.size()) {
    matched_ = 0;
    terminated_ = true;
  }
}

// Simpler than above: a byte that does not go on with the terminator does not begin it either.
void MatchedDataMode::drop_byte(char byte) {
  matched_ = byte == policy_.terminator[matched_] ? matched_ + 1 : 0;
  if (matched_ == policy_.terminator.size()) {
    matched_ = 0;
    terminated_ = true;
  }
}

std::optional<DataMode::Action> MatchedDataMode::take(base::Time now) {
  if (sending_) {
    return std::nullopt;
  }
  bool full = room() == 0;
  if (!collected_.empty() && (terminated_ || full || is_silent(now))) {
    if (!terminated_ && !full) {
      collected_.append(policy_.terminator, 0, std::exchange(matched_, 0));
    }
    sending_ = true;
    return Action{false, std::exchange(collected_, {})};
  }
  if (terminated_) {
    return Action{true, {}};
  }
  return std::nullopt;
}

void MatchedDataMode::fail() {
  sending_ = false;
  broken_ = true;
  collected_.clear();
}

// A lone beginning of the terminator stays what it is.
std::optional<base::Time> MatchedDataMode::deadline() const {
  if (collected_.empty() || sending_) {
    return std::nullopt;
  }
  return last_byte_ + policy_.time_limit;
}

}  // namespace attache::at
