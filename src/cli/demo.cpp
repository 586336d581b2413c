#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/clock.hpp"
#include "base/logging.hpp"
#include "base/loop.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/demo_scenes.hpp"
#include "cli/output.hpp"
#include "cli/stop_signals.hpp"
#include "client/conversation.hpp"
#include "client/script.hpp"
#include "client/script_runner.hpp"
#include "client/transcript.hpp"
#include "device/device.hpp"
#include "lab/lab.hpp"
#include "net/host_network.hpp"
#include "serial/port_spec.hpp"

namespace attache::cli {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A folder for the demo's line, removed with everything in it.
class LineFolder {
 public:
  LineFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "attache-demo-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) {
      path_ = pattern;
    }
  }
  LineFolder(const LineFolder&) = delete;
  LineFolder& operator=(const LineFolder&) = delete;
  ~LineFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Demo {
 public:
  Demo()
      : colour_(wants_colours(STDOUT_FILENO)),
        transcript_(clock_, {{&std::cout, colour_, ::isatty(STDOUT_FILENO) == 1}}) {}

  int run() {
    asio::signal_set signals(loop_);
    add_stop_signals(signals);
    signals.async_wait([this](boost::system::error_code error, int) {
      if (!error) {
        loop_.stop();
      }
    });
    asio::co_spawn(loop_, show(), [this](std::exception_ptr error) {
      loop_.stop();
      if (error) {
        std::rethrow_exception(error);
      }
    });
    loop_.run([this](const base::Fault& fault) {
      complain(fault.reason());
      exit_code_ = exit_failure;
      loop_.stop();
    });
    return exit_code_;
  }

 private:
  asio::awaitable<void> show() {
    auto lab = lab::Lab::start(clock_);
    if (!lab) {
      exit_code_ = complain(lab.error());
      co_return;
    }
    https_port_ = (*lab)->port("https");
    fmt::print(
        "Attaché: a serial LTE modem in software.\n"
        "Lines with → go to the modem over its serial line, ← come back, · are the device's log.\n");
    auto scenes = demo_scenes((*lab)->ca_pem());
    std::size_t shown = 0;
    for (const DemoScene& scene : scenes) {
      bool as_expected = co_await play(scene);
      shown += as_expected ? 1 : 0;
    }
    (*lab)->close();
    print_summary(shown, scenes.size());
    exit_code_ = shown == scenes.size() ? exit_success : exit_failure;
  }

  asio::awaitable<bool> play(const DemoScene& scene) {
    heading(scene.title);
    fmt::print("{}\n\n", scene.remark);
    std::fflush(stdout);
    auto device = make_device(scene);
    if (!device) {
      complain(device.error());
      co_return false;
    }
    auto line = open_line(**device);
    if (!line) {
      complain(line.error());
      co_return false;
    }
    bool as_expected = co_await talk(**line, scene);
    (*device)->close();
    co_return as_expected;
  }

  base::Result<std::shared_ptr<device::Device>> make_device(const DemoScene& scene) {
    device::DeviceConfig config;
    config.simulation.firmware = "mfw_nrf9160_1.3.0";
    config.network.connect_timeout = 2s;
    net::Route to_lab;
    to_lab.from_host = "google.com";
    to_lab.from_port = 443;
    to_lab.to_host = "127.0.0.1";
    to_lab.to_port = https_port_;
    config.network.routes.push_back(to_lab);
    scene.configure(config);
    if (auto whole = device::complete(config); !whole) {
      return whole.error();
    }
    auto device = device::Device::create(config, clock_, network_);
    if (device) {
      (*device)->add_journal_sink([this](const base::JournalEntry& entry) { print_entry(entry); });
    }
    return device;
  }

  // A PTY, opened by its link as any host would; a unix socket where there are none.
  base::Result<std::unique_ptr<serial::Port>> open_line(device::Device& device) {
    serial::PortSpec spec;
    spec.target = (folder_.path() / "modem").string();
    auto port = serial::open_port(clock_, spec);
    if (!port) {
      fmt::print("No PTY here ({}): this demo uses a unix socket.\n", port.error().why);
      spec.kind = serial::PortSpec::Kind::unix_socket;
      port = serial::open_port(clock_, spec);
      if (!port) {
        return port.error();
      }
    }
    transcript_.note((*port)->address());
    device.add_at_port(std::move(*port));
    device.start();
    return serial::connect_port(clock_, spec);
  }

  asio::awaitable<bool> talk(serial::Port& line, const DemoScene& scene) {
    auto script = client::parse_script(scene.script, "demo");
    base::Result<void> loaded;
    if (script) {
      loaded = client::load_files(*script, [&scene](const std::string&) -> base::Result<std::string> {
        std::string pem = scene.ca_pem.substr(0, scene.ca_pem.find_last_not_of('\n') + 1);
        return {boost::system::in_place_value, std::move(pem)};
      });
    }
    if (!script || !loaded) {
      complain(script ? loaded.error() : script.error());
      co_return false;
    }
    client::Conversation conversation(line, clock_, &transcript_);
    auto result = co_await client::run_script(conversation, *script);
    transcript_.flush();
    if (!result.ok()) {
      transcript_.fault(client::to_reason(*result.failure));
    }
    line.close();
    co_return result.ok();
  }

  void heading(const std::string& title) const {
    fmt::print("\n{}{}{}\n", colour_ ? "\033[1m" : "── ", title, colour_ ? "\033[0m" : "");
  }

  void print_entry(const base::JournalEntry& entry) {
    transcript_.flush();
    std::cout.flush();
    const char* dim = colour_ ? "\033[2m" : "";
    const char* bright = colour_ ? "\033[33m" : "";
    const char* plain = colour_ ? "\033[0m" : "";
    fmt::print("{}  · {}{}\n", dim, base::to_device_line(entry), plain);
    if (entry.reason) {
      fmt::print("{}{}{}", bright, base::to_block(*entry.reason), plain);
    }
    std::fflush(stdout);
  }

  void print_summary(std::size_t shown, std::size_t all) const {
    heading(fmt::format("{} of {} scenes went as on the device", shown, all));
    fmt::print(
        "What next:\n"
        "  attache serve                      a modem on a PTY; it prints `ready pty:LINK`\n"
        "  picocom -b 115200 --omap crcrlf --echo LINK\n"
        "                                     talk to it: this dialect wants CR LF and has no echo\n"
        "  attache lab                        servers to connect to; it prints their ports and the CA's "
        "path\n"
        "  attache run SCRIPT.at --serve      an AT script against a fresh device\n"
        "  docs/configuration.md              SIM, network, routes: what can be set\n");
  }

  bool colour_;
  base::Loop loop_;
  base::RealClock clock_{loop_};
  net::HostNetwork network_{clock_};
  client::Transcript transcript_;
  LineFolder folder_;
  std::uint16_t https_port_ = 0;
  int exit_code_ = exit_failure;
  base::LoopEnd end_{loop_, clock_};
};

}  // namespace

Run add_demo(CLI::App& command) {
  describe(command, "attache demo", "0  all scenes went as on the device\n1  one did not");
  return [] { return Demo().run(); };
}

}  // namespace attache::cli
