#pragma once

#include <cstdint>
#include <string>

#include "net/failure.hpp"

namespace attache::services {

/// What libmosquitto refused, with its own words; `library_result` is one of its MOSQ_ERR_… values.
net::Failure mqtt_library_failure(std::string what, int library_result);

/// What was under way when the session was ended on this side.
net::Failure mqtt_aborted(std::string what);

/// Something was to be sent without a session.
net::Failure no_mqtt_session();

/// Why a broker did not take a CONNECT, by the return code of its CONNACK, which is not 0.
std::string mqtt_refusal(std::uint8_t return_code);

/// The end of a connection as the device tells it: one that broke is a hang-up to it.
net::Failure seen_by_device(net::Failure failure);

}  // namespace attache::services
