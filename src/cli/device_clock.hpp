#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "base/clock.hpp"

namespace attache::cli {

/// The clock of a device, manual or real; either begins at this machine's date.
std::unique_ptr<base::Clock> make_device_clock(boost::asio::io_context& context, bool manual);

}  // namespace attache::cli
