#pragma once

#include <string_view>

#include "dialects/channels.hpp"

namespace attache::dialects {

/// One service as SLM presents it: what lives on between its commands. A device makes each at its first use
/// (Slm::session), so that it pays only for what its host asks for. One thread only.
class Session {
 public:
  virtual ~Session() = default;

  /// The application closes the service (#XRESET, #XSLEEP): with the lines that the firmware prints then;
  /// `why` is their reason.
  virtual void close_because(std::string_view why) = 0;
  /// Closes without a word to the host, so that suspended work ends: the device is shut down.
  virtual void close() = 0;
  /// Back to the state of a fresh boot. close_because() has been called before.
  virtual void forget() = 0;
  /// The modem said something unsolicited, with its line ends. The hosts have been told already.
  virtual void notified(std::string_view urc) { static_cast<void>(urc); }
  /// A channel is in command mode, no command runs on it, and all that has come is read.
  virtual void settled(const HostChannel& channel) { static_cast<void>(channel); }
};

}  // namespace attache::dialects
