#include "services/mqtt_failure.hpp"

#include <fmt/format.h>
#include <mosquitto.h>

#include <array>
#include <string_view>
#include <utility>

namespace attache::services {

namespace {

net::Errno errno_of_library(int library_result) {
  switch (library_result) {
    case MOSQ_ERR_NOMEM:
      return net::Errno::no_memory;
    case MOSQ_ERR_NO_CONN:
    case MOSQ_ERR_CONN_LOST:
      return net::Errno::not_connected;
    default:
      return net::Errno::invalid;
  }
}

}  // namespace

net::Failure mqtt_library_failure(std::string what, int library_result) {
  return net::make_failure(errno_of_library(library_result), std::move(what),
                           mosquitto_strerror(library_result));
}

net::Failure mqtt_aborted(std::string what) {
  return net::make_failure(net::Errno::connection_aborted, std::move(what),
                           "the session was ended on this side meanwhile");
}

net::Failure no_mqtt_session() {
  return net::make_failure(net::Errno::not_connected, "nothing sent", "there is no MQTT session",
                           "connect first");
}

// MQTT 3.1.1 (3.2.2.3) knows the return codes 1 to 5; brokers of MQTT 5 use 0x80 and above here too.
std::string mqtt_refusal(std::uint8_t return_code) {
  constexpr std::array<std::string_view, 5> words{
      "the protocol version", "the client id", "for now: the service is not available",
      "the user name or the password", "the client: it is not authorised"};
  std::size_t index = return_code - 1U;
  std::string_view what = index < words.size() ? words[index] : "for a reason that MQTT 3.1.1 does not know";
  return fmt::format("the broker refused {} (CONNACK {})", what, return_code);
}

// What the host is told of the end of a connection: the device sees a broken one as hang-up.
net::Failure seen_by_device(net::Failure failure) {
  if (failure.code == net::Errno::connection_reset || failure.code == net::Errno::network_down) {
    failure.code = net::Errno::connection_aborted;
  }
  return failure;
}

}  // namespace attache::services
