#include "net/traffic.hpp"

#include <algorithm>
#include <utility>

namespace attache::net {

std::shared_ptr<void> TrafficTaps::add(Tap tap, bool secrets) {
  auto listening = std::make_shared<Listening>(Listening{std::move(tap), secrets});
  hearers_->taps.push_back(listening);
  return listening;
}

bool TrafficTaps::are_heard() const {
  const auto& taps = hearers_->taps;
  return std::any_of(taps.begin(), taps.end(),
                     [](const std::weak_ptr<Listening>& weak) { return !weak.expired(); });
}

bool TrafficTaps::secrets_are_heard() const {
  const auto& taps = hearers_->taps;
  return std::any_of(taps.begin(), taps.end(), [](const std::weak_ptr<Listening>& weak) {
    auto listening = weak.lock();
    return listening && listening->secrets;
  });
}

// By index: a tap may add another one.
void TrafficTaps::tell(const TrafficEvent& event) {
  bool is_secret = std::holds_alternative<traffic::TlsSecret>(event);
  bool has_gone = false;
  auto& taps = hearers_->taps;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    auto listening = taps[i].lock();
    has_gone = has_gone || !listening;
    if (listening && (listening->secrets || !is_secret)) {
      listening->tap(cid_, event);
    }
  }
  if (has_gone) {
    std::erase_if(taps, [](const std::weak_ptr<Listening>& tap) { return tap.expired(); });
  }
}

Flow tell_opening(TrafficTaps& taps, const Address& device, const Endpoint& to) {
  Flow flow{0, {device, 0}, to};
  if (taps.are_heard()) {
    flow.number = taps.next_number();
    taps.tell(traffic::Opening{flow, false});
  }
  return flow;
}

void tell_outcome(TrafficTaps& taps, Flow flow, const NetResult<std::unique_ptr<Stream>>& stream) {
  if (flow.number == 0 || !taps.are_heard()) {
    return;
  }
  if (stream) {
    flow.device = (*stream)->local();
    taps.tell(traffic::Opened{flow});
  } else {
    taps.tell(traffic::NotOpened{flow, stream.error()});
  }
}

std::uint64_t tell_asked(TrafficTaps& taps, std::string_view name, Family family) {
  if (!taps.are_heard()) {
    return 0;
  }
  std::uint64_t number = taps.next_number();
  taps.tell(traffic::NameAsked{number, name, family});
  return number;
}

void tell_answered(TrafficTaps& taps, std::uint64_t number, std::string_view name, Family family,
                   const NetResult<std::vector<Address>>& answer) {
  if (number != 0 && taps.are_heard()) {
    taps.tell(traffic::NameAnswered{number, name, family, answer});
  }
}

std::uint64_t tell_sent(TrafficTaps& taps, const Address& to, const EchoRequest& request) {
  if (!taps.are_heard()) {
    return 0;
  }
  std::uint64_t number = taps.next_number();
  taps.tell(traffic::EchoSent{number, to, request.sequence, request.payload});
  return number;
}

void tell_ended(TrafficTaps& taps, std::uint64_t number, const Address& to, const EchoRequest& request,
                const NetResult<base::Duration>& result) {
  if (number != 0 && taps.are_heard()) {
    taps.tell(traffic::EchoEnded{number, to, request.sequence, request.payload, result});
  }
}

KeyLog key_log_of(const std::shared_ptr<TrafficTaps>& taps) {
  if (!taps->secrets_are_heard()) {
    return {};
  }
  return [taps](std::string_view line) { taps->tell(traffic::TlsSecret{line}); };
}

}  // namespace attache::net
