#pragma once

#include <span>
#include <string>
#include <string_view>

namespace attache::bench {

/// The host at the other end of a serial line: blocking, with one system call for each write and read.
/// Functions throw std::runtime_error.
class Host {
 public:
  /// Opens "pty:PATH", "tcp:ADDRESS:PORT" or "unix:PATH".
  explicit Host(const std::string& address);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  void write(std::string_view bytes);
  /// Waits for bytes; returns how many are in the buffer, 0 at the end of the connection.
  std::size_t read(std::span<char> buffer);

  /// Sends a line and CR LF and waits for the final result; returns all that has come.
  std::string_view command(std::string_view line);
  /// Reads until what has come ends in `text`.
  std::string_view wait_for(std::string_view text);

  /// Turns the modem on and waits until it is registered.
  void bring_up_modem();

 private:
  std::string_view append_some();

  int descriptor_ = -1;
  std::string sent_;
  std::string received_;
};

}  // namespace attache::bench
