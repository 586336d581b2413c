#pragma once

#include <string_view>

#include "net/errno.hpp"

namespace attache::dialects {

/// The number that the firmware's getaddrinfo() gives for a failure, without its sign; 11 (EAI_SYSTEM) for
/// all that has none of its own (reference slm-1.6/socket.md, slm-3.1/host.md 9).
[[nodiscard]] int resolver_code(net::Errno code);
/// The same as text: "EAI_AGAIN".
[[nodiscard]] std::string_view resolver_word(net::Errno code);

}  // namespace attache::dialects
