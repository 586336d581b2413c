#include "system/support/cutting_server.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "system/support/process.hpp"

namespace attache::system_test {

namespace {

std::string place_of(const sockaddr_in& address) {
  return fmt::format("{:08X}:{:04X}", address.sin_addr.s_addr, ntohs(address.sin_port));
}

// How many bytes wait to be read in the socket that is `local` for its owner; nothing if there is no such.
std::optional<unsigned long> bytes_waiting(const std::string& local, const std::string& remote) {
  std::ifstream table("/proc/net/tcp");
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string number;
    std::string from;
    std::string to;
    std::string state;
    std::string queues;
    fields >> number >> from >> to >> state >> queues;
    if (from == local && to == remote) {
      return std::stoul(queues.substr(queues.find(':') + 1), nullptr, 16);
    }
  }
  return std::nullopt;
}

}  // namespace

ServerConnection::ServerConnection(int descriptor) : descriptor_(descriptor) {
  int one = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

ServerConnection::~ServerConnection() {
  ::close(descriptor_);
}

bool ServerConnection::fill() {
  std::array<char, 4096> buffer;
  ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (size > 0) {
    received_.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return size > 0;
}

std::optional<std::string> ServerConnection::read_until(std::string_view end) {
  std::size_t found = 0;
  while ((found = received_.find(end)) == std::string::npos) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  return read_bytes(found + end.size());
}

std::optional<std::string> ServerConnection::read_bytes(std::size_t count) {
  while (received_.size() < count) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  std::string taken = received_.substr(0, count);
  received_.erase(0, count);
  return taken;
}

bool ServerConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Only the kernel knows whether the device has read: its table of sockets says so.
void ServerConnection::wait_until_taken() const {
  sockaddr_in here{};
  sockaddr_in device{};
  socklen_t size = sizeof here;
  ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&here), &size);
  ::getpeername(descriptor_, reinterpret_cast<sockaddr*>(&device), &size);
  auto end = std::chrono::steady_clock::now() + patience;
  while (bytes_waiting(place_of(device), place_of(here)).value_or(0) > 0) {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("the device did not read");
    }
    std::this_thread::yield();
  }
}

bool ServerConnection::send_cut(std::string_view bytes, std::size_t cut) {
  cut = std::min(cut, bytes.size());
  if (!send(bytes.substr(0, cut))) {
    return false;
  }
  wait_until_taken();
  return send(bytes.substr(cut));
}

bool ServerConnection::send_bytewise(std::string_view bytes) {
  bool sent = true;
  for (std::size_t i = 0; i < bytes.size() && sent; ++i) {
    sent = send(bytes.substr(i, 1));
    wait_until_taken();
  }
  return sent;
}

CuttingServer::CuttingServer(std::function<void(ServerConnection&)> serve)
    : serve_(std::move(serve)), thread_([this] { run(); }) {}

CuttingServer::~CuttingServer() {
  stopped_ = true;
  ::shutdown(listener_.descriptor(), SHUT_RDWR);
  ::shutdown(client_, SHUT_RDWR);
  thread_.join();
}

void CuttingServer::run() {
  while (!stopped_) {
    int client = ::accept(listener_.descriptor(), nullptr, nullptr);
    if (client < 0) {
      continue;
    }
    ServerConnection connection(client);
    client_ = client;
    if (!stopped_) {
      serve_(connection);
    }
    client_ = -1;
  }
}

}  // namespace attache::system_test
