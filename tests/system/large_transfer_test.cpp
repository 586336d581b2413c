#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/text.hpp"
#include "system/support/lab_process.hpp"
#include "system/support/routed_device.hpp"
#include "system/support/vsftpd.hpp"

namespace attache::system_test {
namespace {

namespace asio = boost::asio;
using WallClock = std::chrono::steady_clock;

/// Bytes of each transfer: ATTACHE_TRANSFER_MB of them in MB, or a few that are enough to fill every buffer.
std::size_t transfer_size() {
  const char* megabytes = std::getenv("ATTACHE_TRANSFER_MB");
  return (megabytes != nullptr ? std::strtoul(megabytes, nullptr, 10) : 2) * 1'000'000;
}

/// How long the host stops in the middle: 5 s in a transfer of full size.
std::chrono::milliseconds standstill() {
  return std::chrono::milliseconds(transfer_size() >= 50'000'000 ? 5000 : 300);
}

/// What may come on top of a device's memory for a transfer of any size.
constexpr long most_growth_kib = allowed_kib(6 * 1024);

/// 'a'…'z' again and again from byte `offset` on, as the lab's /bytes gives them.
std::string pattern(std::size_t offset, std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>('a' + (offset + i) % 26);
  }
  return text;
}

/// Watches the device's memory and says in the end how the transfer went.
class Watch {
 public:
  explicit Watch(const Process& process) : process_(process), before_(process.anonymous_kib()) {}
  void look() { most_ = std::max(most_, process_.anonymous_kib()); }
  void finish(std::string_view what) {
    look();
    double seconds = std::chrono::duration<double>(WallClock::now() - began_).count();
    double megabytes = static_cast<double>(transfer_size()) / 1e6;
    std::cout << fmt::format("{}: {} MB in {:.1f} s, {:.1f} MB/s, its own {} KiB before, {} KiB at most\n",
                             what, megabytes, seconds, megabytes / seconds, before_, most_);
    EXPECT_LT(most_ - before_, most_growth_kib);
  }

 private:
  const Process& process_;
  long before_;
  long most_ = 0;
  WallClock::time_point began_ = WallClock::now();
};

TEST(LargeTransfer, ReachesAHostOverHttpThatReadsSlowlyAndStops) {
  LabProcess lab;
  RoutedDevice device(route("plain.test:80", fmt::format("127.0.0.1:{}", lab.port("http"))));
  LineClient& host = device.host();
  register_with_network(host);
  connect_http(host, "plain.test", 80);
  Watch watch(device.process());
  host.command(fmt::format("AT#XHTTPCREQ=\"GET\",\"/bytes/{}\",\"\"", transfer_size()), ok);
  host.expect("\r\n#XHTTPCREQ: 0\r\n");
  std::size_t received = 0;
  bool header_seen = false;
  bool stopped = false;
  for (std::size_t pieces = 0;; ++pieces) {
    host.expect("\r\n#XHTTPCRSP:");
    std::string line = host.read_until("\r\n");
    if (line == "0,1\r\n") {
      break;
    }
    std::string piece = host.read_bytes(*base::parse_number<std::uint32_t>(line.substr(0, line.find(','))));
    if (!std::exchange(header_seen, true)) {
      continue;
    }
    ASSERT_EQ(piece, pattern(received, piece.size())) << "at byte " << received;
    received += piece.size();
    if (pieces % 256 == 0) {
      watch.look();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (received > transfer_size() / 4 && !std::exchange(stopped, true)) {
      std::this_thread::sleep_for(standstill());
      watch.look();
    }
  }
  EXPECT_EQ(received, transfer_size());
  watch.finish("HTTP download");
}

/// Takes one HTTP request with a body and checks it against the pattern as it comes.
class UploadServer {
 public:
  UploadServer() : thread_([this] { serve(); }) {}
  ~UploadServer() { wait(); }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// How many bytes came right, once the server has read all it will.
  [[nodiscard]] std::size_t right_bytes() {
    wait();
    return right_;
  }

 private:
  void wait() {
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  void serve() {
    asio::ip::tcp::socket socket = acceptor_.accept();
    asio::streambuf header;
    std::size_t length = asio::read_until(socket, header, "\r\n\r\n");
    header.consume(length);
    std::string piece(asio::buffers_begin(header.data()), asio::buffers_end(header.data()));
    boost::system::error_code error;
    while (!error && piece == pattern(right_, piece.size())) {
      right_ += piece.size();
      if (right_ >= transfer_size()) {
        break;
      }
      piece.resize(std::min<std::size_t>(64 * 1024, transfer_size() - right_));
      piece.resize(socket.read_some(asio::buffer(piece), error));
    }
    asio::write(socket, asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), error);
  }

  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::size_t right_ = 0;
  std::thread thread_;
};

// Sends the pattern with a standstill in the middle; gives what the device said meanwhile.
std::string send_pattern(LineClient& host, Watch& watch) {
  std::string said;
  constexpr std::size_t piece = 32 * 1024;
  bool stopped = false;
  for (std::size_t sent = 0; sent < transfer_size(); sent += piece) {
    host.send(pattern(sent, std::min(piece, transfer_size() - sent)));
    said +=
        host.read_for(std::chrono::microseconds(200));  // A device whose host never reads stops reading too.
    watch.look();
    if (sent > transfer_size() / 2 && !std::exchange(stopped, true)) {
      said += host.read_until_quiet(standstill());
    }
  }
  return said;
}

TEST(LargeTransfer, LeavesAHostOverHttpUnchanged) {
  UploadServer server;
  RoutedDevice device(route("plain.test:80", fmt::format("127.0.0.1:{}", server.port())));
  LineClient& host = device.host();
  register_with_network(host);
  connect_http(host, "plain.test", 80);
  Watch watch(device.process());
  host.command(fmt::format("AT#XHTTPCREQ=\"POST\",\"/\",\"Content-Length: {0}\r\n\",{0}", transfer_size()),
               ok);
  host.expect("\r\n#XHTTPCREQ: 1\r\n");
  std::string said = send_pattern(host, watch);
  constexpr std::string_view end = "\r\n#XHTTPCREQ: 0\r\n";
  said += said.find(end) == std::string::npos ? host.read_until(end) : "";
  EXPECT_EQ(said.find("ERROR"), std::string::npos);
  EXPECT_EQ(server.right_bytes(), transfer_size());
  watch.finish("HTTP upload");
}

TEST(LargeTransfer, LeavesAHostOverFtpUnchanged) {
  auto program = find_program("vsftpd");
  if (!program) {
    GTEST_SKIP() << "vsftpd is not installed";
  }
  Vsftpd server(*program, {});
  RoutedDevice device("");
  LineClient& host = device.host();
  register_with_network(host);
  host.command("AT#XFTP=\"verbose\",\"off\"", "\r\nVerbose mode off\r\n\r\nOK\r\n");
  host.command(fmt::format("AT#XFTP=\"open\",,,\"127.0.0.1\",{}", server.port()), ok);
  host.command("AT#XFTP=\"binary\"", ok);
  host.command("AT#XFTP=\"mput\",\"large\",9", ok);
  Watch watch(device.process());
  EXPECT_EQ(send_pattern(host, watch), "");
  // All that is on its way must have been stored before the terminator, which drops what is not.
  auto deadline = WallClock::now() + patience;
  while (std::filesystem::file_size(server.file("large")) < transfer_size() && WallClock::now() < deadline) {
    EXPECT_EQ(host.read_for(std::chrono::milliseconds(20)), "");
  }
  EXPECT_EQ(host.read_for(std::chrono::milliseconds(1100)), "");
  host.send("+++");
  host.expect(ok);
  EXPECT_TRUE(server.read("large") == pattern(0, transfer_size()));
  watch.finish("FTP mput in data mode");
}

}  // namespace
}  // namespace attache::system_test
