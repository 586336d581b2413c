#include "cmux_host.hpp"

#include <cstddef>
#include <utility>

namespace {

constexpr char flag = '\xF9';
constexpr std::uint8_t sabm = 0x3F;  // With P.
constexpr std::uint8_t ua = 0x73;    // With F.
constexpr std::uint8_t uih = 0xEF;
constexpr std::uint8_t modem_status = 0xE0;
constexpr std::uint8_t command_bit = 0x02;
constexpr std::size_t most_information = 127;

std::uint8_t octet(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// 5.2.1.6: x^8 + x^2 + x + 1, the lowest bit first, complemented.
std::uint8_t check(std::string_view octets) {
  static const auto table = [] {
    std::array<std::uint8_t, 256> made{};
    for (unsigned i = 0; i < made.size(); ++i) {
      unsigned value = i;
      for (int bit = 0; bit < 8; ++bit) {
        value = (value & 1U) != 0 ? value >> 1U ^ 0xE0U : value >> 1U;
      }
      made[i] = static_cast<std::uint8_t>(value);
    }
    return made;
  }();
  std::uint8_t value = 0xFF;
  for (char each : octets) {
    value = table[value ^ static_cast<std::uint8_t>(each)];
  }
  return static_cast<std::uint8_t>(0xFF - value);
}

}  // namespace

void CmuxHost::open(std::uint8_t dlci) {
  put(dlci, sabm, {});
}

void CmuxHost::put(std::uint8_t dlci, std::uint8_t control, std::string_view information) {
  std::string frame{flag, static_cast<char>(dlci << 2U | command_bit | 1U), static_cast<char>(control),
                    static_cast<char>(information.size() << 1U | 1U)};
  auto sequence = static_cast<char>(check(std::string_view(frame).substr(1)));
  frame += information;
  frame += sequence;
  frame += flag;
  write_(frame);
}

void CmuxHost::send(std::uint8_t dlci, std::string_view bytes) {
  channels_[dlci].waits += bytes;
  send_waiting(dlci);
}

void CmuxHost::send_waiting(std::uint8_t dlci) {
  Channel& channel = channels_[dlci];
  if (channel.is_held_back) {
    return;
  }
  std::string waits = std::exchange(channel.waits, {});
  for (std::string_view rest = waits; !rest.empty();) {
    std::string_view piece = rest.substr(0, most_information);
    put(dlci, uih, piece);
    rest.remove_prefix(piece.size());
  }
}

void CmuxHost::receive(std::string_view octets) {
  input_ += octets;
  std::string input = std::exchange(input_, {});
  std::string_view rest = input;
  while (rest.size() >= 2) {
    if (rest[0] != flag) {
      ++faults_;
      rest.remove_prefix(1);
      continue;
    }
    if (rest[1] == flag) {
      rest.remove_prefix(1);
      continue;
    }
    if (rest.size() < 5) {
      break;
    }
    std::size_t header = 3;
    std::size_t size = octet(rest, 3) >> 1U;
    if ((octet(rest, 3) & 1U) == 0) {
      size |= static_cast<std::size_t>(octet(rest, 4)) << 7U;
      header = 4;
    }
    std::size_t whole = 1 + header + size + 2;
    if (rest.size() < whole) {
      break;
    }
    std::string_view information = rest.substr(1 + header, size);
    if (octet(rest, 1 + header + size) == check(rest.substr(1, header)) && rest[whole - 1] == flag) {
      handle(static_cast<std::uint8_t>(octet(rest, 1) >> 2U), octet(rest, 2), information);
      rest.remove_prefix(whole - 1);
    } else {
      ++faults_;
      rest.remove_prefix(1);
    }
  }
  input_.insert(0, rest);
}

void CmuxHost::handle(std::uint8_t dlci, std::uint8_t control, std::string_view information) {
  if (control == ua) {
    channels_[dlci].is_open = true;
  } else if (control == uih && dlci != 0) {
    channels_[dlci].came += information;
  } else if (control == uih) {
    handle_message(information);
  }
}

// MSC is answered as it came; the device does not send others that want an answer while it is in use.
void CmuxHost::handle_message(std::string_view message) {
  bool is_status = message.size() >= 4 && (octet(message, 0) & 0xFCU) == modem_status;
  if (!is_status || (octet(message, 0) & command_bit) == 0) {
    return;
  }
  std::string answer(message);
  answer[0] = static_cast<char>(octet(message, 0) & ~command_bit);
  put(0, uih, answer);
  auto dlci = static_cast<std::uint8_t>(octet(message, 2) >> 2U);
  channels_[dlci].is_held_back = (octet(message, 3) & 0x02U) != 0;
  send_waiting(dlci);
}
