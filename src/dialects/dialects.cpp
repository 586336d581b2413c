#include "dialects/dialects.hpp"

#include <array>

#include "dialects/slm_1/edition.hpp"

namespace attache::dialects {

std::span<const Dialect* const> all_dialects() {
  static const std::array<const Dialect*, 2> dialects{&slm_1::slm_1_6(), &slm_1::slm_1_5()};
  return dialects;
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect* dialect : all_dialects()) {
    if (dialect->name == name) {
      return dialect;
    }
  }
  return nullptr;
}

}  // namespace attache::dialects
