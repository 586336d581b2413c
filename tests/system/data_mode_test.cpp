#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "system/support/served_device.hpp"
#include "system/support/tcp_peer.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t block = 64 * 1024;
// Buffers of the line and of the data mode, and what the allocator keeps of them.
constexpr long allowed_growth_kib = allowed_kib(2 * 1024);

/// 100 MB and a pause of 5 s with ATTACHE_LONG_TESTS=1.
bool long_tests() {
  const char* value = std::getenv("ATTACHE_LONG_TESTS");
  return value != nullptr && *value == '1';
}
std::size_t stream_size() {
  return long_tests() ? 100'000'000 : 8'000'000;
}
std::chrono::milliseconds pause_length() {
  return long_tests() ? 5000ms : 700ms;
}

/// The byte at each place depends on the place: whatever is lost, doubled or swapped is seen.
void fill(std::string& bytes, std::size_t from) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::size_t at = from + i;
    bytes[i] = static_cast<char>((at ^ (at >> 8) * 31 ^ (at >> 16) * 131) & 0xFF);
  }
}

/// How one end behaves while bytes come.
enum class Pace { fast, slow, stops };

void keep_pace(Pace pace, std::size_t done, std::size_t step) {
  if (pace == Pace::slow) {
    std::this_thread::sleep_for(500us);
  }
  if (pace == Pace::stops && done >= stream_size() / 2 && done - step < stream_size() / 2) {
    std::this_thread::sleep_for(pause_length());
  }
}

/// Sends the bytes of the transfer.
void give_all(const std::function<void(std::string_view)>& send) {
  std::string bytes;
  for (std::size_t sent = 0; sent < stream_size(); sent += bytes.size()) {
    bytes.resize(std::min(block, stream_size() - sent));
    fill(bytes, sent);
    send(bytes);
  }
}

/// Reads the bytes of the transfer; where the first is that is not right, or its size.
std::size_t check_all(const std::function<std::size_t(char*, std::size_t)>& read, Pace pace) {
  std::string bytes(block, '\0');
  std::string expected;
  for (std::size_t done = 0; done < stream_size();) {
    std::size_t count = read(bytes.data(), std::min(block, stream_size() - done));
    expected.resize(count);
    fill(expected, done);
    if (count == 0 || std::memcmp(bytes.data(), expected.data(), count) != 0) {
      return done;
    }
    done += count;
    keep_pace(pace, done, count);
  }
  return stream_size();
}

void send_to_socket(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

struct Case {
  const char* name;
  const char* port;
  Pace pace;
};

/// A device whose host is in TCP data mode with a peer of this machine.
class DataModeTransfer : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    std::string port = GetParam().port;
    if (port.starts_with("pty:") && !has_ptys()) {
      GTEST_SKIP() << "this machine has no PTYs";
    }
    device_.emplace(port + (folder_ / "modem"));
    host_.emplace(device_->connect_first());
    register_with_network(*host_);
    host_->command(fmt::format("AT#XTCPCLI=2,\"127.0.0.1\",{}", peer_.port()),
                   "\r\n#XTCPCLI: 1,\"connected\"\r\n\r\nOK\r\n");
    connection_ = peer_.accept_descriptor();
    resident_before_ = device_->process().resident_kib();
  }
  void TearDown() override {
    if (connection_ >= 0) {
      ::close(connection_);
    }
  }

  void expect_little_memory() {
    long growth = device_->process().peak_kib() - resident_before_;
    RecordProperty("resident_growth_kib", static_cast<int>(growth));
    EXPECT_LE(growth, allowed_growth_kib);
  }

  LineClient& host() { return *host_; }

  TempFolder folder_;
  TcpPeer peer_;
  std::optional<ServedDevice> device_;
  std::optional<LineClient> host_;
  int connection_ = -1;
  long resident_before_ = 0;
};

TEST_P(DataModeTransfer, FromTheHostArrivesWholeInLittleMemory) {
  std::size_t right = 0;
  std::thread reader([&] {
    auto read = [&](char* buffer, std::size_t size) -> std::size_t {
      ssize_t count = ::recv(connection_, buffer, size, 0);
      return count > 0 ? static_cast<std::size_t>(count) : 0;
    };
    right = check_all(read, GetParam().pace);
  });
  give_all([&](std::string_view bytes) { host().send(bytes); });
  reader.join();
  EXPECT_EQ(right, stream_size());
  expect_little_memory();
  std::this_thread::sleep_for(1100ms);
  host().send("+++");
  host().expect(ok);
  host().command("AT#XTCPCLI?", "\r\n#XTCPCLI: 1,0\r\n\r\nOK\r\n");
}

TEST_P(DataModeTransfer, ToTheHostArrivesWholeInLittleMemory) {
  std::thread writer([&] {
    give_all([&](std::string_view bytes) { send_to_socket(connection_, bytes); });
    ::shutdown(connection_, SHUT_WR);
  });
  auto read = [&](char* buffer, std::size_t size) { return host().read_some({buffer, size}); };
  std::size_t right = check_all(read, GetParam().pace);
  writer.join();
  EXPECT_EQ(right, stream_size());
  expect_little_memory();
  host().expect("\r\n#XTCPCLI: 0,\"disconnected\"\r\n\r\n#XTCPCLI: 0,\"datamode\"\r\n");
  host().command("AT", ok);
}

INSTANTIATE_TEST_SUITE_P(Hosts, DataModeTransfer,
                         testing::Values(Case{"FastOnAPty", "pty:", Pace::fast},
                                         Case{"FastOnAUnixSocket", "unix:", Pace::fast},
                                         Case{"SlowOnAUnixSocket", "unix:", Pace::slow},
                                         Case{"SlowOnAPty", "pty:", Pace::slow},
                                         Case{"StoppingOnAPty", "pty:", Pace::stops},
                                         Case{"StoppingOnAUnixSocket", "unix:", Pace::stops}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace attache::system_test
