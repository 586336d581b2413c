#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cellular/network/network_control.hpp"
#include "device/device.hpp"
#include "net/errno.hpp"
#include "net/link.hpp"

namespace attache::trace {

/// Says in sentences what has changed about the modem and what was ordered for its network since it was asked
/// last: functional mode, SIM, registration, RRC connection, sleep, cell, coverage; the link, names.
class StateNotes {
 public:
  /// `device` must outlive it.
  explicit StateNotes(device::Device& device) : device_(device) {}

  /// The first time: how everything is.
  [[nodiscard]] std::vector<std::string> changes();

 private:
  device::Device& device_;
  std::optional<cellular::NetworkState> modem_;
  std::string cell_;
  std::optional<net::LinkOptions> link_;
  std::optional<net::Errno> names_;
};

}  // namespace attache::trace
