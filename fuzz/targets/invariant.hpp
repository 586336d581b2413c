#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace attache::fuzz {

/// Ends the program with the sentence if it is not true: that is how a fuzzer learns of it.
inline void must(bool is_true, const char* sentence) {
  if (!is_true) {
    std::fprintf(stderr, "not true: %s\n", sentence);
    std::abort();
  }
}

/// Cuts bytes into pieces whose sizes (1 to `longest`) follow from a seed: the same input, the same cuts.
class Cutter {
 public:
  Cutter(std::string_view seed, std::size_t longest) : longest_(longest) {
    for (char c : seed) {
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211U;  // FNV-1a
    }
  }

  std::size_t next_size() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return 1 + (state_ >> 33) % longest_;
  }

  std::vector<std::string_view> cut(std::string_view bytes) {
    std::vector<std::string_view> pieces;
    while (!bytes.empty()) {
      std::size_t size = std::min(next_size(), bytes.size());
      pieces.push_back(bytes.substr(0, size));
      bytes.remove_prefix(size);
    }
    return pieces;
  }

 private:
  std::size_t longest_;
  unsigned long long state_ = 14695981039346656037U;
};

}  // namespace attache::fuzz
