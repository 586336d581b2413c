#include "at/counted_data_mode.hpp"

#include <algorithm>

namespace attache::at {

std::size_t CountedDataMode::receive(std::string_view bytes, base::Time now) {
  std::size_t taken = std::min(bytes.size(), left_);
  if (overflows() && !broken() && taken > room()) {
    fail();
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
