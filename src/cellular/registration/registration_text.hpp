#pragma once

#include <string>

#include "cellular/firmware_profile.hpp"
#include "cellular/registration/registration.hpp"

namespace attache::cellular {

/// "<stat>[,…]" as +CEREG prints it at level n after firmware and state, in the read form or as a URC.
/// `preferred`: the technology that firmware 1.2 and older name while there is no cell.
std::string registration_text(const RegistrationStatus& status, const FirmwareProfile& profile,
                              AccessTechnology preferred, int level, bool read);

}  // namespace attache::cellular
