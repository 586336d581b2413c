#pragma once

#include <boost/assert/source_location.hpp>
#include <exception>
#include <stdexcept>

#include "base/reason.hpp"

namespace attache::base {

/// Why the exception ends what was under way: what the system refused for want of something (descriptors,
/// memory, space) with the way to get it; anything else is an "internal error".
Reason reason_of(const std::exception& error);

/// An exception that nobody expected, on its way to the loop, with the place of the task or call that it
/// ended. Whoever runs the loop reports it and ends the device in order (Loop::run()).
class Fault final : public std::runtime_error {
 public:
  explicit Fault(Reason reason);

  /// As reason_of() gives it, with the place.
  [[nodiscard]] const Reason& reason() const { return reason_; }

 private:
  Reason reason_;
};

/// Passes the exception that is being handled on as a Fault with that place; a Fault stays as it is. Call it
/// in a catch block only.
[[noreturn]] void throw_fault(const boost::source_location& place);

}  // namespace attache::base
