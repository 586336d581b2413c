#pragma once

namespace attache::base {

/// The control lines of a serial port that the host (DTE) drives (ITU-T V.24, circuits 108/2 and 105).
struct HostLines {
  bool dtr = true;  ///< The host is ready.
  bool rts = true;  ///< The host takes bytes.

  friend bool operator==(const HostLines&, const HostLines&) = default;
};

/// Those that the device (DCE) drives (circuits 107, 106, 109 and 125).
struct DeviceLines {
  bool dsr = true;  ///< The device is ready.
  bool cts = true;  ///< The device takes bytes.
  bool dcd = true;  ///< There is a connection.
  bool ri = false;  ///< Ring: the device has something for a host that is not ready.

  friend bool operator==(const DeviceLines&, const DeviceLines&) = default;
};

}  // namespace attache::base
