#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace attache::services::ppp {

/// The states of RFC 1661, 4.2, with their numbers there.
enum class State : std::uint8_t {
  initial = 0,
  starting = 1,
  closed = 2,
  stopped = 3,
  closing = 4,
  stopping = 5,
  request_sent = 6,
  ack_received = 7,
  ack_sent = 8,
  opened = 9,
};
inline constexpr std::size_t state_count = 10;

/// The events of RFC 1661, 4.3, in the order of its table.
enum class Event : std::uint8_t {
  up,                      ///< The lower layer is ready.
  down,                    ///< It is not any more.
  open,                    ///< The administrator wants it open …
  close,                   ///< … or closed.
  timeout_again,           ///< TO+: the restart counter is above 0.
  timeout_last,            ///< TO-: it has expired.
  good_request,            ///< RCR+
  bad_request,             ///< RCR-
  acknowledged,            ///< RCA
  not_acknowledged,        ///< RCN: Configure-Nak or -Reject.
  terminate_request,       ///< RTR
  terminate_acknowledged,  ///< RTA
  unknown_code,            ///< RUC
  harmless_reject,         ///< RXJ+: Code- or Protocol-Reject that can be lived with.
  fatal_reject,            ///< RXJ-
  echo,                    ///< RXR: Echo-Request, -Reply or Discard-Request.
};
inline constexpr std::size_t event_count = 16;

/// The actions of RFC 1661, 4.4.
enum class Action : std::uint8_t {
  none,
  this_layer_up,               ///< tlu
  this_layer_down,             ///< tld
  this_layer_started,          ///< tls
  this_layer_finished,         ///< tlf
  initialize_restart_count,    ///< irc
  zero_restart_count,          ///< zrc
  send_configure_request,      ///< scr
  send_configure_acknowledge,  ///< sca
  send_configure_nak,          ///< scn: or a reject.
  send_terminate_request,      ///< str
  send_terminate_acknowledge,  ///< sta
  send_code_reject,            ///< scj
  send_echo_reply,             ///< ser
};

/// One cell of the table: what is done, in order, and the state then.
struct Transition {
  static constexpr std::size_t most_actions = 3;
  Action actions[most_actions] = {};
  State next = State::initial;
};

/// The cell for an event in a state; nothing where the event cannot occur ("-").
[[nodiscard]] const std::optional<Transition>& transition(Event event, State state);

/// The automaton of RFC 1661, 4.1, which LCP and each NCP is. It has neither timer nor packets: its owner
/// makes events of them and carries the actions out. Without the option to restart (its note [r]); passive
/// (note [p]): after the last time-out of a negotiation it waits in Stopped for the peer to begin.
class Automaton {
 public:
  class Actions {
   public:
    virtual ~Actions() = default;
    /// Called from within Automaton::handle() for each action; must not call it for the same automaton.
    virtual void act(Action action) = 0;
  };

  /// `actions` must outlive it. It begins in Initial.
  explicit Automaton(Actions& actions) : actions_(actions) {}

  /// The state is the next one while the actions are carried out, in the order of the table. An event that
  /// cannot occur is ignored.
  void handle(Event event);
  [[nodiscard]] State state() const { return state_; }
  /// True while the restart timer has to run: in Closing, Stopping, Req-Sent, Ack-Rcvd and Ack-Sent.
  [[nodiscard]] bool needs_timer() const;

 private:
  Actions& actions_;
  State state_ = State::initial;
};

/// "Req-Sent", as RFC 1661 has it.
[[nodiscard]] std::string_view name(State state);

}  // namespace attache::services::ppp
