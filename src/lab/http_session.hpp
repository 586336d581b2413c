#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "lab/cloud/nrf_cloud.hpp"
#include "lab/task_group.hpp"

namespace attache::lab {

/// Answers HTTP/1.x requests on a connected stream until one side ends it, then closes it in an orderly way.
/// Those below /nrf-cloud/ steer `cloud`. Returns when the peer leaves; throws boost::system::system_error
/// when it is cancelled or writing fails. Defined for asio::ip::tcp::socket and
/// asio::ssl::stream<asio::ip::tcp::socket>.
template <class Stream>
asio::awaitable<void> serve_http(Stream& stream, base::Clock& clock, IdleWatch& watch, NrfCloud& cloud);

}  // namespace attache::lab
