#pragma once

#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "net/tls_context.hpp"
#include "net/tls_diagnosis.hpp"

namespace attache::net {

/// Makes the TLS handshake over `inner`, in the role that the context is for, and returns the secured stream,
/// which works over any stream. Fails as nrf91-modem/tls.md says, in the server role with ECONNABORTED;
/// `deadline` (nothing = none) ends it with ETIMEDOUT. Failures of `inner` other than a reset are handed on.
///
/// The stream reads data that is decrypted already without suspending. Both an orderly close_notify and an
/// end of `inner` without one give 0. close() still sends close_notify if `inner` takes it.
asio::awaitable<NetResult<std::unique_ptr<Stream>>> secure(std::unique_ptr<Stream> inner, base::Clock& clock,
                                                           std::shared_ptr<const TlsContext> context,
                                                           TlsCircumstances circumstances,
                                                           std::optional<base::Time> deadline);

}  // namespace attache::net
