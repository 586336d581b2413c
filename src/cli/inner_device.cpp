#include "cli/inner_device.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/serve_options.hpp"
#include "cli/version.hpp"
#include "device/steering/start_conditions.hpp"
#include "device/steering/steering.hpp"
#include "serial/memory_pair.hpp"

namespace attache::cli {

namespace {

constexpr std::string_view serve_name = "attache serve";

// What belongs to `run` itself has come too late.
base::Reason strange_word(const std::vector<std::string>& words, const CLI::App& serve) {
  constexpr std::array of_run{"--port", "--set",   "--timeout", "--line-end",
                              "--save", "--junit", "--json",    "--quiet"};
  auto found = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(of_run.begin(), of_run.end(), word.substr(0, word.find('='))) != of_run.end();
  });
  if (found != words.end()) {
    return base::make_reason(fmt::format("{} stands behind --serve", *found),
                             "all that follows --serve is for the device inside",
                             fmt::format("write {} before --serve", *found));
  }
  base::Reason reason = unknown_word(words, serve, serve_name);
  reason.why = "all that follows --serve are options of attache serve";
  return reason;
}

}  // namespace

base::Result<std::string> InnerDevice::steer(std::string_view command) {
  auto answer = device::steer(*hosted_->device(), command);
  if (!answer) {
    return answer.error();
  }
  return {boost::system::in_place_value, answer->text};
}

base::Result<runtime::DeviceOptions> read_serve_options(std::span<const std::string> words) {
  runtime::DeviceOptions options;
  CLI::App app;
  add_serve_options(app, options);
  app.allow_extras();
  // CLI11 takes its arguments last first.
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return explain(error, app, serve_name);
  }
  if (!app.remaining().empty()) {
    return strange_word(app.remaining(), app);
  }
  return options;
}

CLI::App* add_inner_serve(CLI::App& command, std::string about) {
  auto serve = std::make_shared<CLI::App>(std::move(about), "--serve");
  serve->set_help_flag();
  serve->allow_extras();
  serve->group("Instead of --port, last");
  command.add_subcommand(serve);
  command.get_formatter()->label("SUBCOMMAND", "--serve [SERVE OPTIONS]");
  return serve.get();
}

bool asks_for_serve_help(std::span<const std::string> words) {
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return word == "--help" || word == "-h"; });
}

std::string serve_options_help() {
  runtime::DeviceOptions options;
  CLI::App app(
      "Options of the device inside, behind --serve: those of attache serve. Its ports are not opened",
      "attache run SCRIPT... --serve");
  app.set_help_flag();
  add_serve_options(app, options);
  return app.help();
}

base::Result<std::unique_ptr<InnerDevice>> start_inner_device(
    asio::io_context& context, const runtime::DeviceOptions& options,
    const std::map<std::string, std::string>& script_headers) {
  auto config = runtime::to_config(options, [&](device::DeviceConfig& defaults) {
    return device::apply_start_conditions(script_headers, defaults);
  });
  if (!config) {
    return config.error();
  }
  auto log_options = runtime::to_log_options(options);
  if (!log_options) {
    return log_options.error();
  }
  auto sink = base::make_log_sink(*log_options);
  if (!sink) {
    return sink.error();
  }
  auto surroundings = std::make_shared<runtime::Surroundings>(context, config->manual_clock);
  auto hosted = runtime::HostedDevice::create(surroundings, options, *config, *sink);
  if (!hosted) {
    return hosted.error();
  }
  auto [host, line] = serial::make_memory_pair("device:");
  (*hosted)->device()->add_at_port(std::move(line));
  if (auto started = (*hosted)->start(*config, application_name()); !started) {
    return started.error();
  }
  bool greets = !config->dialect.skips_ready.value_or(false);
  return std::make_unique<InnerDevice>(std::move(*hosted), std::move(host), greets);
}

}  // namespace attache::cli
