#include "services/ppp/authentication.hpp"

#include <utility>

namespace attache::services::ppp {

namespace {

constexpr std::uint8_t pap_request = 1;
constexpr std::uint8_t pap_ack = 2;
constexpr std::uint8_t chap_challenge = 1;
constexpr std::uint8_t chap_response = 2;
constexpr std::uint8_t chap_success = 3;
constexpr std::size_t challenge_size = 16;

}  // namespace

Authenticator::Authenticator(Authentication kind, std::uint64_t seed, base::Time now, Send send)
    : kind_(kind), random_(seed), send_(std::move(send)) {
  ask(now);
}

// With PAP the host begins.
void Authenticator::ask(base::Time now) {
  ++questions_;
  deadline_ = now + patience;
  if (kind_ != Authentication::chap) {
    return;
  }
  std::string data(1, static_cast<char>(challenge_size));
  while (data.size() <= challenge_size) {
    data += number_bytes(random_.next(), sizeof(std::uint64_t));
  }
  send_(chap_number, to_bytes(ControlPacket{chap_challenge, ++identifier_, data + "attache"}));
}

bool Authenticator::receive(std::uint16_t protocol, std::string_view information, base::Time) {
  auto packet = parse_control_packet(information);
  bool is_ours = protocol == (kind_ == Authentication::pap ? pap_number : chap_number);
  if (!packet || !is_ours) {
    return false;
  }
  bool answers = kind_ == Authentication::pap
                     ? packet->code == pap_request
                     : packet->code == chap_response && packet->identifier == identifier_;
  if (!answers) {
    return false;
  }
  std::string data = kind_ == Authentication::pap ? std::string(1, '\0') : std::string();
  send_(protocol, to_bytes(ControlPacket{kind_ == Authentication::pap ? pap_ack : chap_success,
                                         packet->identifier, data}));
  deadline_.reset();
  return !std::exchange(done_, true);
}

bool Authenticator::timeout(base::Time now) {
  if (questions_ >= most_questions) {
    deadline_.reset();
    return false;
  }
  ask(now);
  return true;
}

}  // namespace attache::services::ppp
