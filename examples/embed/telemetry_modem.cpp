#include "telemetry_modem.hpp"

#include <cstdlib>
#include <utility>
#include <vector>

namespace product {

namespace {

using namespace std::chrono_literals;

constexpr auto after_reject = 15min;
constexpr auto between_looks_for_a_sim = 1min;
constexpr auto patience_for_an_answer = 30s;
constexpr auto after_failure = 20s;

constexpr int registered_home = 1;
constexpr int registration_denied = 3;
constexpr int registered_roaming = 5;
constexpr int uicc_failure = 90;

bool take_prefix(std::string_view& line, std::string_view prefix) {
  if (!line.starts_with(prefix)) {
    return false;
  }
  line.remove_prefix(prefix.size());
  return true;
}

// The number in place `index` of values that are separated by commas.
std::optional<int> number_at(std::string_view values, std::size_t index) {
  for (; index > 0; --index) {
    std::size_t comma = values.find(',');
    if (comma == std::string_view::npos) {
      return std::nullopt;
    }
    values.remove_prefix(comma + 1);
  }
  return std::atoi(std::string(values).c_str());
}

}  // namespace

void TelemetryModem::uart_received(std::string_view bytes) {
  for (char byte : bytes) {
    if (byte != '\r' && byte != '\n') {
      line_ += byte;
    } else if (!line_.empty()) {
      line_received(std::exchange(line_, {}));
    }
  }
}

void TelemetryModem::line_received(std::string_view line) {
  if (line == "Ready") {
    commands_.clear();
    command("AT+CEREG=3");
    restart_radio();
  } else if (line == "OK" || line == "ERROR") {
    bool failed = line == "ERROR";
    std::string done = commands_.empty() ? std::string() : std::exchange(commands_.front(), {});
    send_next_command();
    if (failed && (done.starts_with("AT#XTCPCLI=1") || done.starts_with("AT#XTCPSEND"))) {
      try_again_later();
    }
  } else if (take_prefix(line, "+CEREG: ")) {
    registration_changed(line);
  } else if (line.starts_with("#XTCPCLI: ") && line.ends_with("\"connected\"")) {
    connected_ = true;
    state_ = State::sending;
    board_.start_timer(patience_for_an_answer);
    command("AT#XTCPSEND=1,\"" + reports_.front() + "\"");
  } else if (line.starts_with("#XTCPCLI: ") && line.ends_with("\"disconnected\"")) {
    connected_ = false;
    if (state_ == State::sending) {
      try_again_later();
    }
  } else if (line.starts_with("#XTCPDATA: ")) {
    command("AT#XTCPRECV");
  } else if (line == "ack" && state_ == State::sending) {
    acknowledged();
  }
}

// stat[,"tac","ci",AcT[,0,cause]]
void TelemetryModem::registration_changed(std::string_view values) {
  constexpr std::size_t place_of_cause = 5;
  int stat = number_at(values, 0).value_or(0);
  registered_ = stat == registered_home || stat == registered_roaming;
  reject_cause_ = number_at(values, place_of_cause);
  if (registered_) {
    if (state_ != State::connecting && state_ != State::sending) {
      state_ = State::idle;
      connect();
    }
  } else if (stat == registration_denied) {
    state_ = State::rejected;
    board_.start_timer(after_reject);
  } else if (stat == uicc_failure) {
    state_ = State::no_sim;
    board_.start_timer(between_looks_for_a_sim);
  } else {
    state_ = State::searching;
  }
}

void TelemetryModem::timer_expired() {
  switch (state_) {
    case State::rejected:
    case State::no_sim:
      restart_radio();
      break;
    case State::idle:
      connect();
      break;
    case State::sending:  // No acknowledgement.
      try_again_later();
      break;
    case State::off:
    case State::searching:
    case State::connecting:
      break;
  }
}

void TelemetryModem::report(std::string text) {
  reports_.push_back(std::move(text));
  connect();
}

void TelemetryModem::restart_radio() {
  state_ = State::searching;
  command("AT+CFUN=4");
  command("AT+CFUN=1");
}

void TelemetryModem::connect() {
  if (state_ != State::idle || reports_.empty()) {
    return;
  }
  state_ = State::connecting;
  command("AT#XTCPCLI=1,\"telemetry.example\",4000");
}

void TelemetryModem::acknowledged() {
  reports_.pop_front();
  if (reports_.empty()) {
    state_ = State::idle;
    command("AT#XTCPCLI=0");
    return;
  }
  board_.start_timer(patience_for_an_answer);
  command("AT#XTCPSEND=1,\"" + reports_.front() + "\"");
}

void TelemetryModem::try_again_later() {
  if (std::exchange(connected_, false)) {
    command("AT#XTCPCLI=0");
  }
  state_ = registered_ ? State::idle : State::searching;
  board_.start_timer(after_failure);
}

// One at a time: the modem has to answer before the next one.
void TelemetryModem::command(std::string text) {
  commands_.push_back(std::move(text));
  if (commands_.size() == 1) {
    board_.uart_write(commands_.front() + "\r\n");
  }
}

void TelemetryModem::send_next_command() {
  if (commands_.empty()) {
    return;
  }
  commands_.pop_front();
  if (!commands_.empty()) {
    board_.uart_write(commands_.front() + "\r\n");
  }
}

}  // namespace product
