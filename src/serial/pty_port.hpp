#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// Makes a PTY whose slave hosts open through the symbolic link `link`. The slave is raw from the start and
/// held open by the port: nothing echoes, and no hang-up is ever seen. Hosts may change its modes. What a
/// host has sent is read though it has gone; what answers it is not for the next host, which may have come
/// already.
///
/// A PathLock tells whether the link is alive; a symbolic link to a PTY that nobody holds is replaced,
/// anything else at `link` (a device, a link to one) is left alone and is an error. `multiplexer` is the
/// device that makes PTYs. A host that comes before the last one was missed gets nothing for `newcomer_time`
/// (real time), or until it says something: longer than the device takes for an answer at once, shorter than
/// a host needs to look for one.
base::Result<std::unique_ptr<Port>> open_pty_port(
    asio::io_context& context, const std::string& link, const std::string& multiplexer = "/dev/ptmx",
    base::Duration newcomer_time = std::chrono::milliseconds(20));

}  // namespace attache::serial
