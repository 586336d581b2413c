#include "services/socket_table.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/failure.hpp"
#include "services/service_run.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using net::Errno;
using testing::ElementsAre;
using testing::IsEmpty;

class SocketTableTest : public testing::Test, public SocketTable::Listener {
 protected:
  using Handle = SocketTable::Handle;
  using Owner = SocketTable::Owner;
  using State = SocketTable::State;
  using Type = Socket::Type;

  static constexpr Owner first_channel{1};
  static constexpr Owner second_channel{2};
  const net::Endpoint peer_endpoint{net::asio::ip::make_address("192.0.2.1"), 80};
  const net::Endpoint stranger{net::asio::ip::make_address("198.51.100.1"), 4000};

  SocketTableTest() {
    bearer.add_name("example.com", net::Family::ipv4, peer_endpoint.address);
    bearer.add_name("example.com", net::Family::ipv6, net::asio::ip::make_address("2001:db8::1"));
    bearer.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      peer = std::move(made);
      return std::nullopt;
    });
  }
  ~SocketTableTest() override {
    table->close_all();
    clock.advance(1s);
  }

  void ready(const SocketTable::Entry& entry, const Socket::Readiness& readiness) override {
    std::string text = fmt::format("{}:", entry.handle);
    text += readiness.readable ? " readable" : "";
    text += readiness.writable ? " writable" : "";
    text += readiness.failed ? " failed" : "";
    text += readiness.hung_up ? " hung-up" : "";
    note(std::move(text));
    if (closes_what_it_is_told_of) {
      table->close(entry.handle);
    }
  }
  void received(const SocketTable::Entry& entry, std::string_view bytes, const net::Endpoint& from) override {
    Handle handle = entry.handle;
    note(fmt::format("{} received {} from {}", handle, bytes, net::to_string(from)));
    if (closes_what_it_is_told_of) {
      table->close(handle);
    }
  }
  void ended(const SocketTable::Entry& entry, const std::optional<net::Failure>& failure) override {
    note(fmt::format("{} ended {}", entry.handle, failure ? net::name(failure->code) : "in order"));
  }
  asio::awaitable<void> drained(Owner owner) override {
    while (held_back == owner) {
      co_await clock.sleep_for(1s);
    }
  }
  void remark(const base::Reason& reason) override { note(reason.what); }

  void note(std::string event) { events.push_back(std::move(event)); }
  std::vector<std::string> take_events() {
    clock.settle();
    return std::exchange(events, {});
  }

  void make(const SocketTable::Options& options = {}) {
    table.emplace(descriptors, bearer, clock, run.spawner(), options, this);
  }
  Handle open(Type type = Type::stream, net::Family family = net::Family::ipv4) {
    return *table->open({.type = type, .family = family}, first_channel);
  }
  Handle connected(const std::string& host = "example.com", Type type = Type::stream) {
    Handle handle = open(type);
    EXPECT_TRUE((**run.begin(table->connect(handle, host, 80, false))).has_value());
    return handle;
  }
  Handle listening() {
    Handle handle = open();
    EXPECT_TRUE(socket(handle)->bind(5000));
    EXPECT_TRUE(table->listen(handle));
    return handle;
  }
  std::shared_ptr<Socket> socket(Handle handle) { return table->find(handle)->socket; }
  /// What comes next, "end" or the failure's name; "waits" if nothing has.
  std::string receive(Handle handle, Socket::Take take = Socket::Take::it) {
    std::array<char, 64> buffer{};
    auto got = run.begin(socket(handle)->receive(buffer, take));
    if (!*got) {
      return "waits";
    }
    if (!**got) {
      return std::string(net::name((**got).error().code));
    }
    return (**got)->size > 0 ? std::string(buffer.data(), (**got)->size) : std::string("end");
  }

  ServiceRun run;
  base::ManualClock& clock = run.clock;
  net::MemoryBearer& bearer = run.bearer;
  DescriptorTable& descriptors = run.descriptors;
  std::optional<SocketTable> table;
  std::shared_ptr<net::MemoryConnection> peer;
  std::vector<std::string> events;
  Owner held_back = Owner::none;
  bool closes_what_it_is_told_of = false;
};

TEST_F(SocketTableTest, KeepsWhatEachSocketWasOpenedAs) {
  make();
  Handle stream =
      *table->open({.type = Type::stream, .family = net::Family::ipv6, .role = 1, .cid = 3}, first_channel);
  Handle datagram = *table->open(
      {.type = Type::datagram, .tls = net::TlsOptions{.sec_tag = 7, .host_name = {}}, .role = 4711},
      second_channel);
  SocketTable::Entry& first = *table->find(stream);
  EXPECT_EQ(first.socket->type(), Type::stream);
  EXPECT_EQ(first.socket->family(), net::Family::ipv6);
  EXPECT_FALSE(first.socket->secured());
  EXPECT_EQ(first.role, 1);
  EXPECT_EQ(first.cid, 3);
  EXPECT_EQ(first.owner, first_channel);
  SocketTable::Entry& second = *table->find(datagram);
  EXPECT_EQ(second.socket->family(), net::Family::ipv4);
  EXPECT_TRUE(second.socket->secured());
  EXPECT_EQ(second.role, 4711);
  EXPECT_EQ(second.owner, second_channel);
  EXPECT_THAT(table->entries(), ElementsAre(&first, &second));
}

TEST_F(SocketTableTest, GivesTheLowestFreeHandle) {
  make();
  EXPECT_EQ(open(), 1);
  EXPECT_EQ(open(), 2);
  EXPECT_TRUE(table->close(1));
  EXPECT_FALSE(table->close(1));
  EXPECT_EQ(table->find(1), nullptr);
  EXPECT_EQ(open(), 1);
  EXPECT_EQ(table->entries().back()->handle, 1) << "in the order of opening";
}

TEST_F(SocketTableTest, HoldsAsManyAsItMay) {
  make({.most = 2});
  open();
  open();
  EXPECT_EQ(table->open({}, first_channel).error().code, Errno::too_many_files);
  table->close_all();
  EXPECT_TRUE(table->empty());
  EXPECT_EQ(descriptors.in_use(), 0U);
}

TEST_F(SocketTableTest, TellsTheStateOfASocket) {
  make();
  Handle client = open();
  EXPECT_EQ(table->find(client)->state(), State::open);
  EXPECT_TRUE((**run.begin(table->connect(client, "example.com", 80, false))).has_value());
  EXPECT_EQ(table->find(client)->state(), State::connected);
  Handle server = open();
  EXPECT_TRUE(socket(server)->bind(5000));
  EXPECT_EQ(table->find(server)->state(), State::bound);
  EXPECT_TRUE(table->listen(server));
  EXPECT_EQ(table->find(server)->state(), State::listening);
}

TEST_F(SocketTableTest, TalksThroughTwoSocketsAtOnce) {
  make();
  Handle one = connected();
  auto peer_of_one = peer;
  Handle other = connected("192.0.2.2");
  auto peer_of_other = peer;
  EXPECT_EQ(***run.begin(socket(one)->send("first")), 5U);
  EXPECT_EQ(***run.begin(socket(other)->send("second")), 6U);
  EXPECT_EQ(peer_of_one->take(), "first");
  EXPECT_EQ(peer_of_other->take(), "second");
  std::array<char, 8> buffer{};
  auto waits = run.begin(socket(one)->receive(buffer));
  peer_of_other->send("b");
  EXPECT_EQ(receive(other), "b");
  EXPECT_FALSE(*waits);
  peer_of_one->send("a");
  clock.settle();
  EXPECT_EQ((**waits)->size, 1U);
}

TEST_F(SocketTableTest, FindsAHostInTheFamilyOfTheSocket) {
  make();
  Handle six = open(Type::stream, net::Family::ipv6);
  EXPECT_TRUE((**run.begin(table->connect(six, "example.com", 80, false))).has_value());
  EXPECT_EQ(net::to_string(peer->to), "[2001:db8::1]:80");
  std::vector<std::string> sent;
  bearer.on_datagram([&](net::Endpoint to, std::string_view, const std::function<void(std::string_view)>&) {
    sent.push_back(net::to_string(to));
  });
  Handle datagrams = open(Type::datagram, net::Family::ipv6);
  EXPECT_EQ(***run.begin(table->send_to(datagrams, "example.com", 7, "x")), 1U);
  EXPECT_EQ(***run.begin(table->send_to(datagrams, "2001:db8::5", 7, "x")), 1U);
  EXPECT_THAT(sent, ElementsAre("[2001:db8::1]:7", "[2001:db8::5]:7"));
  auto wrong = **run.begin(table->send_to(datagrams, "192.0.2.1", 7, "x"));
  EXPECT_EQ(wrong.error().step, StartFault::Step::name);
  EXPECT_EQ((**run.begin(socket(datagrams)->send_to(peer_endpoint, "x"))).error().code,
            Errno::address_family);
}

TEST_F(SocketTableTest, TellsAtWhichStepItFailed) {
  make();
  Handle handle = open();
  auto unknown = **run.begin(table->connect(handle, "unknown.example", 80, false));
  EXPECT_EQ(unknown.error().step, StartFault::Step::name);
  EXPECT_EQ(unknown.error().failure.code, Errno::no_entry);
  bearer.on_connect([](const std::shared_ptr<net::MemoryConnection>&) {
    return net::make_failure(Errno::connection_refused, "connecting failed", "told so");
  });
  auto refused = **run.begin(table->connect(handle, "example.com", 80, false));
  EXPECT_EQ(refused.error().step, StartFault::Step::socket);
  EXPECT_EQ(refused.error().failure.code, Errno::connection_refused);
  EXPECT_NE(table->find(handle), nullptr) << "whether it is closed, the dialect knows";
}

TEST_F(SocketTableTest, ChecksTheNameOfAPeerWhereItIsTold) {
  make();
  auto tls = net::TlsOptions{.sec_tag = 7, .host_name = "opened.example"};
  Handle checked = *table->open({.tls = tls}, first_channel);
  EXPECT_TRUE((**run.begin(table->connect(checked, "example.com", 443, true))).has_value());
  EXPECT_EQ(peer->tls->host_name, "example.com");
  Handle as_opened = *table->open({.tls = tls}, first_channel);
  EXPECT_TRUE((**run.begin(table->connect(as_opened, "example.com", 443, false))).has_value());
  EXPECT_EQ(peer->tls->host_name, "opened.example");
}

TEST_F(SocketTableTest, RefusesAHandleThatIsNone) {
  make();
  EXPECT_EQ((**run.begin(table->connect(3, "example.com", 80, false))).error().failure.code,
            Errno::bad_descriptor);
  EXPECT_EQ((**run.begin(table->send_to(3, "example.com", 80, "x"))).error().failure.code,
            Errno::bad_descriptor);
  EXPECT_EQ((**run.begin(table->accept(3, first_channel))).error().code, Errno::bad_descriptor);
  EXPECT_EQ(table->listen(3).error().code, Errno::bad_descriptor);
  table->arm(3, {.readable = true});
  table->deliver(3, true);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(SocketTableTest, WorksOnTheSocketOfTheCallAndNotOnTheNextOneOfTheHandle) {
  make();
  Handle handle = open();
  auto connecting = table->connect(handle, "example.com", 80, false);
  table->close(handle);
  ASSERT_EQ(open(), handle);
  auto outcome = **run.begin(std::move(connecting));
  EXPECT_EQ(outcome.error().failure.code, Errno::connection_aborted);
  EXPECT_EQ(table->find(handle)->state(), State::open);
}

TEST_F(SocketTableTest, AcceptsClientsOfDifferentOwnersAsSocketsOfTheirOwn) {
  make();
  Handle server = listening();
  auto first = bearer.client_connects(5000);
  auto second = bearer.client_connects(5000);
  Handle one = ***run.begin(table->accept(server, first_channel));
  Handle other = ***run.begin(table->accept(server, second_channel));
  EXPECT_EQ(table->find(one)->owner, first_channel);
  EXPECT_EQ(table->find(other)->owner, second_channel);
  EXPECT_EQ(table->find(other)->listener, server);
  EXPECT_EQ(table->find(other)->state(), State::connected);
  table->close(server);
  EXPECT_FALSE(first->closed_by_device());
  EXPECT_EQ(***run.begin(socket(other)->send("still here")), 10U);
}

TEST_F(SocketTableTest, HasOneClientAtATimeWhereItIsTold) {
  make({.one_client = true});
  Handle server = listening();
  auto first = bearer.client_connects(5000);
  EXPECT_TRUE((**run.begin(table->accept(server, first_channel))).has_value());
  auto second = bearer.client_connects(5000);
  Handle replaced = ***run.begin(table->accept(server, first_channel));
  EXPECT_TRUE(first->closed_by_device());
  EXPECT_EQ(table->entries().size(), 2U);
  EXPECT_EQ(table->entries().back()->handle, replaced);
  table->close(server);
  EXPECT_TRUE(second->closed_by_device());
  EXPECT_TRUE(table->empty());
}

TEST_F(SocketTableTest, DropsAClientForWhichItHasNoRoom) {
  make({.most = 1});
  Handle server = listening();
  auto client = bearer.client_connects(5000);
  EXPECT_EQ((**run.begin(table->accept(server, first_channel))).error().code, Errno::too_many_files);
  EXPECT_TRUE(client->closed_by_device());
}

TEST_F(SocketTableTest, EndsWhatRunsWhenTheSocketIsClosed) {
  make();
  Handle client = connected();
  peer->stall(true);
  std::array<char, 8> buffer{};
  auto receiving = run.begin(socket(client)->receive(buffer));
  auto sending = run.begin(socket(client)->send("x"));
  Handle server = listening();
  auto accepting = run.begin(table->accept(server, first_channel));
  table->close(client);
  table->close(server);
  clock.settle();
  EXPECT_EQ((**receiving).error().code, Errno::connection_aborted);
  EXPECT_EQ((**sending).error().code, Errno::connection_aborted);
  EXPECT_EQ((**accepting).error().code, Errno::connection_aborted);
  EXPECT_TRUE(table->empty());
}

// Readiness

TEST_F(SocketTableTest, TellsOnceWhatHasBeenArmed) {
  make();
  Handle handle = open();
  table->arm(handle, {.readable = true, .writable = true});
  EXPECT_THAT(take_events(), IsEmpty()) << "nothing is so before it is connected";
  EXPECT_TRUE((**run.begin(table->connect(handle, "example.com", 80, false))).has_value());
  EXPECT_THAT(take_events(), ElementsAre("1: writable"));
  peer->send("a");
  EXPECT_THAT(take_events(), ElementsAre("1: readable"));
  peer->send("b");
  EXPECT_THAT(take_events(), IsEmpty()) << "not armed again";
  table->arm(handle, {.readable = true});
  EXPECT_THAT(take_events(), ElementsAre("1: readable")) << "still so";
  EXPECT_EQ(receive(handle), "ab");
  table->arm(handle, {.readable = true});
  EXPECT_THAT(take_events(), IsEmpty());
  peer->send("c");
  EXPECT_THAT(take_events(), ElementsAre("1: readable"));
}

TEST_F(SocketTableTest, TellsTheEndBehindWhatCanBeReadAndThenNothing) {
  make();
  Handle handle = connected();
  table->arm(handle, {.readable = true});
  clock.settle();
  peer->send("echo");
  peer->close();
  EXPECT_THAT(take_events(), ElementsAre("1: readable hung-up"));
  table->arm(handle, {.writable = true});
  table->disarm(handle);
  EXPECT_EQ(receive(handle), "echo");
  EXPECT_EQ(receive(handle), "end");
  EXPECT_EQ(receive(handle), "end");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(SocketTableTest, TellsAFailureThoughNothingIsWanted) {
  make();
  Handle handle = connected();
  table->arm(handle, {});
  peer->send("a");
  EXPECT_THAT(take_events(), IsEmpty());
  peer->fail(Errno::connection_reset);
  EXPECT_THAT(take_events(), ElementsAre("1: failed hung-up"));
  EXPECT_EQ(receive(handle), "a") << "what came before is not lost";
  EXPECT_EQ(receive(handle), "ECONNRESET");
  EXPECT_EQ(receive(handle), "ECONNRESET");
}

TEST_F(SocketTableTest, TellsThatAPeerTakesMore) {
  make();
  Handle handle = connected();
  peer->stall(true);
  auto sending = run.begin(socket(handle)->send("x"));
  table->arm(handle, {.writable = true});
  EXPECT_THAT(take_events(), IsEmpty());
  peer->stall(false);
  EXPECT_THAT(take_events(), ElementsAre("1: writable"));
  EXPECT_EQ(***sending, 1U);
}

TEST_F(SocketTableTest, TellsThatAClientWaits) {
  make();
  Handle server = listening();
  table->arm(server, {.readable = true, .writable = true});
  EXPECT_THAT(take_events(), IsEmpty());
  auto client = bearer.client_connects(5000, stranger);
  EXPECT_THAT(take_events(), ElementsAre("1: readable"));
  Handle accepted = ***run.begin(table->accept(server, first_channel));
  EXPECT_EQ(socket(accepted)->peer(), stranger);
  EXPECT_FALSE(socket(server)->readiness().readable);
  EXPECT_FALSE(client->closed_by_device());
}

TEST_F(SocketTableTest, TellsOfDatagramsThatComeFromAnybody) {
  make();
  Handle handle = open(Type::datagram);
  table->arm(handle, {.readable = true, .writable = true});
  EXPECT_THAT(take_events(), ElementsAre("1: writable")) << "at once";
  EXPECT_TRUE(socket(handle)->bind(5000));
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_TRUE(bearer.datagram_arrives(5000, stranger, "one"));
  EXPECT_TRUE(bearer.datagram_arrives(5000, stranger, "two"));
  EXPECT_THAT(take_events(), ElementsAre("1: readable"));
  EXPECT_EQ(receive(handle, Socket::Take::peek), "one");
  EXPECT_EQ(receive(handle), "one");
  EXPECT_EQ(receive(handle), "two");
  EXPECT_EQ(receive(handle), "waits");
}

TEST_F(SocketTableTest, PeeksWithoutTaking) {
  make();
  Handle handle = connected();
  table->arm(handle, {});
  peer->send("hello");
  EXPECT_EQ(receive(handle, Socket::Take::peek), "hello");
  EXPECT_EQ(receive(handle, Socket::Take::peek), "hello");
  std::array<char, 2> two{};
  EXPECT_EQ((**run.begin(socket(handle)->receive(two)))->size, 2U);
  EXPECT_EQ(receive(handle), "llo");
}

TEST_F(SocketTableTest, StillEndsAReceiveAfterItsTimeOut) {
  make();
  Handle handle = connected();
  table->arm(handle, {});
  socket(handle)->set_receive_timeout(5s);
  std::array<char, 8> buffer{};
  auto receiving = run.begin(socket(handle)->receive(buffer));
  clock.advance(5s - 1ms);
  EXPECT_FALSE(*receiving);
  clock.advance(1ms);
  EXPECT_EQ((**receiving).error().code, Errno::try_again);
  peer->send("late");
  EXPECT_EQ(receive(handle), "late");
}

TEST_F(SocketTableTest, IsArmedWhileAReceiveWaits) {
  make();
  Handle handle = connected();
  std::array<char, 8> buffer{};
  auto receiving = run.begin(socket(handle)->receive(buffer));
  table->arm(handle, {.readable = true});
  peer->send("a");
  EXPECT_THAT(take_events(), IsEmpty()) << "the receive has taken it";
  EXPECT_EQ((**receiving)->size, 1U);
  peer->send("b");
  EXPECT_THAT(take_events(), ElementsAre("1: readable"));
  EXPECT_EQ(receive(handle), "b");
}

TEST_F(SocketTableTest, ReadsAheadOneBufferOnly) {
  make();
  Handle handle = connected();
  table->arm(handle, {.readable = true});
  clock.settle();
  std::string much(3 * LookAhead::stream_buffer, 'm');
  peer->send(much);
  clock.settle();
  std::string buffer(much.size(), '\0');
  EXPECT_EQ((**run.begin(socket(handle)->receive(buffer)))->size, LookAhead::stream_buffer);
  EXPECT_EQ((**run.begin(socket(handle)->receive(buffer)))->size, LookAhead::stream_buffer);
}

TEST_F(SocketTableTest, MayBeChangedByItsListener) {
  make();
  Handle handle = connected();
  closes_what_it_is_told_of = true;
  table->arm(handle, {.readable = true, .writable = true});
  EXPECT_THAT(take_events(), ElementsAre("1: writable"));
  EXPECT_TRUE(table->empty());
  handle = connected();
  table->deliver(handle, true);
  peer->send("a");
  EXPECT_THAT(take_events(), ElementsAre("1 received a from 192.0.2.1:80"));
  EXPECT_TRUE(table->empty());
}

// Delivery

TEST_F(SocketTableTest, DeliversWhatComesUntilThePeerCloses) {
  make();
  Handle handle = open();
  table->deliver(handle, true);
  EXPECT_TRUE((**run.begin(table->connect(handle, "example.com", 80, false))).has_value());
  peer->send("one");
  EXPECT_THAT(take_events(), ElementsAre("1 received one from 192.0.2.1:80"));
  peer->send("two");
  peer->close();
  EXPECT_THAT(take_events(), ElementsAre("1 received two from 192.0.2.1:80", "1 ended in order"));
}

TEST_F(SocketTableTest, DeliversWhatHasComeAlready) {
  make();
  Handle handle = connected();
  table->arm(handle, {.readable = true});
  peer->send("early");
  EXPECT_THAT(take_events(), ElementsAre("1: readable"));
  table->deliver(handle, true);
  EXPECT_THAT(take_events(), ElementsAre("1 received early from 192.0.2.1:80"));
  table->deliver(handle, false);
  peer->send("late");
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_EQ(receive(handle), "late");
}

TEST_F(SocketTableTest, LeavesToAReceiveWhatItWaitsFor) {
  make();
  Handle handle = connected();
  table->deliver(handle, true);
  std::array<char, 8> buffer{};
  auto receiving = run.begin(socket(handle)->receive(buffer));
  peer->send("asked");
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_EQ((**receiving)->size, 5U);
  peer->send("unasked");
  EXPECT_THAT(take_events(), ElementsAre("1 received unasked from 192.0.2.1:80"));
}

TEST_F(SocketTableTest, DeliversDatagramsWithTheirSenders) {
  make();
  Handle handle = open(Type::datagram);
  table->deliver(handle, true);
  EXPECT_TRUE(socket(handle)->bind(5000));
  bearer.datagram_arrives(5000, stranger, "one");
  bearer.datagram_arrives(5000, peer_endpoint, "");
  EXPECT_THAT(take_events(),
              ElementsAre("1 received one from 198.51.100.1:4000", "1 received  from 192.0.2.1:80"));
  bearer.set_down(net::make_failure(Errno::network_down, "gone", "told so"));
  EXPECT_THAT(take_events(), ElementsAre("1 ended ENETDOWN"));
}

TEST_F(SocketTableTest, HoldsBackTheSocketsOfAnOwnerOnly) {
  make();
  Handle held = connected();
  auto peer_of_held = peer;
  Handle free = *table->open({}, second_channel);
  EXPECT_TRUE((**run.begin(table->connect(free, "192.0.2.2", 80, false))).has_value());
  table->deliver(held, true);
  table->deliver(free, true);
  clock.settle();
  held_back = first_channel;
  peer_of_held->send("1");
  EXPECT_THAT(take_events(), ElementsAre("1 received 1 from 192.0.2.1:80"));
  peer_of_held->send("2");
  peer->send("3");
  EXPECT_THAT(take_events(), ElementsAre("2 received 3 from 192.0.2.2:80"));
  held_back = Owner::none;
  clock.advance(1s);
  EXPECT_THAT(take_events(), ElementsAre("1 received 2 from 192.0.2.1:80"));
}

TEST_F(SocketTableTest, DeliversNothingOfAListener) {
  make();
  Handle server = listening();
  table->deliver(server, true);
  bearer.client_connects(5000);
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_TRUE((**run.begin(table->accept(server, first_channel))).has_value());
}

TEST_F(SocketTableTest, SurvivesAFailureOfAnyOperation) {
  for (std::size_t at = 1; at < 30; ++at) {
    make();
    bearer.fail_at(at, Errno::connection_reset);
    Handle client = open();
    Handle server = open();
    table->arm(client, {.readable = true, .writable = true});
    table->deliver(server, true);
    auto connecting = run.begin(table->connect(client, "example.com", 80, false));
    static_cast<void>(socket(server)->bind(5000));
    static_cast<void>(table->listen(server));
    bearer.client_connects(5000);
    auto accepting = run.begin(table->accept(server, second_channel));
    auto sending = run.begin(socket(client)->send("x"));
    ASSERT_TRUE(*connecting && *accepting && *sending) << "at operation " << at;
    table->close_all();
    clock.settle();
    EXPECT_EQ(descriptors.in_use(), 0U);
    take_events();
  }
}

}  // namespace
}  // namespace attache::services
