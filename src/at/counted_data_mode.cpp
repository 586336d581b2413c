#include "at/counted_data_mode.hpp"

#include <algorithm>

namespace attache::at {

// The last send that fails has nothing behind it to be dropped.
void CountedDataMode::fail() {
  bool was_last = left_ == 0 && !has_collected();
  waits_for_terminator_ = policy().needs_terminator_when_broken && !was_last;
  UnguardedDataMode::fail();
}

std::size_t CountedDataMode::receive(std::string_view bytes, base::Time now) {
  if (waits_for_terminator_) {
    std::size_t dropped = 0;
    while (dropped < bytes.size() && !terminated()) {
      drop_byte(bytes[dropped++]);
    }
    return dropped;
  }
  std::size_t taken = std::min(bytes.size(), left_);
  if (std::size_t fits = room(); overflows() && !broken() && taken > fits) {
    fail();
    if (waits_for_terminator_) {
      return fits + receive(bytes.substr(fits), now);
    }
  }
  taken = std::min(taken, room());
  if (taken == 0) {
    return 0;
  }
  if (!broken()) {
    collect(bytes.substr(0, taken));
  }
  left_ -= taken;
  note_byte(now);
  return taken;
}

}  // namespace attache::at
