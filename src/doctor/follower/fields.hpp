#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "doctor/follower/item.hpp"

namespace attache::doctor {

/// A field of a line as a number of a size that codes and states have; nothing if it is none.
inline std::optional<int> small_number(const std::vector<Argument>& fields, std::size_t index) {
  if (index >= fields.size()) {
    return std::nullopt;
  }
  auto number = fields[index].number();
  return number && *number >= -100000 && *number <= 100000 ? std::optional(static_cast<int>(*number))
                                                           : std::nullopt;
}

/// A field as text; empty if it is not there.
inline std::string text_of(const std::vector<Argument>& fields, std::size_t index) {
  return index < fields.size() ? fields[index].text : std::string();
}

}  // namespace attache::doctor
