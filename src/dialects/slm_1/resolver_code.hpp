#pragma once

#include "net/errno.hpp"

namespace attache::dialects::slm_1 {

/// What the resolver of the device says of a failure, without sign: only some of its numbers can be told from
/// outside (reference slm-1.6/socket.md, #XGETADDRINFO).
[[nodiscard]] int resolver_code(net::Errno code);

}  // namespace attache::dialects::slm_1
