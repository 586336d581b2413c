#include "host_line.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <utility>

HostLine::HostLine(const std::string& path)
    : descriptor_(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK)) {
  if (descriptor_ < 0) {
    throw std::runtime_error(path + ": " + std::strerror(errno));
  }
  termios settings{};
  if (tcgetattr(descriptor_, &settings) == 0) {
    cfmakeraw(&settings);
    tcsetattr(descriptor_, TCSANOW, &settings);
  }
}

HostLine::~HostLine() {
  ::close(descriptor_);
}

void HostLine::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    pollfd ready{descriptor_, POLLIN | POLLOUT, 0};
    poll(&ready, 1, 1000);
    read();
  }
}

void HostLine::read() {
  static char buffer[64 * 1024];
  ssize_t size = ::read(descriptor_, buffer, sizeof buffer);
  if (size > 0) {
    unheard_.append(buffer, static_cast<std::size_t>(size));
  }
}

void HostLine::hear() {
  multiplexer_->receive(std::exchange(unheard_, {}));
}

void HostLine::send(std::uint8_t dlci, std::string_view bytes) {
  if (multiplexer_) {
    multiplexer_->send(dlci, bytes);
  } else {
    write(bytes);
  }
}

std::string HostLine::take(std::uint8_t dlci) {
  if (!multiplexer_) {
    return std::exchange(unheard_, {});
  }
  hear();
  return multiplexer_->take(dlci);
}

void HostLine::divide() {
  multiplexer_ = std::make_unique<CmuxHost>([this](std::string_view bytes) { write(bytes); });
}
