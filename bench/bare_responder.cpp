// The least that can answer on a serial line: a blocking read, and "OK" when the line's end is there. What
// the round trips of `attache serve` are measured against. Usage: bare_responder pty|tcp|unix:PATH

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int must(int result, const char* what) {
  if (result < 0) {
    fail(what);
  }
  return result;
}

void tell_ready(const std::string& address) {
  std::printf("ready %s\n", address.c_str());
  std::fflush(stdout);
}

// The slave stays open here, so that a host that leaves does not end the line.
int open_pty() {
  int master = must(::posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
  must(::grantpt(master), "grantpt");
  must(::unlockpt(master), "unlockpt");
  std::string path = ::ptsname(master);
  int slave = must(::open(path.c_str(), O_RDWR | O_NOCTTY), "open slave");
  termios settings{};
  must(::tcgetattr(slave, &settings), "tcgetattr");
  ::cfmakeraw(&settings);
  must(::tcsetattr(slave, TCSANOW, &settings), "tcsetattr");
  tell_ready("pty:" + path);
  return master;
}

int accept_one(int listener) {
  int connection = must(::accept(listener, nullptr, nullptr), "accept");
  ::close(listener);
  return connection;
}

int open_tcp() {
  int listener = must(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  must(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), "bind");
  must(::listen(listener, 1), "listen");
  must(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  tell_ready("tcp:127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  int connection = accept_one(listener);
  int on = 1;
  must(::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
  return connection;
}

int open_unix(std::string_view path) {
  int listener = must(::socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  must(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  must(::listen(listener, 1), "listen");
  tell_ready("unix:" + std::string(path));
  return accept_one(listener);
}

void respond(int line) {
  constexpr std::string_view answer = "\r\nOK\r\n";
  std::array<char, 2048> buffer{};
  std::size_t filled = 0;
  while (true) {
    ssize_t count = ::read(line, buffer.data() + filled, buffer.size() - filled);
    if (count <= 0) {
      return;
    }
    filled += static_cast<std::size_t>(count);
    if (std::string_view(buffer.data(), filled).ends_with("\r\n")) {
      must(static_cast<int>(::write(line, answer.data(), answer.size())), "write");
      filled = 0;
    }
    if (filled == buffer.size()) {
      filled = 0;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view spec = argc == 2 ? argv[1] : "";
  if (spec == "pty") {
    respond(open_pty());
  } else if (spec == "tcp") {
    respond(open_tcp());
  } else if (spec.starts_with("unix:")) {
    respond(open_unix(spec.substr(5)));
  } else {
    std::fputs("usage: bare_responder pty|tcp|unix:PATH\n", stderr);
    return 2;
  }
  return 0;
}
