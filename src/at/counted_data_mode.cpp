#include "at/counted_data_mode.hpp"

#include <algorithm>
#include <utility>

namespace attache::at {

CountedDataMode::CountedDataMode(DataModePolicy policy, base::Time entered)
    : policy_(std::move(policy)), left_(policy_.length), last_byte_(entered) {}

std::size_t CountedDataMode::room() const {
  return policy_.buffer - std::min(policy_.buffer, collected_.size());
}

std::size_t CountedDataMode::receive(std::string_view bytes, base::Time now) {
  std::size_t taken = std::min({bytes.size(), left_, room()});
  if (taken == 0) {
    return 0;
  }
  if (!broken_) {
    collected_ += bytes.substr(0, taken);
  }
  left_ -= taken;
  last_byte_ = now;
  return taken;
}

std::optional<DataMode::Action> CountedDataMode::take(base::Time now) {
  if (sending_) {
    return std::nullopt;
  }
  bool due = left_ == 0 || room() == 0 || now - last_byte_ >= policy_.time_limit;
  if (!collected_.empty() && due) {
    sending_ = true;
    return Action{false, std::exchange(collected_, {})};
  }
  if (left_ == 0) {
    return Action{true, {}};
  }
  return std::nullopt;
}

void CountedDataMode::fail() {
  sending_ = false;
  broken_ = true;
  collected_.clear();
}

std::optional<base::Time> CountedDataMode::deadline() const {
  if (collected_.empty() || sending_) {
    return std::nullopt;
  }
  return last_byte_ + policy_.time_limit;
}

}  // namespace attache::at
