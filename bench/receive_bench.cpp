// What a peer sends, as a host gets it on a PTY: by automatic reception as bytes and as hexadecimal digits,
// and in data mode, in two dialects, beside socat between the same two, in turns. Host and peer share a core,
// what lies between them has the other.

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/host.hpp"
#include "bench/loopback.hpp"
#include "bench/program.hpp"
#include "bench/report.hpp"
#include "bench/scratch_folder.hpp"
#include "bench/statistics.hpp"

namespace attache::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double ratio_aim = 0.6;
// Serial Modem holds what has come for 100 ms behind a byte of its host.
constexpr auto quiet_time = std::chrono::milliseconds(150);

struct Options {
  std::string attache = beside_this_program("attache");
  std::size_t rounds = 5;
  std::size_t bytes = 30'000'000;
};

/// How bytes of a peer come to a host.
struct Way {
  std::string name;
  std::string dialect;
  std::vector<std::string> opening;  ///< Commands; {} is the port of the peer.
  std::string header;                ///< What begins the line before each piece; empty = bytes as they are.
  std::size_t width = 1;             ///< Characters a byte.
  bool has_aim = false;
};

const std::vector<Way> ways{
    {"`#XRECVCFG` binary",
     "serial-modem-2.0",
     {"AT#XSOCKET=1,1,0", "AT#XRECVCFG=0,1", "AT#XCONNECT=0,\"127.0.0.1\",{}"},
     "#XRECV: 0,0,",
     1,
     true},
    {"`#XRECVCFG` hexadecimal",
     "serial-modem-2.0",
     {"AT#XSOCKET=1,1,0", "AT#XRECVCFG=0,1,1", "AT#XCONNECT=0,\"127.0.0.1\",{}"},
     "#XRECV: 0,1,",
     2},
    {"data mode",
     "serial-modem-2.0",
     {"AT#XSOCKET=1,1,0", "AT#XRECVCFG=0,2", "AT#XCONNECT=0,\"127.0.0.1\",{}", "AT#XSEND=0,2,0"},
     ""},
    {"`#XTCPDATA`", "slm-3.1", {"AT#XTCPCLI=1,\"127.0.0.1\",{}"}, "#XTCPDATA: "},
    {"data mode", "slm-1.6", {"AT#XTCPCLI=2,\"127.0.0.1\",{}"}, ""},
};

/// Counts what comes for the host without the lines around it.
class PayloadCounter {
 public:
  explicit PayloadCounter(const Way& way) : way_(way) {}

  void take(std::string_view bytes) {
    if (way_.header.empty()) {
      payload_ += bytes.size();
      return;
    }
    while (!bytes.empty()) {
      std::size_t part = std::min(inside_, bytes.size());
      inside_ -= part;
      payload_ += part;
      bytes.remove_prefix(part);
      bytes = read_line(bytes);
    }
  }
  [[nodiscard]] std::size_t bytes() const { return payload_ / way_.width; }

 private:
  std::string_view read_line(std::string_view bytes) {
    std::size_t end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    if (end == std::string_view::npos) {
      return {};
    }
    if (line_.starts_with(way_.header)) {
      inside_ = std::stoul(line_.substr(way_.header.size())) * way_.width;
    }
    line_.clear();
    return bytes.substr(end + 1);
  }

  const Way& way_;
  std::string line_;
  std::size_t inside_ = 0;
  std::size_t payload_ = 0;
};

struct Figures {
  double megabytes_per_second = 0;
  double cpu_seconds_per_gigabyte = 0;
};

Figures measure(const Program& program, Host& host, const Peer& peer, const Way& way, std::size_t bytes) {
  PayloadCounter counter(way);
  std::vector<char> buffer(block);
  auto cpu = program.cpu_time();
  auto begin = Clock::now();
  std::thread writer([&] { peer.write_all(bytes); });
  while (counter.bytes() < bytes) {
    counter.take({buffer.data(), host.read(buffer)});
  }
  writer.join();
  double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  double gigabytes = static_cast<double>(bytes) / 1e9;
  return {gigabytes * 1e3 / seconds,
          std::chrono::duration<double>(program.cpu_time() - cpu).count() / gigabytes};
}

Figures receive_by(const Way& way, const Options& options, const Socket& listener, std::optional<int> cpu) {
  ScratchFolder folder;
  Program program({options.attache, "serve", "--log-level", "off", "--dialect", way.dialect, "--port",
                   "pty:" + folder.path("modem")},
                  cpu);
  Host host(program.read_address());
  host.wait_for("Ready\r\n");
  host.bring_up_modem();
  for (const std::string& command : way.opening) {
    std::string line = fmt::format(fmt::runtime(command), listener.port());
    if (std::string_view answer = host.command(line); !answer.ends_with("OK\r\n")) {
      throw std::runtime_error(fmt::format("the device answers {} to {}", answer, line));
    }
  }
  Peer peer(listener);
  std::this_thread::sleep_for(quiet_time);
  return measure(program, host, peer, way, options.bytes);
}

Figures receive_by_socat(const Options& options, const Socket& listener, std::optional<int> cpu) {
  ScratchFolder folder;
  std::string link = folder.path("socat");
  Program socat({"socat", fmt::format("PTY,link={},raw,echo=0", link),
                 fmt::format("TCP:127.0.0.1:{},nodelay", listener.port())},
                cpu);
  Peer peer(listener);  // It makes its PTY before it connects.
  Host host("pty:" + link);
  return measure(socat, host, peer, Way{}, options.bytes);
}

void run(const Options& options) {
  Cores cores = choose_cores();
  pin_this_process(cores.client);
  Socket listener(SOCK_STREAM);
  ::listen(listener.descriptor(), 1);
  Table table(
      fmt::format("Reception of {} MB over TCP on a PTY, median of {} (aim for binary: ≥ {} of socat)",
                  options.bytes / 1'000'000, options.rounds, ratio_aim),
      {"dialect", "way", "socat MB/s", "attache MB/s", "ratio", "aim", "attache CPU s/GB"});
  for (const Way& way : ways) {
    std::vector<double> ours, theirs, ratios, cpu;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      Figures socat = receive_by_socat(options, listener, cores.server);
      Figures device = receive_by(way, options, listener, cores.server);
      theirs.push_back(socat.megabytes_per_second);
      ours.push_back(device.megabytes_per_second);
      ratios.push_back(device.megabytes_per_second / socat.megabytes_per_second);
      cpu.push_back(device.cpu_seconds_per_gigabyte);
    }
    double ratio = median(ratios);
    table.row({way.dialect, way.name, fmt::format("{:.0f}", median(theirs)),
               fmt::format("{:.0f}", median(ours)), fmt::format("{:.2f}", ratio),
               way.has_aim ? at_least(ratio, ratio_aim) : "", fmt::format("{:.2f}", median(cpu))});
  }
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("Reception over TCP by each way that a dialect has, beside socat");
  line.option("--attache", options.attache, "The program (default: the one beside this)");
  line.option("--rounds", options.rounds, "Rounds in turns");
  line.option("--bytes", options.bytes, "Length of each transfer");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
