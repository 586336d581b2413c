#pragma once

#include <initializer_list>
#include <string>

namespace attache::serial::cmux {

inline std::string octets_of(std::initializer_list<unsigned> values) {
  std::string octets;
  for (unsigned value : values) {
    octets += static_cast<char>(value);
  }
  return octets;
}

}  // namespace attache::serial::cmux
