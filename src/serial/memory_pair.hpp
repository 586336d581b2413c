#pragma once

#include <memory>
#include <string>
#include <utility>

#include "serial/port.hpp"

namespace attache::serial {

/// Two ports in memory joined by a line: what is written to one can be read from the other. For a host and a
/// device in one process. Closing one lets the other read what was sent, then 0.
std::pair<std::unique_ptr<Port>, std::unique_ptr<Port>> make_memory_pair(const std::string& name = "memory:");

}  // namespace attache::serial
