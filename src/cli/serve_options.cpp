#include "cli/serve_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace attache::cli {

void add_serve_options(CLI::App& command, ServeOptions& options) {
  command.add_option("--config", options.config_file, "Configuration file (TOML; docs/configuration.md)");
  command.add_option("--dialect", options.dialect, "AT dialect: slm-1.6 (default) or slm-1.5");
  command
      .add_option(
          "--port", options.ports,
          "[at=|log=]SPEC with SPEC pty:LINK, tty:DEVICE[@BAUD][,rtscts], tcp:HOST:PORT, unix:PATH or "
          "stdio; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--state", options.state_folder,
                     "Folder of the non-volatile memory; without it: in memory");
  command.add_option("--clock", options.clock, "real (default) or manual");
  command.add_option("--timing", options.timing,
                     "Durations of modem and network: instant (default), real, 60x …");
  command.add_option("--seed", options.seed, "Seed of all that is random in the simulation");
  command.add_flag("--strict", options.strict, "Reproduce the firmware's quirks too");
  command.add_flag("--explain", options.explain, "Reasons of failures on stderr even if logs are off");
  command.add_option("--log-level", options.log_level, "off, error, warning, info (default) or debug");
  command.add_option("--log-file", options.log_file, "Log to this file instead of stderr");
}

base::Result<device::DeviceConfig> to_config(const ServeOptions& options, const PrepareConfig& prepare) {
  device::DeviceConfig config;
  if (prepare) {
    if (auto prepared = prepare(config); !prepared) {
      return prepared.error();
    }
  }
  if (!options.config_file.empty()) {
    if (auto read = device::read_config_file(options.config_file, config); !read) {
      return read.error();
    }
  }
  if (options.dialect) {
    config.dialect.name = *options.dialect;
  }
  if (!options.ports.empty()) {
    config.ports.clear();
  }
  for (const std::string& text : options.ports) {
    auto spec = serial::parse_port_spec(text);
    if (!spec) {
      return spec.error();
    }
    config.ports.push_back(*spec);
  }
  if (options.state_folder) {
    config.state_folder = *options.state_folder;
  }
  if (options.clock) {
    if (*options.clock != "real" && *options.clock != "manual") {
      return base::make_reason("unknown clock", fmt::format("--clock is \"{}\"", *options.clock),
                               "real or manual");
    }
    config.manual_clock = *options.clock == "manual";
  }
  if (options.timing) {
    auto timing = device::parse_timing(*options.timing);
    if (!timing) {
      return timing.error();
    }
    config.simulation.timing = *timing;
  }
  if (options.seed) {
    config.simulation.seed = *options.seed;
  }
  config.dialect.strict = config.dialect.strict || options.strict;
  if (auto whole = device::complete(config); !whole) {
    return whole.error();
  }
  return config;
}

base::Result<base::LogOptions> to_log_options(const ServeOptions& options) {
  auto level = base::parse_log_level(options.log_level);
  if (!level) {
    return level.error();
  }
  base::LogOptions log;
  log.level = *level;
  log.file = options.log_file;
  log.explain = options.explain;
  return log;
}

}  // namespace attache::cli
