#include "doctor/follower/timeline.hpp"

#include <algorithm>

namespace attache::doctor {

namespace {

constexpr std::size_t most_sorts = 20'000;

// The same failure with other numbers is the same sort. (FNV-1a, 64 bit.)
class Sort {
 public:
  void add(std::string_view text) {
    for (char c : text) {
      hash_ = (hash_ ^ static_cast<unsigned char>(c >= '0' && c <= '9' ? '0' : c)) * 0x100000001B3U;
    }
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

std::uint64_t sort_of(const Item& item) {
  Sort sort;
  sort.add(item.name);
  sort.add(std::string_view(item.event->text).substr(0, 120));
  if (item.final != nullptr) {
    sort.add(item.final->text);
  }
  return sort.value();
}

}  // namespace

void Timeline::add(ItemRef item) {
  if (first_.size() < most_at_an_end) {
    first_.push_back(std::move(item));
    return;
  }
  last_.push_back(std::move(item));
  if (last_.size() > most_at_an_end) {
    if (is_worth_keeping(*last_.front())) {
      failures_.push_back(last_.front());
    } else {
      ++passed_over_;
    }
    last_.pop_front();
  }
}

std::vector<ItemRef> Timeline::items() const {
  std::vector<ItemRef> all = first_;
  all.insert(all.end(), failures_.begin(), failures_.end());
  all.insert(all.end(), last_.begin(), last_.end());
  std::ranges::sort(all, {}, &Item::number);
  return all;
}

bool Timeline::is_worth_keeping(const Item& item) {
  bool failed = (item.is_exchange() && item.result.kind != Result::Kind::ok) ||
                item.kind == Item::Kind::notice || item.kind == Item::Kind::boot ||
                (item.kind == Item::Kind::log && (item.event->level == 'e' || item.event->level == 'w'));
  if (!failed || failures_.size() >= most_failures) {
    return false;
  }
  std::uint64_t sort = sort_of(item);
  if (sorts_.size() >= most_sorts && !sorts_.contains(sort)) {
    return false;
  }
  return sorts_[sort]++ < most_of_a_sort;
}

}  // namespace attache::doctor
