#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/logging.hpp"
#include "base/result.hpp"
#include "device/config/config.hpp"

namespace attache::runtime {

/// What a program is asked of a device, as typed: the options of `attache serve`. What is not given leaves
/// the configuration file's value.
struct DeviceOptions {
  std::string config_file;
  std::string prj_conf;
  std::vector<std::string> overlays;
  std::optional<std::string> network;  ///< Name of a preset.
  std::optional<std::string> dialect;
  std::optional<std::string> board;  ///< Name of one of dialects::all_boards().
  std::vector<std::string> ports;
  std::optional<std::string> radio;  ///< "at:PORT", a real modem; "simulated".
  std::optional<std::string> state_folder;
  std::optional<std::string> clock;
  std::optional<std::string> timing;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> number;  ///< Which one of many devices of this configuration, from 1.
  std::string control;     ///< Path of the control socket; empty = in the state folder, if there is one.
  std::string scenario;    ///< File of a timeline.
  std::string transcript;  ///< Where what host and device say is written; "-" = stdout, empty = nowhere.
  std::optional<std::string> json_events;  ///< A descriptor that events are written to; "-" = stdout.
  std::optional<std::string> pcap;         ///< Where the trace is written; "-" = stdout.
  bool pcap_secrets = false;
  bool strict = false;
  bool explain = false;
  std::optional<std::string> log_level;
  std::string log_file;
};

/// Changes the defaults before file and options are read.
using PrepareConfig = std::function<base::Result<void>(device::DeviceConfig& defaults)>;

/// The configuration: defaults, the network of `--network`, the build of the Kconfig fragments on top of
/// them, then the file, then the options; complete().
/// The reason names the option, or the place in the file, that is wrong.
base::Result<device::DeviceConfig> to_config(const DeviceOptions& options, const PrepareConfig& prepare = {});

/// How the program logs; without `--log-level` as loud as `configured`.
/// Fails for a level that is none.
base::Result<base::LogOptions> to_log_options(
    const DeviceOptions& options, std::optional<base::LogLevel> configured = base::LogLevel::info);

/// Whether one of the ports is the program's own stdin and stdout.
bool uses_stdio(const device::DeviceConfig& config);

}  // namespace attache::runtime
