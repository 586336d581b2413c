#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "system/support/process.hpp"

namespace attache::system_test {

/// The answer of a command that has nothing to say.
inline constexpr std::string_view ok = "\r\nOK\r\n";

/// A host on a serial line: a blocking client of a PTY, a TCP or a unix socket, or of a descriptor.
class LineClient {
 public:
  /// Connects to an address as printed after `ready`. Throws if that is not possible.
  explicit LineClient(const std::string& address);
  /// Takes a connected descriptor over.
  explicit LineClient(int descriptor);
  ~LineClient();
  LineClient(LineClient&& other) noexcept;
  LineClient& operator=(LineClient&&) = delete;

  /// Sends all bytes; throws if the line is gone or takes nothing until the patience ends.
  void send(std::string_view bytes);
  /// Sends as much as the line takes until it has taken nothing for `pause`; gives how much that was.
  std::size_t send_until_stuck(const std::function<std::string_view()>& next,
                               std::chrono::milliseconds pause);

  /// Takes from what has come, and waits, up to and including `end`. Throws with what has come if that does
  /// not come within the patience or the line ends before; so do all functions that know what they wait for.
  std::string read_until(std::string_view end);
  /// Exactly so many bytes.
  std::string read_bytes(std::size_t count);
  /// What has come, and waits for some if nothing has, up to the size of the buffer; 0 if nothing comes
  /// within the patience or the line has ended.
  std::size_t read_some(std::span<char> buffer);
  /// These bytes are next; throws if they are not.
  void expect(std::string_view bytes);
  /// Everything until the other side closes.
  std::string read_to_end();
  /// What comes until it has been quiet for `pause`.
  std::string read_until_quiet(std::chrono::milliseconds pause);
  /// What comes within `duration`, or less if the line ends.
  std::string read_for(std::chrono::microseconds duration);

  /// Sends a command and its CR LF and gives all up to and including its final result.
  std::string command(std::string_view text);
  /// The same where only one answer is right; throws if it is another, as nothing after it can be right.
  void command(std::string_view text, std::string_view answer);

 private:
  bool fill(std::chrono::microseconds wait);
  std::string read_while(const std::function<std::size_t()>& length, std::string_view awaited);

  int descriptor_ = -1;
  std::string received_;
};

}  // namespace attache::system_test
