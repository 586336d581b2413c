#include "cli/inner_device.hpp"

#include <CLI/CLI.hpp>
#include <utility>
#include <vector>

#include "cli/device_clock.hpp"
#include "cli/live_steering.hpp"
#include "cli/serve_options.hpp"
#include "device/device.hpp"
#include "device/start_conditions.hpp"
#include "device/steering.hpp"
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
    if (device_) {
      device_->close();
    }
  }

  base::Result<void> start(const ServeOptions& options, const device::DeviceConfig& config,
                           base::JournalSink sink) {
    base::Clock& clock = *surroundings_->clock;
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
  std::unique_ptr<serial::Port> host_;
};

base::Result<ServeOptions> parse(std::span<const std::string> arguments) {
  ServeOptions options;
  CLI::App app;
  add_serve_options(app, options);
  // CLI11 takes its arguments last first.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return base::make_reason("the options after --serve cannot be read", error.what(),
                             "see attache serve --help");
  }
  return options;
}

}  // namespace

base::Result<std::unique_ptr<InnerDevice>> start_inner_device(
    asio::io_context& context, std::span<const std::string> serve_options,
    const std::map<std::string, std::string>& script_headers) {
  auto options = parse(serve_options);
  if (!options) {
    return options.error();
  }
  auto config = to_config(*options, [&](device::DeviceConfig& defaults) {
    return device::apply_start_conditions(script_headers, defaults);
  });
  if (!config) {
    return config.error();
  }
  auto log_options = to_log_options(*options);
  if (!log_options) {
    return log_options.error();
  }
  auto sink = base::make_log_sink(*log_options);
  if (!sink) {
    return sink.error();
  }
  auto hosted = std::make_unique<HostedDevice>(context, config->manual_clock);
  if (auto started = hosted->start(*options, *config, *sink); !started) {
    return started.error();
  }
  return base::Result<std::unique_ptr<InnerDevice>>(std::move(hosted));
}

}  // namespace attache::cli
