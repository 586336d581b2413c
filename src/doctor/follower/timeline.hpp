#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "doctor/follower/item.hpp"

namespace attache::doctor {

/// The items of a log in their order. Of a long one the first and the last `most_at_an_end`, and between them
/// of each sort of failure those that came first, are kept: memory stays bounded.
class Timeline {
 public:
  static constexpr std::size_t most_at_an_end = 3000;
  static constexpr std::size_t most_failures = 2000;
  static constexpr int most_of_a_sort = 3;

  /// In any order of their numbers; items() has them in order.
  void add(ItemRef item);

  /// All that was kept.
  [[nodiscard]] std::vector<ItemRef> items() const;
  /// How many were not kept.
  [[nodiscard]] std::size_t passed_over() const { return passed_over_; }

 private:
  struct Recent {
    ItemRef item;
    bool is_kept = false;  // When newer ones push it out.
  };

  [[nodiscard]] bool is_worth_keeping(const Item& item);

  std::vector<ItemRef> first_;
  std::vector<ItemRef> failures_;
  std::deque<Recent> last_;
  std::unordered_map<std::uint64_t, int> sorts_;  // By what they look like.
  std::size_t kept_ = 0;                          // Of those, and of the last ones those that will be.
  std::size_t passed_over_ = 0;
};

}  // namespace attache::doctor
