#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "base/private_file.hpp"
#include "base/reason.hpp"

namespace attache::serial {

/// The reason why the port named by `address` cannot be opened.
inline base::Reason port_failure(std::string_view address, std::string why, std::string advice = {}) {
  return base::make_reason(fmt::format("port {} cannot be opened", address), std::move(why),
                           std::move(advice));
}

/// What to do about an errno value: `usual`, unless the program has run out of descriptors.
inline std::string advice_for(int error, std::string usual) {
  return error == EMFILE || error == ENFILE ? base::path_advice(error) : std::move(usual);
}

}  // namespace attache::serial
