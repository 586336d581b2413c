#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.hpp"
#include "base/posix/file_descriptor.hpp"
#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/extcap_link.hpp"
#include "cli/output.hpp"
#include "cli/stop_signals.hpp"
#include "trace/reading/timeline_reader.hpp"

namespace attache::cli {

namespace {

struct TraceArguments {
  std::string file;
  std::string port;
  std::string context;
  std::string host;
  std::string from;
  std::string until;
  std::vector<std::string> layers;
  bool json = false;
  bool follow = false;
  bool remove = false;
};

// In the place of FILE; a file of this name is ./install-extcap.
constexpr std::string_view install_verb = "install-extcap";

base::Reason wrong_value(std::string_view option, std::string_view text, std::string_view wanted) {
  return base::make_reason("The command line cannot be read",
                           fmt::format("'{} {}' is no {}", option, text, wanted));
}

base::Result<void> read_seconds(std::string_view option, const std::string& text,
                                std::optional<double>& value) {
  if (text.empty()) {
    return {};
  }
  char* end = nullptr;
  double seconds = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !(seconds >= 0) || seconds > 1e9) {
    return wrong_value(option, text, "number of seconds");
  }
  value = seconds;
  return {};
}

base::Result<trace::TimelineFilter> read_filter(const TraceArguments& arguments) {
  trace::TimelineFilter filter;
  filter.interface = arguments.port;
  filter.host = arguments.host;
  if (!arguments.context.empty()) {
    auto number = base::parse_number<std::uint8_t>(arguments.context);
    if (!number) {
      return wrong_value("--context", arguments.context, "PDN context");
    }
    filter.context = *number;
  }
  for (const std::string& name : arguments.layers) {
    auto layer = trace::layer_named(name);
    if (!layer) {
      base::Reason reason = wrong_value("--layer", name, "layer");
      reason.advice = "Known are at, modem, dns, tcp, udp, icmp, tls, http, mqtt and capture.";
      return reason;
    }
    filter.layers.push_back(*layer);
  }
  for (auto* each : {&arguments.from, &arguments.until}) {
    bool is_from = each == &arguments.from;
    auto read = read_seconds(is_from ? "--from" : "--until", *each, is_from ? filter.from : filter.until);
    if (!read) {
      return read.error();
    }
  }
  return base::Result<trace::TimelineFilter>(boost::system::in_place_value, std::move(filter));
}

/// Reads a capture and prints its timeline; with `follow` also what is written to it from now on.
class TraceSession {
 public:
  TraceSession(base::FileDescriptor file, const TraceArguments& arguments, trace::TimelineFilter filter)
      : file_(std::move(file)),
        arguments_(arguments),
        filter_(std::move(filter)),
        reader_([this](const trace::TimelineEntry& entry) { print(entry); }) {}

  int run() {
    base::LoopEnd end(loop_, clock_);
    // Reading to the end holds the loop, and what stops that is the system's way with a signal.
    boost::asio::signal_set signals(loop_);
    if (arguments_.follow) {
      add_stop_signals(signals);
      signals.async_wait([this](boost::system::error_code error, int) {
        if (!error) {
          loop_.stop();
        }
      });
    }
    boost::asio::co_spawn(loop_, read(), [this](std::exception_ptr error) {
      loop_.stop();
      if (error) {
        std::rethrow_exception(error);
      }
    });
    loop_.run([this](const base::Fault& fault) {
      fault_ = fault.reason();
      loop_.stop();
    });
    if (fault_) {
      return complain(*fault_);
    }
    if (reader_.finish() && !arguments_.follow) {
      fmt::print(stderr,
                 "attache: {}: the last block is not whole: it is still written, or its writer was killed\n",
                 arguments_.file);
    }
    return exit_success;
  }

 private:
  boost::asio::awaitable<void> read() {
    constexpr base::Duration pause = std::chrono::milliseconds(200);
    std::array<char, 64UL * 1024> piece;
    base::Duration wait{};
    while (true) {
      if (arguments_.follow) {
        co_await clock_.sleep_for(std::exchange(wait, base::Duration::zero()));
      }
      if (arguments_.follow && !is_readable()) {
        wait = pause;
        continue;
      }
      ssize_t count = ::read(file_.get(), piece.data(), piece.size());
      if (count < 0 && errno != EINTR) {
        fault_ = base::make_reason(fmt::format("cannot read {}", arguments_.file), base::error_text(errno));
        co_return;
      }
      if (count == 0 && !arguments_.follow) {
        co_return;
      }
      wait = count == 0 ? pause : base::Duration::zero();
      auto taken = reader_.take({piece.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))});
      if (!taken) {
        fault_ = taken.error();
        fault_->what = fmt::format("cannot read {} any further", arguments_.file);
        co_return;
      }
      std::fflush(stdout);
    }
  }

  // A FIFO that has nothing would hold the loop, and with it the signals.
  [[nodiscard]] bool is_readable() const {
    pollfd state{.fd = file_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&state, 1, 0) != 0;
  }

  void print(const trace::TimelineEntry& entry) {
    base::WallTime began = reader_.began().value_or(entry.time);
    if (filter_.takes(entry, began)) {
      fmt::print("{}", arguments_.json ? render_json(entry, began) : render_text(entry, began));
    }
  }

  base::FileDescriptor file_;
  const TraceArguments& arguments_;
  trace::TimelineFilter filter_;
  base::Loop loop_;
  base::RealClock clock_{loop_};
  trace::TimelineReader reader_;
  std::optional<base::Reason> fault_;
};

int show_trace(const TraceArguments& arguments) {
  if (arguments.file == install_verb) {
    return arguments.remove ? remove_extcap_link() : install_extcap_link();
  }
  if (arguments.remove) {
    return complain(base::make_reason("The command line cannot be read",
                                      "--remove takes a link away, and none is named",
                                      "attache trace install-extcap --remove"));
  }
  if (arguments.file.empty()) {
    return complain(base::make_reason("there is no capture to read", "nothing was named",
                                      "name a pcapng file, or - for standard input"));
  }
  auto filter = read_filter(arguments);
  if (!filter) {
    return complain(filter.error());
  }
  base::FileDescriptor file = arguments.file == "-" ? base::FileDescriptor(::dup(STDIN_FILENO))
                                                    : base::open_file(arguments.file, O_RDONLY);
  if (!file) {
    return complain(base::make_reason(fmt::format("cannot read {}", arguments.file), base::error_text(errno),
                                      "give the path of a pcapng file, or - for standard input"));
  }
  TraceSession session(std::move(file), arguments, std::move(*filter));
  return session.run();
}

}  // namespace

Run add_trace(CLI::App& command) {
  describe(command, R"(
attache trace session.pcapng
attache trace session.pcapng --layer tcp --layer tls --host example.com
)",
           R"(
0  read to its end, or the link is placed
1  the link cannot be placed
2  bad options, or a file that cannot be read or is no pcapng
)");
  auto arguments = std::make_shared<TraceArguments>();
  command
      .add_option(
          "FILE", arguments->file,
          "A capture in pcapng, Attaché's or another's; - is standard input. install-extcap instead makes "
          "Wireshark find this program: a link in the folder that `tshark -G folders` names")
      ->type_name("");
  command
      .add_option("--port", arguments->port, "Only this interface: uart0, pdn0; a number is that of a UART")
      ->type_name("NAME");
  command.add_option("--context", arguments->context, "Only this PDN context")->type_name("CID");
  command
      .add_option("--host", arguments->host,
                  "Only what has this in the name or address of a peer, or its text")
      ->type_name("TEXT");
  add_repeatable(command, "--layer", arguments->layers,
                 "Only this layer: at, modem, dns, tcp, udp, icmp, tls, http, mqtt, capture")
      ->type_name("LAYER");
  command.add_option("--from", arguments->from, "Only from this time on, in seconds from the first packet")
      ->type_name("SECONDS");
  command.add_option("--until", arguments->until, "Only up to this time")->type_name("SECONDS");
  command.add_flag("--json", arguments->json, "One JSON object a line")->disable_flag_override();
  command.add_flag("--follow", arguments->follow, "Goes on with what is written to the file from now on")
      ->disable_flag_override();
  command.add_flag("--remove", arguments->remove, "With install-extcap: takes that link away")
      ->disable_flag_override();
  return [arguments] { return show_trace(*arguments); };
}

}  // namespace attache::cli
