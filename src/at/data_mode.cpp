#include "at/data_mode.hpp"

#include <algorithm>
#include <utility>

namespace attache::at {

DataMode::DataMode(DataModePolicy policy, base::Time entered)
    : policy_(std::move(policy)), last_byte_(entered) {}

std::size_t DataMode::room() const {
  std::size_t used = chunk_.size() + collected_.size() + (terminator_seen_ ? policy_.terminator.size() : 0);
  return policy_.buffer - std::min(policy_.buffer, used);
}

std::size_t DataMode::receive(std::string_view bytes, base::Time now) {
  // A chunk that silence has ended must not grow by bytes that came later.
  if (!chunk_.empty() && now - last_byte_ >= policy_.chunk_silence) {
    end_chunk(last_byte_ + policy_.chunk_silence);
  }
  std::size_t taken = 0;
  while (taken < bytes.size() && room() > 0) {
    if (terminator_seen_) {
      // More data within the second silence: the terminator was data.
      collected_ += policy_.terminator;
      terminator_seen_.reset();
    }
    if (chunk_.empty()) {
      silence_before_chunk_ = now - last_byte_;
    }
    std::size_t count = std::min({bytes.size() - taken, policy_.chunk - chunk_.size(), room()});
    chunk_ += bytes.substr(taken, count);
    taken += count;
    last_byte_ = now;
    if (chunk_.size() == policy_.chunk) {
      end_chunk(now);
      if (!policy_.merges) {
        break;
      }
    }
  }
  return taken;
}

void DataMode::end_chunk(base::Time now) {
  if (chunk_ == policy_.terminator && silence_before_chunk_ >= policy_.silence) {
    terminator_seen_ = now;
    chunk_.clear();
    return;
  }
  collected_.reserve(policy_.buffer);
  collected_ += chunk_;
  chunk_.clear();
}

bool DataMode::due(base::Time now) const {
  if (collected_.empty() || sending_) {
    return false;
  }
  bool full = collected_.size() + policy_.chunk > policy_.buffer;
  return full || policy_.time_limit == base::Duration::zero() || now - last_byte_ >= policy_.time_limit;
}

std::optional<DataMode::Action> DataMode::take(base::Time now) {
  if (!chunk_.empty() && (now - last_byte_ >= policy_.chunk_silence || room() == 0)) {
    end_chunk(now);
  }
  if (terminator_seen_ && now - last_byte_ >= policy_.silence) {
    collected_.clear();
    terminator_seen_.reset();
    return Action{true, {}};
  }
  if (due(now)) {
    sending_ = true;
    return Action{false, std::exchange(collected_, {})};
  }
  return std::nullopt;
}

std::optional<base::Time> DataMode::deadline() const {
  std::optional<base::Time> earliest;
  auto consider = [&](base::Duration after) {
    base::Time time = last_byte_ + after;
    earliest = earliest ? std::min(*earliest, time) : time;
  };
  if (!chunk_.empty()) {
    consider(policy_.chunk_silence);
  }
  if (terminator_seen_) {
    consider(policy_.silence);
  }
  if (!collected_.empty() && !sending_) {
    consider(policy_.time_limit);
  }
  return earliest;
}

}  // namespace attache::at
