#include <boost/asio/io_context.hpp>
#include <string>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "net/packets/packet_check.hpp"
#include "net/packets/packet_headers.hpp"
#include "net/packets/packet_routes.hpp"
#include "net/packets/slirp_network.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

// Nothing may leave this machine: destinations are those of libslirp's own network, which has no way to the
// machine's loopback either.
void keep_inside(std::string& packet) {
  using namespace std::string_literals;
  if (packet.size() >= 20 && packet[0] == '\x45') {
    packet.replace(16, 3, "\xC0\0\x02"s);
  } else if (packet.size() >= 40 && static_cast<unsigned char>(packet[0]) >> 4U == 6 &&
             packet[24] != '\xFF') {
    packet.replace(24, 8, "\x20\x01\x0D\xB8\0\0\0\0"s);
  }
}

// Else most packets would end at the first check.
void put_in_order(std::string& packet) {
  using namespace std::string_literals;
  auto size = [&](std::size_t bytes) {
    return std::string{static_cast<char>(bytes >> 8U & 0xFFU), static_cast<char>(bytes & 0xFFU)};
  };
  if (packet.size() >= 20 && packet[0] == '\x45') {
    packet.replace(2, 2, size(packet.size()));
    packet.replace(12, 4, "\x0A\xA0\x21\x29");
    packet.replace(10, 2, "\0\0"s);
    packet.replace(10, 2, size(net::checksum_of(std::string_view(packet).substr(0, 20))));
  } else if (packet.size() >= 40 && static_cast<unsigned char>(packet[0]) >> 4U == 6) {
    packet.replace(4, 2, size(packet.size() - 40));
    packet.replace(8, 8, "\x20\x01\x0D\xB8\0\0\0\0"s);
  }
}

}  // namespace

void fuzz_packets(std::string_view input) {
  boost::asio::io_context context;
  base::ManualClock clock(context);
  base::NullJournal journal;
  modem::PdnConnection connection;
  connection.ipv4 = boost::asio::ip::make_address_v4("10.160.33.41");
  connection.ipv6 = boost::asio::ip::make_address_v6("2001:db8::41");
  net::Routes routes({});
  net::PacketRoutes translation({routes,
                                 false,
                                 [] { return std::optional<net::Errno>(); },
                                 {},
                                 [](net::Family) { return std::optional<net::Endpoint>(); }});
  auto network = net::make_slirp_network(clock, journal, {connection}, [&](std::string_view packet) {
    must(translation.down(packet).size() == packet.size(), "a packet keeps its size");
  });
  must(network.has_value(), "there is a network");
  while (input.size() >= 2) {
    bool as_it_is = (static_cast<unsigned char>(input[0]) & 0x80U) != 0;
    std::size_t size =
        (static_cast<unsigned char>(input[0]) & 0x07U) << 8U | static_cast<unsigned char>(input[1]);
    std::string packet(input.substr(2, size));
    input.remove_prefix(std::min(input.size(), size + 2));
    keep_inside(packet);
    if (!as_it_is) {
      put_in_order(packet);
    }
    if (net::check_packet(
            packet, {connection.ipv4, connection.ipv6, connection.mtu, (*network)->takes_fragments()})) {
      continue;
    }
    auto outcome = translation.up(packet);
    if (outcome.kind == net::PacketRoutes::Outcome::Kind::to_network) {
      (*network)->send(outcome.packet);
      clock.advance(std::chrono::milliseconds(10));
    }
  }
  clock.advance(std::chrono::seconds(2));
}

}  // namespace attache::fuzz
