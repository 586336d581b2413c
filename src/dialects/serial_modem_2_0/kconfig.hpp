#pragma once

#include "dialects/kconfig.hpp"

namespace attache::dialects::serial_modem_2_0 {

/// The build options of Serial Modem 2.0 and of its preview (reference serial-modem-2.0/kconfig.md).
const KconfigRules& kconfig_rules();

}  // namespace attache::dialects::serial_modem_2_0
