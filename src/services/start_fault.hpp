#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

#include "net/bearer.hpp"
#include "net/failure.hpp"

namespace attache::services {

/// Why a proxy or a socket could not do what it was to, and at which step: dialects tell them apart.
struct StartFault {
  enum class Step {
    own_address,  ///< The device has no address that fits.
    name,         ///< The host has none.
    socket,       ///< Binding, listening, connecting or sending failed.
    given_up      ///< The proxy was closed meanwhile. ECONNABORTED.
  };

  Step step = Step::socket;
  net::Failure failure;
};

/// What was to be started was closed meanwhile; `what` says what it was.
[[nodiscard]] inline StartFault given_up(std::string what) {
  return {StartFault::Step::given_up, net::make_failure(net::Errno::connection_aborted, std::move(what),
                                                        "the proxy was closed meanwhile")};
}

/// For boost::system::result: a programming error, as callers test first.
[[noreturn]] inline void throw_exception_from_error(const StartFault& fault,
                                                    const boost::source_location& place) {
  net::throw_exception_from_error(fault.failure, place);
}

}  // namespace attache::services
