#include "cellular/registration/cause_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "vocabulary/numbers.hpp"

namespace attache::cellular {

namespace {

std::string name_and_number(std::string_view kind, int number, vocabulary::Numbering numbering) {
  std::string_view name = vocabulary::name_of(numbering, number);
  return name.empty() ? fmt::format("{} cause {}", kind, number)
                      : fmt::format("{} cause {}, {}", kind, number, name);
}

}  // namespace

std::string emm_cause(int number) {
  return name_and_number("EMM", number, vocabulary::Numbering::mobility);
}

std::string esm_cause(int number) {
  return name_and_number("ESM", number, vocabulary::Numbering::session);
}

bool is_final(int emm_number) {
  constexpr std::array final_causes{3, 6, 7, 8};
  return std::find(final_causes.begin(), final_causes.end(), emm_number) != final_causes.end();
}

}  // namespace attache::cellular
