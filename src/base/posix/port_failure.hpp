#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "base/posix/private_file.hpp"
#include "base/reason.hpp"

namespace attache::base {

/// The reason why the port named by `address` cannot be opened.
inline Reason port_failure(std::string_view address, std::string why, std::string advice = {}) {
  return make_reason(fmt::format("port {} cannot be opened", address), std::move(why), std::move(advice));
}

/// The reason why a terminal device, which somebody has locked with flock(2), cannot be opened.
inline Reason taken(std::string_view address, const std::string& device) {
  return port_failure(address, fmt::format("{} is in use: another program holds its lock", device),
                      "end that program first; `fuser " + device + "` names it");
}

/// What to do about an errno value: `usual`, unless the program has run out of descriptors.
inline std::string advice_for(int error, std::string usual) {
  return error == EMFILE || error == ENFILE ? path_advice(error) : std::move(usual);
}

}  // namespace attache::base
