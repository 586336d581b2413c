#include "services/ppp/automaton.hpp"

#include <array>

namespace attache::services::ppp {

namespace {

using Cell = std::optional<Transition>;
using Row = std::array<Cell, state_count>;

constexpr Action tlu = Action::this_layer_up;
constexpr Action tld = Action::this_layer_down;
constexpr Action tls = Action::this_layer_started;
constexpr Action tlf = Action::this_layer_finished;
constexpr Action irc = Action::initialize_restart_count;
constexpr Action zrc = Action::zero_restart_count;
constexpr Action scr = Action::send_configure_request;
constexpr Action sca = Action::send_configure_acknowledge;
constexpr Action scn = Action::send_configure_nak;
constexpr Action str = Action::send_terminate_request;
constexpr Action sta = Action::send_terminate_acknowledge;
constexpr Action scj = Action::send_code_reject;
constexpr Action ser = Action::send_echo_reply;

constexpr Cell no{};

constexpr Cell to(int state) {
  return Transition{{}, static_cast<State>(state)};
}
constexpr Cell to(Action one, int state) {
  return Transition{{one}, static_cast<State>(state)};
}
constexpr Cell to(Action one, Action two, int state) {
  return Transition{{one, two}, static_cast<State>(state)};
}
constexpr Cell to(Action one, Action two, Action three, int state) {
  return Transition{{one, two, three}, static_cast<State>(state)};
}

// clang-format off
constexpr std::array<Row, event_count> table{{
  //               Initial     Starting         Closed           Stopped               Closing     Stopping    Req-Sent          Ack-Rcvd          Ack-Sent          Opened
  /* up      */ {{to(2),      to(irc, scr, 6), no,              no,                   no,         no,         no,               no,               no,               no}},
  /* down    */ {{no,         no,              to(0),           to(tls, 1),           to(0),      to(1),      to(1),            to(1),            to(1),            to(tld, 1)}},
  /* open    */ {{to(tls, 1), to(1),           to(irc, scr, 6), to(3),                to(5),      to(5),      to(6),            to(7),            to(8),            to(9)}},
  /* close   */ {{to(0),      to(tlf, 0),      to(2),           to(2),                to(4),      to(4),      to(irc, str, 4),  to(irc, str, 4),  to(irc, str, 4),  to(tld, irc, str, 4)}},
  /* TO+     */ {{no,         no,              no,              no,                   to(str, 4), to(str, 5), to(scr, 6),       to(scr, 6),       to(scr, 8),       no}},
  /* TO-     */ {{no,         no,              no,              no,                   to(tlf, 2), to(tlf, 3), to(tlf, 3),       to(tlf, 3),       to(tlf, 3),       no}},
  /* RCR+    */ {{no,         no,              to(sta, 2),      to(irc, scr, sca, 8), to(4),      to(5),      to(sca, 8),       to(sca, tlu, 9),  to(sca, 8),       to(tld, scr, sca, 8)}},
  /* RCR-    */ {{no,         no,              to(sta, 2),      to(irc, scr, scn, 6), to(4),      to(5),      to(scn, 6),       to(scn, 7),       to(scn, 6),       to(tld, scr, scn, 6)}},
  /* RCA     */ {{no,         no,              to(sta, 2),      to(sta, 3),           to(4),      to(5),      to(irc, 7),       to(scr, 6),       to(irc, tlu, 9),  to(tld, scr, 6)}},
  /* RCN     */ {{no,         no,              to(sta, 2),      to(sta, 3),           to(4),      to(5),      to(irc, scr, 6),  to(scr, 6),       to(irc, scr, 8),  to(tld, scr, 6)}},
  /* RTR     */ {{no,         no,              to(sta, 2),      to(sta, 3),           to(sta, 4), to(sta, 5), to(sta, 6),       to(sta, 6),       to(sta, 6),       to(tld, zrc, sta, 5)}},
  /* RTA     */ {{no,         no,              to(2),           to(3),                to(tlf, 2), to(tlf, 3), to(6),            to(6),            to(8),            to(tld, scr, 6)}},
  /* RUC     */ {{no,         no,              to(scj, 2),      to(scj, 3),           to(scj, 4), to(scj, 5), to(scj, 6),       to(scj, 7),       to(scj, 8),       to(scj, 9)}},
  /* RXJ+    */ {{no,         no,              to(2),           to(3),                to(4),      to(5),      to(6),            to(6),            to(8),            to(9)}},
  /* RXJ-    */ {{no,         no,              to(tlf, 2),      to(tlf, 3),           to(tlf, 2), to(tlf, 3), to(tlf, 3),       to(tlf, 3),       to(tlf, 3),       to(tld, irc, str, 5)}},
  /* RXR     */ {{no,         no,              to(2),           to(3),                to(4),      to(5),      to(6),            to(7),            to(8),            to(ser, 9)}},
}};
// clang-format on

}  // namespace

const std::optional<Transition>& transition(Event event, State state) {
  return table.at(static_cast<std::size_t>(event)).at(static_cast<std::size_t>(state));
}

void Automaton::handle(Event event) {
  const auto& cell = transition(event, state_);
  if (!cell) {
    return;
  }
  state_ = cell->next;
  for (Action action : cell->actions) {
    if (action != Action::none) {
      actions_.act(action);
    }
  }
}

bool Automaton::needs_timer() const {
  return state_ >= State::closing && state_ <= State::ack_sent;
}

std::string_view name(State state) {
  constexpr std::array<std::string_view, state_count> names{"Initial",  "Starting", "Closed",   "Stopped",
                                                            "Closing",  "Stopping", "Req-Sent", "Ack-Rcvd",
                                                            "Ack-Sent", "Opened"};
  return names.at(static_cast<std::size_t>(state));
}

}  // namespace attache::services::ppp
