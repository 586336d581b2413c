#include <fmt/format.h>

#include <array>

#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

bool is_words(const Item& item) {
  return item.kind == Item::Kind::log || item.kind == Item::Kind::text || item.kind == Item::Kind::mark;
}

std::size_t unanswered(const Session& session) {
  std::size_t count = 0;
  for (const ItemRef& item : session.items) {
    count += item->is_exchange() && item->result.kind == Result::Kind::none && item->was_followed &&
                     !item->event->quoted_in_log
                 ? 1
                 : 0;
  }
  return count;
}

// What a UART driver says of its receiver.
ItemRef receive_error(const Session& session) {
  return session.first([](const Item& item) {
    const std::string& text = item.event->text;
    return is_words(item) &&
           (has_text(text, "framing") || has_text(text, "frame error") || has_text(text, "DRV_ERR") ||
            has_text(text, "UART error") || has_text(text, "UART_RX_STOPPED") ||
            has_text(text, "uart rx stopped") || has_text(text, "RX error") || has_word(text, "break"));
  });
}

void wiring(const Session& session, Findings& findings) {
  ItemRef error = receive_error(session);
  ItemRef silent = session.first([](const Item& item) {
    return item.is_exchange() && item.result.kind == Result::Kind::none && !item.event->quoted_in_log;
  });
  if (error == nullptr) {
    return;
  }
  bool speaks = session.device_speaks();
  bool break_seen = has_text(error->event->text, "0x0000000C") || has_word(error->event->text, "break");
  auto draft = findings.add(Cause::uart_wiring_level,
                            speaks                                                  ? 55
                            : break_seen || has_text(error->event->text, "framing") ? 84
                                                                                    : 76,
                            "receive-errors");
  draft.at(error->event, "the receiver of the host sees no clean level");
  if (silent != nullptr) {
    draft.with(silent->event, "no answer");
  }
  draft.why(
      "Framing errors and breaks at the host's receiver mean that its line sits low or moves at another "
      "level or rate: TX "
      "and RX not crossed, no common ground, 1.8 V against 3 V, or another baud rate.");
  findings.add(Cause::baud_or_flow_control, speaks ? 58 : 45, "receive-errors").at(error->event);
}

// The device greets, so it runs and its line to the host works; then it answers nothing.
void unheard_after_ready(const Session& session, Findings& findings) {
  ItemRef ready = session.last(
      [](const Item& item) { return item.kind == Item::Kind::boot && !item.event->text.starts_with("***"); });
  bool says_more = session.first([](const Item& item) {
    return item.kind == Item::Kind::notice || (item.is_exchange() && item.result.kind != Result::Kind::none);
  }) != nullptr;
  if (ready == nullptr || says_more) {
    return;
  }
  std::vector<EventRef> unheard;
  for (const ItemRef& item : session.items) {
    if (item->is_exchange() && item->number > ready->number && !item->event->quoted_in_log) {
      unheard.push_back(item->event);
    }
  }
  if (unheard.size() < 2) {
    return;
  }
  findings.add(Cause::line_termination, 74, "ready-and-no-answer")
      .at(unheard.front(), "no answer")
      .with(ready->event, "the device runs, and what it says arrives")
      .with_all(unheard)
      .next("AT", "ended by CR LF, by CR and by LF in turn: an answer tells which one the build waits for");
  findings.add(Cause::uart_wiring_level, 56, "ready-and-no-answer")
      .at(unheard.front(), "no answer: the host's TX may not reach the device")
      .with(ready->event);
}

// Commands and nothing at all comes back.
void silence(const Session& session, Findings& findings) {
  unheard_after_ready(session, findings);
  if (session.device_speaks() || unanswered(session) < 1) {
    return;
  }
  ItemRef first =
      session.first([](const Item& item) { return item.is_exchange() && !item.event->quoted_in_log; });
  if (first == nullptr) {
    return;
  }
  ItemRef dtr = session.first([](const Item& item) {
    return is_words(item) && (has_word(item.event->text, "DTR") || has_word(item.event->text, "RI"));
  });
  if (dtr != nullptr) {
    findings.add(Cause::uart_dtr, 76, "no-answer-and-dtr")
        .at(dtr->event)
        .with(first->event, "no answer")
        .next("(set DTR)", "if Ready comes as soon as DTR is set, this finding is proven");
  }
  ItemRef booting = session.first(
      [](const Item& item) { return item.kind == Item::Kind::boot && item.event->text.starts_with("***"); });
  if (booting != nullptr) {
    findings.add(Cause::wrong_uart, 66, "boot-text-and-no-answer")
        .at(booting->event)
        .with(first->event, "no answer");
  }
  std::vector<EventRef> unheard;
  for (const ItemRef& item : session.items) {
    if (item->is_exchange()) {
      unheard.push_back(item->event);
    }
  }
  if (unheard.size() < 2) {
    return;
  }
  struct Candidate {
    Cause cause;
    int score;
  };
  for (const Candidate& candidate :
       {Candidate{Cause::uart_wiring_level, 48}, Candidate{Cause::line_termination, 46},
        Candidate{Cause::baud_or_flow_control, 42}, Candidate{Cause::wrong_uart, 38},
        Candidate{Cause::uart_dtr, 34}}) {
    findings.add(candidate.cause, candidate.score, "no-answer-at-all")
        .at(first->event, "no answer")
        .with_all(unheard)
        .next("(reset the modem)",
              "if `Ready` does not come after a reset of the modem either, it is the line (wiring, level, "
              "port, rate); if it "
              "comes, it is the line end");
  }
}

// Text of something else where answers should be.
void other_text(const Session& session, Findings& findings) {
  bool answered = session.first([](const Item& item) {
    return item.is_exchange() && item.result.kind != Result::Kind::none;
  }) != nullptr;
  if (answered) {
    return;
  }
  for (const ItemRef& item : session.items) {
    const std::string& text = item->event->text;
    bool something_else = has_text(text, "TF-M") || has_text(text, "Booting TF-M") ||
                          has_text(text, "Secure image initializing") || has_text(text, "mcuboot:") ||
                          has_text(text, "Booting nRF Connect SDK") || has_text(text, "Booting Zephyr OS") ||
                          has_text(text, "*** Booting");
    ItemRef command = session.first([](const Item& other) { return other.is_exchange(); });
    if (something_else && command != nullptr) {
      findings.add(Cause::wrong_uart, 80, "other-text-on-the-port")
          .at(item->event, "not the AT port's text")
          .with(command->event, "no answer")
          .why("What arrives is the boot or debug output of the chip: the AT interface is on another UART.");
      return;
    }
  }
}

void garbage(const Session& session, Findings& findings) {
  std::size_t noise = 0;
  ItemRef first;
  for (const ItemRef& item : session.items) {
    if (item->kind == Item::Kind::noise) {
      first = first == nullptr ? item : first;
      ++noise;
    }
  }
  if (first != nullptr) {
    findings.add(Cause::baud_or_flow_control, noise > 1 ? 86 : 74, "garbage")
        .at(first->event, "bytes that are no text")
        .why("Both sides run at different rates, or with different parity.")
        .next("AT#XSLMUART?", "tells the modem's rate, once one can talk to it; try 115200 first");
  }
}

// Long lines fail or lose their middle where short ones work.
void overrun(const Session& session, Findings& findings) {
  ItemRef lost = session.first([](const Item& item) {
    const std::string& text = item.event->text;
    return is_words(item) &&
           (has_text(text, "overrun") || has_text(text, "RX buf") || has_text(text, "rx overflow") ||
            has_text(text, "ring buffer full") || has_text(text, "ringbuf") ||
            has_text(text, "UART_RX_DISABLED") || has_text(text, "data lost") ||
            has_text(text, "bytes lost") || has_text(text, "buffer overflow") || has_text(text, "rx_buf") ||
            has_text(text, "No buffer space"));
  });
  if (lost != nullptr) {
    bool flow = has_text(lost->event->text, "overrun") || has_text(lost->event->text, "lost");
    findings.add(Cause::buffer_limit, flow ? 72 : 80, "receive-buffer-full").at(lost->event);
    findings.add(Cause::baud_or_flow_control, flow ? 80 : 55, "receive-buffer-full").at(lost->event);
  }
}

constexpr std::array all_host_link{Rule{"receive-errors", wiring}, Rule{"silence", silence},
                                   Rule{"other-text", other_text}, Rule{"garbage", garbage},
                                   Rule{"overrun", overrun}};

}  // namespace

std::span<const Rule> host_link_rules() {
  return all_host_link;
}

}  // namespace attache::doctor
