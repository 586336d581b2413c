#pragma once

#include <string>
#include <string_view>

namespace attache::trace {

/// A line of a modem with the names of its numbers behind them: "+CME ERROR: 513 (not found)",
/// "+CEREG: 3 (registration denied)", "#XTCPCLI: -111 (ECONNREFUSED),…". `is_read`: it answers a read
/// command, whose first field is what is subscribed to.
std::string with_names(std::string_view line, bool is_read);

}  // namespace attache::trace
