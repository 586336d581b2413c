#include "cli/inner_device.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/device_clock.hpp"
#include "cli/live_events.hpp"
#include "cli/live_steering.hpp"
#include "cli/live_trace.hpp"
#include "cli/live_transcript.hpp"
#include "cli/serve_options.hpp"
#include "device/device.hpp"
#include "device/steering/start_conditions.hpp"
#include "device/steering/steering.hpp"
#include "net/host_network.hpp"
#include "serial/memory_pair.hpp"

namespace attache::cli {

namespace {

class HostedDevice final : public InnerDevice {
 public:
  HostedDevice(asio::io_context& context, bool manual_clock)
      : surroundings_(std::make_shared<Surroundings>(context, manual_clock)) {}
  HostedDevice(const HostedDevice&) = delete;
  HostedDevice& operator=(const HostedDevice&) = delete;
  ~HostedDevice() override {
    steering_ = LiveSteering();
    transcript_.reset();
    trace_.reset();
    if (device_) {
      device_->close();
    }
    events_.reset();
  }

  base::Result<void> start(const ServeOptions& options, const device::DeviceConfig& config,
                           base::JournalSink sink) {
    base::Clock& clock = *surroundings_->clock;
    auto transcript = LiveTranscript::open(options, config, clock.context());
    if (!transcript) {
      return transcript.error();
    }
    transcript_ = std::move(*transcript);
    auto events = LiveEvents::open(options, config, clock.context());
    if (!events) {
      return events.error();
    }
    events_ = std::move(*events);
    auto device = device::Device::create(config, clock, surroundings_->network);
    if (!device) {
      return device.error();
    }
    device_ = std::move(*device);
    device_->add_journal_sink(std::move(sink));
    auto steering = LiveSteering::start(options, config, clock, device_);
    if (!steering) {
      return steering.error();
    }
    steering_ = std::move(*steering);
    auto [host, line] = serial::make_memory_pair("device:");
    host_ = std::move(host);
    device_->add_at_port(std::move(line));
    device_->keep(surroundings_);
    if (transcript_) {
      transcript_->attach(device_);
    }
    if (events_) {
      events_->attach(device_);
    }
    auto trace = LiveTrace::attach(config, clock.context(), device_);
    if (!trace) {
      return trace.error();
    }
    trace_ = std::move(*trace);
    device_->start();
    return {};
  }

  serial::Port& host_port() override { return *host_; }

  base::Result<std::string> steer(std::string_view command) override {
    auto answer = device::steer(*device_, command);
    if (!answer) {
      return answer.error();
    }
    return {boost::system::in_place_value, answer->text};
  }

 private:
  struct Surroundings {
    Surroundings(asio::io_context& context, bool manual_clock)
        : clock(make_device_clock(context, manual_clock)), network(*clock) {}

    std::unique_ptr<base::Clock> clock;
    net::HostNetwork network;
  };

  std::shared_ptr<Surroundings> surroundings_;
  std::shared_ptr<device::Device> device_;
  LiveSteering steering_;
  std::unique_ptr<LiveTranscript> transcript_;
  std::unique_ptr<LiveEvents> events_;
  std::unique_ptr<LiveTrace> trace_;
  std::unique_ptr<serial::Port> host_;
};

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

base::Result<ServeOptions> read_serve_options(std::span<const std::string> words) {
  ServeOptions options;
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
  ServeOptions options;
  CLI::App app(
      "Options of the device inside, behind --serve: those of attache serve. Its ports are not opened",
      "attache run SCRIPT... --serve");
  app.set_help_flag();
  add_serve_options(app, options);
  return app.help();
}

base::Result<std::unique_ptr<InnerDevice>> start_inner_device(
    asio::io_context& context, const ServeOptions& options,
    const std::map<std::string, std::string>& script_headers) {
  auto config = to_config(options, [&](device::DeviceConfig& defaults) {
    return device::apply_start_conditions(script_headers, defaults);
  });
  if (!config) {
    return config.error();
  }
  auto log_options = to_log_options(options);
  if (!log_options) {
    return log_options.error();
  }
  auto sink = base::make_log_sink(*log_options);
  if (!sink) {
    return sink.error();
  }
  auto hosted = std::make_unique<HostedDevice>(context, config->manual_clock);
  if (auto started = hosted->start(options, *config, *sink); !started) {
    return started.error();
  }
  return base::Result<std::unique_ptr<InnerDevice>>(std::move(hosted));
}

}  // namespace attache::cli
