#pragma once

#include <string_view>

namespace attache::at {

/// Whether `name` ("+cfun", lower case) is that of a command or URC without secret parameters: of the modem
/// firmware (nrf91-modem/) or of an application (families.md), whatever dialect is spoken. Redaction takes a
/// damaged line for a command only if this list knows its name.
bool is_ordinary_name(std::string_view name);

}  // namespace attache::at
