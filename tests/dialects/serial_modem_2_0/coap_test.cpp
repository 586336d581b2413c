#include <gtest/gtest.h>

#include <deque>
#include <functional>

#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

std::string notice(std::string_view text) {
  return fmt::format("\r\n{}\r\n", text);
}

constexpr std::uint8_t content = 69;
constexpr std::uint8_t changed = 68;
constexpr std::uint8_t go_on = 95;

/// A request as it came: the first four bytes and the token, the options with their numbers, the payload.
struct Asked {
  bool confirmable = false;
  std::uint8_t code = 0;
  std::string id;
  std::string token;
  std::vector<std::pair<unsigned, std::string>> options;
  std::string payload;

  [[nodiscard]] std::optional<std::string> option(unsigned number) const {
    for (const auto& [known, value] : options) {
      if (known == number) {
        return value;
      }
    }
    return std::nullopt;
  }
};

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes.at(at));
}

// Deltas and lengths of up to 268.
Asked read(std::string_view bytes) {
  constexpr unsigned extended = 13;
  Asked asked;
  asked.confirmable = (byte_at(bytes, 0) & 0x30U) == 0;
  asked.code = static_cast<std::uint8_t>(byte_at(bytes, 1));
  asked.id = bytes.substr(2, 2);
  std::size_t token_size = byte_at(bytes, 0) & 0x0FU;
  asked.token = bytes.substr(4, token_size);
  std::size_t at = 4 + token_size;
  unsigned number = 0;
  while (at < bytes.size() && byte_at(bytes, at) != 0xFF) {
    unsigned delta = byte_at(bytes, at) >> 4;
    unsigned length = byte_at(bytes, at++) & 0x0FU;
    if (delta == extended) {
      delta += byte_at(bytes, at++);
    }
    if (length == extended) {
      length += byte_at(bytes, at++);
    }
    number += delta;
    asked.options.emplace_back(number, bytes.substr(at, length));
    at += length;
  }
  asked.payload = at < bytes.size() ? bytes.substr(at + 1) : std::string_view();
  return asked;
}

/// What a server says to a request: piggybacked, or of its own accord and not confirmable.
struct Said {
  std::uint8_t code = content;
  std::string payload;
  std::vector<std::pair<unsigned, std::string>> options{};
  bool of_itself = false;
};

std::string written(const Asked& asked, const Said& said) {
  static unsigned own_ids = 0;
  std::string bytes;
  bool acknowledges = asked.confirmable && !said.of_itself;
  bytes += static_cast<char>((acknowledges ? 0x60U : 0x50U) | asked.token.size());
  bytes += static_cast<char>(said.code);
  bytes += acknowledges ? asked.id : std::string{static_cast<char>(0x40), static_cast<char>(++own_ids)};
  bytes += asked.token;
  unsigned before = 0;
  for (const auto& [number, value] : said.options) {
    unsigned delta = number - std::exchange(before, number);
    bool is_long = delta >= 13;
    bytes += static_cast<char>(((is_long ? 13U : delta) << 4) | value.size());
    if (is_long) {
      bytes += static_cast<char>(delta - 13);
    }
    bytes += value;
  }
  return said.payload.empty() ? bytes : fmt::format("{}\xFF{}", bytes, said.payload);
}

// Blocks of 512 bytes, or 16 << size.
std::string block(unsigned number, bool more, unsigned size = 5) {
  unsigned value = (number << 4) | (more ? 8U : 0U) | size;
  return value == 0 ? std::string() : std::string(1, static_cast<char>(value));
}

class SerialModemCoap : public testing::Test {
 public:
  explicit SerialModemCoap(std::string_view edition = "serial-modem-2.0") : device(serial_modem(edition)) {
    device.bearer->net().on_datagram(
        [this](net::Endpoint, std::string_view bytes, std::function<void(std::string_view)> answer) {
          Asked asked = read(bytes);
          if (asked.code == 0) {
            resets += bytes;
            return;
          }
          requests.push_back(asked);
          hostile = answer;
          say = [answer, asked](const Said& said) { answer(written(asked, said)); };
          if (!answers.empty()) {
            Said next = answers.front();
            answers.pop_front();
            say(next);
          }
        });
    EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), dialects::answer("#XSOCKET: 0,2,17"));
    EXPECT_EQ(device.send("AT#XCONNECT=0,\"192.0.2.1\",5683"), dialects::answer("#XCONNECT: 0,1"));
  }

  /// The server says something; what the host gets.
  std::string says(const Said& said) {
    say(said);
    device.clock.settle();
    return device.take();
  }

  SerialModemDevice device;
  std::deque<Said> answers;     // To the next requests.
  std::vector<Asked> requests;  // All that have come.
  std::string resets;
  std::function<void(const Said&)> say;
  std::function<void(std::string_view)> hostile;  ///< Any bytes from the server.
};

// What is cut anywhere, belongs to nobody or is no message at all is passed over, and the answer is awaited.
TEST_F(SerialModemCoap, WaitsOnWhateverAServerSaysBeforeItsAnswer) {
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/x\",1"), ok);
  ASSERT_EQ(requests.size(), 1U);
  std::string right = written(requests[0], {.payload = "right", .of_itself = true});
  // Of a head, a token and a payload: before the last piece there is a message that is whole.
  std::size_t whole = right.find('\xFF');
  for (std::size_t size = 0; size + 1 < whole; ++size) {
    hostile(right.substr(0, size));
  }
  for (int first = 0; first < 256; ++first) {
    hostile(std::string(1, static_cast<char>(first)) + std::string(40, '\xFF'));
  }
  std::string of_another = right;
  of_another[4] = static_cast<char>(~of_another[4]);
  hostile(of_another);
  EXPECT_EQ(says({.payload = "right", .of_itself = true}),
            "\r\n#XCOAPCDATA: 0,0,5\r\nright\r\n" + notice("#XCOAPCSTAT: 0,69,5"));
}

TEST_F(SerialModemCoap, AsksAndShowsTheAnswer) {
  answers = {{content, "23.5 Celsius"}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/a/b?c=d&e\",1"),
            ok + "\r\n#XCOAPCDATA: 0,0,12\r\n23.5 Celsius\r\n" + notice("#XCOAPCSTAT: 0,69,12"));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_FALSE(requests[0].confirmable);
  EXPECT_EQ(requests[0].code, 1);
  EXPECT_EQ(requests[0].token.size(), 8U);
  std::vector<std::pair<unsigned, std::string>> wanted{{11, "a"}, {11, "b"}, {15, "c=d"}, {15, "e"}};
  EXPECT_EQ(requests[0].options, wanted);
  answers = {{132, ""}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"x\",4,1,0,1,42,0,17,\"0x3c\",60,\"text\""),
            ok + notice("#XCOAPCSTAT: 0,132,0"));
  EXPECT_TRUE(requests[1].confirmable);
  EXPECT_EQ(requests[1].code, 4);
  EXPECT_EQ(requests[1].option(17), "\x3c");
  EXPECT_EQ(requests[1].option(60), "text");
  EXPECT_EQ(requests[1].option(12), std::nullopt) << "there is no payload";
  EXPECT_NE(requests[1].token, requests[0].token);
}

TEST_F(SerialModemCoap, FollowsBlocksOfTheAnswer) {
  answers = {{content, std::string(512, 'a'), {{23, block(0, true)}}},
             {content, std::string(512, 'b'), {{23, block(1, true)}}},
             {content, "end", {{23, block(2, false)}}}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/big\",1,1,0,1"),
            ok + "\r\n#XCOAPCDATA: 0,0,512\r\n" + std::string(512, 'a') +
                "\r\n\r\n#XCOAPCDATA: 0,512,512\r\n" + std::string(512, 'b') +
                "\r\n\r\n#XCOAPCDATA: 0,1024,3\r\nend\r\n" + notice("#XCOAPCSTAT: 0,69,1027"));
  EXPECT_EQ(requests[0].option(23), std::nullopt);
  EXPECT_EQ(requests[1].option(23), block(1, false));
  EXPECT_EQ(requests[2].option(23), block(2, false));
  answers = {{content, std::string(512, 'a'), {{23, block(0, true)}}},
             {content, "x", {{23, block(3, true)}}}};
  EXPECT_EQ(
      device.send("AT#XCOAPCREQ=0,\"/big\",1,1,1,1"), ok + "\r\n#XCOAPCDATA: 0,0,512\r\n" +
                                                          [] {
                                                            std::string digits;
                                                            for (int i = 0; i < 512; ++i) {
                                                              digits += "61";
                                                            }
                                                            return digits;
                                                          }() +
                                                          "\r\n" + notice("#XCOAPCSTAT: 0,-1,512"))
      << "a block that was not asked for";
}

TEST_F(SerialModemCoap, WaitsUntilTheHostHasFetchedABlock) {
  answers = {{content, std::string(512, 'a'), {{23, block(0, true)}}}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/big\",1,0"), ok + notice("#XCOAPCHEAD: 0,69,512"));
  EXPECT_EQ(device.send("AT#XCOAPCDATA=0,2"), "\r\n#XCOAPCDATA: 0,0,2\r\naa" + ok);
  EXPECT_EQ(requests.size(), 1U) << "the next block is not asked for yet";
  answers = {{content, "xyz", {{23, block(1, false)}}}};
  EXPECT_EQ(device.send("AT#XCOAPCDATA=0,9999"),
            "\r\n#XCOAPCDATA: 0,2,510\r\n" + std::string(510, 'a') + ok + notice("#XCOAPCHEAD: 0,69,3"));
  EXPECT_EQ(device.after(29999ms), "");
  EXPECT_EQ(device.send("AT#XCOAPCDATA=0,-1"),
            "\r\n#XCOAPCDATA: 0,512,3\r\nxyz" + ok + notice("#XCOAPCSTAT: 0,69,515"));
  answers = {{content, "xyz"}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/x\",1,0"), ok + notice("#XCOAPCHEAD: 0,69,3"));
  EXPECT_EQ(device.send("AT#XCOAPCDATA=0,1"), "\r\n#XCOAPCDATA: 0,0,1\r\nx" + ok);
  EXPECT_EQ(device.after(29999ms), "");
  EXPECT_EQ(device.after(1ms), notice("#XCOAPCSTAT: 0,-1,1"));
}

TEST_F(SerialModemCoap, SendsAPayloadInOnePacketOrInBlocks) {
  answers = {{changed, ""}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/data\",2,1,0,1,50,6"), ok);
  EXPECT_EQ(device.raw("abc"), "");
  EXPECT_TRUE(requests.empty()) << "not before all is there";
  EXPECT_EQ(device.raw("+++"), "\r\n#XDATAMODE: 0\r\n" + notice("#XCOAPCSTAT: 0,68,0"));
  EXPECT_EQ(requests[0].payload, "abc+++");
  EXPECT_EQ(requests[0].option(12), "\x32");
  EXPECT_EQ(requests[0].option(27), std::nullopt);
  requests.clear();
  answers = {{go_on, "", {{27, block(0, true)}}},
             {go_on, "", {{27, block(1, true)}}},
             {changed, "", {{27, block(2, false)}}}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/data\",3,1,0,1,0,1030"), ok);
  EXPECT_EQ(device.raw(std::string(520, 'p')), "");
  EXPECT_EQ(device.after(100ms), "");
  ASSERT_EQ(requests.size(), 1U) << "the first block goes once it is whole";
  EXPECT_EQ(requests[0].payload, std::string(512, 'p'));
  EXPECT_EQ(requests[0].option(27), block(0, true));
  EXPECT_EQ(device.raw(std::string(510, 'p')), "\r\n#XDATAMODE: 0\r\n" + notice("#XCOAPCSTAT: 0,68,0"));
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[1].option(27), block(1, true));
  EXPECT_EQ(requests[2].option(27), block(2, false));
  EXPECT_EQ(requests[2].payload, "pppppp");
}

TEST_F(SerialModemCoap, EndsAnUploadThatTheServerOrTheHostBreaksOff) {
  answers = {{141, ""}};  // 4.13
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/data\",2,1,0,1,0,1030"), ok);
  EXPECT_EQ(device.raw_and_wait(std::string(600, 'p'), 100ms), "");
  EXPECT_EQ(device.raw(std::string(430, 'p')), "\r\n#XDATAMODE: -1\r\n" + notice("#XCOAPCSTAT: 0,141,0"));
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/data\",2,1,0,1,0,1030"), ok);
  EXPECT_EQ(device.raw_and_wait("ppp", 31s), "") << "data mode goes on until all has come";
  EXPECT_EQ(device.raw(std::string(1027, 'p')), "\r\n#XDATAMODE: -1\r\n" + notice("#XCOAPCSTAT: 0,-1,0"));
}

TEST_F(SerialModemCoap, ObservesUntilItIsCancelled) {
  answers = {{content, "21.5", {{6, "\x01"}}}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/obs\",1,1,0,1,0,0,6,\"0x00\""),
            ok + "\r\n#XCOAPCDATA: 0,0,4\r\n21.5\r\n");
  EXPECT_EQ(says({content, "21.7", {{6, "\x02"}}, true}), "\r\n#XCOAPCDATA: 0,0,4\r\n21.7\r\n");
  EXPECT_EQ(device.after(5min), "") << "it waits for ever";
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/x\",1"), error);
  EXPECT_EQ(device.send("AT#XCOAPCCANCEL=1"), error);
  EXPECT_EQ(device.send("AT#XCOAPCCANCEL=0"), ok + notice("#XCOAPCSTAT: 0,-1,0"));
  auto late = say;
  answers = {{content, "x"}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/obs\",1,0,0,1,0,0,6,\"\""), ok + notice("#XCOAPCHEAD: 0,69,1"));
  late({content, "21.9", {{6, "\x03"}}, true});
  device.clock.settle();
  EXPECT_EQ(device.take(), "");
  EXPECT_EQ(resets.size(), 4U) << "of the older observation";
  EXPECT_EQ(device.send("AT#XCOAPCDATA=0"),
            "\r\n#XCOAPCDATA: 0,0,1\r\nx" + ok + notice("#XCOAPCSTAT: 0,69,1"))
      << "the server does not observe";
}

TEST_F(SerialModemCoap, EndsAnObservationWithAnError) {
  answers = {{content, "21.5", {{6, "\x01"}}}};
  device.send("AT#XCOAPCREQ=0,\"/obs\",1,1,0,1,0,0,6,\"0x00\"");
  EXPECT_EQ(says({132, "", {}, true}), notice("#XCOAPCSTAT: 0,132,0"));
  answers = {{content, "21.5"}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/obs\",1,1,0,1,0,0,6,\"0x01\""),
            ok + "\r\n#XCOAPCDATA: 0,0,4\r\n21.5\r\n" + notice("#XCOAPCSTAT: 0,69,4"))
      << "deregistering is a request like any other";
}

TEST_F(SerialModemCoap, GivesUpWithoutAnAnswer) {
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/never\",1,0"), ok);
  EXPECT_EQ(device.send("AT#XCOAPCDATA=0"), "\r\n#XCOAPCDATA: 0,0,0\r\n" + ok);
  EXPECT_EQ(device.after(92999ms), "");
  EXPECT_EQ(device.after(1ms), notice("#XCOAPCSTAT: 0,-1,0"));
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/never\",1"), ok);
  EXPECT_EQ(device.send("AT#XCLOSE=0"), dialects::answer("#XCLOSE: 0,0") + notice("#XCOAPCSTAT: 0,-1,0"));
}

TEST_F(SerialModemCoap, RefusesWhatItCannotAsk) {
  for (std::string_view refused : {"AT#XCOAPCREQ",
                                   "AT#XCOAPCREQ?",
                                   "AT#XCOAPCREQ=0",
                                   "AT#XCOAPCREQ=0,\"/x\"",
                                   "AT#XCOAPCREQ=7,\"/x\",1",
                                   "AT#XCOAPCREQ=0,\"/x\",0",
                                   "AT#XCOAPCREQ=0,\"/x\",8",
                                   "AT#XCOAPCREQ=0,\"/x\",1,2",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,2",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,2",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,-1",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,-1",
                                   "AT#XCOAPCREQ=0,\"/x\",1,,0",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,,5",
                                   "AT#XCOAPCREQ=0,\"/x\",2,1,0,1,50,\"5\"",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,0,17",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,17,\"0x00\"",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,0,17,\"a\",12,\"b\",60,\"c\"",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,0,17,\"0xzz\"",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,0,17,\"0x0\"",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,0,17,\"0x\"",
                                   "AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,0,65536,\"\"",
                                   "AT#XCOAPCDATA",
                                   "AT#XCOAPCDATA?",
                                   "AT#XCOAPCDATA=0",
                                   "AT#XCOAPCCANCEL",
                                   "AT#XCOAPCCANCEL?",
                                   "AT#XCOAPCCANCEL=0"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send(fmt::format("AT#XCOAPCREQ=0,\"{}\",1", std::string(65, 'p'))), error);
  EXPECT_EQ(device.send(fmt::format("AT#XCOAPCREQ=0,\"/x\",1,1,0,1,0,0,60,\"{}\"", std::string(97, 'p'))),
            error);
  EXPECT_TRUE(requests.empty());
  EXPECT_EQ(device.send("AT#XCOAPCDATA=?"), dialects::answer("#XCOAPCDATA: <handle>[,<length>]"));
  EXPECT_EQ(device.send("AT#XCOAPCCANCEL=?"), dialects::answer("#XCOAPCCANCEL: <handle>"));
  EXPECT_EQ(device.send("AT#XSOCKET=1,2,0"), dialects::answer("#XSOCKET: 1,2,17"));
  EXPECT_EQ(device.send("AT#XCOAPCREQ=1,\"/x\",1"), error + notice("#XCOAPCSTAT: 1,-1,0")) << "not connected";
}

class PreviewCoap : public SerialModemCoap {
 public:
  PreviewCoap() : SerialModemCoap("serial-modem-1.99") {}
};

TEST_F(PreviewCoap, EndsAWaitingRequestAtItsLimitThoughItIsCancelled) {
  answers = {{content, "21.5"}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/obs\",1,0"), ok + notice("#XCOAPCHEAD: 0,69,4"));
  EXPECT_EQ(device.send("AT#XCOAPCCANCEL=0"), ok);
  EXPECT_EQ(device.after(29s), "");
  EXPECT_EQ(device.after(1s), notice("#XCOAPCSTAT: 0,-1,0"));
}

TEST_F(PreviewCoap, HasLongerBlocksAndNoObservation) {
  answers = {{content, "21.5", {{6, "\x01"}}}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/obs\",1,1,0,1,0,0,6,\"0x00\""),
            ok + "\r\n#XCOAPCDATA: 0,0,4\r\n21.5\r\n" + notice("#XCOAPCSTAT: 0,69,4"));
  requests.clear();
  answers = {{changed, ""}};
  EXPECT_EQ(device.send("AT#XCOAPCREQ=0,\"/data\",2,1,0,1,0,1024"), ok);
  EXPECT_EQ(device.raw(std::string(1024, 'p')), "\r\n#XDATAMODE: 0\r\n" + notice("#XCOAPCSTAT: 0,68,0"));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].option(27), std::nullopt);
}

}  // namespace
}  // namespace attache::dialects
