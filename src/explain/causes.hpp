#pragma once

#include <span>

#include "explain/explanation.hpp"

namespace attache::explain {

// The explanations of the causes of each layer.
std::span<const Explanation> host_link_causes();
std::span<const Explanation> command_line_causes();  ///< Dialect: how a command is written.
std::span<const Explanation> application_causes();   ///< Dialect: what the application makes of it.
std::span<const Explanation> modem_causes();
std::span<const Explanation> sim_causes();
std::span<const Explanation> radio_causes();
std::span<const Explanation> network_causes();
std::span<const Explanation> name_causes();
std::span<const Explanation> tls_causes();
std::span<const Explanation> server_causes();

}  // namespace attache::explain
