#include "serial/cmux/control_message.hpp"

namespace attache::serial::cmux {

namespace {

constexpr std::uint8_t ends_type = 0x01;  // EA.
constexpr std::uint8_t command_bit = 0x02;
constexpr std::size_t longest_short_value = 127;

constexpr std::uint8_t flow_bit = 0x02;
constexpr std::uint8_t communicate_bit = 0x04;
constexpr std::uint8_t receive_bit = 0x08;
constexpr std::uint8_t call_bit = 0x40;
constexpr std::uint8_t valid_bit = 0x80;

constexpr std::size_t link_parameters_size = 8;
constexpr std::uint8_t highest_dlci_mask = 0x3F;
constexpr std::uint8_t highest_priority = 0x3F;
constexpr std::uint8_t highest_window = 0x07;

std::uint8_t octet_of(std::string_view octets, std::size_t index) {
  return static_cast<std::uint8_t>(octets[index]);
}

// A DLC within a value: as an address, C/R always 1.
char address_in_value(std::uint8_t dlci) {
  return static_cast<char>(dlci << 2U | command_bit | ends_type);
}

}  // namespace

std::string_view name(MessageType type) {
  switch (type) {
    case MessageType::parameter_negotiation:
      return "PN";
    case MessageType::power_saving:
      return "PSC";
    case MessageType::close_down:
      return "CLD";
    case MessageType::test:
      return "Test";
    case MessageType::flow_on:
      return "FCon";
    case MessageType::flow_off:
      return "FCoff";
    case MessageType::modem_status:
      return "MSC";
    case MessageType::non_supported:
      return "NSC";
    case MessageType::remote_port_negotiation:
      return "RPN";
    case MessageType::remote_line_status:
      return "RLS";
    case MessageType::service_negotiation:
      return "SNC";
  }
  return "";
}

std::string encode(const ControlMessage& message) {
  std::size_t size = message.value.size();
  std::string octets{static_cast<char>(static_cast<std::uint8_t>(message.type) |
                                       (message.is_command ? command_bit : 0U) | ends_type)};
  if (size > longest_short_value) {
    octets += static_cast<char>(size << 1U & 0xFEU);
    octets += static_cast<char>(size >> 7U << 1U | ends_type);
  } else {
    octets += static_cast<char>(size << 1U | ends_type);
  }
  return octets + message.value;
}

// A type of several octets is none that there is: the first octet stands for it in the answer.
ControlMessages read_messages(std::string_view information) {
  ControlMessages read;
  while (!information.empty()) {
    std::uint8_t type = octet_of(information, 0);
    std::size_t at = 0;
    while (at < information.size() && (octet_of(information, at) & ends_type) == 0) {
      ++at;
    }
    ++at;
    std::size_t length = 0;
    unsigned shift = 0;
    bool ended = false;
    for (; at < information.size() && !ended && shift <= 14; ++at, shift += 7) {
      std::uint8_t octet = octet_of(information, at);
      length |= static_cast<std::size_t>(octet >> 1U) << shift;
      ended = (octet & ends_type) != 0;
    }
    if (!ended || at + length > information.size()) {
      read.is_whole = false;
      break;
    }
    read.messages.push_back({static_cast<MessageType>(type & ~(command_bit | ends_type)),
                             (type & command_bit) != 0, std::string(information.substr(at, length))});
    information.remove_prefix(at + length);
  }
  return read;
}

ModemStatus status_of(std::uint8_t dlci, const base::DeviceLines& lines, bool flow_stopped) {
  return {dlci, flow_stopped, lines.dsr, lines.cts, lines.ri, lines.dcd};
}

base::HostLines host_lines_of(const ModemStatus& status) {
  return {status.ready_to_communicate, status.ready_to_receive};
}

std::string encode(const ModemStatus& status) {
  auto signals = static_cast<char>(
      ends_type | (status.flow_stopped ? flow_bit : 0U) |
      (status.ready_to_communicate ? communicate_bit : 0U) | (status.ready_to_receive ? receive_bit : 0U) |
      (status.incoming_call ? call_bit : 0U) | (status.data_valid ? valid_bit : 0U));
  return {address_in_value(status.dlci), signals};
}

std::optional<ModemStatus> read_modem_status(std::string_view value) {
  if (value.size() < 2) {
    return std::nullopt;
  }
  std::uint8_t signals = octet_of(value, 1);
  return ModemStatus{static_cast<std::uint8_t>(octet_of(value, 0) >> 2U),
                     (signals & flow_bit) != 0,
                     (signals & communicate_bit) != 0,
                     (signals & receive_bit) != 0,
                     (signals & call_bit) != 0,
                     (signals & valid_bit) != 0};
}

std::string encode(const LinkParameters& parameters) {
  return {static_cast<char>(parameters.dlci),
          static_cast<char>(parameters.convergence),
          static_cast<char>(parameters.priority),
          static_cast<char>(parameters.acknowledge),
          static_cast<char>(parameters.frame_size & 0xFFU),
          static_cast<char>(parameters.frame_size >> 8U),
          static_cast<char>(parameters.tries),
          static_cast<char>(parameters.window)};
}

std::optional<LinkParameters> read_link_parameters(std::string_view value) {
  if (value.size() != link_parameters_size) {
    return std::nullopt;
  }
  return LinkParameters{static_cast<std::uint8_t>(octet_of(value, 0) & highest_dlci_mask),
                        octet_of(value, 1),
                        static_cast<std::uint8_t>(octet_of(value, 2) & highest_priority),
                        octet_of(value, 3),
                        static_cast<std::uint16_t>(octet_of(value, 4) | octet_of(value, 5) << 8U),
                        octet_of(value, 6),
                        static_cast<std::uint8_t>(octet_of(value, 7) & highest_window)};
}

}  // namespace attache::serial::cmux
