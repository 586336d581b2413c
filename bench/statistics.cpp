#include "bench/statistics.hpp"

#include <algorithm>
#include <cstddef>

namespace attache::bench {

double percentile(std::vector<double> values, double part) {
  auto index = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1) + 0.5);
  auto place = values.begin() + index;
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace attache::bench
