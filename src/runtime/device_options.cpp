#include "runtime/device_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "device/config/network_preset.hpp"
#include "device/config/numbering.hpp"
#include "device/kconfig/kconfig.hpp"
#include "dialects/boards.hpp"
#include "dialects/dialects.hpp"
#include "radio/at_radio_options.hpp"

namespace attache::runtime {

namespace {

base::Result<void> read_file(const DeviceOptions& options, device::DeviceConfig& config) {
  if (!options.config_file.empty()) {
    if (auto read = device::read_config_file(options.config_file, config); !read) {
      return read.error();
    }
  }
  if (options.dialect) {
    config.dialect.name = *options.dialect;
  }
  return {};
}

// Somebody has said which dialect it is to be: then the fragments do not.
bool names_dialect(const DeviceOptions& options, const device::DeviceConfig& defaults) {
  device::DeviceConfig unnamed = defaults;
  unnamed.dialect.name.clear();
  bool is_file_read =
      options.config_file.empty() || device::read_config_file(options.config_file, unnamed).has_value();
  return options.dialect || !is_file_read || !unnamed.dialect.name.empty() ||
         defaults.dialect.name != dialects::DialectOptions{}.name;
}

// The Kconfig fragments: those of the command line in place of the file's, overlays on top of either.
base::Result<std::vector<std::string>> fragments_of(const DeviceOptions& options,
                                                    const device::DeviceConfig& config) {
  std::vector<std::string> paths = config.kconfig;
  if (!options.prj_conf.empty()) {
    paths = {options.prj_conf};
  }
  if (paths.empty() && !options.overlays.empty()) {
    return base::make_reason("--overlay cannot be used", "there is nothing for it to lie on top of",
                             "name the application's own file with --prj-conf");
  }
  paths.insert(paths.end(), options.overlays.begin(), options.overlays.end());
  return paths;
}

// The file says which fragments there are and for which dialect; its other keys come on top of theirs.
base::Result<device::DeviceConfig> read_layers(const DeviceOptions& options,
                                               const device::DeviceConfig& defaults) {
  device::DeviceConfig config = defaults;
  if (auto read = read_file(options, config); !read) {
    return read.error();
  }
  auto fragments = fragments_of(options, config);
  if (!fragments) {
    return fragments.error();
  }
  if (fragments->empty()) {
    return config;
  }
  device::DeviceConfig built = defaults;
  built.dialect.name = config.dialect.name;
  if (!names_dialect(options, defaults)) {
    auto dialect = device::dialect_of_files(*fragments);
    if (!dialect) {
      return dialect.error();
    }
    built.dialect.name = dialect->value_or(built.dialect.name);
  }
  if (auto applied = device::apply_kconfig_files(*fragments, built); !applied) {
    return applied.error();
  }
  if (auto read = read_file(options, built); !read) {
    return read.error();
  }
  return built;
}

base::Result<void> set_radio(const std::string& text, device::DeviceConfig& config) {
  constexpr std::string_view at = "at:";
  if (text == "simulated") {
    config.radio.port.reset();
    return {};
  }
  if (!text.starts_with(at)) {
    return base::make_reason(
        "unknown radio", fmt::format("--radio is \"{}\"", text),
        "simulated, or at: and the modem's port, for example at:tty:/dev/ttyUSB2@115200");
  }
  auto port = radio::parse_modem_port(std::string_view(text).substr(at.size()));
  if (!port) {
    return port.error();
  }
  config.radio.port = *port;
  return {};
}

}  // namespace

base::Result<device::DeviceConfig> to_config(const DeviceOptions& options, const PrepareConfig& prepare) {
  device::DeviceConfig defaults;
  if (prepare) {
    if (auto prepared = prepare(defaults); !prepared) {
      return prepared.error();
    }
  }
  if (options.network) {
    if (auto applied = device::apply_preset(*options.network, defaults); !applied) {
      return applied.error();
    }
  }
  if (options.board) {
    if (auto taken = dialects::take_board(*options.board, defaults.dialect); !taken) {
      return taken.error();
    }
  }
  auto layers = read_layers(options, defaults);
  if (!layers) {
    return layers.error();
  }
  device::DeviceConfig config = std::move(*layers);
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
  if (options.radio) {
    if (auto set = set_radio(*options.radio, config); !set) {
      return set.error();
    }
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
  if (options.number) {
    if (auto numbered = device::number_device(*options.number, config); !numbered) {
      return numbered.error();
    }
  }
  if (options.pcap) {
    config.trace.file = *options.pcap;
    config.trace.at_start = true;
  }
  config.trace.secrets = config.trace.secrets || options.pcap_secrets;
  config.dialect.strict = config.dialect.strict || options.strict;
  if (auto whole = device::complete(config); !whole) {
    return whole.error();
  }
  return config;
}

base::Result<base::LogOptions> to_log_options(const DeviceOptions& options,
                                              std::optional<base::LogLevel> configured) {
  base::LogOptions log;
  log.level = configured;
  if (options.log_level) {
    auto level = base::parse_log_level(*options.log_level);
    if (!level) {
      return level.error();
    }
    log.level = *level;
  }
  log.file = options.log_file;
  log.explain = options.explain;
  return log;
}

bool uses_stdio(const device::DeviceConfig& config) {
  return std::any_of(config.ports.begin(), config.ports.end(),
                     [](const serial::PortSpec& spec) { return spec.kind == serial::PortSpec::Kind::stdio; });
}

}  // namespace attache::runtime
