#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "base/clock.hpp"
#include "device/messages/message_exchange.hpp"
#include "net/host_network.hpp"

namespace attache::runtime {

/// What the devices of one thread have in common: their clock, this machine's network, and where their short
/// messages meet, which other threads may share.
struct Surroundings {
  /// `context` is the loop of the thread; the clock begins at this machine's date. Without an exchange the
  /// devices have one of their own.
  Surroundings(boost::asio::io_context& context, bool manual_clock,
               std::shared_ptr<device::MessageExchange> exchange = nullptr);

  base::RealClock real_time;  ///< Of what writes to files and readers, whatever clock the devices have.
  std::unique_ptr<base::Clock> clock;
  net::HostNetwork network;
  std::shared_ptr<device::MessageExchange> exchange;
};

}  // namespace attache::runtime
