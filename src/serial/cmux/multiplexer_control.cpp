#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "serial/cmux/dropped.hpp"
#include "serial/cmux/multiplexer.hpp"

// The control channel: messages of the host and ours.

namespace attache::serial::cmux {

namespace {

using namespace std::chrono_literals;

constexpr auto close_time = 330ms + 10ms;  // T1, and what the application waits then.

}  // namespace

// CLD is taken at any time: it is how a host that knows nothing of ours begins.
void Multiplexer::handle_control(const Frame& frame, base::Time now) {
  ControlMessages read = read_messages(frame.information);
  if (!read.is_whole) {
    journal_.report(log_name, dropped("a CMUX control message was dropped", "it is cut off",
                                      "a message is type, length and value, whole in one frame"));
  }
  bool was_open = is_open(control_dlci);
  bool taken = was_open;
  for (const ControlMessage& message : read.messages) {
    if (!was_open && message.type != MessageType::close_down) {
      continue;
    }
    taken = true;
    if (message.is_command) {
      handle_command(message, now);
    } else {
      handle_response(message, now);
    }
  }
  if (!taken) {
    respond(FrameType::dm, control_dlci, now);
  }
}

void Multiplexer::handle_response(const ControlMessage& message, base::Time now) {
  log(base::LogLevel::debug, fmt::format("{} answered", name(message.type)));
  if (message.type == MessageType::close_down) {
    hasten_end(now);
  }
}

void Multiplexer::handle_command(const ControlMessage& message, base::Time now) {
  log(base::LogLevel::debug,
      fmt::format("{} ({} bytes)", name(message.type).empty() ? "unknown message" : name(message.type),
                  message.value.size()));
  switch (message.type) {
    case MessageType::modem_status:
      handle_status(message, now);
      return;
    case MessageType::flow_on:
    case MessageType::flow_off:
      all_stopped_ = message.type == MessageType::flow_off;
      respond(message.type, {}, now);
      return;
    case MessageType::close_down:
      if (orders_.closes_too && !end_at_) {
        sender_.say_on_purpose("CLD of our own");
        send_message({MessageType::close_down, true}, now);
      }
      respond(message.type, {}, now);
      close_down(close_time, "the host has closed it down", now);
      return;
    case MessageType::power_saving:
      if (options_.saves_power) {
        respond(message.type, {}, now);
        fall_asleep();
        return;
      }
      break;
    default:
      break;
  }
  auto answer = options_.whole_standard ? answer_of_standard(message) : std::nullopt;
  if (answer) {
    respond(message.type, std::move(*answer), now);
    return;
  }
  // It names the octet that it does not know.
  std::string unknown = encode(message).substr(0, 1);
  respond(MessageType::non_supported, std::move(unknown), now);
}

// Values of PN, RPN, RLS, SNC and Test; nothing for another message, or one that is none (5.4.6.3).
std::optional<std::string> Multiplexer::answer_of_standard(const ControlMessage& message) {
  switch (message.type) {
    case MessageType::parameter_negotiation: {
      auto wanted = read_link_parameters(message.value);
      return wanted ? agree(*wanted) : std::nullopt;
    }
    case MessageType::remote_port_negotiation: {
      // 115200 bit/s, 8N1, no flow control of its own, XON and XOFF as usual.
      constexpr std::string_view usual("\x07\x03\x00\x11\x13\x7F\x3F", 7);
      return message.value.size() == 1 ? message.value + std::string(usual) : message.value;
    }
    case MessageType::remote_line_status:
    case MessageType::service_negotiation:
    case MessageType::test:
      return message.value;
    default:
      return std::nullopt;
  }
}

// A responder may take N1 down, and knows UIH frames alone.
std::optional<std::string> Multiplexer::agree(const LinkParameters& wanted) {
  if (wanted.dlci == control_dlci || wanted.dlci > options_.channels) {
    return std::nullopt;
  }
  LinkParameters agreed = wanted;
  agreed.convergence = 0;
  std::size_t size = std::clamp<std::size_t>(wanted.frame_size, 1, options_.frame_size);
  agreed.frame_size = static_cast<std::uint16_t>(size);
  channels_[wanted.dlci].frame_size = size;
  return encode(agreed);
}

void Multiplexer::handle_status(const ControlMessage& message, base::Time now) {
  auto status = read_modem_status(message.value);
  if (!status) {
    journal_.report(log_name, dropped("MSC was dropped", "it has less than two octets", "DLC and signals"));
    return;
  }
  respond(message.type, message.value, now);
  bool is_ours = status->dlci != control_dlci && status->dlci <= options_.channels && is_open(status->dlci);
  if (!is_ours) {
    return;
  }
  Channel& channel = channels_[status->dlci];
  channel.host_stopped = status->flow_stopped || !status->ready_to_receive;
  if (!channel.status_told) {
    tell_status(status->dlci, now);
  }
  base::HostLines lines = host_lines_of(*status);
  if (std::exchange(channel.host_lines, lines) != lines) {
    user_.host_lines_changed(status->dlci, lines);
  }
}

void Multiplexer::tell_status(std::uint8_t dlci, base::Time now) {
  Channel& channel = channels_[dlci];
  channel.status_told = true;
  ModemStatus status = status_of(dlci, channel.device_lines, channel.held_back);
  send_message({MessageType::modem_status, true, encode(status)}, now);
}

void Multiplexer::respond(MessageType type, std::string value, base::Time now) {
  send_message({type, false, std::move(value)}, now);
}

// UIH frames of the responder have C/R 0, whatever they carry.
void Multiplexer::send_message(const ControlMessage& message, base::Time now) {
  if (is_asleep_) {
    held_.push_back(message);
    call_host(now);
    return;
  }
  sender_.send({control_dlci, false, FrameType::uih, false, encode(message)}, now);
}

}  // namespace attache::serial::cmux
