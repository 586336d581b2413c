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

base::Cause cause_of_reject(int emm_number) {
  switch (emm_number) {
    case 11:
    case 13:
    case 14:
      return base::Cause::roaming_not_allowed;
    case 9:
    case 10:
    case 16:
    case 17:
    case 21:
    case 22:
    case 42:
      return base::Cause::network_failure;
    case 19:
      return base::Cause::wrong_apn;
    default:
      return base::Cause::registration_denied;
  }
}

base::Cause cause_of_refusal(int esm_number) {
  switch (esm_number) {
    case operator_barring:
      return base::Cause::registration_denied;
    case unknown_apn:
    case authentication_failure:
    case 33:
    case 66:
      return base::Cause::wrong_apn;
    case 28:
    case 32:
    case 50:
    case 51:
    case 52:
    case 57:
    case 58:
      return base::Cause::pdn_type_refused;
    default:
      return base::Cause::network_failure;
  }
}

}  // namespace attache::cellular
