#include "cli/serve_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "device/config/network_preset.hpp"
#include "device/kconfig/kconfig.hpp"
#include "dialects/boards.hpp"
#include "dialects/dialects.hpp"
#include "radio/at_radio_options.hpp"

namespace attache::cli {

namespace {

// "nrf9160dk, … or nrf91m1 (the build that its vendor ships)".
std::string board_help() {
  std::string text = "The board that the build is for: ";
  auto boards = dialects::all_boards();
  for (std::size_t i = 0; i < boards.size(); ++i) {
    std::string_view separator = i == 0 ? "" : i + 1 == boards.size() ? " or " : ", ";
    text += fmt::format("{}{}{}", separator, boards[i].name,
                        boards[i].help.empty() ? std::string() : fmt::format(" ({})", boards[i].help));
  }
  return text;
}

// "AT dialect: slm-1.6 (default) or slm-1.5".
std::string dialect_help() {
  std::string text = "AT dialect: ";
  auto dialects = dialects::all_dialects();
  for (std::size_t i = 0; i < dialects.size(); ++i) {
    std::string_view separator = i == 0 ? "" : i + 1 == dialects.size() ? " or " : ", ";
    text += fmt::format("{}{}{}", separator, dialects[i]->name, i == 0 ? " (default)" : "");
  }
  return text;
}

}  // namespace

void add_serve_options(CLI::App& command, ServeOptions& options) {
  command.add_option("--config", options.config_file, "Configuration file (TOML; docs/configuration.md)")
      ->type_name("FILE");
  command
      .add_option(
          "--prj-conf", options.prj_conf,
          "Kconfig fragment of an SLM or Serial Modem application (prj.conf): decides how the firmware is "
          "built, and without --dialect which it is")
      ->type_name("FILE");
  add_repeatable(command, "--overlay", options.overlays, "Kconfig fragment on top of it")->type_name("FILE");
  command.add_option("--network", options.network, "A network known by name; `attache networks` lists them")
      ->type_name("NAME");
  command.add_option("--dialect", options.dialect, dialect_help())->type_name("NAME");
  command.add_option("--board", options.board, board_help())->type_name("NAME");
  add_repeatable(command, "--port", options.ports,
                 "[at=|log=|uart0=|uart2=]SPEC with SPEC pty:LINK, tty:DEVICE[@BAUD][,rtscts], "
                 "tcp:HOST:PORT, unix:PATH or stdio")
      ->type_name("PORT");
  command
      .add_option(
          "--radio", options.radio,
          "The modem beneath: simulated (default), or a real one on an AT port: at:tty:DEVICE[@BAUD], "
          "at:tcp:HOST:PORT … (docs/real-modem.md)")
      ->type_name("RADIO");
  command
      .add_option("--state", options.state_folder, "Folder of the non-volatile memory; without it: in memory")
      ->type_name("FOLDER");
  command.add_option("--clock", options.clock, "real (default) or manual")->type_name("CLOCK");
  command
      .add_option("--timing", options.timing,
                  "Durations of modem and network: instant (default), real, 60x …")
      ->type_name("TIMING");
  command
      .add_option_function<std::string>(
          "--seed",
          [&options](const std::string& text) { options.seed = base::parse_number<std::uint64_t>(text); },
          "Seed of all that is random in the simulation")
      ->type_name("NUMBER")
      ->check(whole_number<std::uint64_t>());
  command
      .add_option("--control", options.control,
                  "Socket for `attache ctl` (default: `control` in the state folder)")
      ->type_name("SOCKET");
  command.add_option("--scenario", options.scenario, "A timeline of steering commands (docs/steering.md)")
      ->type_name("FILE");
  command
      .add_option("--transcript", options.transcript,
                  "What host and device say goes to this file, with times and without secrets; - is stdout "
                  "(docs/transcript.md)")
      ->type_name("FILE");
  command
      .add_option(
          "--json-events", options.json_events,
          "What happens to the device goes to this descriptor, a line of JSON each; without FD, or -: "
          "stdout (docs/events.md)")
      ->type_name("FD")
      ->expected(0, 1)
      ->default_str("-");
  command
      .add_option("--pcap", options.pcap,
                  "A trace for Wireshark goes to this file or FIFO; - is stdout (docs/trace.md)")
      ->type_name("FILE");
  command
      .add_flag("--pcap-secrets", options.pcap_secrets,
                "The trace holds the secrets of TLS too, so that Wireshark can read it")
      ->disable_flag_override();
  command.add_flag("--strict", options.strict, "Reproduce the firmware's quirks too")
      ->disable_flag_override();
  command.add_flag("--explain", options.explain, "Reasons of failures on stderr even if logs are off")
      ->disable_flag_override();
  command.add_option("--log-level", options.log_level, "off, error, warning, info (default) or debug")
      ->type_name("LEVEL");
  command.add_option("--log-file", options.log_file, "Log to this file instead of stderr")->type_name("FILE");
}

namespace {

base::Result<void> read_file(const ServeOptions& options, device::DeviceConfig& config) {
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
bool names_dialect(const ServeOptions& options, const device::DeviceConfig& defaults) {
  device::DeviceConfig unnamed = defaults;
  unnamed.dialect.name.clear();
  bool is_file_read =
      options.config_file.empty() || device::read_config_file(options.config_file, unnamed).has_value();
  return options.dialect || !is_file_read || !unnamed.dialect.name.empty() ||
         defaults.dialect.name != dialects::DialectOptions{}.name;
}

// The Kconfig fragments: those of the command line in place of the file's, overlays on top of either.
base::Result<std::vector<std::string>> fragments_of(const ServeOptions& options,
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
base::Result<device::DeviceConfig> read_layers(const ServeOptions& options,
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

base::Result<device::DeviceConfig> to_config(const ServeOptions& options, const PrepareConfig& prepare) {
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

base::Result<base::LogOptions> to_log_options(const ServeOptions& options,
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

}  // namespace attache::cli
