#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/journal.hpp"
#include "base/result.hpp"
#include "cellular/simulation_options.hpp"
#include "device/trace_control.hpp"
#include "dialects/dialect_options.hpp"
#include "net/network_options.hpp"
#include "radio/at_radio_options.hpp"
#include "serial/port_spec.hpp"
#include "services/gnss/gnss_receiver.hpp"
#include "services/i2c/i2c_bus.hpp"

namespace attache::device {

/// Everything a device is made from: the configuration file, then the command line on top of it.
struct DeviceConfig {
  /// The network known by name that is the ground of `simulation`: `[network] preset` or `--network`.
  std::string preset;
  dialects::DialectOptions dialect;  ///< `[dialect]`.
  cellular::SimulationOptions
      simulation;  ///< `[device]` imei and firmware, `[sim]`, `[network]` … `[radio]`, timing, seed.
  radio::AtRadioOptions radio;  ///< `[radio]` at, timeout and allow_power.
  net::NetworkOptions network;  ///< `[network]` dns and time-out, `[link]`, `[[route]]`, `[[listen]]`.
  std::vector<serial::PortSpec> ports;  ///< `[[port]]` and `--port`.
  serial::PortOptions uart;             ///< `[uart]`.
  /// `[uart] flow_control`: whether the application finds RTS/CTS on its UART; nothing = as the port has it.
  std::optional<bool> flow_control;
  /// What log ports carry, and the program's log unless `--log-level` says otherwise; nothing = no log.
  std::optional<base::LogLevel> log_level = base::LogLevel::info;
  std::vector<std::string> kconfig;       ///< `[dialect] kconfig`: paths of Kconfig fragments.
  std::vector<base::Reason> warnings;     ///< Told in the device's log when it starts.
  std::vector<services::I2cOptions> i2c;  ///< `[[i2c]]`.
  services::GnssOptions gnss;             ///< `[gnss]`.
  std::string sms_spool;                  ///< `[sms] spool`; empty = none.
  std::string name;                       ///< `[device] name`: in logs and events; empty = none.
  std::string state_folder;               ///< `--state`; empty = in memory.
  bool manual_clock = false;
  TraceOptions trace;  ///< `[trace]`, `--pcap` and `--pcap-secrets`.
};

/// Fills in what depends on other keys (the TLS errno from the modem library, the dialect's default services)
/// and holds the whole against itself. Call once after the last change.
base::Result<void> complete(DeviceConfig& config);

/// Reads a TOML configuration into `config`. Every key is checked: the reason of an error has
/// "file:line:column" as its place, names the key, what was expected and the nearest known key.
/// `name` is the file's name for such reasons. A preset comes below all other keys, unless one was applied
/// before. Repeated tables (`[[cell]]` …) take the place of those that are there.
base::Result<void> read_config(std::string_view text, std::string_view name, DeviceConfig& config);
/// The same from a file. Relative paths of `[dialect] kconfig` count from the file's folder on.
base::Result<void> read_config_file(const std::string& path, DeviceConfig& config);

/// "instant", "real", "60x" … ("Nx", 0 < N ≤ 1000000).
base::Result<cellular::Timing> parse_timing(std::string_view text);

/// "google.com:443", "*", "*.example.com:80", "[::1]:443", "127.0.0.1:8443", "::1": host and port of a route.
struct HostAndPort {
  std::string host;  ///< Without brackets.
  std::optional<std::uint16_t> port;
};
/// A port is 0 to 65535. The reason of a failure quotes the text and points at what is wrong.
base::Result<HostAndPort> parse_host_and_port(std::string_view text);

}  // namespace attache::device
