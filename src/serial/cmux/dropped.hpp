#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/reason.hpp"

namespace attache::serial::cmux {

inline constexpr std::string_view log_name = "cmux";

/// Something of the host is dropped: it is not as 3GPP TS 27.010 has it.
inline base::Reason dropped(std::string_view what, std::string why, std::string_view advice) {
  return base::make_reason(base::Cause::message_malformed, std::string(what), std::move(why),
                           std::string(advice));
}

}  // namespace attache::serial::cmux
