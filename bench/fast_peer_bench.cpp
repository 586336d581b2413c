// How soon a device answers beside a peer that never stops: AT on a second port, and its end by SIGTERM. Host
// and device have a core each; the peer shares the host's.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/host.hpp"
#include "bench/program.hpp"
#include "bench/report.hpp"
#include "bench/scratch_folder.hpp"
#include "bench/statistics.hpp"

namespace attache::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double answer_aim_ms = 50;
constexpr double end_aim_ms = 1000;

struct Options {
  std::string attache = beside_this_program("attache");
  std::size_t answers = 200;
};

/// What a service is led to: how it begins, and what the peer says.
struct Flood {
  std::string name;
  std::vector<std::string> lines;
  std::string head;
  std::string rest;
};

const std::vector<Flood>& floods() {
  static const std::vector<Flood> all{
      {"TCP client", {"AT#XTCPCLI=1,\"server.test\",80"}, "", std::string(4096, '0')},
      {"TCP client in data mode", {"AT#XTCPCLI=2,\"server.test\",80"}, "", std::string(4096, '0')},
      {"HTTP body",
       {"AT#XHTTPCCON=1,\"server.test\",80", "AT#XHTTPCREQ=\"GET\",\"/\",\"\""},
       "HTTP/1.1 200 OK\r\nContent-Length: 4000000000000\r\n\r\n",
       std::string(4096, '0')},
      {"MQTT messages of 3 bytes",
       {"AT#XMQTTCON=1,\"me\",\"\",\"\",\"server.test\",80"},
       std::string("\x20\x02\x00\x00", 4),
       std::string("\x30\x05\x00\x01tab", 7)},
  };
  return all;
}

/// A TCP server on a port that the kernel has chosen, which floods its first client until that goes.
class FloodingServer {
 public:
  explicit FloodingServer(const Flood& flood) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    if (::bind(listener_, address, size) != 0 || ::listen(listener_, 1) != 0 ||
        ::getsockname(listener_, address, &size) != 0) {
      throw std::runtime_error("no free port on 127.0.0.1");
    }
    while (many_.size() < 256UL * 1024) {
      many_ += flood.rest;
    }
    thread_ = std::thread([this, head = flood.head] { serve(head); });
  }
  FloodingServer(const FloodingServer&) = delete;
  FloodingServer& operator=(const FloodingServer&) = delete;
  ~FloodingServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }

 private:
  void serve(const std::string& head) {
    int client = ::accept(listener_, nullptr, nullptr);
    if (client >= 0) {
      ::send(client, head.data(), head.size(), MSG_NOSIGNAL);
      while (::send(client, many_.data(), many_.size(), MSG_NOSIGNAL) > 0) {
      }
      ::close(client);
    }
  }

  int listener_;
  sockaddr_in address_{};
  std::string many_;
  std::thread thread_;
};

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void measure(const Options& options, const Flood& flood, const Cores& cores, const Table& table) {
  ScratchFolder folder;
  FloodingServer server(flood);
  std::string config = folder.write(
      "modem.toml",
      fmt::format("[[route]]\nfrom = \"server.test:80\"\nto = \"127.0.0.1:{}\"\n", server.port()));
  Program device({options.attache, "serve", "--port", "unix:" + folder.path("first"), "--port",
                  "unix:" + folder.path("second"), "--config", config, "--log-level", "off"},
                 cores.server);
  Host flooded(device.read_address());
  Host beside(device.read_address());
  flooded.bring_up_modem();
  for (const std::string& line : flood.lines) {
    flooded.write(line + "\r\n");
  }
  std::thread reader([&flooded] {
    std::vector<char> buffer(1UL << 20);
    while (flooded.read(buffer) > 0) {
    }
  });
  std::vector<double> answers;
  for (std::size_t i = 0; i < options.answers; ++i) {
    auto begin = Clock::now();
    beside.command("AT");
    answers.push_back(milliseconds_since(begin));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  auto begin = Clock::now();
  device.stop();
  double end = milliseconds_since(begin);
  reader.join();
  double most = *std::max_element(answers.begin(), answers.end());
  table.row({flood.name, fmt::format("{:.1f}", median(answers)), fmt::format("{:.1f}", most),
             at_most(most, answer_aim_ms), fmt::format("{:.0f}", end), at_most(end, end_aim_ms)});
}

void run(const Options& options) {
  Cores cores = choose_cores();
  pin_this_process(cores.client);
  Table table("Beside a peer that never stops",
              {"peer of", "AT answered after, median ms", "worst ms", "at most 50 ms",
               "ended by SIGTERM after, ms", "at most 1 s"});
  for (const Flood& flood : floods()) {
    measure(options, flood, cores, table);
  }
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("How soon a device answers beside a peer that never stops");
  line.option("--attache", options.attache, "The program");
  line.option("--answers", options.answers, "Answers to measure for each peer");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
