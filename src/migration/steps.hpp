#pragma once

#include "migration/rule.hpp"

namespace attache::migration {

// One file for each: what differs from the release before.
const Step& step_to_slm_1_6();
const Step& step_to_slm_2_9();
const Step& step_to_slm_3_1();
const Step& step_to_serial_modem_2_0();
/// From the preview, 1.99.
const Step& step_within_serial_modem();

}  // namespace attache::migration
