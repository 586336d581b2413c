// What many devices cost while nothing happens: each has a connection across a link with delay, rate and
// loss, over which bytes have gone both ways. All live in this process, on one loop.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/devices.hpp"
#include "bench/report.hpp"

namespace attache::bench {

namespace {

constexpr double aim_percent = 0.1;

struct Options {
  std::vector<std::size_t> counts{1, 100, 1'000};
  std::size_t seconds = 10;
};

/// Takes connections and answers one byte with one.
class Server {
 public:
  Server() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* place = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, place, size) != 0 || ::getsockname(listener_, place, &size) != 0 ||
        ::listen(listener_, SOMAXCONN) != 0) {
      throw std::runtime_error("no free port on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    for (int connection : connections_) {
      ::close(connection);
    }
    ::close(listener_);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Takes the connection that was made last.
  void accept() { connections_.push_back(::accept(listener_, nullptr, nullptr)); }
  /// Answers the byte of each connection.
  void answer_all() {
    for (int connection : connections_) {
      char byte = 0;
      if (::recv(connection, &byte, 1, 0) != 1 || ::send(connection, &byte, 1, MSG_NOSIGNAL) != 1) {
        throw std::runtime_error("a device's byte did not come");
      }
    }
  }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::vector<int> connections_;
};

/// What this process has used so far.
struct Use {
  double cpu_ms = 0;
  long wakeups = 0;  ///< Times it slept, and was woken.
};

Use current_use() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return {milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime), usage.ru_nvcsw};
}

void allow_many_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void expect(const std::string& answer, std::string_view end) {
  if (!answer.ends_with(end)) {
    throw std::runtime_error(fmt::format("a device answers \"{}\"", answer));
  }
}

void run(const Options& options) {
  allow_many_files();
  Table table(
      fmt::format("{} s in which nothing happens (aim: ≤ {} % of a core)", options.seconds, aim_percent),
      {"devices with a shaped connection", "CPU ms", "of a core", "wake-ups", "aim"});
  for (std::size_t count : options.counts) {
    net::LinkOptions link;
    link.delay = std::chrono::milliseconds(5);
    link.up_rate = 250'000;
    link.down_rate = 250'000;
    link.loss = 0.01;
    Server server;
    Devices devices(link);
    for (std::size_t i = 0; i < count; ++i) {
      devices.add();
      devices.turn_on(i);
      while (!devices.is_registered(i)) {
        devices.run_for(std::chrono::milliseconds(1));
      }
      expect(devices.command(i, fmt::format("AT#XTCPCLI=1,\"127.0.0.1\",{}", server.port())), "OK\r\n");
      server.accept();
      expect(devices.command(i, "AT#XTCPSEND=1,\"x\""), "OK\r\n");
    }
    devices.run_for(std::chrono::seconds(2));
    server.answer_all();
    devices.run_for(std::chrono::seconds(15));  // Radio connections are released too.
    Use before = current_use();
    devices.run_for(std::chrono::seconds(options.seconds));
    Use after = current_use();
    double cpu_ms = after.cpu_ms - before.cpu_ms;
    double percent = cpu_ms / (static_cast<double>(options.seconds) * 1e3) * 100;
    table.row({fmt::format("{}", count), fmt::format("{:.2f}", cpu_ms), fmt::format("{:.3f} %", percent),
               fmt::format("{}", after.wakeups - before.wakeups), at_most(percent, aim_percent)});
  }
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line(
      "Processor time of many idle devices whose connections cross a shaped link");
  line.option("--devices", options.counts, "How many");
  line.option("--seconds", options.seconds, "How long to do nothing");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
