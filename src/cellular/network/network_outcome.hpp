#pragma once

#include <string>
#include <utility>

#include "cellular/network/network_control.hpp"

namespace attache::cellular {

/// A steering that could not be done, with what is allowed.
inline base::Reason refused(std::string what, std::string why, std::string advice = {}) {
  return base::make_reason(std::move(what), std::move(why), std::move(advice));
}

/// A steering that was done, in one sentence.
inline NetworkControl::Outcome changed(std::string sentence) {
  return {boost::system::in_place_value, std::move(sentence)};
}

}  // namespace attache::cellular
