#pragma once

#include <string_view>

#include "base/result.hpp"

namespace attache::cli {

/// Tells the service manager that started the program (systemd, `Type=notify`) how it is: "READY=1",
/// "STOPPING=1". The protocol is that of sd_notify(3): one datagram to the unix socket that NOTIFY_SOCKET
/// names, a path or, with `@` in front, an abstract name. Without NOTIFY_SOCKET nothing is done. It never
/// waits. The reason says why the service manager could not be told; the program can go on.
base::Result<void> tell_service_manager(std::string_view state);

}  // namespace attache::cli
