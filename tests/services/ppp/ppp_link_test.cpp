#include "services/ppp/ppp_link.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ppp_peer_for_test.hpp"

namespace attache::services::ppp {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

LinkSettings usual_settings() {
  LinkSettings settings;
  settings.ipv4 = asio::ip::make_address_v4("10.160.33.41");
  settings.ipv6 = asio::ip::make_address_v6("2001:db8:a160:3341::41");
  settings.own = asio::ip::make_address_v4("192.0.2.1");
  settings.name_servers = {asio::ip::make_address_v4("193.181.246.58"),
                           asio::ip::make_address_v4("193.181.246.57")};
  return settings;
}

class PppLinkTest : public testing::Test {
 protected:
  void make(const LinkSettings& settings) {
    PppLink::Outlets outlets;
    outlets.line = [this](std::string_view bytes) { line += bytes; };
    outlets.packet = [this](std::string_view packet) { packets.emplace_back(packet); };
    outlets.connected = [this](bool is) { connections.push_back(is); };
    outlets.ended = [this](LinkEnd how) { end = how; };
    outlets.log = [this](std::string_view text) { log += fmt::format("{}\n", text); };
    link.emplace(settings, now, std::move(outlets));
    link->start(now);
  }
  // Until both have nothing more to say.
  void talk() {
    while (!line.empty() || !peer.to_link.empty()) {
      peer.receive(std::exchange(line, {}));
      link->receive(peer.take(), now);
    }
  }
  void connect(const LinkSettings& settings = usual_settings()) {
    make(settings);
    peer.request(lcp_number);
    talk();
  }
  void wait(base::Duration time) {
    base::Time until = now + time;
    while (link->deadline() && *link->deadline() <= until) {
      now = *link->deadline();
      link->timeout(now);
      talk();
    }
    now = until;
  }

  base::Time now{};
  std::string line;
  std::vector<std::string> packets;
  std::vector<bool> connections;
  std::string log;
  std::optional<LinkEnd> end;
  PeerForTest peer;
  std::optional<PppLink> link;
};

std::string value_of(const std::vector<Option>& options, std::uint8_t type) {
  for (const Option& option : options) {
    if (option.type == type) {
      return option.value;
    }
  }
  return "none";
}

TEST_F(PppLinkTest, GivesThePdnsAddressesAndNameServers) {
  connect();
  EXPECT_EQ(connections, std::vector<bool>{true});
  EXPECT_TRUE(peer.agreed[lcp_number] && peer.agreed[ipcp_number] && peer.agreed[ipv6cp_number]);
  EXPECT_EQ(value_of(peer.wanted[ipcp_number], 3), "\x0A\xA0\x21\x29");
  EXPECT_EQ(value_of(peer.wanted[ipcp_number], 129), "\xC1\xB5\xF6\x3A");
  EXPECT_EQ(value_of(peer.wanted[ipcp_number], 131), "\xC1\xB5\xF6\x39");
  EXPECT_EQ(value_of(peer.wanted[ipv6cp_number], 1), "\0\0\0\0\0\0\0\x41"s);
  EXPECT_EQ(value_of(peer.asked[ipcp_number], 3), "\xC0\0\x02\x01"s);
}

TEST_F(PppLinkTest, CarriesPacketsBothWays) {
  connect();
  std::string packet = "\x45 what the host sends"s;
  peer.send(ipv4_number, packet);
  talk();
  EXPECT_EQ(packets, std::vector<std::string>{packet});
  link->send_packet("\x60 what the network sends");
  link->send_packet("\x50 what is no packet");
  talk();
  EXPECT_EQ(peer.packets, std::vector<std::string>{"\x60 what the network sends"});
}

TEST_F(PppLinkTest, LeavesOutTheFamilyThatThePdnDoesNotHave) {
  LinkSettings settings = usual_settings();
  settings.ipv6.reset();
  connect(settings);
  EXPECT_TRUE(link->is_connected());
  ASSERT_EQ(peer.others.size(), 1U);
  EXPECT_EQ(peer.others[0].first, lcp_number);
  EXPECT_EQ(peer.others[0].second.code, 8);
  EXPECT_EQ(peer.others[0].second.data.substr(0, 2), "\x80\x57");
}

TEST_F(PppLinkTest, AsksForTheMruOfThePdn) {
  LinkSettings settings = usual_settings();
  settings.mtu = 1280;
  connect(settings);
  EXPECT_EQ(value_of(peer.asked[lcp_number], 1), "\x05\0"s);
}

TEST_F(PppLinkTest, RejectsOptionsThatItDoesNotKnow) {
  peer.wanted[lcp_number].push_back({3, "\xC0\x23"});  // It is asked for its own name.
  peer.wanted[lcp_number].push_back({13, "\x06"});
  peer.wanted[ipcp_number].push_back({2, "\0\x2D\x0F\x01"s});
  connect();
  EXPECT_TRUE(link->is_connected());
  EXPECT_EQ(value_of(peer.wanted[lcp_number], 3), "none");
  EXPECT_EQ(value_of(peer.wanted[lcp_number], 13), "none");
  EXPECT_EQ(value_of(peer.wanted[ipcp_number], 2), "none");
}

TEST_F(PppLinkTest, ObeysTheMapAndTheCompressionsOfThePeer) {
  connect();
  line.clear();
  link->send_packet("\x45\x01");
  EXPECT_EQ(line.substr(0, 4), "\x7E\x21\x45\x01");
  peer.wanted[lcp_number] = {{2, "\xFF\xFF\xFF\xFF"}};
  peer.request(lcp_number);
  talk();
  link->send_packet("\x45\x01");
  EXPECT_EQ(line.substr(0, 9), "\x7E\xFF\x7D\x23\x7D\x20\x21\x45\x7D");
}

TEST_F(PppLinkTest, AnswersEchoesUnlessItIsToldNotTo) {
  connect();
  peer.send(lcp_number, 9, 77, "\0\0\0\0ping"s);
  talk();
  ASSERT_EQ(peer.others.size(), 1U);
  EXPECT_EQ(peer.others[0].second.code, 10);
  EXPECT_EQ(peer.others[0].second.identifier, 77);
  EXPECT_EQ(peer.others[0].second.data.substr(4), "ping");
  link->set_faults({.echo_unanswered = true});
  peer.send(lcp_number, 9, 78, "\0\0\0\0ping"s);
  talk();
  EXPECT_EQ(peer.others.size(), 1U);
  EXPECT_EQ(link->unanswered_echoes(), 1U);
  EXPECT_NE(log.find("on purpose: an echo of LCP was not answered\n"), std::string::npos) << log;
}

TEST_F(PppLinkTest, SaysWhyAFrameIsDropped) {
  connect();
  auto said = [&](std::string_view bytes) {
    log.clear();
    link->receive(bytes, now);
    return log;
  };
  EXPECT_NE(said("\x7E"
                 "AT\r\n"
                 "\x7E")
                .find("check sequence"),
            std::string::npos)
      << log;
  EXPECT_NE(said("\x7E\xFF\x7D\x23\x7D\x7E").find("aborted"), std::string::npos) << log;
  EXPECT_NE(said("\x7E" + std::string(1600, 'x') + "\x7E").find("MRU of 1500"), std::string::npos) << log;
  EXPECT_EQ(said("\x7E\x7E"), "");
}

TEST_F(PppLinkTest, SaysThatAPacketIsLongerThanThePeerTakes) {
  peer.wanted[lcp_number] = {{1, "\x02\x00"s}};
  connect();
  ASSERT_TRUE(link->is_connected());
  link->send_packet("\x45" + std::string(600, 'x'));
  EXPECT_EQ(line, "");
  EXPECT_NE(log.find("longer than its MRU, 512"), std::string::npos) << log;
}

TEST_F(PppLinkTest, RejectsProtocolsAndCodesThatItDoesNotKnow) {
  connect();
  peer.send(0x80FD, "\x01\x01\0\x04"s);
  peer.send(lcp_number, 44, 9, "?");
  talk();
  ASSERT_EQ(peer.others.size(), 2U);
  EXPECT_EQ(peer.others[0].second.code, 8);
  EXPECT_EQ(peer.others[0].second.data, "\x80\xFD\x01\x01\0\x04"s);
  EXPECT_EQ(peer.others[1].second.code, 7);
  EXPECT_EQ(peer.others[1].second.data, "\x2C\x09\0\x05?"s);
}

TEST_F(PppLinkTest, EndsWhenThePeerAsksForIt) {
  connect();
  peer.send(lcp_number, 5, 40, {});
  talk();
  EXPECT_EQ(connections, (std::vector<bool>{true, false}));
  EXPECT_EQ(peer.others.back().second.code, 6);
  EXPECT_FALSE(end);
  wait(1s);
  EXPECT_EQ(end, LinkEnd::peer_terminated);
}

TEST_F(PppLinkTest, EndsInOrder) {
  connect();
  link->terminate(now);
  talk();
  EXPECT_EQ(peer.others.back().second.code, 5);
  EXPECT_EQ(end, LinkEnd::closed);
  EXPECT_EQ(connections, (std::vector<bool>{true, false}));
}

TEST_F(PppLinkTest, EndsAfterSixTerminateRequestsIfThePeerIsSilent) {
  connect();
  peer.silent = true;
  link->terminate(now);
  wait(5s);
  EXPECT_FALSE(end);
  wait(1s);
  EXPECT_EQ(end, LinkEnd::closed);
}

TEST_F(PppLinkTest, EndsAtOnceIfNobodyHasEverAnswered) {
  make(usual_settings());
  link->terminate(now);
  EXPECT_EQ(end, LinkEnd::closed);
}

TEST_F(PppLinkTest, WaitsForAPeerThatComesLater) {
  make(usual_settings());
  peer.silent = true;
  wait(60s);
  EXPECT_EQ(link->lcp_state(), State::stopped);
  EXPECT_FALSE(end);
  peer.silent = false;
  peer.request(lcp_number);
  talk();
  EXPECT_TRUE(link->is_connected());
}

TEST_F(PppLinkTest, SendsSixRequestsASecondApart) {
  make(usual_settings());
  peer.silent = true;
  std::size_t sent = 0;
  while (link->deadline()) {
    sent += line.empty() ? 0 : 1;
    line.clear();
    EXPECT_EQ(*link->deadline() - now, 1s);
    now = *link->deadline();
    link->timeout(now);
  }
  EXPECT_EQ(sent, 6U);
}

TEST_F(PppLinkTest, NegotiatesAnewWithAPeerThatBeginsAnew) {
  connect();
  peer.begin();
  peer.request(lcp_number);
  talk();
  EXPECT_EQ(connections, (std::vector<bool>{true, false, true}));
}

TEST_F(PppLinkTest, BeginsAnewWithoutAWord) {
  connect();
  link->restart(now);
  talk();
  peer.request(lcp_number);
  talk();
  EXPECT_EQ(connections, (std::vector<bool>{true, false, true}));
}

TEST_F(PppLinkTest, RefusesIpv6cpOnPurpose) {
  make(usual_settings());
  link->set_faults({.ipv6cp_refused = true});
  peer.request(lcp_number);
  talk();
  EXPECT_TRUE(link->is_connected());
  EXPECT_FALSE(peer.agreed[ipv6cp_number]);
  EXPECT_EQ(peer.others.at(0).second.data.substr(0, 2), "\x80\x57");
  EXPECT_NE(log.find("on purpose: IPV6CP was rejected\n"), std::string::npos) << log;
}

TEST_F(PppLinkTest, LivesWithoutWhatThePeerRejects) {
  connect();
  peer.send(lcp_number, 8, 50, "\x80\x57\x01\x01\0\x04"s);
  talk();
  EXPECT_TRUE(link->is_connected());
  peer.packets.clear();
  link->send_packet("\x60 lost");
  link->send_packet("\x45 kept");
  talk();
  EXPECT_EQ(peer.packets, std::vector<std::string>{"\x45 kept"});
}

TEST_F(PppLinkTest, LetsInWhoeverSaysSomethingByPap) {
  LinkSettings settings = usual_settings();
  settings.authentication = Authentication::pap;
  connect(settings);
  EXPECT_EQ(value_of(peer.asked[lcp_number], 3), "\xC0\x23");
  EXPECT_TRUE(connections.empty());
  peer.send(pap_number, 1, 5, "\x04user\x06secret"s);
  talk();
  ASSERT_FALSE(peer.others.empty());
  EXPECT_EQ(peer.others[0].first, pap_number);
  EXPECT_EQ(peer.others[0].second.code, 2);
  peer.request(ipcp_number);
  talk();
  EXPECT_EQ(connections, std::vector<bool>{true});
}

TEST_F(PppLinkTest, LetsInWhoeverAnswersTheChallengeOfChap) {
  LinkSettings settings = usual_settings();
  settings.authentication = Authentication::chap;
  connect(settings);
  ASSERT_EQ(peer.others.size(), 1U);
  EXPECT_EQ(peer.others[0].first, chap_number);
  std::uint8_t identifier = peer.others[0].second.identifier;
  peer.send(chap_number, 2, identifier, "\x10"s + std::string(16, 'r') + "name");
  talk();
  EXPECT_EQ(peer.others.back().second.code, 3);
  peer.request(ipcp_number);
  talk();
  EXPECT_EQ(connections, std::vector<bool>{true});
}

TEST_F(PppLinkTest, EndsWithAPeerThatNeverSaysWhoItIs) {
  LinkSettings settings = usual_settings();
  settings.authentication = Authentication::pap;
  connect(settings);
  wait(60s);
  EXPECT_EQ(end, LinkEnd::authentication_failed);
}

TEST_F(PppLinkTest, DoesTheSameHoweverTheBytesAreDivided) {
  std::string from_host;
  make(usual_settings());
  peer.request(lcp_number);
  while (!line.empty() || !peer.to_link.empty()) {
    peer.receive(std::exchange(line, {}));
    from_host += peer.to_link;
    link->receive(peer.take(), now);
  }
  std::string at_once;
  for (std::size_t piece : {std::size_t(1), std::size_t(2), std::size_t(7), from_host.size()}) {
    connections.clear();
    make(usual_settings());
    std::string said = std::exchange(line, {});
    for (std::size_t at = 0; at < from_host.size(); at += piece) {
      link->receive(std::string_view(from_host).substr(at, piece), now);
    }
    said += std::exchange(line, {});
    at_once = at_once.empty() ? said : at_once;
    EXPECT_EQ(said, at_once) << piece;
    EXPECT_EQ(connections, std::vector<bool>{true}) << piece;
  }
}

}  // namespace
}  // namespace attache::services::ppp
