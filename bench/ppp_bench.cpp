// A host that has the device as its network: what PPP carries a second in both directions over a PTY and over
// a DLC of CMUX, by sockets of this machine (slirp) and by a TUN device (in a network namespace of its own),
// what a packet's way costs in time, and how soon AT is answered on another DLC meanwhile. The host is lwIP's
// PPP client.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/program.hpp"
#include "bench/report.hpp"
#include "bench/scratch_folder.hpp"
#include "bench/statistics.hpp"

namespace attache::bench {

namespace {

constexpr double slirp_aim = 100;  // Mbit/s …
constexpr double tun_aim = 200;
constexpr double answer_aim_ms = 50;
constexpr const char* server_address = "198.51.100.7";

struct Options {
  std::string attache = beside_this_program("attache");
  std::string peer = beside_this_program("lwip-peer");
  std::size_t rounds = 3;
  std::size_t bytes = 50'000'000;
  std::size_t pings = 500;
};

/// A network of this process and its children alone, with the server's address. What stands in the way.
std::optional<std::string> enter_network_of_its_own() {
  int flags = ::geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWNET | CLONE_NEWUSER;
  if (::unshare(flags) != 0) {
    return fmt::format("no network namespace: {}", std::strerror(errno));
  }
  std::string set_up = fmt::format("ip link set lo up && ip address add {}/32 dev lo", server_address);
  if (std::system(set_up.c_str()) != 0) {
    return "its addresses cannot be set (ip of iproute2)";
  }
  return std::nullopt;
}

/// Gives each client so many bytes, or takes what it sends.
class Server {
 public:
  explicit Server(std::size_t gives) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    socklen_t size = sizeof address;
    auto* place = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, place, size) != 0 || ::listen(listener_, 4) != 0 ||
        ::getsockname(listener_, place, &size) != 0) {
      throw std::runtime_error("no free port");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, gives] { serve(gives); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] std::string port() const { return std::to_string(port_); }

 private:
  void serve(std::size_t gives) const {
    std::vector<char> buffer(64UL * 1024, 'x');
    for (int client = 0; (client = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(client)) {
      for (std::size_t left = gives; left > 0;) {
        ssize_t sent = ::send(client, buffer.data(), std::min(left, buffer.size()), MSG_NOSIGNAL);
        left = sent <= 0 ? 0 : left - static_cast<std::size_t>(sent);
      }
      while (gives == 0 && ::recv(client, buffer.data(), buffer.size(), 0) > 0) {
      }
    }
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// How the packets of a device travel.
struct Way {
  std::string packets;  ///< "slirp", "tun".
  bool over_cmux = false;
};

struct Figures {
  std::vector<double> megabits;
  std::vector<double> cpu_ms_per_megabyte;
  std::vector<double> answer_median_ms;
  std::vector<double> answer_worst_ms;
};

// The number in front of `unit` behind `label`.
double figure(std::string_view line, std::string_view label, std::string_view unit) {
  std::size_t begin = line.find(label);
  if (begin == std::string_view::npos || line.find(unit, begin) == std::string_view::npos) {
    throw std::runtime_error(fmt::format("\"{} … {}\" expected, not \"{}\"", label, unit, line));
  }
  return std::stod(std::string(line.substr(begin + label.size())));
}

/// One dialled host of one device, and the server.
class Bench {
 public:
  Bench(const Options& options, const Way& way, const Cores& cores)
      : options_(options), way_(way), cores_(cores), giver_(options.bytes), taker_(0) {
    std::string config = fmt::format(
        "[dialect]\nname = \"serial-modem-2.0\"\nservices = [\"ppp\", \"cmux\"]\n[network]\npackets = "
        "\"{}\"\n",
        way.packets);
    if (way.packets == "slirp") {
      for (const Server* server : {&giver_, &taker_}) {
        config += fmt::format("[[route]]\nfrom = \"{0}:{1}\"\nto = \"127.0.0.1:{1}\"\n", server_address,
                              server->port());
      }
    }
    device_.emplace(
        std::vector<std::string>{options.attache, "serve", "--config", folder_.write("modem.toml", config),
                                 "--port", "pty:" + folder_.path("modem"), "--log-level", "off"},
        cores.server);
    device_->read_address();
  }

  /// Down or up, added to the figures.
  void transfer(bool down, Figures& figures) {
    const std::string& port = down ? giver_.port() : taker_.port();
    std::vector<std::string> commands{down ? "get" : "put", server_address, port,
                                      std::to_string(options_.bytes)};
    if (way_.over_cmux) {
      commands.insert(commands.begin(), {"meanwhile", "AT", "OK"});
    }
    Program host(arguments(commands), cores_.client);
    wait_for(host, way_.over_cmux ? "ok meanwhile" : "ok ppp");
    auto cpu = device_->cpu_time();
    std::string line = host.read_line();
    double used = std::chrono::duration<double, std::milli>(device_->cpu_time() - cpu).count();
    auto bytes = static_cast<double>(options_.bytes);
    figures.megabits.push_back(bytes * 8 / 1e3 / figure(line, " in ", "ms"));
    figures.cpu_ms_per_megabyte.push_back(used / (bytes / 1e6));
    if (way_.over_cmux) {
      line = host.read_line();
      figures.answer_median_ms.push_back(figure(line, "median ", "ms"));
      figures.answer_worst_ms.push_back(figure(line, "worst ", "ms"));
    }
    wait_for(host, down ? "ok get" : "ok put");
    wait_for(host, "ok hang-up");
    host.read_rest();
  }

  /// Median and 90th of 100 in µs.
  std::pair<double, double> round_trips() {
    // libslirp answers its gateway; others need the right to ICMP sockets.
    std::string to = way_.packets == "slirp" ? "192.0.2.1" : server_address;
    Program host(arguments({"round-trips", to, std::to_string(options_.pings)}), cores_.client);
    wait_for(host, "ok ppp");
    if (way_.over_cmux) {
      wait_for(host, "ok dlc");
    }
    std::string line = host.read_line();
    std::pair<double, double> times{figure(line, "median ", "us"), figure(line, "90 of 100 ", "us")};
    wait_for(host, "ok hang-up");
    host.read_rest();
    return times;
  }

 private:
  [[nodiscard]] std::vector<std::string> arguments(const std::vector<std::string>& commands) const {
    std::vector<std::string> all{options_.peer + "/lwip_peer", folder_.path("modem")};
    auto add = [&all](const std::vector<std::string>& more) {
      all.insert(all.end(), more.begin(), more.end());
    };
    if (way_.over_cmux) {
      add({"cmux", "dlc", "1", "at", "AT+CFUN=1", "OK", "dlc", "2", "at", "AT+CGDATA", "CONNECT", "ppp",
           "dlc", "1"});
    } else {
      add({"at", "AT", "OK", "at", "AT+CFUN=1", "OK", "at", "AT+CGDATA", "CONNECT", "ppp"});
    }
    add(commands);
    add({"hang-up", "wait", "1"});
    return all;
  }

  static void wait_for(Program& host, std::string_view wanted) {
    std::string before;
    for (std::string line = host.read_line(); line != wanted; line = host.read_line()) {
      if (line.starts_with("FAILED")) {
        throw std::runtime_error(fmt::format("the host says {}; {}", before, line));
      }
      before = line;
    }
  }

  const Options& options_;
  Way way_;
  Cores cores_;
  ScratchFolder folder_;
  Server giver_;
  Server taker_;
  std::optional<Program> device_;
};

std::string name_of(const Way& way) {
  return fmt::format("{}, {}", way.over_cmux ? "DLC on a PTY" : "PTY", way.packets);
}

void run(const Options& options) {
  std::string build = fmt::format("{} {}", ATTACHE_LWIP_PEER_BUILDER, options.peer);
  if (std::system(build.c_str()) != 0) {
    std::puts("skipped: lwIP's PPP client cannot be built here");
    return;
  }
  auto obstacle = enter_network_of_its_own();
  Cores cores = choose_cores();
  pin_this_process(cores.client);
  std::vector<Way> ways{{"slirp", false}, {"slirp", true}};
  if (obstacle) {
    std::printf("without tun: %s\n", obstacle->c_str());
  } else {
    ways.push_back({"tun", false});
    ways.push_back({"tun", true});
  }
  std::vector<std::pair<Way, std::pair<double, double>>> times;
  Table table(
      fmt::format("PPP: TCP of {} MB between lwIP and a server of this machine, median of {} (aims: ≥ {} "
                  "Mbit/s with slirp, ≥ {} with tun, AT answered within {} ms)",
                  options.bytes / 1'000'000, options.rounds, slirp_aim, tun_aim, answer_aim_ms),
      {"line, network", "direction", "Mbit/s", "aim", "CPU ms/MB", "AT on DLC 1: median ms", "worst ms",
       "aim"});
  for (const Way& way : ways) {
    Bench bench(options, way, cores);
    for (bool down : {true, false}) {
      Figures figures;
      for (std::size_t round = 0; round < options.rounds; ++round) {
        bench.transfer(down, figures);
      }
      double megabits = median(figures.megabits);
      double worst = way.over_cmux ? percentile(figures.answer_worst_ms, 1) : 0;
      table.row({name_of(way), down ? "to the host" : "from the host", fmt::format("{:.0f}", megabits),
                 at_least(megabits, way.packets == "slirp" ? slirp_aim : tun_aim),
                 fmt::format("{:.2f}", median(figures.cpu_ms_per_megabyte)),
                 way.over_cmux ? fmt::format("{:.2f}", median(figures.answer_median_ms)) : "",
                 way.over_cmux ? fmt::format("{:.1f}", worst) : "",
                 way.over_cmux ? at_most(worst, answer_aim_ms) : ""});
    }
    times.emplace_back(way, bench.round_trips());
  }
  Table round_trips(fmt::format("PPP: round trips of {} pings in µs", options.pings),
                    {"line, network", "median", "90 of 100"});
  for (const auto& [way, each] : times) {
    round_trips.row({name_of(way), fmt::format("{:.0f}", each.first), fmt::format("{:.0f}", each.second)});
  }
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("PPP over a PTY and over CMUX, with slirp and tun");
  line.option("--attache", options.attache, "The program (default: the one beside this)");
  line.option("--peer", options.peer, "Folder in which lwIP's PPP client is built");
  line.option("--rounds", options.rounds, "Transfers each");
  line.option("--bytes", options.bytes, "Length of each transfer");
  line.option("--pings", options.pings, "Round trips");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
