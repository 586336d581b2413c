#pragma once

#include "cellular/pdn_contexts.hpp"
#include "modem/pdn.hpp"

namespace attache::cellular {

/// Why a network with this policy refused a connection of the context with this ESM cause, and what to do:
/// names the APN or PDN type that was asked for and those that there are. Never names a user or password.
modem::Obstacle explain_refusal(const PdnContext& context, int cause, const NetworkPolicy& policy,
                                const NetworkSideOptions& network);

}  // namespace attache::cellular
