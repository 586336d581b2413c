#pragma once

#include <span>

#include "dialects/option_key.hpp"

namespace attache::dialects::serial_modem_2_0 {

/// The keys of `[dialect]` that are options of this product's builds alone.
std::span<const OptionKey> option_keys();

}  // namespace attache::dialects::serial_modem_2_0
