#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// Opens a real UART: raw, 8N1, `baud` bit/s, RTS/CTS only if asked for. It is taken exclusively (TIOCEXCL,
/// flock(2), which holds against root too, and the lock file
/// of UUCP where there is a place for it). set_baud() changes the hardware's rate at once. The port ends
/// when the device is unplugged.
base::Result<std::unique_ptr<Port>> open_uart_port(asio::io_context& context, const std::string& device,
                                                   std::uint32_t baud, bool rtscts);

}  // namespace attache::serial
