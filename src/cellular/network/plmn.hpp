#pragma once

#include <string_view>

namespace attache::cellular {

/// Whether it is an MCC and an MNC: five or six digits (3GPP 23.003, 2.2).
inline bool is_plmn(std::string_view text) {
  return (text.size() == 5 || text.size() == 6) &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace attache::cellular
