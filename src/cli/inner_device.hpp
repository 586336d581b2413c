#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "cli/serve_options.hpp"
#include "runtime/hosted_device.hpp"
#include "serial/port.hpp"

namespace attache::cli {

namespace asio = boost::asio;

/// A device that lives inside another subcommand for the time of its work (`run --serve`). Destroying it
/// switches the device off; its port is closed by then and must not be used any more.
class InnerDevice {
 public:
  InnerDevice(std::unique_ptr<runtime::HostedDevice> hosted, std::unique_ptr<serial::Port> host, bool greets)
      : hosted_(std::move(hosted)), host_(std::move(host)), greets_(greets) {}

  /// The host's end of the device's first AT port: what is written here the device reads.
  serial::Port& host_port() { return *host_; }

  /// False if it was configured to start without `Ready`.
  [[nodiscard]] bool greets() const { return greets_; }

  /// Runs a steering command (docs/steering.md); says what changed.
  /// The reason of a failure is the device's.
  base::Result<std::string> steer(std::string_view command);

 private:
  std::unique_ptr<runtime::HostedDevice> hosted_;
  std::unique_ptr<serial::Port> host_;
  bool greets_;
};

/// Reads options of `attache serve` ("--config", "device.toml", "--seed", "7") that stand behind
/// `run --serve`. The reason names the first that is none.
base::Result<runtime::DeviceOptions> read_serve_options(std::span<const std::string> words);

/// Declares `--serve` of a subcommand: a subcommand of its own, for CLI11 lets none else take all that
/// follows it. `about` is its line of help. The result lives as long as `command`.
CLI::App* add_inner_serve(CLI::App& command, std::string about);

/// Whether `--help` or `-h` is among the options behind `--serve`: serve_options_help() answers it.
bool asks_for_serve_help(std::span<const std::string> words);

/// What `run --serve --help` prints.
std::string serve_options_help();

/// Makes and switches on a fresh device on the loop `context`, with a clock of its own. The ports of
/// `options` are not opened.
///
/// `script_headers` are the `@` headers of the script that will talk to it (dialect, profile, sim,
/// pin, puk, iccid, coverage, cell, roaming, psm, edrx, reject, start …: see client/script.hpp); a key given
/// several times has its values joined by LF. An option given by the user wins over a header.
/// The reason says which option, header or file does not do.
base::Result<std::unique_ptr<InnerDevice>> start_inner_device(
    asio::io_context& context, const runtime::DeviceOptions& options,
    const std::map<std::string, std::string>& script_headers);

}  // namespace attache::cli
