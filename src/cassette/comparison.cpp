#include "cassette/comparison.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "cassette/variable_values.hpp"

namespace attache::cassette {

namespace {

/// A line with where it came, and as it is compared.
struct Heard {
  std::size_t exchange = 0;
  std::string text;
  std::string compared;
};

/// What one side said: the answers by exchange, all else by its name.
struct Session {
  std::vector<std::vector<Heard>> answers;
  std::map<std::string, std::vector<Heard>, std::less<>> others;
};

class Comparer {
 public:
  Comparer(const std::vector<Exchange>& exchanges, const ComparisonOptions& options)
      : exchanges_(exchanges), options_(options) {}

  Comparison run(const std::vector<std::vector<std::string>>& heard) {
    std::vector<std::vector<std::string>> expected;
    for (const Exchange& exchange : exchanges_) {
      expected.push_back(exchange.heard);
    }
    // What is said before the host speaks belongs to the start of the recording, which may have come later.
    bool begins_later = exchanges_.front().heard.empty();
    Session recorded = sort(expected, false);
    Session now = sort(heard, begins_later);
    for (std::size_t i = 0; i < exchanges_.size(); ++i) {
      compare_answers(i, recorded.answers[i], now.answers[i]);
    }
    for (auto& [key, lines] : recorded.others) {
      compare_others(lines, now.others[key]);
      now.others.erase(key);
    }
    for (auto& [key, lines] : now.others) {
      compare_others({}, lines);
    }
    std::stable_sort(result_.differences.begin(), result_.differences.end(),
                     [](const auto& left, const auto& right) { return left.line < right.line; });
    result_.exchanges = exchanges_.size() - 1;
    return std::move(result_);
  }

 private:
  [[nodiscard]] Session sort(const std::vector<std::vector<std::string>>& heard, bool without_first) const {
    Session session;
    ReplySorter sorter(options_.dialect);
    for (std::size_t i = 0; i < exchanges_.size(); ++i) {
      sorter.begin(exchanges_[i]);
      bool is_heard = i < heard.size() && (i > 0 || !without_first);
      for (const std::string& line : is_heard ? heard[i] : std::vector<std::string>()) {
        sorter.take(line);
      }
      session.answers.emplace_back();
      for (const std::string& line : sorter.reply().answer) {
        session.answers.back().push_back(make(i, line, sorter.command()));
      }
      for (const Reply::Other& other : sorter.reply().others) {
        session.others[other.key].push_back(make(i, other.text, other.command));
      }
    }
    return session;
  }

  [[nodiscard]] Heard make(std::size_t exchange, const std::string& line, std::string_view command) const {
    return {exchange, line, options_.exact ? line : without_variable_values(line, options_.dialect, command)};
  }

  void compare_answers(std::size_t exchange, const std::vector<Heard>& recorded,
                       const std::vector<Heard>& now) {
    bool is_same =
        std::equal(recorded.begin(), recorded.end(), now.begin(), now.end(),
                   [](const Heard& left, const Heard& right) { return left.compared == right.compared; });
    if (!is_same) {
      add(Difference::Kind::answer, exchange, texts(recorded), texts(now));
      return;
    }
    for (std::size_t i = 0; i < recorded.size(); ++i) {
      count_varying(recorded[i], now[i]);
    }
  }

  // What both have in the same order is common; of the rest, what stands at the same place differs.
  void compare_others(const std::vector<Heard>& recorded, const std::vector<Heard>& now) {
    std::size_t left = 0;
    std::size_t right = 0;
    auto pairs = common(recorded, now);
    pairs.emplace_back(recorded.size(), now.size());
    for (const auto& [next_left, next_right] : pairs) {
      while (left < next_left || right < next_right) {
        const Heard* missing = left < next_left ? &recorded[left++] : nullptr;
        const Heard* additional = right < next_right ? &now[right++] : nullptr;
        std::size_t exchange = missing != nullptr ? missing->exchange : additional->exchange;
        add(Difference::Kind::notification, exchange, text_of(missing), text_of(additional));
      }
      if (next_left < recorded.size() && next_right < now.size()) {
        count_varying(recorded[next_left], now[next_right]);
      }
      left = next_left + 1;
      right = next_right + 1;
    }
  }

  // A longest common subsequence as pairs of indices. Of sessions with very many lines of one name, those at
  // the same place that are the same.
  static std::vector<std::pair<std::size_t, std::size_t>> common(const std::vector<Heard>& left,
                                                                 const std::vector<Heard>& right) {
    constexpr std::size_t most = 4'000'000;
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    if (left.size() * right.size() > most) {
      for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
        if (left[i].compared == right[i].compared) {
          pairs.emplace_back(i, i);
        }
      }
      return pairs;
    }
    std::size_t width = right.size() + 1;
    std::vector<std::uint32_t> length((left.size() + 1) * width, 0);
    for (std::size_t i = left.size(); i-- > 0;) {
      for (std::size_t j = right.size(); j-- > 0;) {
        length[i * width + j] = left[i].compared == right[j].compared
                                    ? length[(i + 1) * width + j + 1] + 1
                                    : std::max(length[(i + 1) * width + j], length[i * width + j + 1]);
      }
    }
    for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
      if (left[i].compared == right[j].compared) {
        pairs.emplace_back(i++, j++);
      } else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) {
        ++i;
      } else {
        ++j;
      }
    }
    return pairs;
  }

  static std::vector<std::string> texts(const std::vector<Heard>& lines) {
    std::vector<std::string> all;
    for (const Heard& line : lines) {
      all.push_back(line.text);
    }
    return all;
  }

  static std::vector<std::string> text_of(const Heard* line) {
    return line != nullptr ? std::vector<std::string>{line->text} : std::vector<std::string>();
  }

  void count_varying(const Heard& recorded, const Heard& now) {
    result_.varying += recorded.text != now.text ? 1 : 0;
  }

  void add(Difference::Kind kind, std::size_t exchange, std::vector<std::string> recorded,
           std::vector<std::string> now) {
    const Exchange& where = exchanges_[exchange];
    result_.differences.push_back({kind, where.line, where.shown, std::move(recorded), std::move(now)});
  }

  const std::vector<Exchange>& exchanges_;
  const ComparisonOptions& options_;
  Comparison result_;
};

}  // namespace

Comparison compare(const std::vector<Exchange>& exchanges, const std::vector<std::vector<std::string>>& heard,
                   const ComparisonOptions& options) {
  return Comparer(exchanges, options).run(heard);
}

}  // namespace attache::cassette
