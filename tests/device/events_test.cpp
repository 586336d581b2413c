#include "device/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "device/memory_device.hpp"
#include "serial/cmux/frame.hpp"

namespace attache::device {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

/// Hears events of a device as lines of JSON without times.
class EventsOfADevice : public testing::Test {
 protected:
  explicit EventsOfADevice(DeviceConfig config = {}) : device_(std::move(config)) {}

  void listen() {
    handle_ = device_.device().listen([this](const Event& event) {
      std::string line = to_json(event);
      constexpr std::string_view time = "\"time\":\"2023-11-14T22:13:20.000Z\"";
      std::size_t found = line.find(time.substr(0, 8));
      ASSERT_NE(found, std::string::npos) << line;
      lines_.push_back(line.erase(found, time.size()));
    });
  }
  std::vector<std::string> takes() { return std::exchange(lines_, {}); }

  MemoryDevice device_;
  std::shared_ptr<void> handle_;
  std::vector<std::string> lines_;
};

TEST_F(EventsOfADevice, TellOfRegistrationAndPdnThoughNobodyHasSubscribed) {
  listen();
  device_.send("AT+CFUN=1\r\n");
  EXPECT_THAT(takes(), UnorderedElementsAre(R"({"event":"registration",,"status":2})",
                                            R"({"event":"registration",,"status":1})",
                                            StartsWith(R"({"event":"pdn",,"cid":0,"up":true,"apn":)")));
  device_.send("AT+CFUN=4\r\n");
  EXPECT_THAT(takes(), UnorderedElementsAre(R"({"event":"registration",,"status":0})",
                                            StartsWith(R"({"event":"pdn",,"cid":0,"up":false,"why":")")));
}

TEST_F(EventsOfADevice, TellOfSocketsAndTls) {
  device_.attach();
  listen();
  device_.send("AT#XHTTPCCON=1,\"server.example\",80\r\n");
  EXPECT_THAT(takes(),
              ElementsAre(testing::MatchesRegex(
                  R"x(\{"event":"socket",,"socket":1,"open":true,"transport":"tcp","accepted":false,)x"
                  R"x("local":"[0-9.:]+","remote":"192.0.2.7:80"\})x")));
  device_.send("AT#XHTTPCCON=0\r\n");
  EXPECT_THAT(takes(), ElementsAre(R"({"event":"socket",,"socket":1,"open":false})"));
  device_.send("AT#XHTTPCCON=1,\"server.example\",443,42\r\n");
  EXPECT_THAT(takes(), ElementsAre(HasSubstr(R"("socket":2,"open":true)"),
                                   R"({"event":"tls",,"socket":2,"host":"server.example","sec_tag":42})"));
}

TEST_F(EventsOfADevice, TellOfDataMode) {
  device_.attach();
  listen();
  device_.send("AT#XTCPCLI=2,\"server.example\",80\r\n");
  EXPECT_THAT(takes(), ElementsAre(HasSubstr(R"("socket":1,"open":true)"),
                                   R"({"event":"data-mode",,"port":0,"on":true})"));
  device_.wait(std::chrono::seconds(2));
  device_.send("+++");
  device_.wait(std::chrono::seconds(2));
  EXPECT_THAT(takes(), ElementsAre(R"({"event":"data-mode",,"port":0,"on":false})"));
  handle_.reset();
  device_.send("AT#XTCPCLI=0\r\n");
  EXPECT_THAT(takes(), IsEmpty());
}

TEST_F(EventsOfADevice, TellOfHostsThatOpenAPortAndCloseIt) {
  listen();
  device_.port().host_presence(true);
  device_.port().host_presence(false);
  EXPECT_THAT(takes(), ElementsAre(R"({"event":"host",,"port":0,"present":true})",
                                   R"({"event":"host",,"port":0,"present":false})"));
}

/// Starts a multiplexer and opens channels 1 and 2.
class EventsOfAMultiplexer : public EventsOfADevice {
 protected:
  EventsOfAMultiplexer() : EventsOfADevice(serial_modem()) {
    listen();
    device_.send("AT+CMUX=0\r");
    device_.send(frame(0, FrameType::sabm) + frame(1, FrameType::sabm) + frame(2, FrameType::sabm));
  }
  using FrameType = serial::cmux::FrameType;
  static std::string frame(std::uint8_t dlci, FrameType type) {
    return serial::cmux::encode({dlci, true, type, true});
  }

 private:
  static DeviceConfig serial_modem() {
    DeviceConfig config;
    config.dialect.name = "serial-modem-2.0";
    config.dialect.services = {"cmux"};
    return config;
  }
};

TEST_F(EventsOfAMultiplexer, TellOfItsChannels) {
  EXPECT_THAT(takes(), ElementsAre(R"({"event":"channel",,"port":0,"channel":1,"open":true})",
                                   R"({"event":"channel",,"port":0,"channel":2,"open":true})"));
  device_.send(frame(2, FrameType::sabm));
  EXPECT_THAT(takes(), IsEmpty()) << "it is open already";
  device_.send(frame(2, FrameType::disc));
  EXPECT_THAT(takes(), ElementsAre(R"({"event":"channel",,"port":0,"channel":2,"open":false})"));
}

TEST_F(EventsOfAMultiplexer, TellThatItsChannelsEndWithIt) {
  takes();
  device_.send(frame(0, FrameType::disc));
  device_.wait(std::chrono::milliseconds(10));
  EXPECT_THAT(takes(), ElementsAre(R"({"event":"channel",,"port":0,"channel":1,"open":false})",
                                   R"({"event":"channel",,"port":0,"channel":2,"open":false})"));
}

TEST_F(EventsOfADevice, TellOfFailuresWithTheirCause) {
  listen();
  device_.send("AT#XNOSUCH\r\n");
  auto lines = takes();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines.front(), StartsWith(R"({"event":"failure",,)"));
  EXPECT_THAT(lines.front(), HasSubstr(R"("what":")"));
  Event event{base::WallTime(), event::Failure{"httpc",
                                               {.cause = base::Cause::ca_expired,
                                                .what = "what\n",
                                                .where = "where",
                                                .why = "why",
                                                .advice = "do",
                                                .facts = {{"DNS", "a"}},
                                                .excerpt = "x",
                                                .column = {}},
                                               2}};
  EXPECT_EQ(
      to_json(event),
      R"({"event":"failure","time":"1970-01-01T00:00:00.000Z","code":"ca-expired","module":"httpc",)"
      R"("what":"what\\n","where":"where","why":"why","advice":"do","facts":[{"name":"DNS","text":"a"}],)"
      R"("excerpt":"x","repeats":2})");
}

TEST_F(EventsOfADevice, EndWithItsEndWhichIsToldOnce) {
  listen();
  device_.device().close();
  device_.device().close();
  EXPECT_THAT(takes(), ElementsAre(R"({"event":"ended",})"));
}

TEST(Events, LetEveryListenerHearUntilItsHandleGoes) {
  boost::asio::io_context context;
  base::ManualClock clock(context);
  Events events(clock);
  EXPECT_FALSE(events.has_listeners());
  events.tell(event::Ended{});
  int first = 0;
  int second = 0;
  std::shared_ptr<void> added;
  auto one = events.add([&](const Event&) { ++first; });
  auto two = events.add([&](const Event&) {
    if (++second == 1) {
      added = events.add([&](const Event&) { first += 10; });
    }
  });
  events.tell(event::Ended{});
  EXPECT_EQ(first, 11);
  one.reset();
  added.reset();
  events.tell(event::Ended{});
  EXPECT_EQ(first, 11);
  EXPECT_EQ(second, 2);
  two.reset();
  events.tell(event::Ended{});
  EXPECT_FALSE(events.has_listeners());
}

TEST(Events, OfABootNameDialectAndPorts) {
  Event event{base::WallTime(std::chrono::milliseconds(1234)), event::Ready{"slm-1.6", {"pty:/tmp/modem"}}};
  EXPECT_EQ(
      to_json(event),
      R"({"event":"ready","time":"1970-01-01T00:00:01.234Z","format":"attache-events-1","dialect":"slm-1.6",)"
      R"("ports":["pty:/tmp/modem"]})");
}

TEST(Events, NameTheDeviceThatHasAName) {
  Event event{base::WallTime(), event::Ended{}, "node-7"};
  EXPECT_EQ(to_json(event), R"({"event":"ended","time":"1970-01-01T00:00:00.000Z","device":"node-7"})");
}

}  // namespace
}  // namespace attache::device
