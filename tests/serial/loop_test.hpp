#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/posix/file_descriptor.hpp"
#include "serial/port_spec.hpp"

namespace attache::serial {

/// A folder that lasts as long as the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "serial-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Reads a port until it ends, as a device does.
class Reader {
 public:
  Reader(asio::io_context& context, Port& port, std::size_t buffer_size = 4096)
      : state_(std::make_shared<State>()) {
    state_->buffer.resize(buffer_size);
    asio::co_spawn(context, read_all(port, state_), asio::detached);
  }

  [[nodiscard]] const std::string& bytes() const { return state_->bytes; }
  [[nodiscard]] bool ended() const { return state_->ended; }
  [[nodiscard]] std::size_t reads() const { return state_->reads; }

 private:
  struct State {
    std::string buffer;
    std::string bytes;
    std::size_t reads = 0;
    bool ended = false;
  };

  static asio::awaitable<void> read_all(Port& port, std::shared_ptr<State> state) {
    while (true) {
      std::size_t count = co_await port.read_some(state->buffer);
      if (count == 0) {
        break;
      }
      state->bytes.append(state->buffer, 0, count);
      ++state->reads;
    }
    state->ended = true;
  }

  std::shared_ptr<State> state_;
};

/// A loop, a real clock and the host's end of lines, in one thread.
class LoopTest : public testing::Test {
 protected:
  static constexpr auto patience = std::chrono::seconds(10);

  /// Runs the loop until the condition holds; fails after 10 s.
  template <class Condition>
  bool run_until(Condition condition) {
    auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      context.restart();
      context.run_one_for(std::chrono::milliseconds(20));
      if (std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << "nothing came of it within 10 s";
        return false;
      }
    }
    return true;
  }

  void settle() {
    context.restart();
    context.poll();
  }

  std::unique_ptr<Port> open(const std::string& text, const PortOptions& options = {}) {
    return unwrap(open_port(clock, spec(text), options), text);
  }
  std::unique_ptr<Port> connect(const std::string& text) {
    return unwrap(connect_port(clock, spec(text)), text);
  }
  base::Reason refusal(const std::string& text) {
    auto port = open_port(clock, spec(text));
    EXPECT_FALSE(port) << text;
    return port ? base::Reason{} : port.error();
  }

  static PortSpec spec(const std::string& text) {
    auto parsed = parse_port_spec(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *parsed : PortSpec{};
  }

  /// Exactly `size` bytes that arrive at the host's descriptor while the loop runs.
  std::string host_reads(int host, std::size_t size) {
    std::string bytes;
    run_until([&] {
      bytes += available(host, size - bytes.size());
      return bytes.size() >= size;
    });
    return bytes;
  }

  /// What can be read at once.
  static std::string available(int host, std::size_t limit = 65536) {
    std::string bytes(limit, '\0');
    pollfd state{.fd = host, .events = POLLIN, .revents = 0};
    ssize_t count = limit > 0 && ::poll(&state, 1, 0) == 1 ? ::read(host, bytes.data(), limit) : 0;
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }

  static void host_writes(int host, std::string_view bytes) {
    EXPECT_EQ(::write(host, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

  static base::FileDescriptor open_host(const std::string& link) {
    base::FileDescriptor host = base::open_file(link, O_RDWR | O_NONBLOCK);
    EXPECT_TRUE(host) << link;
    return host;
  }

  static bool has_ptys() {
    return ::access("/dev/ptmx", R_OK | W_OK) == 0 && ::access("/dev/pts", X_OK) == 0;
  }

  TemporaryFolder folder;
  asio::io_context context;
  base::RealClock clock{context};

 private:
  static std::unique_ptr<Port> unwrap(base::Result<std::unique_ptr<Port>> port, const std::string& text) {
    if (!port) {
      throw std::runtime_error(text + "\n" + base::to_block(port.error()));
    }
    return std::move(*port);
  }
};

}  // namespace attache::serial
