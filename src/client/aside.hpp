#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace attache::client {

/// Lines that came and were not asked for (reference/README.md, "URCs and the aside"). The oldest of more
/// than a thousand are dropped.
class Aside {
 public:
  void add(std::string line) {
    lines_.push_back(std::move(line));
    if (lines_.size() > limit) {
      lines_.pop_front();
      ++dropped_;
    }
  }

  void clear() {
    lines_.clear();
    dropped_ = 0;
  }

  /// Takes out the first line for which `wanted` is true.
  template <class Predicate>
  bool take_first(Predicate wanted) {
    auto found = std::find_if(lines_.begin(), lines_.end(), wanted);
    if (found == lines_.end()) {
      return false;
    }
    lines_.erase(found);
    return true;
  }

  /// Those still there, the oldest first.
  [[nodiscard]] std::vector<std::string> lines() const { return {lines_.begin(), lines_.end()}; }
  /// How many no longer fitted.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  static constexpr std::size_t limit = 1000;

  std::deque<std::string> lines_;
  std::size_t dropped_ = 0;
};

}  // namespace attache::client
