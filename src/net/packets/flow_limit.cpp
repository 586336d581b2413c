#include "net/packets/flow_limit.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "net/packets/packet_headers.hpp"

namespace attache::net {

namespace {

constexpr rlim_t share = 4;  // Of a device's contexts several may be up.
constexpr rlim_t ceiling = 1024;

std::size_t most_for_this_process() {
  rlimit files{};
  bool is_known = ::getrlimit(RLIMIT_NOFILE, &files) == 0;
  return is_known ? std::min(files.rlim_cur / share, ceiling) : ceiling;
}

// A segment of TCP opens something if it has SYN and not ACK.
bool opens_a_flow(std::string_view packet) {
  constexpr std::size_t flags_at = 13;
  constexpr unsigned syn = 0x02;
  constexpr unsigned syn_and_ack = 0x12;
  auto view = view_packet(packet);
  if (!view || view->protocol != tcp_protocol_number || view->is_later_fragment) {
    return true;
  }
  std::size_t at = view->transport_at + flags_at;
  return at < packet.size() && (static_cast<unsigned char>(packet[at]) & syn_and_ack) == syn;
}

}  // namespace

FlowLimit::FlowLimit(base::Journal& journal) : FlowLimit(journal, most_for_this_process()) {}

void FlowLimit::closed(int descriptor) {
  flows_.erase(descriptor);
  said_ = said_ && flows_.size() >= most_;
}

bool FlowLimit::lets_in(std::string_view packet) {
  if (flows_.size() < most_ || !opens_a_flow(packet)) {
    return true;
  }
  if (!std::exchange(said_, true)) {
    journal_.report("packets",
                    base::make_reason(base::Cause::buffer_limit, "packets of the device's host are dropped",
                                      fmt::format("it has {} connections and flows of datagrams open; more "
                                                  "would take the descriptors that the device needs",
                                                  flows_.size()),
                                      "use fewer source ports; flows of UDP are forgotten after 4 minutes "
                                      "without a datagram. More are let be with a higher `ulimit -n`."));
  }
  return false;
}

}  // namespace attache::net
