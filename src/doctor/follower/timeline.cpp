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
  // Looked at now, as it will have left the caches when its turn comes.
  bool is_kept = is_worth_keeping(*item);
  last_.push_back({std::move(item), is_kept});
  if (last_.size() > most_at_an_end) {
    if (last_.front().is_kept) {
      failures_.push_back(std::move(last_.front().item));
    } else {
      ++passed_over_;
    }
    last_.pop_front();
  }
}

std::vector<ItemRef> Timeline::items() const {
  std::vector<ItemRef> all = first_;
  all.insert(all.end(), failures_.begin(), failures_.end());
  for (const Recent& recent : last_) {
    all.push_back(recent.item);
  }
  std::ranges::sort(all, {}, &Item::number);
  return all;
}

bool Timeline::is_worth_keeping(const Item& item) {
  bool failed = (item.is_exchange() && item.result.kind != Result::Kind::ok) ||
                item.kind == Item::Kind::notice || item.kind == Item::Kind::boot ||
                (item.kind == Item::Kind::log && (item.event->level == 'e' || item.event->level == 'w'));
  if (!failed || kept_ >= most_failures) {
    return false;
  }
  std::uint64_t sort = sort_of(item);
  if (sorts_.size() >= most_sorts && !sorts_.contains(sort)) {
    return false;
  }
  bool is_new = sorts_[sort]++ < most_of_a_sort;
  kept_ += is_new ? 1 : 0;
  return is_new;
}

}  // namespace attache::doctor
