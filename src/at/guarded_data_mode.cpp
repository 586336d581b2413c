#include "at/guarded_data_mode.hpp"

#include <algorithm>

namespace attache::at {

namespace {

std::string_view without_line_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of("\r\n") + 1);
}

}  // namespace

GuardedDataMode::GuardedDataMode(DataModePolicy policy, base::Time entered)
    : policy_(std::move(policy)), last_byte_(entered) {}

std::size_t GuardedDataMode::room() const {
  std::size_t used = chunk_.size() + collected_.size() + (terminator_seen_ ? policy_.terminator.size() : 0);
  return policy_.buffer - std::min(policy_.buffer, used);
}

std::size_t GuardedDataMode::receive(std::string_view bytes, base::Time now) {
  // A chunk that silence has ended must not grow by bytes that came later.
  if (!chunk_.empty() && now - last_byte_ >= policy_.chunk_silence) {
    end_chunk(last_byte_ + policy_.chunk_silence);
  }
  if (!bytes.empty()) {
    notice_split(now);
  }
  std::size_t taken = 0;
  while (taken < bytes.size() && room() > 0) {
    if (terminator_seen_) {
      // More data within the second silence: the terminator was data.
      collected_ += policy_.terminator;
      terminator_seen_.reset();
      remarks_.push_back(without_line_end(bytes).empty() ? DataModeRemark::terminator_with_line_end
                                                         : DataModeRemark::terminator_before_data);
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

void GuardedDataMode::end_chunk(base::Time now) {
  if (chunk_ == policy_.terminator && silence_before_chunk_ >= policy_.silence) {
    terminator_seen_ = now;
    chunk_.clear();
    beginning_.clear();
    return;
  }
  look_for_terminator_in(chunk_);
  collected_.reserve(policy_.buffer);
  collected_ += chunk_;
  chunk_.clear();
}

// A chunk that is data, though its host may have meant the terminator.
void GuardedDataMode::look_for_terminator_in(std::string_view chunk) {
  std::string_view text = without_line_end(chunk);
  std::string together = beginning_ + std::string(text);
  beginning_.clear();
  if (text.ends_with(policy_.terminator)) {
    bool only_line_end_is_wrong = text == policy_.terminator && silence_before_chunk_ >= policy_.silence;
    remarks_.push_back(only_line_end_is_wrong ? DataModeRemark::terminator_with_line_end
                                              : DataModeRemark::terminator_without_silence);
  } else if (together == policy_.terminator) {
    remarks_.push_back(DataModeRemark::terminator_in_pieces);
  } else if (!text.empty() && policy_.terminator.starts_with(together)) {
    beginning_ = std::move(together);
  }
}

// Whether what comes now belongs to the piece that the send taken last was cut from.
void GuardedDataMode::notice_split(base::Time now) {
  if (std::exchange(cut_, false) && !policy_.unit.empty() && now - last_byte_ < policy_.chunk_silence) {
    remarks_.push_back(DataModeRemark::split);
  }
}

bool GuardedDataMode::due(base::Time now) const {
  if (collected_.empty() || sending_ > 0) {
    return false;
  }
  bool full = collected_.size() + policy_.chunk > policy_.buffer;
  return full || policy_.time_limit == base::Duration::zero() || now - last_byte_ >= policy_.time_limit;
}

std::optional<DataMode::Action> GuardedDataMode::take(base::Time now) {
  if (!chunk_.empty() && (now - last_byte_ >= policy_.chunk_silence || room() == 0)) {
    end_chunk(now);
  }
  if (terminator_seen_ && now - last_byte_ >= policy_.silence) {
    collected_.clear();
    terminator_seen_.reset();
    return Action{true, {}};
  }
  if (due(now)) {
    sending_ = collected_.size();
    cut_ = now - last_byte_ < policy_.chunk_silence;
    return Action{false, std::exchange(collected_, {})};
  }
  return std::nullopt;
}

std::optional<base::Time> GuardedDataMode::deadline() const {
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
  if (!collected_.empty() && sending_ == 0) {
    consider(policy_.time_limit);
  }
  return earliest;
}

}  // namespace attache::at
