#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/reason.hpp"

namespace attache::serial {

/// The reason why the port named by `address` cannot be opened.
inline base::Reason port_failure(std::string_view address, std::string why, std::string advice = {}) {
  return base::make_reason(fmt::format("port {} cannot be opened", address), std::move(why),
                           std::move(advice));
}

}  // namespace attache::serial
