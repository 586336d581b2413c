#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/logging.hpp"
#include "cellular/network/network_control.hpp"
#include "device/device.hpp"
#include "net/errno.hpp"
#include "net/link.hpp"
#include "net/network_options.hpp"
#include "services/gnss/gnss_receiver.hpp"

namespace attache::device {

/// A device and all that surrounds it, at one moment.
struct DeviceState {
  /// What lies between the modem and the Internet.
  struct Network {
    net::LinkOptions link;
    net::Link::Count up;
    net::Link::Count down;
    std::vector<net::Route> routes;
    std::optional<net::Errno> name_failure;
  };
  struct Messages {
    std::string own_number;
    std::size_t sent = 0;
  };

  /// Of a modem that Attaché does not simulate, `modem` holds only what the faces of any modem tell.
  bool is_simulated = true;
  cellular::NetworkState modem;
  std::optional<Network> network;  ///< Of one that can be steered.
  std::vector<Device::PortState> ports;
  services::GnssOptions gnss;
  std::optional<Messages> messages;  ///< Of a modem whose messages pass through Attaché.
  bool has_manual_clock = false;
  std::string name;            ///< Empty if it has none.
  base::JournalCounts counts;  ///< Of its log, since it was made.
};

/// The state now. Call it on the device's thread.
DeviceState state_of(Device& device);

/// Several lines for people: what `state` prints.
std::string to_text(const DeviceState& state);
/// An object of JSON on one line, for programs (docs/steering.md).
std::string to_json(const DeviceState& state);

/// "ltem" or "nbiot".
std::string_view technology_word(cellular::AccessTechnology technology);

}  // namespace attache::device
