#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <stdexcept>

#include "base/reason.hpp"

namespace attache::base {

/// A value, or the reason why there is none. `if (!result) return result.error();`
template <class T>
using Result = boost::system::result<T, Reason>;

/// Thrown by `Result::value()` when there is no value: a programming error, as callers test first.
[[noreturn]] inline void throw_exception_from_error(const Reason& reason, const boost::source_location&) {
  throw std::logic_error(summary(reason));
}

}  // namespace attache::base
