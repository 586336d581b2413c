#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>

#include "base/reason.hpp"
#include "client/conversation.hpp"
#include "client/script.hpp"
#include "client/script_runner.hpp"

namespace attache::client {

/// How prepare() goes about it.
struct PreparationOptions {
  /// The device was switched on for this script: its `Ready` must come first. Else what has come until the
  /// line is quiet is thrown away.
  bool fresh_device = false;
  /// How long one command, and `Ready`, may take.
  base::Duration timeout = std::chrono::seconds(10);
  /// How long registration may take.
  base::Duration registration_timeout = std::chrono::seconds(120);
  /// The longest time between two reads of +CEREG: the first ones follow each other sooner, since a device
  /// with instant timing registers in no time.
  base::Duration poll_interval = std::chrono::seconds(1);
  /// A line without bytes for so long is quiet.
  base::Duration quiet = std::chrono::milliseconds(200);
  /// Without it that of the dialect.
  std::optional<LineEnd> line_end;
};

/// Why a device could not be brought into a start state.
struct PreparationFault : base::Reason {
  bool timed_out = false;  ///< It did not answer, or not register, in time; the line is open still.
};

/// The state that the headers of a script ask for before its first line.
enum class StartState {
  as_it_is,    ///< Nothing is said, or `@ start boot`.
  off,         ///< `@ start 0`, `@ setup off`: +CFUN 0.
  flight,      ///< `@ start 4`, `@ setup flight`: +CFUN 4.
  registered,  ///< `@ start 1`, `@ setup registered`, or a `@ requires` that needs the network.
  gnss         ///< `@ requires gnss-…`: GNSS in the system mode and +CFUN 31.
};

/// Reads `@ start`, `@ setup` and `@ requires`; the first of them that says something decides.
StartState start_state(const Script& script);
/// `@ start boot`: the script itself reads `Ready`.
bool starts_at_boot(const Script& script);

/// Brings the device into the start state of the script; the conversation is quiet afterwards.
///
/// Unless the script starts at boot, `Ready` is read first (fresh device) or what is on the line is thrown
/// away. Then +CFUN is changed if it is not as wanted; to register,
/// `AT%XSYSTEMMODE=0,1,0,0` (with `@ coverage nbiot`) and `AT+CFUN=1` are sent, the PIN of `@ pin`
/// entered if the modem asks for it, and +CEREG polled until it is 1 or 5. Subscriptions are not touched.
/// Returns why it could not be done, or nothing.
asio::awaitable<std::optional<PreparationFault>> prepare(Conversation& conversation, const Script& script,
                                                         PreparationOptions options = {});

}  // namespace attache::client
