#include "net/packets/ethernet_frames.hpp"

#include "net/packets/packet_headers.hpp"

namespace attache::net::ethernet {

namespace {

using namespace std::string_literals;

constexpr std::size_t frame_header = 14;
constexpr std::size_t arp_size = 28;
constexpr unsigned arp_type = 0x0806;
constexpr unsigned ipv4_type = 0x0800;
constexpr unsigned ipv6_type = 0x86DD;

// The host's and, as libslirp has it, the gateway's: 52:55 and an address of IPv4. Any will do: there is one.
const std::string host_mac = "\x52\x54\x00\x12\x34\x56"s;
const std::string all_macs = "\xFF\xFF\xFF\xFF\xFF\xFF"s;

unsigned two_bytes(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) << 8U |
         static_cast<unsigned char>(bytes[at + 1]);
}

std::string address_bytes(const asio::ip::address_v4& address) {
  std::string bytes;
  for (unsigned char byte : address.to_bytes()) {
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

std::string with_header(std::string_view to, unsigned type, std::string_view content) {
  std::string whole(to);
  whole += host_mac;
  whole.push_back(static_cast<char>(type >> 8U));
  whole.push_back(static_cast<char>(type & 0xFFU));
  whole += content;
  return whole;
}

// The sender of all ARP here is the host: `operation` 1 asks, 2 answers.
std::string arp(char operation, const std::string& sender, std::string_view target_mac,
                std::string_view target) {
  std::string message = "\0\x01\x08\0\x06\x04\0"s + operation + host_mac + sender;
  message += target_mac;
  message += target;
  return with_header(operation == 1 ? std::string_view(all_macs) : target_mac, arp_type, message);
}

// RFC 4861, 4.4: flags, the target, its link-layer address.
std::string advertisement(const asio::ip::address_v6& target, const Address& to, std::string_view to_mac,
                          bool solicited) {
  constexpr unsigned hop_limit = 255;
  std::string message = "\x88\0\0\0"s + (solicited ? '\x60' : '\x20') + "\0\0\0"s;
  for (unsigned char byte : target.to_bytes()) {
    message.push_back(static_cast<char>(byte));
  }
  message += "\x02\x01"s + host_mac;
  return with_header(to_mac, ipv6_type, make_icmp_packet(target, to, message, hop_limit));
}

std::string answer_arp(std::string_view request, const std::optional<asio::ip::address_v4>& host) {
  constexpr std::size_t sender_mac_at = 8;
  constexpr std::size_t sender_at = 14;
  constexpr std::size_t target_at = 24;
  bool asks = request.size() >= arp_size && two_bytes(request, 6) == 1 && host &&
              request.substr(target_at, 4) == address_bytes(*host);
  return asks ? arp(2, address_bytes(*host), request.substr(sender_mac_at, host_mac.size()),
                    request.substr(sender_at, 4))
              : std::string();
}

// A solicitation of libslirp for an address of the host.
std::string answer_solicitation(std::string_view packet, std::string_view from_mac) {
  constexpr char solicitation = '\x87';
  constexpr std::size_t target_at = 48;
  auto view = view_packet(packet);
  bool asks = view && view->protocol == icmpv6_protocol_number &&
              packet[view->transport_at] == solicitation && packet.size() >= target_at + 16;
  if (!asks || view->from.is_unspecified()) {
    return {};
  }
  asio::ip::address_v6::bytes_type target;
  for (std::size_t i = 0; i < target.size(); ++i) {
    target[i] = static_cast<unsigned char>(packet[target_at + i]);
  }
  return advertisement(asio::ip::address_v6(target), view->from, from_mac, true);
}

}  // namespace

std::string frame(std::string_view packet) {
  bool is_ipv6 = !packet.empty() && static_cast<unsigned char>(packet[0]) >> 4U == 6;
  return with_header(all_macs, is_ipv6 ? ipv6_type : ipv4_type, packet);
}

std::string announcement(const Address& address) {
  if (address.is_v4()) {
    std::string own = address_bytes(address.to_v4());
    return arp(1, own, std::string(host_mac.size(), '\0'), own);
  }
  return advertisement(address.to_v6(), asio::ip::make_address_v6("ff02::1"), "\x33\x33\0\0\0\x01"s, false);
}

Received receive(std::string_view frame, const std::optional<asio::ip::address_v4>& host) {
  Received received;
  if (frame.size() <= frame_header) {
    return received;
  }
  unsigned type = two_bytes(frame, 12);
  std::string_view content = frame.substr(frame_header);
  if (type == arp_type) {
    received.answer = answer_arp(content, host);
    return received;
  }
  if (type == ipv6_type) {
    received.answer = answer_solicitation(content, frame.substr(host_mac.size(), host_mac.size()));
  }
  if (received.answer.empty() && (type == ipv4_type || type == ipv6_type)) {
    received.packet = content;
  }
  return received;
}

}  // namespace attache::net::ethernet
