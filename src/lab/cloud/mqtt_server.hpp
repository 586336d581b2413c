#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>

#include "lab/cloud/nrf_cloud.hpp"
#include "lab/task_group.hpp"

namespace attache::lab {

/// A client's connection; shared with what is written beside the reading.
using MqttStream = std::shared_ptr<asio::ssl::stream<asio::ip::tcp::socket>>;

/// Serves one client of the double of nRF Cloud by MQTT 3.1.1, after the TLS handshake, until one side ends
/// it: its client id is the device. Packets of at most 64 KiB, messages of QoS 0 and 1. `tasks` and `cloud`
/// must outlive it.
asio::awaitable<void> serve_mqtt(MqttStream stream, TaskGroup& tasks, NrfCloud& cloud);

}  // namespace attache::lab
