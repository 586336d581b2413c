#include "bench/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace attache::bench {

double percentile(std::vector<double> values, double part) {
  auto index = std::lround(part * static_cast<double>(values.size() - 1));
  auto place = values.begin() + index;
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace attache::bench
