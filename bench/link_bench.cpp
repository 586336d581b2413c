// What comes out of the link model on the real clock against what was set: delay and rate for TCP, UDP and
// TLS in both directions, loss of datagrams. Whole devices in data mode; host and peers are here.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <map>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/host.hpp"
#include "bench/peer.hpp"
#include "bench/program.hpp"
#include "bench/report.hpp"
#include "bench/scratch_folder.hpp"

namespace attache::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double tolerance = 0.05;
constexpr std::size_t block = 64UL * 1024;

struct Options {
  std::string attache = beside_this_program("attache");
  std::size_t rounds = 15;
  std::size_t datagrams = 100'000;
};

struct Shape {
  Protocol protocol = Protocol::tcp;
  std::string link;  ///< Lines of `[link]`.
};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

/// A device in data mode with its peer, across a link of the given shape.
class Connection {
 public:
  Connection(const Options& options, const Identity& identity, const Shape& shape)
      : program_({options.attache, "serve", "--config", write_config(shape), "--port",
                  "unix:" + folder_.path("modem")},
                 std::nullopt),
        host_(program_.read_address()),
        peer_(shape.protocol, identity) {
    host_.wait_for("Ready\r\n");
    if (shape.protocol == Protocol::tls) {
      command(fmt::format("AT%CMNG=0,42,0,\"{}\"", identity.ca_pem()));
    }
    host_.bring_up_modem();
    auto accepting = std::async(std::launch::async, [this] { peer_.accept(); });
    std::string place = fmt::format("\"127.0.0.1\",{}", peer_.port());
    switch (shape.protocol) {
      case Protocol::tcp:
        command("AT#XTCPCLI=2," + place);
        break;
      case Protocol::udp:
        command("AT#XUDPCLI=2," + place);
        break;
      case Protocol::tls:
        command("AT#XTCPCLI=2," + place + ",42");
        break;
    }
    accepting.get();
  }

  /// The peer learns where the device is, and nothing is done for the first time later.
  void warm_up() {
    seconds_up(1);
    seconds_down(1);
  }

  /// From the first byte's departure to the last one's arrival.
  double seconds_up(std::size_t bytes) {
    std::string data(bytes, 'x');
    return seconds_of([&] {
      auto writing = std::async(std::launch::async, [&] { host_.write(data); });
      peer_.read_all(bytes);
      writing.get();
    });
  }
  double seconds_down(std::size_t bytes) {
    std::string data(bytes, 'x');
    return seconds_of([&] {
      auto writing = std::async(std::launch::async, [&] { peer_.write(data); });
      read_all(bytes);
      writing.get();
    });
  }

  /// The share of datagrams that do not arrive.
  double lost_up(std::size_t count) {
    auto writing = std::async(std::launch::async, [&] {
      std::string data(datagram_size, 'x');
      for (std::size_t i = 0; i < count; ++i) {
        host_.write(data);
        pause_after_burst(i);  // What waits is merged.
      }
    });
    std::vector<char> buffer(block);
    std::size_t received = 0;
    while (peer_.readable_within(quiet_ms)) {
      received += peer_.read(buffer);
    }
    writing.get();
    return 1 - static_cast<double>(received) / static_cast<double>(count * datagram_size);
  }
  double lost_down(std::size_t count) {
    std::size_t received = 0;
    std::jthread reader([&](const std::stop_token& stop) {
      std::vector<char> buffer(block);
      while (!stop.stop_requested()) {
        received += host_.read(buffer);
      }
    });
    std::string data(datagram_size, 'x');
    for (std::size_t i = 0; i < count; ++i) {
      peer_.write(data);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(quiet_ms));
    reader.request_stop();
    for (int i = 0; i < 20; ++i) {  // To wake the reader; not all of them are lost.
      peer_.write("x");
    }
    reader.join();
    return 1 - static_cast<double>(received) / static_cast<double>(count * datagram_size);
  }

 private:
  static constexpr int quiet_ms = 500;

  std::string write_config(const Shape& shape) {
    return folder_.write("modem.toml", fmt::format("[link]\n{}\n", shape.link));
  }

  template <class Body>
  static double seconds_of(const Body& body) {
    auto begin = Clock::now();
    body();
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

  void command(const std::string& line) {
    std::string answer(host_.command(line));
    if (!answer.ends_with("OK\r\n")) {
      fail(fmt::format("the device answers {} to {}", answer, line));
    }
  }

  void read_all(std::size_t count) {
    std::vector<char> buffer(block);
    while (count > 0) {
      count -= std::min(count, host_.read(buffer));
    }
  }

  ScratchFolder folder_;
  Program program_;
  Host host_;
  Peer peer_;
};

std::string name(Protocol protocol) {
  switch (protocol) {
    case Protocol::tcp:
      return "TCP";
    case Protocol::udp:
      return "UDP";
    case Protocol::tls:
      break;
  }
  return "TLS";
}

std::string deviation(double measured, double set) {
  return fmt::format("{:+.1f} %", (measured / set - 1) * 100);
}

std::string verdict(std::initializer_list<double> measured, double set) {
  bool met = std::all_of(measured.begin(), measured.end(),
                         [set](double each) { return std::abs(each / set - 1) <= tolerance; });
  return met ? "met" : "not met";
}

constexpr auto protocols = {Protocol::tcp, Protocol::udp, Protocol::tls};

struct BothWays {
  double up = 0;
  double down = 0;
};

BothWays measure_rate(const Options& options, const Identity& identity, Protocol protocol,
                      std::uint64_t rate) {
  Connection connection(options, identity, {protocol, fmt::format("rate = {}", rate)});
  connection.warm_up();
  // 4 s, but more than a segment, and no more than what waits in the network for UDP.
  std::size_t bytes = std::clamp<std::size_t>(rate / 2, 1500, protocol == Protocol::udp ? 50'000 : 500'000);
  auto bits = static_cast<double>(bytes) * 8;
  BothWays both;
  both.up = bits / connection.seconds_up(bytes);
  both.down = bits / connection.seconds_down(bytes);
  return both;
}

template <class Measurement>
std::future<BothWays> at_once(Measurement measurement) {
  return std::async(std::launch::async, std::move(measurement));
}

// Devices of all rates and protocols at once: they hardly use the processor.
void report_rates(const Options& options, const Identity& identity) {
  std::map<std::pair<Protocol, std::uint64_t>, std::future<BothWays>> running;
  for (Protocol protocol : protocols) {
    for (std::uint64_t rate : {1'000, 10'000, 60'000, 250'000, 1'000'000}) {
      running[{protocol, rate}] =
          at_once([=, &options, &identity] { return measure_rate(options, identity, protocol, rate); });
    }
  }
  Table table("Rate in bit/s of payload (aim: within 5 %)",
              {"protocol", "set", "measured up", "deviation", "measured down", "deviation", "aim"});
  for (auto& [what, figure] : running) {
    auto [protocol, rate] = what;
    auto set = static_cast<double>(rate);
    BothWays both = figure.get();
    table.row({name(protocol), fmt::format("{}", rate), fmt::format("{:.0f}", both.up),
               deviation(both.up, set), fmt::format("{:.0f}", both.down), deviation(both.down, set),
               verdict({both.up, both.down}, set)});
  }
}

void report_unlimited(const Options& options, const Identity& identity) {
  Table table("Rate that is not limited, in Mbit/s", {"protocol", "delay", "up", "down"});
  for (Protocol protocol : {Protocol::tcp, Protocol::tls}) {
    for (const char* delay : {"0ms", "50ms"}) {
      Connection connection(options, identity, {protocol, fmt::format("delay = \"{}\"", delay)});
      connection.warm_up();
      constexpr std::size_t bytes = 20'000'000;
      auto megabits = static_cast<double>(bytes) * 8 / 1e6;
      double up = megabits / connection.seconds_up(bytes);
      double down = megabits / connection.seconds_down(bytes);
      table.row({name(protocol), delay, fmt::format("{:.0f}", up), fmt::format("{:.0f}", down)});
    }
  }
}

/// The least of all rounds, in ms: what else the machine does only adds to it.
BothWays measure_delay(const Options& options, const Identity& identity, Protocol protocol, int set) {
  Connection connection(options, identity, {protocol, fmt::format("delay = \"{}ms\"", set)});
  connection.warm_up();
  BothWays least{connection.seconds_up(1) * 1e3, connection.seconds_down(1) * 1e3};
  for (std::size_t i = 1; i < options.rounds; ++i) {
    least.up = std::min(least.up, connection.seconds_up(1) * 1e3);
    least.down = std::min(least.down, connection.seconds_down(1) * 1e3);
  }
  return least;
}

void report_delays(const Options& options, const Identity& identity) {
  std::map<std::pair<Protocol, int>, std::future<BothWays>> running;
  for (Protocol protocol : protocols) {
    for (int set : {0, 10, 50, 300, 2000}) {
      running[{protocol, set}] =
          at_once([=, &options, &identity] { return measure_delay(options, identity, protocol, set); });
    }
  }
  Table table(
      fmt::format(
          "Delay of one byte in ms, one way, least of {} (aim: longer by this than without, within 5 %)",
          options.rounds),
      {"protocol", "set", "measured up", "deviation", "measured down", "deviation", "aim"});
  BothWays without;
  for (auto& [what, figure] : running) {
    auto [protocol, set] = what;
    BothWays with = figure.get();
    if (set == 0) {
      without = with;
    }
    double up = with.up - without.up;
    double down = with.down - without.down;
    table.row({name(protocol), fmt::format("{}", set), fmt::format("{:.2f}", with.up),
               set == 0 ? "" : deviation(up, set), fmt::format("{:.2f}", with.down),
               set == 0 ? "" : deviation(down, set), set == 0 ? "" : verdict({up, down}, set)});
  }
}

void report_loss(const Options& options, const Identity& identity) {
  Table table(fmt::format("Loss of {} datagrams in each direction (aim: within 5 %)", options.datagrams),
              {"set", "measured up", "deviation", "measured down", "deviation", "aim"});
  for (double set : {0.02, 0.1, 0.3}) {
    Connection connection(options, identity, {Protocol::udp, fmt::format("loss = \"{}%\"", set * 100)});
    double up = connection.lost_up(options.datagrams);
    double down = connection.lost_down(options.datagrams);
    table.row({fmt::format("{:.0f} %", set * 100), fmt::format("{:.2f} %", up * 100), deviation(up, set),
               fmt::format("{:.2f} %", down * 100), deviation(down, set), verdict({up, down}, set)});
  }
}

void run(const Options& options) {
  Identity identity;
  report_rates(options, identity);
  report_unlimited(options, identity);
  report_delays(options, identity);
  report_loss(options, identity);
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("What the link model makes of delay, rate and loss, on the real clock");
  line.option("--attache", options.attache, "The program (default: the one beside this)");
  line.option("--rounds", options.rounds, "Bytes whose delay is measured");
  line.option("--datagrams", options.datagrams, "Datagrams to lose");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
