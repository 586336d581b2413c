#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// Makes a PTY whose slave hosts open through the symbolic link `link`. The slave is raw from the start and
/// held open by the port: nothing echoes, and no hang-up is ever seen. Hosts may change its modes.
///
/// A PathLock tells whether the link is alive; a symbolic link to a PTY that nobody holds is replaced,
/// anything else at `link` (a device, a link to one) is left alone and is an error. `multiplexer` is the
/// device that makes PTYs.
base::Result<std::unique_ptr<Port>> open_pty_port(asio::io_context& context, const std::string& link,
                                                  const std::string& multiplexer = "/dev/ptmx");

}  // namespace attache::serial
