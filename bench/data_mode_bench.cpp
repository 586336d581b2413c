// TCP in data mode between a PTY and a peer on this machine, beside socat between the same two, in turns; and
// datagrams per second in UDP data mode. Host and peer share a core, what lies between them has the other.

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
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
constexpr std::size_t chunk = 256;  // What the device sends as one datagram.

struct Options {
  std::string attache = beside_this_program("attache");
  std::size_t rounds = 5;
  std::size_t bytes = 100'000'000;
  std::size_t datagrams = 200'000;
};

struct Transfer {
  double megabytes_per_second = 0;
  double cpu_seconds_per_gigabyte = 0;  ///< Of the program between host and peer.
};

struct Both {
  Transfer up;    ///< From the host to the peer.
  Transfer down;  ///< From the peer to the host.
};

Transfer measured(const Program& program, std::size_t bytes, const std::function<void()>& body) {
  auto cpu = program.cpu_time();
  auto begin = Clock::now();
  body();
  double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  double gigabytes = static_cast<double>(bytes) / 1e9;
  return {gigabytes * 1e3 / seconds,
          std::chrono::duration<double>(program.cpu_time() - cpu).count() / gigabytes};
}

Both transfer(const Program& program, Host& host, const Peer& peer, std::size_t bytes) {
  Both both;
  both.up = measured(program, bytes, [&] {
    std::thread reader([&] { peer.read_all(bytes); });
    std::string data(block, 'x');
    for (std::size_t sent = 0; sent < bytes; sent += block) {
      host.write(std::string_view(data).substr(0, std::min(block, bytes - sent)));
    }
    reader.join();
  });
  both.down = measured(program, bytes, [&] {
    std::thread writer([&] { peer.write_all(bytes); });
    std::vector<char> buffer(block);
    for (std::size_t read = 0; read < bytes;) {
      read += host.read(buffer);
    }
    writer.join();
  });
  return both;
}

/// A device on a PTY.
class Device {
 public:
  Device(const Options& options, const ScratchFolder& folder, std::optional<int> cpu)
      : program_({options.attache, "serve", "--port", "pty:" + folder.path("modem")}, cpu),
        host_(program_.read_address()) {
    host_.wait_for("Ready\r\n");
    host_.bring_up_modem();
  }

  Both transfer_tcp(const Socket& listener, std::size_t bytes) {
    command(fmt::format("AT#XTCPCLI=2,\"127.0.0.1\",{}", listener.port()));
    Both both;
    {
      Peer peer(listener);
      both = transfer(program_, host_, peer, bytes);
    }
    host_.wait_for("\"datamode\"\r\n");
    return both;
  }

  void begin_udp(const Socket& peer) { command(fmt::format("AT#XUDPCLI=2,\"127.0.0.1\",{}", peer.port())); }

  Host& host() { return host_; }
  Program& program() { return program_; }

 private:
  void command(const std::string& line) {
    std::string answer(host_.command(line));
    if (!answer.ends_with("OK\r\n")) {
      throw std::runtime_error(fmt::format("the device answers {} to {}", answer, line));
    }
  }

  Program program_;
  Host host_;
};

Both transfer_by_socat(const ScratchFolder& folder, const Socket& listener, std::size_t bytes,
                       std::optional<int> cpu) {
  std::string link = folder.path("socat");
  Program socat({"socat", fmt::format("PTY,link={},raw,echo=0", link),
                 fmt::format("TCP:127.0.0.1:{},nodelay", listener.port())},
                cpu);
  Peer peer(listener);  // It makes its PTY before it connects.
  Host host("pty:" + link);
  return transfer(socat, host, peer, bytes);
}

struct Datagrams {
  double per_second = 0;
  double lost = 0;  ///< As part of those sent.
};

Datagrams send_datagrams(Device& device, const Socket& peer, std::size_t count) {
  std::size_t received = 0;
  auto end = Clock::now();
  std::thread reader([&] {
    std::vector<char> buffer(block);
    pollfd readable{peer.descriptor(), POLLIN, 0};
    constexpr int quiet_ms = 500;
    while (::poll(&readable, 1, received == 0 ? -1 : quiet_ms) > 0) {
      ssize_t size = ::recv(peer.descriptor(), buffer.data(), buffer.size(), 0);
      received += static_cast<std::size_t>(size) / chunk;  // Chunks that came while one was sent are merged.
      end = Clock::now();
    }
  });
  auto begin = Clock::now();
  std::string data(chunk, 'x');
  for (std::size_t i = 0; i < count; ++i) {
    device.host().write(data);
  }
  reader.join();
  double seconds = std::chrono::duration<double>(end - begin).count();
  return {static_cast<double>(received) / seconds,
          1 - static_cast<double>(received) / static_cast<double>(count)};
}

double median_of(const std::vector<Both>& all, Transfer Both::*direction, double Transfer::*figure) {
  std::vector<double> values;
  for (const Both& both : all) {
    values.push_back(both.*direction.*figure);
  }
  return median(values);
}

double median_ratio(const std::vector<Both>& ours, const std::vector<Both>& theirs,
                    Transfer Both::*direction) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ratios.push_back((ours[i].*direction).megabytes_per_second / (theirs[i].*direction).megabytes_per_second);
  }
  return median(ratios);
}

void run(const Options& options) {
  ScratchFolder folder;
  Cores cores = choose_cores();
  pin_this_process(cores.client);
  Socket listener(SOCK_STREAM);
  ::listen(listener.descriptor(), 1);
  Device device(options, folder, cores.server);

  std::vector<Both> by_device;
  std::vector<Both> by_socat;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    by_socat.push_back(transfer_by_socat(folder, listener, options.bytes, cores.server));
    by_device.push_back(device.transfer_tcp(listener, options.bytes));
  }
  Table table(
      fmt::format("TCP data mode of {} MB between a PTY and TCP, median of {} (aim: ≥ {} of socat)",
                  options.bytes / 1'000'000, options.rounds, ratio_aim),
      {"direction", "socat MB/s", "attache MB/s", "ratio", "aim", "socat CPU s/GB", "attache CPU s/GB"});
  auto row = [&](const char* name, Transfer Both::*direction) {
    double ratio = median_ratio(by_device, by_socat, direction);
    table.row({name, fmt::format("{:.0f}", median_of(by_socat, direction, &Transfer::megabytes_per_second)),
               fmt::format("{:.0f}", median_of(by_device, direction, &Transfer::megabytes_per_second)),
               fmt::format("{:.2f}", ratio), at_least(ratio, ratio_aim),
               fmt::format("{:.2f}", median_of(by_socat, direction, &Transfer::cpu_seconds_per_gigabyte)),
               fmt::format("{:.2f}", median_of(by_device, direction, &Transfer::cpu_seconds_per_gigabyte))});
  };
  row("host to peer", &Both::up);
  row("peer to host", &Both::down);

  Socket udp(SOCK_DGRAM);
  device.begin_udp(udp);
  Datagrams sent = send_datagrams(device, udp, options.datagrams);
  Table datagrams(fmt::format("UDP data mode, {} chunks of {} bytes from the host", options.datagrams, chunk),
                  {"chunks/s at the peer", "lost"});
  datagrams.row({fmt::format("{:.0f}", sent.per_second), fmt::format("{:.1f} %", sent.lost * 100)});
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("TCP and UDP in data mode, TCP beside socat");
  line.option("--attache", options.attache, "The program (default: the one beside this)");
  line.option("--rounds", options.rounds, "Rounds in turns");
  line.option("--bytes", options.bytes, "Length of each TCP transfer");
  line.option("--datagrams", options.datagrams, "Chunks to send over UDP");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
