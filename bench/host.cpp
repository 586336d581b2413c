#include "bench/host.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace attache::bench {

namespace {

constexpr std::size_t read_size = 4096;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

int open_socket(int family, const sockaddr* address, socklen_t size, const std::string& name) {
  int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0 || ::connect(descriptor, address, size) != 0) {
    fail(name);
  }
  return descriptor;
}

int open_tcp(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  int descriptor = open_socket(AF_INET, reinterpret_cast<sockaddr*>(&address), sizeof address, host);
  int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return descriptor;
}

int open_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return open_socket(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof address, path);
}

int open_address(const std::string& address) {
  std::string rest = address.substr(address.find(':') + 1);
  if (address.starts_with("tcp:")) {
    std::size_t colon = rest.rfind(':');
    return open_tcp(rest.substr(0, colon), std::stoi(rest.substr(colon + 1)));
  }
  if (address.starts_with("unix:")) {
    return open_unix(rest);
  }
  int descriptor = ::open(rest.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) {
    fail(address);
  }
  return descriptor;
}

bool is_final(std::string_view text) {
  return text.ends_with("OK\r\n") || text.ends_with("ERROR\r\n");
}

}  // namespace

Host::Host(const std::string& address) : descriptor_(open_address(address)) {}

Host::~Host() {
  ::close(descriptor_);
}

void Host::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0) {
      fail("write");
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::size_t Host::read(std::span<char> buffer) {
  ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
  if (count < 0) {
    fail("read");
  }
  return static_cast<std::size_t>(count);
}

std::string_view Host::append_some() {
  std::size_t before = received_.size();
  received_.resize(before + read_size);
  std::size_t count = read(std::span(received_).subspan(before));
  received_.resize(before + count);
  if (count == 0) {
    throw std::runtime_error(fmt::format("the line was closed after \"{}\"", received_));
  }
  return received_;
}

std::string_view Host::command(std::string_view line) {
  sent_.assign(line);
  sent_ += "\r\n";
  received_.clear();
  write(sent_);
  while (!is_final(append_some())) {
  }
  return received_;
}

std::string_view Host::wait_for(std::string_view text) {
  received_.clear();
  while (!append_some().ends_with(text)) {
  }
  return received_;
}

void Host::bring_up_modem() {
  constexpr auto patience = std::chrono::seconds(10);
  constexpr auto pause = std::chrono::milliseconds(5);
  if (!command("AT+CFUN=1").ends_with("OK\r\n")) {
    throw std::runtime_error("AT+CFUN=1 is refused");
  }
  auto deadline = std::chrono::steady_clock::now() + patience;
  while (command("AT+CEREG?").find("+CEREG: 0,1") == std::string_view::npos) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the modem does not register");
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace attache::bench
