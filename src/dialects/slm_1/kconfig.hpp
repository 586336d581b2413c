#pragma once

#include "dialects/kconfig.hpp"

namespace attache::dialects::slm_1 {

/// The build options of SLM 1.5 and 1.6 (reference slm-1.6/kconfig.md).
const KconfigRules& kconfig_rules();

}  // namespace attache::dialects::slm_1
