#include <algorithm>

#include "base/text.hpp"
#include "dialects/slm_device.hpp"
#include "lab/firmware_file.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string line(std::string_view text) {
  return fmt::format("\r\n{}\r\n", text);
}

/// A device and the server of its firmware.
class Fota : public testing::Test {
 public:
  explicit Fota(DialectOptions options = {}, std::size_t ports = 1) : device(std::move(options), ports) {
    device.send("AT+CFUN=1");
    device.take();
    serve();
  }

  void serve() {
    device.bearer->net().on_connect(
        [this](std::shared_ptr<net::MemoryConnection> made) -> std::optional<net::Failure> {
          if (refusals > 0) {
            --refusals;
            return net::make_failure(net::Errno::connection_refused, "connecting failed", "told so");
          }
          made->on_data([this](net::MemoryConnection& connection) { answer(connection); });
          connections.push_back(std::move(made));
          return std::nullopt;
        });
  }

  void answer(net::MemoryConnection& connection) {
    if (connection.received.find("\r\n\r\n") == std::string::npos) {
      return;
    }
    std::string request = connection.take();
    requests.push_back(request);
    if (raw_answer) {
      connection.send(*raw_answer);
      return;
    }
    auto [first, last] = range_of(request);
    bool is_part = ranges && first.has_value();
    std::string body = is_part ? image.substr(*first, last.value_or(image.size()) - *first + 1) : image;
    std::string head = is_part
                           ? fmt::format("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {}-{}/{}\r\n",
                                         *first, *first + body.size() - 1, image.size())
                           : "HTTP/1.1 200 OK\r\n";
    head += fmt::format("Content-Length: {}\r\n\r\n", body.size());
    if (die_after && *die_after < body.size()) {
      connection.send(head + body.substr(0, *die_after));
      die_after.reset();
      connection.close();
      return;
    }
    connection.send(head + body.substr(0, hold_back ? body.size() / 2 : body.size()));
  }

  static std::pair<std::optional<std::size_t>, std::optional<std::size_t>> range_of(
      const std::string& request) {
    constexpr std::string_view mark = "Range: bytes=";
    std::size_t at = request.find(mark);
    if (at == std::string::npos) {
      return {};
    }
    auto text = std::string_view(request).substr(at + mark.size());
    auto parts = base::split(text.substr(0, text.find('\r')), '-');
    return {base::parse_number<std::uint64_t>(parts[0]), base::parse_number<std::uint64_t>(parts[1])};
  }

  /// The progress lines of a whole download, and the last line.
  [[nodiscard]] std::string downloaded(int kind = 1) const {
    std::string text;
    for (std::size_t at = 0; at < image.size();) {
      at = std::min(at + 2048, image.size());
      text += line(fmt::format("#XFOTA: {},1,0,{}", kind, at * 100 / image.size()));
    }
    return text + line(fmt::format("#XFOTA: {},4,0", kind));
  }

  std::string reset() {
    EXPECT_EQ(device.send("AT#XRESET"), ok);
    return device.after(2s);
  }

  std::string image = lab::make_firmware_file({.body_size = 9000});
  bool ranges = true;
  bool hold_back = false;
  int refusals = 0;
  std::optional<std::size_t> die_after;
  std::optional<std::string> raw_answer;
  std::vector<std::string> requests;
  std::vector<std::shared_ptr<net::MemoryConnection>> connections;
  SlmDevice device;
};

const std::string get = "AT#XFOTA=1,\"http://example.com/app.bin\"";
const std::string get_secure = "AT#XFOTA=1,\"https://example.com/app.bin\",42";

TEST_F(Fota, DownloadsAnImageAndRunsItAfterTheReset) {
  EXPECT_EQ(device.send(get), ok + downloaded());
  EXPECT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0], "GET /app.bin HTTP/1.1\r\nHost: example.com\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(device.send("AT#XSLMVER"), line("#XSLMVER: \"1.6.0\"") + ok);
  EXPECT_EQ(reset(), "Ready\r\n" + line("#XFOTA: 1,5,0"));
  EXPECT_EQ(device.send("AT#XSLMVER"), line("#XSLMVER: \"1.6.1\"") + ok);
  EXPECT_EQ(reset(), "Ready\r\n") << "the line comes once";
  EXPECT_EQ(device.send("AT#XSLMVER"), line("#XSLMVER: \"1.6.1\"") + ok);
}

TEST_F(Fota, AsksForAFragmentAtATimeOverTls) {
  EXPECT_EQ(device.send(get_secure), ok + downloaded());
  ASSERT_EQ(requests.size(), 5U);
  EXPECT_THAT(requests[0], HasSubstr("Range: bytes=0-2047\r\n"));
  EXPECT_THAT(requests[4], HasSubstr(fmt::format("Range: bytes=8192-{}\r\n", image.size() - 1)));
  ASSERT_EQ(connections.size(), 1U);
  EXPECT_EQ(connections[0]->tls->sec_tag, 42U);
  EXPECT_EQ(connections[0]->to.port, 443);
  EXPECT_EQ(reset(), "Ready\r\n" + line("#XFOTA: 1,5,0"));
}

TEST_F(Fota, TakesAWholeFileFromAServerWithoutRanges) {
  ranges = false;
  EXPECT_EQ(device.send(get_secure), ok + downloaded());
  EXPECT_EQ(requests.size(), 1U);
  die_after = 5000;
  EXPECT_THAT(device.send(get), Not(HasSubstr("#XFOTA: 1,4,0")));
  EXPECT_THAT(device.after(2s), EndsWith(line("#XFOTA: 1,4,0"))) << "what came before is passed over";
  EXPECT_EQ(reset(), "Ready\r\n" + line("#XFOTA: 1,5,0"));
}

TEST_F(Fota, GoesOnWhereTheServerDied) {
  die_after = 5000;
  std::string before = device.send(get);
  EXPECT_EQ(before, ok + line("#XFOTA: 1,1,0,21") + line("#XFOTA: 1,1,0,42"));
  refusals = 1;
  EXPECT_EQ(device.after(2s), "") << "not back yet";
  EXPECT_EQ(before + device.after(2s), ok + downloaded());
  EXPECT_THAT(requests.back(), HasSubstr("Range: bytes=5000-\r\n"));
  EXPECT_EQ(reset(), "Ready\r\n" + line("#XFOTA: 1,5,0"));
}

TEST_F(Fota, GivesUpAServerThatStaysAway) {
  die_after = 5000;
  device.send(get);
  refusals = 100;
  EXPECT_EQ(device.after(10s), line("#XFOTA: 1,1,1,1"));
  EXPECT_EQ(device.send("AT#XFOTA=2"), error) << "nothing runs any more";
  EXPECT_EQ(reset(), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XSLMVER"), line("#XSLMVER: \"1.6.0\"") + ok);
}

TEST_F(Fota, RefusesAnImageWithAWrongHash) {
  image[3000] = '!';
  EXPECT_THAT(device.send(get), EndsWith(line("#XFOTA: 1,1,0,100") + line("#XFOTA: 1,1,1,2")));
  EXPECT_THAT(device.take_reasons().back().why, HasSubstr("SHA-256"));
  EXPECT_EQ(reset(), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XSLMVER"), line("#XSLMVER: \"1.6.0\"") + ok);
}

TEST_F(Fota, RefusesAFileThatIsCutOff) {
  image.resize(8000);
  EXPECT_THAT(device.send(get), EndsWith(line("#XFOTA: 1,1,1,2")));
  EXPECT_THAT(device.take_reasons().back().why, HasSubstr("cut off"));
}

TEST_F(Fota, RefusesAFileThatIsNoImage) {
  image = std::string(5000, 'x');
  EXPECT_EQ(device.send(get), ok + line("#XFOTA: 0,1,1,2"));
  EXPECT_EQ(device.take_reasons().size(), 1U);
}

TEST_F(Fota, RefusesAnswersThatAreOfNoUse) {
  for (std::string_view head :
       {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 206 x\r\nContent-Range: bytes 5-6/9\r\nContent-Length: 2\r\n\r\nxx",
        "HTTP/1.1 206 x\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 20\r\n\r\n01234567890123456789",
        "HTTP/1.1 206 x\r\nContent-Length: 2\r\n\r\nxx"}) {
    raw_answer = head;
    EXPECT_EQ(device.send(get), ok + line("#XFOTA: 0,1,1,1")) << head;
    EXPECT_EQ(device.take_reasons().size(), 1U);
  }
}

TEST_F(Fota, TriesAnEmptyPartTwiceMoreAndNoLonger) {
  raw_answer = "HTTP/1.1 206 x\r\nContent-Range: bytes 0-0/9\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(device.send(get), ok);
  EXPECT_EQ(device.after(10s), line("#XFOTA: 0,1,1,1"));
  EXPECT_EQ(requests.size(), 3U);
}

TEST_F(Fota, RefusesAnImageLargerThanTheFlash) {
  raw_answer = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + image;
  EXPECT_EQ(device.send(get), ok + line("#XFOTA: 0,1,1,2"));
}

TEST_F(Fota, StopsWhenTold) {
  hold_back = true;
  EXPECT_EQ(device.send(get), ok + line("#XFOTA: 1,1,0,21") + line("#XFOTA: 1,1,0,42"));
  EXPECT_EQ(device.send(get), line("#XFOTA: 0,1,1,-120") + error) << "one at a time";
  EXPECT_EQ(device.send("AT#XFOTA=2"), line("#XFOTA: 1,1,2") + ok);
  EXPECT_TRUE(connections[0]->closed_by_device());
  EXPECT_EQ(device.send("AT#XFOTA=2"), error);
  EXPECT_EQ(device.after(1min), "");
  hold_back = false;
  EXPECT_EQ(device.send(get), ok + downloaded()) << "and can be begun again";
}

TEST_F(Fota, StopsBeforeItsFirstFragment) {
  raw_answer = "";
  EXPECT_EQ(device.send(get), ok);
  EXPECT_EQ(device.send("AT#XFOTA=2"), line("#XFOTA: 0,1,2") + ok);
}

TEST_F(Fota, EndsSilentlyWithAReset) {
  hold_back = true;
  device.send(get);
  EXPECT_EQ(reset(), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XFOTA=2"), error);
}

TEST_F(Fota, EndsWhileItWaitsForTheServer) {
  die_after = 5000;
  device.send(get);
  EXPECT_EQ(device.send("AT#XFOTA=2"), line("#XFOTA: 1,1,2") + ok);
  EXPECT_EQ(device.after(1min), "");
  EXPECT_EQ(requests.size(), 1U);
}

TEST_F(Fota, SaysWhyItCannotConnect) {
  refusals = 1;
  EXPECT_EQ(device.send(get), line("#XFOTA: 0,1,1,-111") + error);
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://nowhere.example/x\""), line("#XFOTA: 0,1,1,-118") + error);
  EXPECT_EQ(device.send("AT#XFOTA=2"), error);
}

TEST_F(Fota, TakesADeltaImageOfTheModemAndErasesAnOldOne) {
  image = lab::make_modem_delta(9000);
  EXPECT_EQ(device.send("AT#XFOTA=0"), ok) << "nothing to erase";
  EXPECT_EQ(device.send(get), ok + downloaded(2));
  EXPECT_EQ(device.send(get), ok + line("#XFOTA: 0,2,0"));
  EXPECT_EQ(device.after(1s), line("#XFOTA: 0,3,0") + downloaded(2));
  EXPECT_EQ(device.send("AT#XFOTA=0"), "");
  EXPECT_EQ(device.after(1s), ok);
  EXPECT_EQ(reset(), "Ready\r\n");
  EXPECT_EQ(device.send(get), ok + downloaded(2));
  EXPECT_EQ(reset(), "Ready\r\n" + line("#XFOTA: 2,5,0"));
  EXPECT_EQ(device.send("AT#XSLMVER"), line("#XSLMVER: \"1.6.0\"") + ok);
}

class FotaOnTwoPorts : public Fota {
 public:
  FotaOnTwoPorts() : Fota({}, 2) {}
};

TEST_F(FotaOnTwoPorts, SaysThatAnEraseWasCutShort) {
  image = lab::make_modem_delta(9000);
  device.send(get);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XFOTA=0"), "");
  device.send("AT#XSLEEP=0", 1);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].why, "services were closed before it was erased");
}

TEST_F(Fota, MayBeStoppedWhileItErases) {
  image = lab::make_modem_delta(9000);
  device.send(get);
  device.send(get);
  EXPECT_EQ(device.send("AT#XFOTA=2"), line("#XFOTA: 0,2,2") + ok);
  EXPECT_EQ(device.after(1min), "");
}

TEST_F(Fota, RunsAnImageAfterSystemOffToo) {
  device.send(get);
  device.send("AT#XSLEEP=1");
  device.clock.advance(2s);
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n" + line("#XFOTA: 1,5,0"));
}

class FotaAnswers : public testing::TestWithParam<Exchange> {};

TEST_P(FotaAnswers, AreExact) {
  SlmDevice device;
  EXPECT_EQ(device.send(GetParam().line), GetParam().answer);
  bool explained = GetParam().swallowed || GetParam().answer.ends_with(error);
  EXPECT_EQ(device.take_reasons().size(), explained ? 1U : 0U);
}

std::string uri(std::string_view text) {
  return fmt::format("AT#XFOTA=1,\"{}\"", text);
}

INSTANTIATE_TEST_SUITE_P(
    Slm, FotaAnswers,
    testing::Values(
        Exchange{"AT#XFOTA?", error}, Exchange{"AT#XFOTA", error},
        Exchange{"AT#XFOTA=?", line("#XFOTA: (0, 1, 2),<file_uri>,<sec_tag>,<apn>") + ok},
        Exchange{"AT#XFOTA=\"1\"", error}, Exchange{"AT#XFOTA=-1", error}, Exchange{"AT#XFOTA=0", ok},
        Exchange{"AT#XFOTA=1", error}, Exchange{"AT#XFOTA=1,5", error}, Exchange{"AT#XFOTA=2", error},
        Exchange{"AT#XFOTA=3", ok, true}, Exchange{"AT#XFOTA=9", ok, true}, Exchange{uri(""), error},
        Exchange{uri("example.com/x"), error}, Exchange{uri("://example.com/x"), error},
        Exchange{uri("http://example.com"), error}, Exchange{uri("http:///x"), error},
        Exchange{uri("http://example.com:0/x"), error}, Exchange{uri("http://example.com:x/x"), error},
        Exchange{uri("http://me@example.com/x"), error}, Exchange{uri("http://example.com/a b"), error},
        Exchange{uri("https://example.com/x"), error},
        Exchange{uri("ftp://example.com/x"), line("#XFOTA: 0,1,1,-22") + error},
        Exchange{uri("http://" + std::string(57, 'h') + "/x"), error},
        Exchange{uri("http://example.com/" + std::string(127, 'p')), error},
        Exchange{uri("http://example.com/" + std::string(240, 'p')), error},
        Exchange{uri("http://example.com/x") + ",\"42\"", error},
        Exchange{uri("http://example.com/x") + ",42," + "\"" + std::string(32, 'a') + "\"", error}));

TEST_F(Fota, TakesTheLongestUriItsQueryAndAnApn) {
  image = lab::make_firmware_file({.body_size = 100});
  std::string host = "http://" + std::string(53, 'h') + ":80";
  ASSERT_EQ(host.size(), 63U);
  std::string path = "/" + std::string(126, 'p');
  device.bearer->net().add_name(std::string(53, 'h'), net::Family::ipv4,
                                boost::asio::ip::make_address("192.0.2.9"));
  EXPECT_EQ(device.send(fmt::format("AT#XFOTA=1,\"{}{}?q=1\",42,\"{}\"", host, path, std::string(31, 'a'))),
            ok + downloaded());
  EXPECT_THAT(requests[0], testing::StartsWith("GET " + path + " HTTP/1.1\r\n"));
  EXPECT_FALSE(connections[0]->tls);
  std::string journal = device.take_journal();
  EXPECT_THAT(journal, HasSubstr("query is not sent"));
  EXPECT_THAT(journal, HasSubstr("default PDN"));
  EXPECT_EQ(device.send("AT#XFOTA=1,\"HTTP://example.com:8080/x\""), ok + downloaded());
  EXPECT_EQ(connections[1]->to.port, 8080);
}

// ---- builds and dialects

class StrictFota : public Fota {
 public:
  StrictFota() : Fota(slm_1_6(true)) {}
};

TEST_F(StrictFota, FindsAWrongHashAfterTheResetOnly) {
  image[3000] = '!';
  EXPECT_EQ(device.send(get), ok + downloaded());
  EXPECT_EQ(reset(), "Ready\r\n" + line("#XFOTA: 1,4,1,-9"));
  EXPECT_EQ(device.send("AT#XSLMVER"), line("#XSLMVER: \"1.6.0\"") + ok);
}

DialectOptions without_progress() {
  DialectOptions options;
  options.fota_progress = false;
  return options;
}

class QuietFota : public Fota {
 public:
  QuietFota() : Fota(without_progress()) {}
};

TEST_F(QuietFota, NeverLearnsItsType) {
  EXPECT_EQ(device.send(get), ok + line("#XFOTA: 0,4,0"));
  EXPECT_EQ(reset(), "Ready\r\n" + line("#XFOTA: 0,5,0"));
}

class Fota15 : public Fota {
 public:
  Fota15() : Fota(slm_1_5()) {}
};

TEST_F(Fota15, SpeaksInWords) {
  EXPECT_EQ(device.send("AT#XFOTA=?"), "#XFOTA: (0, 1),<file_uri>,<sec_tag>,<apn>\r\n" + ok);
  EXPECT_EQ(device.send("AT#XFOTA=2"), ok) << "unknown there";
  std::string text = device.send(get);
  EXPECT_THAT(text, testing::StartsWith(ok + "#XFOTA: \"21%\"\r\n#XFOTA: \"42%\"\r\n"));
  EXPECT_THAT(text, EndsWith("#XFOTA: \"100%\"\r\n#XFOTA: \"downloaded\",\"reset now\".\r\n"));
  EXPECT_EQ(reset(), "Ready\r\n") << "nothing after the reset";
  EXPECT_EQ(device.send("AT#XSLMVER"), "#XSLMVER: \"1.6.1\"\r\n" + ok);
  image = std::string(5000, 'x');
  device.send("AT+CFUN=1");
  device.take();
  EXPECT_EQ(device.send(get), ok + "#XFOTA: \"download error\"\r\n");
  EXPECT_EQ(device.send("AT#XFOTA=1,\"ftp://example.com/x\""), error);
  refusals = 1;
  EXPECT_EQ(device.send(get), error);
}

// ---- failing I/O

TEST(FotaUnderFailure, AlwaysEndsWithOneWholeImage) {
  for (std::size_t at = 1; at < 60; ++at) {
    SCOPED_TRACE(at);
    struct Device : Fota {
      void TestBody() override {}
    } fota;
    fota.device.bearer->net().limit_reads(700);
    fota.device.bearer->net().fail_at(at);
    std::string text = fota.device.send(get_secure);
    text += fota.device.after(30s);
    bool complete = text.ends_with(line("#XFOTA: 1,4,0"));
    EXPECT_TRUE(complete || text.ends_with(error) || text.ends_with(",1,1,1\r\n")) << text;
    std::string started = fota.reset();
    EXPECT_EQ(started, complete ? "Ready\r\n" + line("#XFOTA: 1,5,0") : "Ready\r\n");
    EXPECT_EQ(fota.device.send("AT#XSLMVER"),
              line(complete ? "#XSLMVER: \"1.6.1\"" : "#XSLMVER: \"1.6.0\"") + ok);
    if (!fota.device.bearer->net().has_failed()) {
      break;
    }
  }
}

}  // namespace
}  // namespace attache::dialects
