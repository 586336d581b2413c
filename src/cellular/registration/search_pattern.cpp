#include "cellular/registration/search_pattern.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

using Sleeps = std::vector<std::chrono::seconds>;

constexpr std::size_t ramp_fields = 5;
constexpr std::size_t most_table_fields = 6;
constexpr int longest_sleep_s = 65535;

std::optional<int> sleep_field(std::string_view text) {
  auto value = base::parse_number<std::int32_t>(base::trim(text));
  return value && *value >= 0 && *value <= longest_sleep_s ? value : std::nullopt;
}

// The sleeps of a ramp until its end point, at most as many as can matter.
Sleeps ramp(int initial, int final, int minutes_to_final, int end_minutes) {
  constexpr std::size_t most_sleeps = 256;
  constexpr int minute = 60;
  Sleeps sleeps;
  int elapsed = 0;
  while (elapsed < end_minutes * minute && sleeps.size() < most_sleeps) {
    int span = minutes_to_final * minute;
    int pause = span == 0 || elapsed >= span ? final : initial + (final - initial) * elapsed / span;
    pause = std::max(pause, 1);
    sleeps.emplace_back(pause);
    elapsed += pause;
  }
  return sleeps.empty() ? Sleeps{std::chrono::seconds(std::max(final, 1))} : sleeps;
}

std::optional<Sleeps> sleeps_of(std::string_view pattern) {
  auto fields = base::split(pattern, ',');
  std::string_view type = base::trim(fields.front());
  if (type == "0" && fields.size() == ramp_fields) {
    auto initial = sleep_field(fields[1]);
    auto final = sleep_field(fields[2]);
    auto to_final = base::trim(fields[3]).empty() ? std::optional(0) : sleep_field(fields[3]);
    auto end = sleep_field(fields[4]);
    if (initial && final && to_final && end) {
      return ramp(*initial, *final, *to_final, *end);
    }
    return std::nullopt;
  }
  if (type != "1" || fields.size() < 2 || fields.size() > most_table_fields) {
    return std::nullopt;
  }
  Sleeps sleeps;
  for (std::size_t i = 1; i < fields.size(); ++i) {
    auto value = sleep_field(fields[i]);
    if (!value) {
      return std::nullopt;
    }
    sleeps.emplace_back(std::max(*value, 1));
  }
  return sleeps;
}

}  // namespace

bool is_search_pattern(std::string_view text) {
  return sleeps_of(text).has_value();
}

std::optional<std::chrono::seconds> search_pattern_pause(std::string_view configured, int n) {
  auto parts = base::split(configured, '"');
  bool loops = parts.front().starts_with('1');
  Sleeps all;
  std::size_t last_pattern = 0;
  for (std::size_t i = 1; i < parts.size(); i += 2) {
    if (auto sleeps = sleeps_of(parts[i])) {
      last_pattern = all.size();
      all.insert(all.end(), sleeps->begin(), sleeps->end());
    }
  }
  if (all.empty()) {
    return std::nullopt;
  }
  auto place = static_cast<std::size_t>(n);
  if (place < all.size()) {
    return all[place];
  }
  return loops ? all[last_pattern + (place - all.size()) % (all.size() - last_pattern)] : all.back();
}

}  // namespace attache::cellular
