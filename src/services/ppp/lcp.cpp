#include "services/ppp/lcp.hpp"

#include <algorithm>
#include <utility>

namespace attache::services::ppp {

namespace {

constexpr std::uint8_t mru_option = 1;
constexpr std::uint8_t accm_option = 2;
constexpr std::uint8_t authentication_option = 3;
constexpr std::uint8_t magic_option = 5;
constexpr std::uint8_t pfc_option = 7;
constexpr std::uint8_t acfc_option = 8;
constexpr std::size_t usual_mru = 1500;
constexpr std::size_t least_mru = 128;
constexpr std::size_t quoted_header = 10;  // Code, identifier, length, protocol; and of the frame.
constexpr char chap_with_md5 = 5;

std::string authentication_value(Authentication wanted) {
  return wanted == Authentication::pap ? number_bytes(pap_number, 2)
                                       : number_bytes(chap_number, 2) + chap_with_md5;
}

}  // namespace

void Lcp::begin() {
  asks_mru_ = asks_accm_ = asks_magic_ = asks_pfc_ = asks_acfc_ = true;
  accm_ = 0;
  magic_ = static_cast<std::uint32_t>(random_.next());
  authentication_ = options_.authentication;
  refused_authentication_ = false;
  framing_ = {};
  peer_mru_ = usual_mru;
  rejected_protocol_ = 0;
}

std::vector<Option> Lcp::own_options() {
  std::vector<Option> options;
  if (asks_mru_ && options_.mru != usual_mru) {
    options.push_back({mru_option, number_bytes(options_.mru, 2)});
  }
  if (asks_accm_) {
    options.push_back({accm_option, number_bytes(accm_, 4)});
  }
  if (authentication_ != Authentication::none) {
    options.push_back({authentication_option, authentication_value(authentication_)});
  }
  if (asks_magic_) {
    options.push_back({magic_option, number_bytes(magic_, 4)});
  }
  if (asks_pfc_) {
    options.push_back({pfc_option, {}});
  }
  if (asks_acfc_) {
    options.push_back({acfc_option, {}});
  }
  return options;
}

// The device has no name or secret that it could give: it is not to be asked.
ControlProtocol::Verdict Lcp::judge(const Option& option) {
  using Kind = Verdict::Kind;
  switch (option.type) {
    case mru_option:
      if (option.value.size() != 2) {
        return {Kind::reject};
      }
      return number_of(option.value) < least_mru ? Verdict{Kind::nak, number_bytes(least_mru, 2)} : Verdict{};
    case accm_option:
      return option.value.size() == 4 ? Verdict{} : Verdict{Kind::reject};
    case magic_option:
      if (option.value.size() != 4) {
        return {Kind::reject};
      }
      // Its own number comes back on a line that is looped (RFC 1661, 6.4).
      return number_of(option.value) == 0 || (asks_magic_ && number_of(option.value) == magic_)
                 ? Verdict{Kind::nak, number_bytes(random_.next() & 0xFFFFFFFFU, 4)}
                 : Verdict{};
    case pfc_option:
    case acfc_option:
      return option.value.empty() ? Verdict{} : Verdict{Kind::reject};
    default:
      return {Kind::reject};
  }
}

void Lcp::accept(const std::vector<Option>& options) {
  framing_ = {};
  peer_mru_ = usual_mru;
  for (const Option& option : options) {
    switch (option.type) {
      case mru_option:
        peer_mru_ = std::min<std::size_t>(number_of(option.value), usual_mru);
        break;
      case accm_option:
        framing_.accm = static_cast<std::uint32_t>(number_of(option.value));
        break;
      case pfc_option:
        framing_.compress_protocol = true;
        break;
      case acfc_option:
        framing_.compress_address = true;
        break;
      default:
        break;
    }
  }
}

void Lcp::nak(const Option& option) {
  switch (option.type) {
    case accm_option:
      // What the peer escapes more is no harm.
      if (option.value.size() == 4) {
        accm_ |= static_cast<std::uint32_t>(number_of(option.value));
      }
      break;
    case magic_option:
      magic_ = static_cast<std::uint32_t>(random_.next());
      break;
    case mru_option:
      asks_mru_ = false;
      break;
    case authentication_option:
      // The other of the two, or none: whoever it is, it is let in.
      if (option.value == authentication_value(Authentication::pap)) {
        authentication_ = Authentication::pap;
      } else if (option.value == authentication_value(Authentication::chap)) {
        authentication_ = Authentication::chap;
      } else {
        reject(option);
      }
      break;
    default:
      break;
  }
}

void Lcp::reject(const Option& option) {
  switch (option.type) {
    case mru_option:
      asks_mru_ = false;
      break;
    case accm_option:
      asks_accm_ = false;
      break;
    case magic_option:
      asks_magic_ = false;
      break;
    case pfc_option:
      asks_pfc_ = false;
      break;
    case acfc_option:
      asks_acfc_ = false;
      break;
    case authentication_option:
      refused_authentication_ = authentication_ != Authentication::none;
      authentication_ = Authentication::none;
      break;
    default:
      break;
  }
}

bool Lcp::handle_code(const ControlPacket& packet) {
  switch (static_cast<Code>(packet.code)) {
    case Code::protocol_reject:
      // Of a protocol of ours its layer ends; LCP itself cannot be done without.
      if (packet.data.size() >= 2) {
        rejected_protocol_ =
            static_cast<std::uint16_t>(number_of(std::string_view(packet.data).substr(0, 2)));
      }
      handle(rejected_protocol_ == lcp_number ? Event::fatal_reject : Event::harmless_reject);
      return true;
    case Code::echo_request:
      handle(Event::echo);
      return true;
    case Code::echo_reply:
    case Code::discard_request:
      return true;
    default:
      return false;
  }
}

void Lcp::reply_to_echo(const ControlPacket& request) {
  if (!answers_echoes_) {
    ++unanswered_;
    return;
  }
  constexpr std::size_t magic_size = 4;
  std::string data = number_bytes(asks_magic_ ? magic_ : 0, magic_size);
  if (request.data.size() > magic_size) {
    data += request.data.substr(magic_size);
  }
  send(Code::echo_reply, request.identifier, data);
}

void Lcp::reject_protocol(std::uint16_t protocol, std::string_view information) {
  if (is_open()) {
    std::string data = number_bytes(protocol, 2);
    data += information.substr(0, std::min(information.size(), peer_mru_ - quoted_header));
    send(Code::protocol_reject, next_identifier(), data);
  }
}

}  // namespace attache::services::ppp
