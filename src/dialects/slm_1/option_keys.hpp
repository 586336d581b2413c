#pragma once

#include <span>

#include "base/result.hpp"
#include "dialects/option_key.hpp"

namespace attache::dialects::slm_1 {

/// The options of SLM 1.5 and 1.6 that a configuration file can set.
std::span<const OptionKey> option_keys();
/// Objects to a modem library that is not known.
base::Result<void> check_options(const DialectOptions& options);
/// Since modem library 1.1.0 a failed TLS handshake is ECONNREFUSED (reference slm-1.6/00-overview.md 6).
bool failed_tls_is_refusal(const DialectOptions& options);

}  // namespace attache::dialects::slm_1
