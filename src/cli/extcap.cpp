#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/commit.hpp"
#include "cli/complaint.hpp"
#include "cli/stop_signals.hpp"
#include "control/control_client.hpp"
#include "control/running_devices.hpp"

namespace attache::cli {

namespace {

/// What Wireshark asks of a program that captures for it (extcap(4)).
struct ExtcapArguments {
  bool interfaces = false;
  bool dlts = false;
  bool config = false;
  bool capture = false;
  bool secrets = false;
  std::string interface;
  std::string fifo;
  std::string filter;  // Not looked at: what is captured is filtered by Wireshark.
  std::string version;
};

constexpr std::string_view interface_prefix = "attache-";

std::string interface_of(const control::FoundDevice& device) {
  return fmt::format("{}{}", interface_prefix, device.process);
}

int print_interfaces() {
  fmt::print("extcap {{version={}}}{{help=https://www.wireshark.org/docs/man-pages/extcap.html}}\n", version);
  for (const control::FoundDevice& device : control::find_running_devices()) {
    fmt::print("interface {{value={}}}{{display=Attaché {}}}\n", interface_of(device), device.socket);
  }
  return exit_success;
}

int print_dlts() {
  fmt::print("dlt {{number=252}}{{name=WIRESHARK_UPPER_PDU}}{{display=AT lines and IP packets}}\n");
  return exit_success;
}

int print_config() {
  fmt::print(
      "arg {{number=0}}{{call=--secrets}}{{display=TLS secrets}}{{type=boolflag}}{{default=false}}"
      "{{tooltip=Wireshark can read what is in TLS and DTLS}}\n");
  return exit_success;
}

base::Result<control::FoundDevice> running_device(const std::string& interface) {
  auto devices = control::find_running_devices();
  auto found = std::find_if(devices.begin(), devices.end(), [&](const control::FoundDevice& device) {
    return interface_of(device) == interface;
  });
  if (found == devices.end()) {
    return base::make_reason("there is no such device", fmt::format("none of this user is {}", interface),
                             "attache extcap --extcap-interfaces lists those that run");
  }
  return *found;
}

// Until Wireshark ends it by a signal; when it reads no more, the device ends it by itself.
int capture(const ExtcapArguments& arguments) {
  auto device = running_device(arguments.interface);
  if (!device) {
    return complain(device.error());
  }
  auto started = control::ask(device->socket, fmt::format("trace start \"{}\"{}", arguments.fifo,
                                                          arguments.secrets ? " secrets" : ""));
  if (!started) {
    complain(started.error());
    return exit_failure;
  }
  boost::asio::io_context loop;
  boost::asio::signal_set stop(loop);
  add_stop_signals(stop);
  stop.async_wait([](boost::system::error_code, int) {});
  loop.run();
  (void)control::ask(device->socket, "trace stop");
  return exit_success;
}

int extcap(const ExtcapArguments& arguments) {
  if (arguments.interfaces) {
    return print_interfaces();
  }
  if (arguments.dlts) {
    return print_dlts();
  }
  if (arguments.config) {
    return print_config();
  }
  if (!arguments.capture || arguments.fifo.empty()) {
    return complain(base::make_reason("there is nothing to do", "this is a command that Wireshark calls",
                                      "attache trace install-extcap makes Wireshark find it; then devices "
                                      "stand in its list of interfaces"));
  }
  return capture(arguments);
}

}  // namespace

Run add_extcap(CLI::App& command) {
  describe(command, R"(
attache extcap --extcap-interfaces
)",
           R"(
0  success
1  the device cannot be captured
2  nothing was tried: bad options, no such device
)");
  auto given = std::make_shared<ExtcapArguments>();
  command.add_flag("--extcap-interfaces", given->interfaces, "Lists the devices of this user that run")
      ->disable_flag_override();
  command.add_flag("--extcap-dlts", given->dlts, "Says what kind of packets a device has")
      ->disable_flag_override();
  command.add_flag("--extcap-config", given->config, "Says what can be chosen")->disable_flag_override();
  command.add_option("--extcap-interface", given->interface, "The device that is meant")->type_name("NAME");
  command.add_option("--extcap-version", given->version, "Wireshark's own version")->type_name("VERSION");
  command.add_option("--extcap-capture-filter", given->filter, "Is not looked at")->type_name("FILTER");
  command.add_flag("--capture", given->capture, "Captures until it is ended by a signal")
      ->disable_flag_override();
  command.add_option("--fifo", given->fifo, "Where to")->type_name("FILE");
  command.add_flag("--secrets", given->secrets, "The secrets of TLS too")->disable_flag_override();
  return [given] { return extcap(*given); };
}

}  // namespace attache::cli
