#include "services/ppp/ppp_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace attache::services::ppp {

namespace {

std::string_view name_of_protocol(std::uint16_t protocol) {
  return protocol == lcp_number ? "LCP" : protocol == ipcp_number ? "IPCP" : "IPV6CP";
}

}  // namespace

PppLink::PppLink(const LinkSettings& settings, base::Time now, Outlets outlets)
    : settings_(settings),
      outlets_(std::move(outlets)),
      now_(now),
      decoder_([this](const Frame& frame) { receive_frame(frame); }),
      lcp_({settings.mtu, settings.authentication}, settings.seed, *this) {
  make_layers();
}

PppLink::~PppLink() = default;

void PppLink::make_layers() {
  Owner& owner = *this;  // Not everybody's.
  if (settings_.ipv4) {
    ipcp_ =
        std::make_unique<Ipcp>(Ipcp::Options{*settings_.ipv4, settings_.own, settings_.name_servers}, owner);
  }
  if (settings_.ipv6) {
    ipv6cp_ = std::make_unique<Ipv6cp>(*settings_.ipv6, owner);
  }
}

void PppLink::start(base::Time now) {
  now_ = now;
  lcp_.open();
  lcp_.up();
}

void PppLink::receive(std::string_view bytes, base::Time now) {
  now_ = now;
  HdlcDecoder::Count before = decoder_.count();
  std::uint64_t unanswered = lcp_.unanswered_echoes();
  decoder_.receive(bytes);
  tell_dropped(before);
  if (lcp_.unanswered_echoes() != unanswered) {
    outlets_.log("on purpose: an echo of LCP was not answered");
  }
  end_if_over();
}

// The journal counts what is said again and again.
void PppLink::tell_dropped(const HdlcDecoder::Count& before) {
  const HdlcDecoder::Count& now = decoder_.count();
  if (now.wrong_fcs != before.wrong_fcs) {
    outlets_.log(
        "a PPP frame was dropped: its check sequence is wrong. The line loses or changes bytes, or a host "
        "talks AT while PPP is on");
  }
  if (now.aborted != before.aborted) {
    outlets_.log("a PPP frame was dropped: the peer has aborted it");
  }
  if (now.too_long != before.too_long) {
    outlets_.log("a PPP frame was dropped: it is longer than an MRU of 1500 allows");
  }
  if (now.malformed != before.malformed) {
    outlets_.log("a PPP frame was dropped: its address, control or protocol field is none");
  }
}

std::optional<base::Time> PppLink::deadline() const {
  std::optional<base::Time> earliest = lcp_.deadline();
  auto consider = [&](std::optional<base::Time> other) {
    if (other && (!earliest || *other < *earliest)) {
      earliest = other;
    }
  };
  consider(ipcp_ ? ipcp_->deadline() : std::nullopt);
  consider(ipv6cp_ ? ipv6cp_->deadline() : std::nullopt);
  consider(authenticator_ ? authenticator_->deadline() : std::nullopt);
  return earliest;
}

void PppLink::timeout(base::Time now) {
  now_ = now;
  auto look_at = [&](ControlProtocol* layer) {
    if (layer != nullptr && layer->deadline() && *layer->deadline() <= now) {
      layer->timeout();
    }
  };
  look_at(&lcp_);
  look_at(ipcp_.get());
  look_at(ipv6cp_.get());
  bool asks_again = authenticator_ && authenticator_->deadline() && *authenticator_->deadline() <= now;
  if (asks_again && !authenticator_->timeout(now)) {
    outlets_.log("the peer has not said who it is: the link ends");
    closing_ = true;
    end_ = LinkEnd::authentication_failed;
    lcp_.close();
  }
  end_if_over();
}

void PppLink::send(std::uint16_t protocol, const std::string& information) {
  outlets_.line(encode_frame(protocol, information, lcp_.framing()));
}

void PppLink::send_packet(std::string_view packet) {
  if (packet.empty()) {
    return;
  }
  unsigned version = static_cast<unsigned char>(packet[0]) >> 4U;
  bool passes =
      (version == 4 && ipcp_ && ipcp_->is_open()) || (version == 6 && ipv6cp_ && ipv6cp_->is_open());
  if (passes && packet.size() > lcp_.peer_mru()) {
    outlets_.log(
        fmt::format("a packet for the peer was dropped: it is longer than its MRU, {}", lcp_.peer_mru()));
  } else if (passes) {
    outlets_.line(encode_frame(version == 4 ? ipv4_number : ipv6_number, packet, lcp_.framing()));
  }
}

void PppLink::terminate(base::Time now) {
  now_ = now;
  closing_ = true;
  if (!end_) {
    end_ = LinkEnd::closed;
  }
  lcp_.close();
  if (!lcp_.was_heard()) {
    lcp_.down();  // Nobody has ever answered: nobody is waited for.
  }
  end_if_over();
}

void PppLink::restart(base::Time now) {
  now_ = now;
  lcp_.down();
  lcp_.up();
}

void PppLink::set_faults(const LinkFaults& faults) {
  faults_ = faults;
  lcp_.set_echoes(!faults.echo_unanswered);
}

bool PppLink::is_connected() const {
  return (ipcp_ && ipcp_->is_open()) || (ipv6cp_ && ipv6cp_->is_open());
}

ControlProtocol* PppLink::layer_of(std::uint16_t protocol) {
  if (protocol == ipcp_number) {
    return ipcp_.get();
  }
  bool refused = faults_.ipv6cp_refused && !(ipv6cp_ && ipv6cp_->is_open());
  return protocol == ipv6cp_number && !refused ? ipv6cp_.get() : nullptr;
}

// Before the network phase all but LCP and authentication is dropped (RFC 1661, 3.4, 3.5).
void PppLink::receive_frame(const Frame& frame) {
  if (frame.protocol == lcp_number) {
    receive_lcp(frame.information);
    return;
  }
  if (!lcp_.is_open()) {
    return;
  }
  bool is_ipv4 = frame.protocol == ipv4_number && ipcp_ && ipcp_->is_open();
  bool is_ipv6 = frame.protocol == ipv6_number && ipv6cp_ && ipv6cp_->is_open();
  if (is_ipv4 || is_ipv6) {
    outlets_.packet(frame.information);
    return;
  }
  receive_control(frame);
}

void PppLink::receive_control(const Frame& frame) {
  if (authenticator_ && (frame.protocol == pap_number || frame.protocol == chap_number)) {
    if (authenticator_->receive(frame.protocol, frame.information, now_)) {
      outlets_.log("the peer has said who it is, and is let in");
      begin_network();
    }
    return;
  }
  if (!in_network_phase_) {
    return;
  }
  if (ControlProtocol* layer = layer_of(frame.protocol)) {
    layer->receive(frame.information);
    return;
  }
  bool is_waited_for = (frame.protocol == ipv4_number && ipcp_) || (frame.protocol == ipv6_number && ipv6cp_);
  if (frame.protocol == ipv6cp_number && faults_.ipv6cp_refused) {
    outlets_.log("on purpose: IPV6CP was rejected");
  }
  if (!is_waited_for) {
    lcp_.reject_protocol(frame.protocol, frame.information);
  }
}

void PppLink::receive_lcp(std::string_view information) {
  lcp_.receive(information);
  if (std::uint16_t rejected = lcp_.take_rejected_protocol()) {
    ControlProtocol* layer = rejected == ipcp_number     ? static_cast<ControlProtocol*>(ipcp_.get())
                             : rejected == ipv6cp_number ? static_cast<ControlProtocol*>(ipv6cp_.get())
                                                         : nullptr;
    if (layer != nullptr && in_network_phase_) {
      outlets_.log(fmt::format("the peer does without {}", name_of_protocol(rejected)));
      layer->rejected();
    }
  }
}

void PppLink::layer_up(ControlProtocol& layer) {
  outlets_.log(fmt::format("{} is open", name_of_protocol(layer.protocol())));
  if (&layer != &lcp_) {
    tell_connection();
    return;
  }
  if (lcp_.refused_authentication()) {
    outlets_.log("the peer would not say who it is; it is let in nevertheless");
  }
  if (lcp_.authentication() == Authentication::none) {
    begin_network();
    return;
  }
  authenticator_ = std::make_unique<Authenticator>(
      lcp_.authentication(), settings_.seed, now_,
      [this](std::uint16_t protocol, const std::string& information) { send(protocol, information); });
}

void PppLink::begin_network() {
  in_network_phase_ = true;
  if (ipcp_) {
    ipcp_->open();
    ipcp_->up();
  }
  if (ipv6cp_ && !faults_.ipv6cp_refused) {
    ipv6cp_->open();
    ipv6cp_->up();
  }
}

void PppLink::layer_down(ControlProtocol& layer) {
  outlets_.log(fmt::format("{} is not open any more", name_of_protocol(layer.protocol())));
  if (&layer != &lcp_) {
    tell_connection();
    return;
  }
  in_network_phase_ = false;
  authenticator_.reset();
  if (ipcp_) {
    ipcp_->down();
  }
  if (ipv6cp_) {
    ipv6cp_->down();
  }
  tell_connection();
}

// An NCP that ends, by its peer or by a reject, leaves the link to the others.
void PppLink::layer_finished(ControlProtocol& layer) {
  if (&layer != &lcp_) {
    return;
  }
  if (closing_) {
    end_ = end_.value_or(LinkEnd::closed);
  } else if (lcp_.was_terminated()) {
    end_ = LinkEnd::peer_terminated;
  }
}

void PppLink::tell_connection() {
  bool connected = is_connected();
  if (std::exchange(told_connected_, connected) != connected) {
    outlets_.connected(connected);
  }
}

// From where nothing of the link is under way: it may be destroyed.
void PppLink::end_if_over() {
  bool is_over = end_ && (lcp_.state() == State::closed || lcp_.state() == State::stopped ||
                          lcp_.state() == State::initial);
  if (is_over) {
    LinkEnd end = *std::exchange(end_, std::nullopt);
    auto ended = outlets_.ended;  // It may destroy this.
    ended(end);
  }
}

}  // namespace attache::services::ppp
