#pragma once

#include <utility>
#include <vector>

namespace attache::bench {

/// The value below which `part` (0 to 1) of the values lie. There must be one value at least.
double percentile(std::vector<double> values, double part);

inline double median(std::vector<double> values) {
  return percentile(std::move(values), 0.5);
}

}  // namespace attache::bench
