#include "system/support/line_client.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace attache::system_test {

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

int connect_tcp(std::string_view host_and_port) {
  std::size_t colon = host_and_port.rfind(':');
  std::string host(host_and_port.substr(0, colon));
  std::string port(host_and_port.substr(colon + 1));
  if (host.starts_with('[')) {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) {
    throw std::runtime_error("no address: " + std::string(host_and_port));
  }
  int descriptor = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int result = ::connect(descriptor, found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  if (result != 0) {
    give_up("connect to " + std::string(host_and_port));
  }
  return descriptor;
}

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    give_up("connect to " + path);
  }
  return descriptor;
}

int open_line(const std::string& address) {
  std::size_t colon = address.find(':');
  std::string kind = address.substr(0, colon);
  std::string place = address.substr(colon + 1);
  if (kind == "tcp") {
    return connect_tcp(place);
  }
  if (kind == "unix") {
    return connect_unix(place);
  }
  int descriptor = ::open(place.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) {
    give_up("open " + place);
  }
  return descriptor;
}

bool is_final_result(std::string_view line) {
  return line == "OK" || line == "ERROR" || line.starts_with("+CME ERROR: ");
}

// How many bytes there are up to and including the first final result; 0 if there is none yet.
std::size_t up_to_final_result(std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t end = text.find("\r\n"); end != std::string_view::npos; end = text.find("\r\n", begin)) {
    if (is_final_result(text.substr(begin, end - begin))) {
      return end + 2;
    }
    begin = end + 2;
  }
  return 0;
}

// How many bytes the line took; 0 if it takes none now. PTYs know no send().
std::size_t write_some(int descriptor, std::string_view bytes) {
  ssize_t count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count < 0 && errno == ENOTSOCK) {
    count = ::write(descriptor, bytes.data(), bytes.size());
  }
  if (count < 0 && errno != EAGAIN && errno != EINTR) {
    give_up("write to the line");
  }
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace

LineClient::LineClient(const std::string& address) : LineClient(open_line(address)) {}

LineClient::LineClient(int descriptor) : descriptor_(descriptor) {
  ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
}

LineClient::~LineClient() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

LineClient::LineClient(LineClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}

void LineClient::send(std::string_view bytes) {
  std::size_t size = bytes.size();
  auto deadline = Clock::now() + patience;
  while (!bytes.empty() && Clock::now() < deadline) {
    pollfd writable{descriptor_, POLLOUT, 0};
    ::poll(&writable, 1, 100);
    bytes.remove_prefix(write_some(descriptor_, bytes));
  }
  if (!bytes.empty()) {
    throw std::runtime_error(fmt::format("the line took {} of {} bytes", size - bytes.size(), size));
  }
}

std::size_t LineClient::send_until_stuck(const std::function<std::string_view()>& next,
                                         std::chrono::milliseconds pause) {
  std::size_t sent = 0;
  std::string_view rest;
  while (true) {
    rest = rest.empty() ? next() : rest;
    pollfd writable{descriptor_, POLLOUT, 0};
    if (rest.empty() || ::poll(&writable, 1, static_cast<int>(pause.count())) == 0) {
      return sent;
    }
    std::size_t count = write_some(descriptor_, rest);
    rest.remove_prefix(count);
    sent += count;
  }
}

// False if nothing came in time or the other side has closed.
bool LineClient::fill(std::chrono::microseconds wait) {
  pollfd readable{descriptor_, POLLIN, 0};
  timespec limit{wait.count() / 1'000'000, wait.count() % 1'000'000 * 1000};
  if (::ppoll(&readable, 1, &limit, nullptr) <= 0) {
    return false;
  }
  std::array<char, 64 * 1024> buffer{};
  ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
  if (count > 0) {
    received_.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return count > 0;
}

// Reads until `length` says how much of what has come is to be taken (0: not enough yet).
std::string LineClient::read_while(const std::function<std::size_t()>& length, std::string_view awaited) {
  auto deadline = Clock::now() + patience;
  std::size_t taken = length();
  while (taken == 0) {
    auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
    if (left.count() <= 0 || !fill(left)) {
      throw std::runtime_error(
          fmt::format("the line gave no {}, but: {}", awaited, testing::PrintToString(received_)));
    }
    taken = length();
  }
  std::string text = received_.substr(0, taken);
  received_.erase(0, taken);
  return text;
}

std::string LineClient::read_until(std::string_view end) {
  std::size_t searched = 0;
  return read_while(
      [&]() -> std::size_t {
        std::size_t found = received_.find(end, searched);
        searched = received_.size() < end.size() ? 0 : received_.size() - end.size();
        return found == std::string::npos ? 0 : found + end.size();
      },
      testing::PrintToString(std::string(end)));
}

std::size_t LineClient::read_some(std::span<char> buffer) {
  if (received_.empty() && !fill(patience)) {
    return 0;
  }
  std::size_t count = std::min(buffer.size(), received_.size());
  std::copy_n(received_.begin(), count, buffer.begin());
  received_.erase(0, count);
  return count;
}

std::string LineClient::read_bytes(std::size_t count) {
  return read_while([&] { return received_.size() >= count ? count : 0; }, std::to_string(count) + " bytes");
}

std::string LineClient::read_to_end() {
  while (fill(patience)) {
  }
  return std::exchange(received_, {});
}

std::string LineClient::read_until_quiet(std::chrono::milliseconds pause) {
  while (fill(pause)) {
  }
  return std::exchange(received_, {});
}

std::string LineClient::read_for(std::chrono::microseconds duration) {
  auto deadline = Clock::now() + duration;
  auto left = duration;
  while (left.count() > 0 && fill(left)) {
    left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
  }
  return std::exchange(received_, {});
}

void LineClient::expect(std::string_view bytes) {
  std::string found = read_bytes(bytes.size());
  if (found != bytes) {
    throw std::runtime_error(fmt::format("the line gave {} instead of {}", testing::PrintToString(found),
                                         testing::PrintToString(std::string(bytes))));
  }
}

void LineClient::command(std::string_view text, std::string_view answer) {
  std::string found = command(text);
  if (found != answer) {
    throw std::runtime_error(fmt::format("{} was answered {} instead of {}", text.substr(0, 60),
                                         testing::PrintToString(found),
                                         testing::PrintToString(std::string(answer))));
  }
}

std::string LineClient::command(std::string_view text) {
  send(std::string(text) + "\r\n");
  return read_while([&] { return up_to_final_result(received_); },
                    "final result for " + std::string(text.substr(0, 60)));
}

}  // namespace attache::system_test
