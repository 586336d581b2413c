#pragma once

#include <string_view>

namespace attache::at {

/// Whether `name` ("+cfun", lower case) is that of a command or URC without secret parameters: of the modem
/// firmware or of an application, whatever dialect is spoken, as their vocabularies say. Redaction takes a
/// damaged line for a command only if it is.
bool is_ordinary_name(std::string_view name);

}  // namespace attache::at
