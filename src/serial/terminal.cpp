// The kernel's own definitions, as glibc's <termios.h> knows no arbitrary rates; the two cannot be mixed.
#include "serial/terminal.hpp"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstdlib>

namespace attache::serial {

namespace {

constexpr std::uint32_t rate_tolerance = 33;  // One part in 33: 3 %, what a UART can still receive.

void put_rate(termios2& settings, std::uint32_t baud) {
  settings.c_cflag &= ~static_cast<tcflag_t>(CBAUD | (CBAUD << IBSHIFT));
  settings.c_cflag |= BOTHER | (BOTHER << IBSHIFT);
  settings.c_ispeed = baud;
  settings.c_ospeed = baud;
}

bool is_near(std::uint32_t found, std::uint32_t wanted) {
  std::uint32_t difference = found > wanted ? found - wanted : wanted - found;
  return difference <= wanted / rate_tolerance;
}

// A driver that cannot make the rate keeps another one without an error.
int apply(int descriptor, const termios2& settings, std::uint32_t baud) {
  if (::ioctl(descriptor, TCSETS2, &settings) != 0) {
    return errno;
  }
  return baud == 0 || is_near(rate_of(descriptor), baud) ? 0 : EINVAL;
}

}  // namespace

int set_raw(int descriptor, const TerminalMode& mode) {
  termios2 settings{};
  if (::ioctl(descriptor, TCGETS2, &settings) != 0) {
    return errno;
  }
  settings.c_iflag = 0;
  settings.c_oflag = 0;
  settings.c_lflag = 0;
  settings.c_cflag &= ~static_cast<tcflag_t>(CSIZE | CSTOPB | PARENB | CRTSCTS);
  settings.c_cflag |= CS8 | CREAD | CLOCAL;
  if (mode.rtscts) {
    settings.c_cflag |= CRTSCTS;
  }
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (mode.baud != 0) {
    put_rate(settings, mode.baud);
  }
  return apply(descriptor, settings, mode.baud);
}

int set_rate(int descriptor, std::uint32_t baud) {
  termios2 settings{};
  if (::ioctl(descriptor, TCGETS2, &settings) != 0) {
    return errno;
  }
  put_rate(settings, baud);
  return apply(descriptor, settings, baud);
}

std::uint32_t rate_of(int descriptor) {
  termios2 settings{};
  return ::ioctl(descriptor, TCGETS2, &settings) == 0 ? settings.c_ospeed : 0;
}

}  // namespace attache::serial
