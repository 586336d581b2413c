#pragma once

#include "dialects/kconfig.hpp"

namespace attache::dialects::slm_3 {

/// The build options of SLM 2.x and 3.x (reference slm-3.1/kconfig.md).
const KconfigRules& kconfig_rules();

}  // namespace attache::dialects::slm_3
