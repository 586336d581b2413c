#pragma once

#include <boost/assert/source_location.hpp>
#include <stdexcept>
#include <string>

#include "base/reason.hpp"

namespace attache::base {

/// An exception that nobody expected, on its way to the loop, with the place of the task or call that it
/// ended. It is a fault of the program: whoever runs the loop reports it and ends the device in order
/// (Loop::run()).
class Fault final : public std::runtime_error {
 public:
  Fault(const std::string& what, const boost::source_location& place);

  /// "internal error", with what was thrown and the place.
  [[nodiscard]] Reason reason() const;

 private:
  boost::source_location place_;
};

/// Passes the exception that is being handled on as a Fault with that place; a Fault stays as it is. Call it
/// in a catch block only.
[[noreturn]] void throw_fault(const boost::source_location& place);

}  // namespace attache::base
