// MQTT messages per second at QoS 0, 1 and 2 to a mosquitto of this machine, with one #XMQTTPUB for each,
// beside `mosquitto_pub -l`, which sends a line of its stdin as a message and waits for none; in turns.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
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

constexpr std::string_view payload = "0123456789abcdef0123456789abcdef";

struct Options {
  std::string attache = beside_this_program("attache");
  std::string broker = "/usr/sbin/mosquitto";
  std::size_t rounds = 5;
  std::size_t messages = 5'000;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* place = reinterpret_cast<sockaddr*>(&address);
  bool bound = ::bind(descriptor, place, size) == 0 && ::getsockname(descriptor, place, &size) == 0;
  ::close(descriptor);
  if (!bound) {
    throw std::runtime_error("no free port on 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

void wait_for_listener(std::uint16_t port) {
  sockaddr_in address = loopback(port);
  for (int attempt = 0; attempt < 500; ++attempt) {
    int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected = ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    if (connected) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("the broker does not listen");
}

/// Counts what the device says, line by line.
class Listener {
 public:
  explicit Listener(Host& host) : host_(host), buffer_(4096) {}

  /// Waits until it has said the line so often, all in all.
  void wait_for(std::string_view line, std::size_t times) {
    while (count(line) < times) {
      text_.append(buffer_.data(), host_.read(buffer_));
      take_lines();
    }
  }

 private:
  [[nodiscard]] std::size_t count(std::string_view line) const {
    auto found = counts_.find(line);
    return found == counts_.end() ? 0 : found->second;
  }

  void take_lines() {
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text_.find("\r\n", begin)) != std::string::npos; begin = end + 2) {
      std::string line = text_.substr(begin, end - begin);
      if (line == "ERROR") {
        throw std::runtime_error("the device did not publish");
      }
      ++counts_[line];
    }
    text_.erase(0, begin);
  }

  Host& host_;
  std::vector<char> buffer_;
  std::string text_;
  std::map<std::string, std::size_t, std::less<>> counts_;
};

double per_second(std::size_t messages, Clock::time_point begin) {
  return static_cast<double>(messages) / std::chrono::duration<double>(Clock::now() - begin).count();
}

// Until the broker has acknowledged all.
double by_device(Host& host, unsigned qos, std::size_t messages) {
  std::string command = fmt::format("AT#XMQTTPUB=\"bench\",1,\"{}\",{}\r\n", payload, qos);
  Listener listener(host);
  auto begin = Clock::now();
  for (std::size_t i = 1; i <= messages; ++i) {
    host.write(command);
    listener.wait_for("OK", i);
  }
  if (qos > 0) {
    listener.wait_for(qos == 1 ? "#XMQTTEVT: 3,0" : "#XMQTTEVT: 6,0", messages);
  }
  return per_second(messages, begin);
}

double by_mosquitto(const std::string& lines, std::uint16_t port, unsigned qos, std::size_t messages,
                    std::optional<int> cpu) {
  auto begin = Clock::now();
  Program program(
      {"sh", "-c", fmt::format("exec mosquitto_pub -p {} -t bench -q {} -l < {}", port, qos, lines)}, cpu);
  (void)program.read_rest();
  return per_second(messages, begin);
}

void run(const Options& options) {
  ScratchFolder folder;
  Cores cores = choose_cores();
  pin_this_process(cores.client);
  std::uint16_t port = free_port();
  std::string settings = folder.write(
      "mosquitto.conf",
      fmt::format(
          "user root\nallow_anonymous true\nmax_queued_messages 0\nlog_dest none\nlistener {} 127.0.0.1\n",
          port));
  Program broker({options.broker, "-c", settings}, cores.client);
  wait_for_listener(port);
  std::string all;
  for (std::size_t i = 0; i < options.messages; ++i) {
    all += fmt::format("{}\n", payload);
  }
  std::string lines = folder.write("lines", all);

  Program device({options.attache, "serve", "--port", "pty:" + folder.path("modem")}, cores.server);
  Host host(device.read_address());
  host.wait_for("Ready\r\n");
  host.bring_up_modem();
  host.write(fmt::format("AT#XMQTTCON=1,\"bench\",\"\",\"\",\"127.0.0.1\",{}\r\n", port));
  host.wait_for("#XMQTTEVT: 0,0\r\n");

  Table table(fmt::format("{} MQTT messages of {} bytes, median of {}", options.messages, payload.size(),
                          options.rounds),
              {"QoS", "attache, one command each: messages/s", "mosquitto_pub -l: messages/s"});
  for (unsigned qos : {0U, 1U, 2U}) {
    std::vector<double> ours;
    std::vector<double> theirs;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      ours.push_back(by_device(host, qos, options.messages));
      theirs.push_back(by_mosquitto(lines, port, qos, options.messages, cores.server));
    }
    table.row(
        {fmt::format("{}", qos), fmt::format("{:.0f}", median(ours)), fmt::format("{:.0f}", median(theirs))});
  }
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("MQTT messages per second, beside mosquitto_pub -l");
  line.option("--attache", options.attache, "The program (default: the one beside this)");
  line.option("--broker", options.broker, "The mosquitto to start");
  line.option("--rounds", options.rounds, "Rounds in turns");
  line.option("--messages", options.messages, "Messages in each");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
