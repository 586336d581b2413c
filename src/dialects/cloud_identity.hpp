#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace attache::dialects {

class Application;

/// What the device is called in nRF Cloud: the modem's UUID in small letters; empty if it gives none.
boost::asio::awaitable<std::string> cloud_device_id(Application& application);

/// Waits up to 10 s for the modem to know the time: whether it does.
boost::asio::awaitable<bool> wait_for_time(Application& application);

/// A JSON web token of the modem's for the device, signed with the client key under the sec_tag, or with the
/// device's own key; waits for the time. The reason of a failure is the modem's.
boost::asio::awaitable<base::Result<std::string>> cloud_token(Application& application,
                                                              std::optional<std::uint32_t> sec_tag);

}  // namespace attache::dialects
