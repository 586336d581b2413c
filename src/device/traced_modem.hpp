#pragma once

#include <functional>

#include "device/radio.hpp"

namespace attache::device {

/// The radio with a modem that tells when AT%XMODEMTRACE switches its trace on or off, whoever gave the
/// command: a host, or the application for one of its own. `told` is called when the modem has taken the
/// command, before its reply is handed on. All else goes through as it is.
Radio traced(Radio radio, std::function<void(bool on)> told);

}  // namespace attache::device
