#include "services/ppp/ppp_link.hpp"

#include <boost/asio/ip/address.hpp>
#include <string>

#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

namespace ppp = services::ppp;

/// A link, and the frames that it sends.
struct PlayedLink {
  explicit PlayedLink(unsigned flags) {
    ppp::LinkSettings settings;
    settings.ipv4 = boost::asio::ip::make_address_v4("10.160.33.41");
    if ((flags & 1U) == 0) {
      settings.ipv6 = boost::asio::ip::make_address_v6("2001:db8::41");
    }
    settings.own = boost::asio::ip::make_address_v4("192.0.2.1");
    settings.name_servers = {settings.own, *settings.ipv4};
    settings.authentication = (flags & 2U) != 0   ? ppp::Authentication::pap
                              : (flags & 4U) != 0 ? ppp::Authentication::chap
                                                  : ppp::Authentication::none;
    ppp::PppLink::Outlets outlets;
    outlets.line = [this](std::string_view bytes) {
      std::size_t before = decoder.count().frames;
      decoder.receive(bytes);
      must(decoder.count().frames == before + 1, "what the link sends is a frame");
    };
    outlets.packet = [](std::string_view) {};
    outlets.connected = [this](bool is) {
      must(is != connected, "the peer comes and goes in turn");
      connected = is;
    };
    outlets.ended = [this](ppp::LinkEnd) { ended = true; };
    outlets.log = [](std::string_view) {};
    link.emplace(settings, now, std::move(outlets));
    link->set_faults({(flags & 8U) != 0, (flags & 16U) != 0});
    link->start(now);
  }

  // Bytes of a peer; a record that begins with T lets its second byte's seconds pass, all others are frames:
  // two bytes of protocol, then the information.
  void play(std::string_view record) {
    if (record.size() == 2 && record[0] == 'T') {
      now += std::chrono::seconds(static_cast<unsigned char>(record[1]));
      for (int i = 0; i < 64 && link->deadline() && *link->deadline() <= now; ++i) {
        link->timeout(now);
      }
    } else if (record.size() >= 2) {
      auto protocol = static_cast<std::uint16_t>(static_cast<unsigned char>(record[0]) << 8U |
                                                 static_cast<unsigned char>(record[1]));
      link->receive(ppp::encode_frame(protocol, record.substr(2), ppp::Framing()), now);
    }
  }

  base::Time now{};
  bool connected = false;
  bool ended = false;
  ppp::HdlcDecoder decoder{[](const ppp::Frame&) {}};
  std::optional<ppp::PppLink> link;
};

}  // namespace

void fuzz_ppp_link(std::string_view input) {
  if (input.empty()) {
    return;
  }
  PlayedLink played(static_cast<unsigned char>(input[0]));
  input.remove_prefix(1);
  while (!input.empty() && !played.ended) {
    auto size = std::min<std::size_t>(static_cast<unsigned char>(input[0]), input.size() - 1);
    played.play(input.substr(1, size));
    input.remove_prefix(1 + size);
  }
  if (!played.ended) {
    played.link->terminate(played.now);
    for (int i = 0; i < 64 && !played.ended && played.link->deadline(); ++i) {
      played.now = *played.link->deadline();
      played.link->timeout(played.now);
    }
  }
  must(played.ended, "a link that is to end ends");
}

}  // namespace attache::fuzz
