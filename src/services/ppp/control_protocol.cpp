#include "services/ppp/control_protocol.hpp"

#include <algorithm>
#include <utility>

namespace attache::services::ppp {

namespace {

constexpr std::size_t control_header = 4;
constexpr std::size_t option_header = 2;

}  // namespace

std::optional<ControlPacket> parse_control_packet(std::string_view information) {
  if (information.size() < control_header) {
    return std::nullopt;
  }
  std::size_t length = number_of(information.substr(2, 2));
  if (length < control_header || length > information.size()) {
    return std::nullopt;
  }
  return ControlPacket{static_cast<std::uint8_t>(information[0]), static_cast<std::uint8_t>(information[1]),
                       std::string(information.substr(control_header, length - control_header))};
}

std::string to_bytes(const ControlPacket& packet) {
  std::string bytes = number_bytes(packet.code, 1) + number_bytes(packet.identifier, 1);
  return bytes + number_bytes(packet.data.size() + control_header, 2) + packet.data;
}

std::optional<std::vector<Option>> parse_options(std::string_view data) {
  std::vector<Option> options;
  while (!data.empty()) {
    std::size_t length = data.size() < option_header ? 0 : static_cast<unsigned char>(data[1]);
    if (length < option_header || length > data.size()) {
      return std::nullopt;
    }
    options.push_back({static_cast<std::uint8_t>(data[0]),
                       std::string(data.substr(option_header, length - option_header))});
    data.remove_prefix(length);
  }
  return options;
}

std::string to_bytes(const std::vector<Option>& options) {
  std::string bytes;
  for (const Option& option : options) {
    bytes += number_bytes(option.type, 1) + number_bytes(option.value.size() + option_header, 1);
    bytes += option.value;
  }
  return bytes;
}

std::string number_bytes(std::uint64_t number, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i > 0; --i) {
    bytes[i - 1] = static_cast<char>(number & 0xFFU);
    number >>= 8U;
  }
  return bytes;
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (char byte : bytes) {
    number = number << 8U | static_cast<unsigned char>(byte);
  }
  return number;
}

void ControlProtocol::up() {
  begin();
  failures_ = 0;
  handle(Event::up);
}

void ControlProtocol::open() {
  terminated_ = heard_ = false;
  handle(Event::open);
}

std::vector<Option> ControlProtocol::missing(const std::vector<Option>&) {
  return {};
}

bool ControlProtocol::handle_code(const ControlPacket&) {
  return false;
}

void ControlProtocol::handle(Event event) {
  automaton_.handle(event);
  if (!automaton_.needs_timer()) {
    deadline_.reset();
  } else if (!deadline_) {
    deadline_ = owner_.now() + restart_time;
  }
}

void ControlProtocol::timeout() {
  deadline_.reset();
  handle(restart_count_ > 0 ? Event::timeout_again : Event::timeout_last);
}

void ControlProtocol::send(Code code, std::uint8_t identifier, const std::string& data) {
  owner_.send(protocol_, to_bytes(ControlPacket{static_cast<std::uint8_t>(code), identifier, data}));
}

void ControlProtocol::receive(std::string_view information) {
  auto packet = parse_control_packet(information);
  if (!packet) {
    return;
  }
  heard_ = true;
  received_ = *packet;
  switch (static_cast<Code>(packet->code)) {
    case Code::configure_request:
      receive_request(*packet);
      return;
    case Code::configure_ack:
    case Code::configure_nak:
    case Code::configure_reject:
      receive_answer(*packet);
      return;
    case Code::terminate_request:
      terminated_ = terminated_ || state() == State::opened || state() >= State::request_sent;
      handle(Event::terminate_request);
      return;
    case Code::terminate_ack:
      handle(Event::terminate_acknowledged);
      return;
    case Code::code_reject:
      receive_code_reject(*packet);
      return;
    default:
      if (!handle_code(*packet)) {
        handle(Event::unknown_code);
      }
  }
}

// What we do not know is rejected, all of it in one answer; else what we want otherwise is asked for; else
// all is acknowledged (RFC 1661, 5.2 to 5.4). Who does not converge gets rejects instead (4.6, Max-Failure).
void ControlProtocol::receive_request(const ControlPacket& packet) {
  auto options = parse_options(packet.data);
  if (!options || state() < State::closed) {
    return;
  }
  if (state() == State::closed || state() == State::closing || state() == State::stopping) {
    handle(Event::good_request);
    return;
  }
  if (state() == State::stopped || state() == State::opened) {
    begin();
    failures_ = 0;
  }
  std::vector<Option> rejected;
  std::vector<Option> wanted;
  for (const Option& option : *options) {
    Verdict verdict = judge(option);
    if (verdict.kind == Verdict::Kind::reject ||
        (verdict.kind == Verdict::Kind::nak && failures_ >= max_failure)) {
      rejected.push_back(option);
    } else if (verdict.kind == Verdict::Kind::nak) {
      wanted.push_back({option.type, verdict.value});
    }
  }
  if (rejected.empty() && failures_ < max_failure) {
    auto more = missing(*options);
    wanted.insert(wanted.end(), more.begin(), more.end());
  }
  answer_.identifier = packet.identifier;
  if (!rejected.empty()) {
    answer_.code = static_cast<std::uint8_t>(Code::configure_reject);
    answer_.data = to_bytes(rejected);
    handle(Event::bad_request);
  } else if (!wanted.empty()) {
    ++failures_;
    answer_.code = static_cast<std::uint8_t>(Code::configure_nak);
    answer_.data = to_bytes(wanted);
    handle(Event::bad_request);
  } else {
    failures_ = 0;
    answer_.code = static_cast<std::uint8_t>(Code::configure_ack);
    answer_.data = packet.data;
    accept(*options);
    handle(Event::good_request);
  }
}

// Answers to other requests than the last are of the past (RFC 1661, 5.2).
void ControlProtocol::receive_answer(const ControlPacket& packet) {
  if (packet.identifier != requested_ || state() < State::request_sent) {
    if (state() == State::closed || state() == State::stopped) {
      handle(Event::acknowledged);
    }
    return;
  }
  if (packet.code == static_cast<std::uint8_t>(Code::configure_ack)) {
    if (packet.data == request_) {
      handle(Event::acknowledged);
    }
    return;
  }
  auto options = parse_options(packet.data);
  if (!options) {
    return;
  }
  for (const Option& option : *options) {
    if (packet.code == static_cast<std::uint8_t>(Code::configure_nak)) {
      nak(option);
    } else {
      reject(option);
    }
  }
  handle(Event::not_acknowledged);
}

// Without the codes of configuration and its end nothing can go on.
void ControlProtocol::receive_code_reject(const ControlPacket& packet) {
  auto code = packet.data.empty() ? std::uint8_t{} : static_cast<std::uint8_t>(packet.data[0]);
  bool is_needed = code >= static_cast<std::uint8_t>(Code::configure_request) &&
                   code <= static_cast<std::uint8_t>(Code::code_reject);
  handle(is_needed ? Event::fatal_reject : Event::harmless_reject);
}

void ControlProtocol::act(Action action) {
  switch (action) {
    case Action::this_layer_up:
      owner_.layer_up(*this);
      return;
    case Action::this_layer_down:
      owner_.layer_down(*this);
      return;
    case Action::this_layer_finished:
      owner_.layer_finished(*this);
      return;
    case Action::initialize_restart_count:
      restart_count_ =
          state() == State::closing || state() == State::stopping ? max_terminate : max_configure;
      return;
    case Action::zero_restart_count:
      restart_count_ = 0;
      deadline_ = owner_.now() + restart_time;
      return;
    case Action::send_configure_request:
      --restart_count_;
      requested_ = next_identifier();
      request_ = to_bytes(own_options());
      deadline_ = owner_.now() + restart_time;
      send(Code::configure_request, requested_, request_);
      return;
    case Action::send_configure_acknowledge:
    case Action::send_configure_nak:
      owner_.send(protocol_, to_bytes(answer_));
      return;
    case Action::send_terminate_request:
      --restart_count_;
      deadline_ = owner_.now() + restart_time;
      send(Code::terminate_request, next_identifier(), {});
      return;
    case Action::send_terminate_acknowledge:
      send(Code::terminate_ack, received_.identifier, {});
      return;
    case Action::send_code_reject:
      send(Code::code_reject, next_identifier(), to_bytes(received_));
      return;
    case Action::send_echo_reply:
      reply_to_echo(received_);
      return;
    case Action::this_layer_started:
    case Action::none:
      return;
  }
}

}  // namespace attache::services::ppp
