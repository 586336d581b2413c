#include <gtest/gtest.h>

#include <array>

#include "net/bearer_control.hpp"
#include "net/embedded_bearer.hpp"
#include "network_fixture.hpp"

namespace attache::net {
namespace {

using namespace std::chrono_literals;

const Address far_server = asio::ip::make_address("192.0.2.7");

/// Two PDN contexts of a device with its network in memory: 0 and 1.
class PdnContexts : public testing::Test {
 protected:
  PdnContexts() {
    pdn.bring_up_further(1);
    internet.add_name("server.example", Family::ipv4, far_server);
    internet.on_connect([this](std::shared_ptr<MemoryConnection> made) {
      peers.push_back(std::move(made));
      return std::nullopt;
    });
    bearer = make_embedded_bearer(internet, clock, options, pdn, nullptr, journal);
  }
  ~PdnContexts() override {
    bearer.reset();
    clock.settle();
  }

  template <class T>
  Task<T> begin(asio::awaitable<T> work) {
    Task<T> task(context, std::move(work));
    clock.settle();
    return task;
  }
  Bearer& on(int cid) { return bearer->on_context(cid); }
  std::unique_ptr<Stream> connected(int cid) {
    return std::move(*begin(on(cid).connect({far_server, 80}, std::nullopt)).result());
  }

  asio::io_context context;
  base::ManualClock clock{context};
  FakePdn pdn;
  NetworkOptions options;
  base::NullJournal journal;
  MemoryBearer internet{clock};
  std::vector<std::shared_ptr<MemoryConnection>> peers;
  std::unique_ptr<Bearer> bearer;
};

TEST_F(PdnContexts, EndTheirOwnSocketsOnly) {
  auto first = connected(0);
  auto second = connected(1);
  auto third = std::move(*on(1).open_datagram(Family::ipv4, 0));
  auto fourth = std::move(*on(0).open_datagram(Family::ipv4, 0));
  std::array<char, 8> buffer{};
  auto reading = begin(second->read_some(buffer));
  auto receiving = begin(third->receive(buffer));
  pdn.take_down_further(1);
  clock.settle();
  ASSERT_TRUE(reading.done());
  EXPECT_EQ(reading.result().error().code, Errno::network_down);
  EXPECT_EQ(reading.result().error().reason.why, "PDN context 1 is not active");
  ASSERT_TRUE(receiving.done());
  EXPECT_EQ(receiving.result().error().code, Errno::network_down);
  EXPECT_EQ(*begin(first->write("hello")).result(), 5U);
  EXPECT_EQ(peers[0]->take(), "hello");
  EXPECT_EQ(*begin(fourth->send_to({far_server, 7}, "hello")).result(), 5U);

  pdn.bring_up_further(1);
  auto again = connected(1);
  pdn.take_down("CFUN is 4");
  clock.settle();
  EXPECT_EQ(begin(first->write("hello")).result().error().code, Errno::network_down);
  EXPECT_EQ(*begin(again->write("hello")).result(), 5U);
}

TEST_F(PdnContexts, HaveTheirOwnAddressesFamiliesAndPorts) {
  EXPECT_EQ(connected(0)->local().address.to_string(), "10.160.33.41");
  EXPECT_EQ(connected(1)->local().address.to_string(), "10.160.33.42");
  EXPECT_EQ(peers[1]->cid, 1);
  EXPECT_TRUE(on(0).open_datagram(Family::ipv6, 0));
  EXPECT_EQ(on(1).open_datagram(Family::ipv6, 0).error().code, Errno::network_unreachable);

  auto at_first = std::move(*on(0).listen(80, std::nullopt));
  auto at_second = std::move(*on(1).listen(80, std::nullopt));
  auto accepting = begin(at_second->accept());
  auto client = internet.on_context(1).client_connects(80);
  clock.settle();
  ASSERT_TRUE(accepting.done());
  EXPECT_EQ((*accepting.result())->local().address.to_string(), "10.160.33.42");
}

TEST_F(PdnContexts, FailWhatIsAskedOfOneThatIsNotActive) {
  ASSERT_FALSE(on(1).check_up());
  auto down = on(2).check_up();
  ASSERT_TRUE(down);
  EXPECT_EQ(down->code, Errno::network_down);
  EXPECT_EQ(down->reason.what, "PDN context 2 is not up");
  EXPECT_EQ(down->reason.advice, "Activate it with AT+CGACT=1,2.");
  EXPECT_EQ(begin(on(2).resolve("server.example", Family::ipv4)).result().error().code, Errno::network_down);
  EXPECT_EQ(begin(on(2).connect({far_server, 80}, std::nullopt)).result().error().code, Errno::network_down);
}

TEST_F(PdnContexts, AskForNamesOverTheirOwnConnection) {
  pdn.take_down("CFUN is 4");
  EXPECT_EQ(begin(on(0).resolve("server.example", Family::ipv4)).result().error().code, Errno::network_down);
  EXPECT_EQ(begin(on(1).resolve("server.example", Family::ipv4)).result()->front(), far_server);
}

TEST_F(PdnContexts, ShareLinkRoutesAndNames) {
  auto& control = dynamic_cast<BearerControl&>(*bearer);
  control.link().change({.delay = 100ms});
  auto connecting = begin(on(1).connect({far_server, 80}, std::nullopt));
  clock.advance(199ms);
  EXPECT_FALSE(connecting.done());
  clock.advance(1ms);
  EXPECT_TRUE(connecting.done());
  control.link().change({});
  control.set_name_failure(Errno::no_entry);
  EXPECT_EQ(begin(on(1).resolve("server.example", Family::ipv4)).result().error().code, Errno::no_entry);
  control.set_name_failure(std::nullopt);
  Route nowhere;
  nowhere.from_host = "192.0.2.7";
  nowhere.kind = Route::Kind::unreachable;
  control.set_routes({nowhere});
  EXPECT_EQ(begin(on(1).connect({far_server, 80}, std::nullopt)).result().error().code,
            Errno::host_unreachable);
}

TEST_F(PdnContexts, TellWhoHearsTheTrafficWhichOneItIs) {
  std::map<int, std::string> sent;
  auto& link = dynamic_cast<BearerControl&>(*bearer).link();
  auto tap = link.taps()->add(
      [&](int cid, const TrafficEvent& event) {
        if (const auto* segment = std::get_if<traffic::Segment>(&event)) {
          sent[cid] += segment->bytes;
        }
      },
      false);
  auto first = connected(0);
  auto second = connected(1);
  static_cast<void>(begin(first->write("one")));
  static_cast<void>(begin(second->write("two")));
  EXPECT_EQ(sent, (std::map<int, std::string>{{0, "one"}, {1, "two"}}));
}

}  // namespace
}  // namespace attache::net
