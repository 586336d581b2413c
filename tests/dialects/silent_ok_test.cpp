#include <algorithm>
#include <array>

#include "at/redaction.hpp"
#include "ftp_device.hpp"
#include "http_exchange.hpp"
#include "proxy_exchange.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::HasSubstr;
using testing::IsEmpty;

void add_silent_sensor(device::DeviceConfig& config) {
  config.i2c.push_back({.bus = 2, .address = 0x76, .has_address = true, .memory = {{0xD0, 0x61}}});
}

/// A command of the table: what it needs, a line that it takes, and one with a parameter too many.
struct Case {
  std::string_view name;
  std::function<void(SlmDevice&)> prepare;
  std::string line;
  std::string longer;
  bool counts_exactly = false;  ///< It refuses the longer line.
};

void lines(SlmDevice& device, std::initializer_list<std::string_view> all) {
  for (std::string_view line : all) {
    EXPECT_THAT(device.send(line), HasSubstr("OK")) << line;
  }
}

void nothing(SlmDevice&) {}

void network(SlmDevice& device) {
  register_with_network(device);
}

void tcp_client(SlmDevice& device) {
  lines(device, {"AT#XTCPCLI=1,\"example.com\",80"});
}

void tcp_socket(SlmDevice& device) {
  lines(device, {"AT#XSOCKET=1,1,0"});
}

void connected_socket(SlmDevice& device) {
  lines(device, {"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80"});
}

void received_on_socket(SlmDevice& device) {
  connected_socket(device);
  device.server->send("hello");
}

void bound_server(SlmDevice& device) {
  network(device);
  lines(device, {"AT#XSOCKET=1,1,1", "AT#XBIND=5000"});
}

void waiting_client(SlmDevice& device) {
  bound_server(device);
  lines(device, {"AT#XLISTEN"});
  device.bearer->net().client_connects(5000, peer_a);
}

void udp_socket(SlmDevice& device) {
  lines(device, {"AT#XSOCKET=1,2,0"});
}

void waiting_datagram(SlmDevice& device) {
  network(device);
  lines(device, {"AT#XSOCKET=1,2,0", "AT#XBIND=5000"});
  EXPECT_TRUE(device.bearer->net().datagram_arrives(5000, peer_a, "hello"));
}

void mqtt_session(SlmDevice& device) {
  lines(device, {"AT#XMQTTCON=1,\"me\",\"\",\"\",\"example.com\",1883"});
  device.server_sends("\x20\x02\0\0"s);
}

void http_connection(SlmDevice& device) {
  lines(device, {"AT#XHTTPCCON=1,\"example.com\",80"});
}

// SLM 1.5 has neither SMS nor TWI.
std::vector<std::string> services_of(std::string_view dialect) {
  std::vector<std::string> services{"httpc", "mqttc", "ftpc", "gps"};
  if (dialect != "slm-1.5") {
    services.insert(services.end(), {"sms", "twi"});
  }
  return services;
}

std::vector<Case> cases(bool is_1_5) {
  std::string limit = is_1_5 ? "AT#XDATACTRL=0,50" : "AT#XDATACTRL=50";
  std::vector<Case> all{
      {"#XSLMVER", nothing, "AT#XSLMVER", "AT#XSLMVER=1"},
      {"#XSLEEP", nothing, "AT#XSLEEP=0", "AT#XSLEEP=0,1"},
      {"#XRESET", nothing, "AT#XRESET", "AT#XRESET=\"x\""},
      {"#XCLAC", nothing, "AT#XCLAC", "AT#XCLAC=1,2"},
      {"#XSLMUART", nothing, "AT#XSLMUART=115200", "AT#XSLMUART=115200,1"},
      {"#XDATACTRL", nothing, limit, limit + ",1"},
      {"#XTCPFILTER", nothing, "AT#XTCPFILTER=0", "AT#XTCPFILTER=0,\"192.0.2.1\""},
      {"#XTCPSVR", network, "AT#XTCPSVR=1,5000", "AT#XTCPSVR=1,5000,,1"},
      {"#XTCPCLI", nothing, "AT#XTCPCLI=1,\"example.com\",80", "AT#XTCPCLI=1,\"example.com\",80,,1"},
      {"#XTCPSEND", tcp_client, "AT#XTCPSEND=1,\"a\"", "AT#XTCPSEND=1,\"a\",1"},
      {"#XTCPRECV", tcp_client, "AT#XTCPRECV=5", "AT#XTCPRECV=5,1"},
      {"#XUDPSVR", network, "AT#XUDPSVR=1,5000", "AT#XUDPSVR=1,5000,42"},
      {"#XUDPCLI", nothing, "AT#XUDPCLI=1,\"example.com\",80", "AT#XUDPCLI=1,\"example.com\",80,,1"},
      {"#XUDPSEND", [](SlmDevice& device) { lines(device, {"AT#XUDPCLI=1,\"example.com\",80"}); },
       "AT#XUDPSEND=1,\"a\"", "AT#XUDPSEND=1,\"a\",1"},
      {"#XSOCKET", nothing, "AT#XSOCKET=1,1,0", "AT#XSOCKET=1,1,0,,1"},
      {"#XSOCKETOPT", tcp_socket, "AT#XSOCKETOPT=1,20,5", "AT#XSOCKETOPT=1,20,5,1"},
      {"#XBIND",
       [](SlmDevice& device) {
         network(device);
         tcp_socket(device);
       },
       "AT#XBIND=5000", "AT#XBIND=5000,1"},
      {"#XCONNECT", tcp_socket, "AT#XCONNECT=\"example.com\",80", "AT#XCONNECT=\"example.com\",80,42"},
      {"#XLISTEN", bound_server, "AT#XLISTEN", "AT#XLISTEN=1"},
      {"#XACCEPT", waiting_client, "AT#XACCEPT", "AT#XACCEPT=1"},
      {"#XSEND", connected_socket, "AT#XSEND=1,\"a\"", "AT#XSEND=1,\"a\",1"},
      {"#XRECV", received_on_socket, "AT#XRECV=5", "AT#XRECV=5,1"},
      {"#XSENDTO", udp_socket, "AT#XSENDTO=\"example.com\",80,1,\"a\"",
       "AT#XSENDTO=\"example.com\",80,1,\"a\",1"},
      {"#XRECVFROM", waiting_datagram, "AT#XRECVFROM=5", "AT#XRECVFROM=5,1"},
      {"#XGETADDRINFO", nothing, "AT#XGETADDRINFO=\"example.com\"", "AT#XGETADDRINFO=\"example.com\",1"},
      {"%CMNG", nothing, "AT%CMNG=0,42,0,\"x\"", "AT%CMNG=0,42,0,\"x\",1"},
      {"#XPING",
       [](SlmDevice& device) {
         network(device);
         device.bearer->net().on_echo([](const net::Address&, const net::EchoRequest&) { return 0ms; });
       },
       "AT#XPING=\"example.com\",4,5000,1,1000", "AT#XPING=\"example.com\",4,5000,1,1000,1"},
      {"#XSMS", nothing, "AT#XSMS=1", "AT#XSMS=1,\"x\""},
      {"#XFOTA", nothing, "AT#XFOTA=0", "AT#XFOTA=0,\"http://example.com/x\""},
      {"#XGPS", nothing, "AT#XGPS=0", "AT#XGPS=0,1"},
      {"#XFTP", nothing, "AT#XFTP=\"open\",,,\"example.com\",21,0",
       "AT#XFTP=\"open\",,,\"example.com\",21,0,1"},
      {"#XMQTTCON", mqtt_session, "AT#XMQTTCON=0", "AT#XMQTTCON=0,1"},
      {"#XMQTTPUB", mqtt_session, "AT#XMQTTPUB=\"t\",1,\"a\",0,0", "AT#XMQTTPUB=\"t\",1,\"a\",0,0,1"},
      {"#XMQTTSUB", mqtt_session, "AT#XMQTTSUB=\"t\",0", "AT#XMQTTSUB=\"t\",0,1", true},
      {"#XMQTTUNSUB", mqtt_session, "AT#XMQTTUNSUB=\"t\"", "AT#XMQTTUNSUB=\"t\",1", true},
      {"#XHTTPCCON", http_connection, "AT#XHTTPCCON=0", "AT#XHTTPCCON=0,\"example.com\""},
      {"#XHTTPCREQ", http_connection, "AT#XHTTPCREQ=\"GET\",\"/\",\"\",0",
       "AT#XHTTPCREQ=\"GET\",\"/\",\"\",0,1"},
      {"#XTWILS", nothing, "AT#XTWILS", "AT#XTWILS=1"},
      {"#XTWIW", nothing, "AT#XTWIW=2,\"76\",\"D0\"", "AT#XTWIW=2,\"76\",\"D0\",1", true},
      {"#XTWIR", nothing, "AT#XTWIR=2,\"76\",1", "AT#XTWIR=2,\"76\",1,1"},
      {"#XTWIWR", nothing, "AT#XTWIWR=2,\"76\",\"D0\",1", "AT#XTWIWR=2,\"76\",\"D0\",1,1"},
  };
  std::erase_if(all, [&](const Case& each) {
    return is_1_5 && (each.name == "#XSMS" || std::string_view(each.name).starts_with("#XTWI"));
  });
  return all;
}

/// Every command of the table, in every build.
class SilentOk : public testing::TestWithParam<DialectOptions> {
 protected:
  /// A device of its own for a case, made ready for it.
  static std::shared_ptr<SlmDevice> device_for(const Case& tried) {
    DialectOptions options = GetParam();
    options.services = services_of(options.name);
    options.native_tls = tried.name == "%CMNG";
    std::shared_ptr<SlmDevice> device;
    if (tried.name == "#XFTP") {
      device = std::make_shared<FtpDevice>(std::move(options));
    } else {
      device = std::make_shared<SlmDevice>(std::move(options), 1, cellular::SimOptions(), add_silent_sensor);
    }
    tried.prepare(*device);
    device->take();
    device->take_reasons();
    return device;
  }

  static bool failed(std::string_view answer) { return answer.find("ERROR") != std::string_view::npos; }

  /// The reasons that a line has left in the log: each says what, why and what to do.
  static std::vector<base::Reason> reasons_after(SlmDevice& device) {
    auto reasons = device.take_reasons();
    for (const base::Reason& reason : reasons) {
      EXPECT_NE(reason.what, "");
      EXPECT_NE(reason.why, "");
      EXPECT_NE(reason.advice, "") << reason.what;
    }
    return reasons;
  }
};

TEST_P(SilentOk, IsTriedOfEveryCommandThereIs) {
  DialectOptions options = GetParam();
  options.services = services_of(options.name);
  options.native_tls = true;
  SlmDevice device(std::move(options));
  std::string known;
  for (const Case& each : cases(GetParam().name == "slm-1.5")) {
    known += fmt::format("AT{}\r\n", each.name);
  }
  EXPECT_EQ(device.send("AT#XCLAC"), known + ok);
}

TEST_P(SilentOk, OfAParameterTooManyIsAWarningInTheLog) {
  for (const Case& tried : cases(GetParam().name == "slm-1.5")) {
    SCOPED_TRACE(tried.longer);
    auto usual = device_for(tried);
    base::Duration wait = tried.name == "#XPING" ? 2s : 0s;  // SLM 1.5 answers at the end of the row.
    std::string answer = usual->send(tried.line);
    answer += usual->after(wait);
    EXPECT_FALSE(failed(answer)) << answer;
    EXPECT_THAT(usual->take_reasons(), IsEmpty()) << "nothing is swallowed";
    auto device = device_for(tried);
    std::string longer_answer = device->send(tried.longer);
    longer_answer += device->after(wait);
    EXPECT_EQ(longer_answer, tried.counts_exactly ? error : answer);
    auto reasons = reasons_after(*device);
    ASSERT_EQ(reasons.size(), 1U) << answer;
    EXPECT_THAT(reasons.front().where, HasSubstr(tried.counts_exactly ? " → ERROR" : " → "));
    EXPECT_THAT(reasons.front().where, testing::StartsWith("AT" + std::string(tried.name)));
  }
}

// The twelve of reference slm-1.6/00-overview.md 2.5, and the three that refuse what they do not know.
TEST_P(SilentOk, OfAnOperationThatDoesNotExistIsAWarningInTheLog) {
  constexpr std::array swallowing{"#XSOCKET", "#XSOCKETOPT", "#XTCPFILTER", "#XTCPSVR",
                                  "#XTCPCLI", "#XUDPSVR",    "#XUDPCLI",    "#XFOTA",
                                  "#XGPS",    "#XSMS",       "#XHTTPCCON",  "#XMQTTCON"};
  constexpr std::array refusing{"#XSLEEP", "#XSLMUART", "#XFTP"};
  std::size_t tried_of_them = 0;
  for (const Case& tried : cases(GetParam().name == "slm-1.5")) {
    bool swallows = std::find(swallowing.begin(), swallowing.end(), tried.name) != swallowing.end();
    bool refuses = std::find(refusing.begin(), refusing.end(), tried.name) != refusing.end();
    if (!swallows && !refuses) {
      continue;
    }
    ++tried_of_them;
    for (std::string_view op : {"3", "77,20", "32767,20,80,\"{\"1"}) {
      std::string line = fmt::format("AT{}={}{}", tried.name, op, tried.name == "#XSOCKETOPT" ? ",20" : "");
      SCOPED_TRACE(line);
      auto device = device_for(tried);
      EXPECT_EQ(device->send(line), swallows ? ok : error);
      auto reasons = swallows ? reasons_after(*device) : device->take_reasons();
      ASSERT_EQ(reasons.size(), 1U);
      EXPECT_EQ(reasons.front().where, fmt::format("{} → {}", at::redact(line), swallows ? "OK" : "ERROR"));
      EXPECT_EQ(reasons.front().what == "nothing was done", swallows) << reasons.front().what;
    }
  }
  std::size_t missing = GetParam().name == "slm-1.5" ? 1 : 0;  // SMS.
  EXPECT_EQ(tried_of_them + missing, swallowing.size() + refusing.size());
}

std::string build_name(const testing::TestParamInfo<DialectOptions>& info) {
  return fmt::format("{}{}", info.param.name == "slm-1.5" ? "Of15" : "Of16",
                     info.param.strict ? "Strict" : "");
}

INSTANTIATE_TEST_SUITE_P(Builds, SilentOk,
                         testing::Values(slm_1_6(), slm_1_6(true), slm_1_5(), slm_1_5(true)), build_name);

/// The only reason since the last time.
base::Reason only_reason(SlmDevice& device) {
  auto reasons = device.take_reasons();
  EXPECT_EQ(reasons.size(), 1U);
  return reasons.empty() ? base::Reason{} : reasons.front();
}

TEST(SwallowedData, EndAtTheSecondQuote) {
  SlmDevice device;
  tcp_client(device);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XTCPSEND=1,\"{\"1\":\"2\"}\""), said("#XTCPSEND: 1") + ok);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "parameter 2 ended before its text did");
  EXPECT_EQ(reason.where, "AT#XTCPSEND=1,\"{\"1\":\"2\"}\" → OK");
  EXPECT_EQ(
      reason.why,
      "there is no separator behind it: a string ends at its second quote, and what follows was taken for "
      "further parameters, of which 4 were ignored");
  EXPECT_EQ(
      reason.advice,
      "separate parameters by commas; send data with quotes in them as hexadecimal digits, with <datatype> "
      "0, or in data mode (AT#XTCPCLI=2 or AT#XTCPSVR=2)");
  EXPECT_EQ(reason.excerpt, "AT#XTCPSEND=1,\"{\"1\":\"2\"}\"");
  EXPECT_EQ(reason.column, 18U);
}

TEST(SwallowedData, BecomeOtherParametersThatAreRead) {
  SlmDevice device;
  mqtt_session(device);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XMQTTPUB=\"t\",1,\"{\"1,1"), ok);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "parameter 3 ended before its text did");
  EXPECT_THAT(reason.why, testing::EndsWith("all of which were used"));
}

TEST(SwallowedData, ThatAreNoParametersAreRefusedWithTheSameAdvice) {
  SlmDevice device;
  tcp_client(device);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XTCPSEND=1,\"{\"m\":\"2\"}\""), error);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.why, "\"m\" starts neither a number nor a quoted string");
  EXPECT_EQ(
      reason.advice,
      "the string ended at the quote before this place: there is no escape for a quote inside one: send data "
      "with quotes in them as hexadecimal digits, with <datatype> 0, or in data mode (AT#XTCPCLI=2 or "
      "AT#XTCPSVR=2)");
  EXPECT_EQ(device.send("AT#XTCPSEND=1,m"), error);
  EXPECT_EQ(only_reason(device).advice, "") << "no quote is to blame";
}

TEST(SwallowedData, OfATypeThatDoesNotExistAreSentAsTheyStand) {
  SlmDevice device;
  tcp_client(device);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XTCPSEND=9,\"41\""), said("#XTCPSEND: 2") + ok);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "<datatype> 9 does not exist here");
  EXPECT_EQ(reason.why, "data mode is not entered by this command: the data are sent as they stand");
  EXPECT_EQ(device.send("AT#XTCPSEND=5,\"41\""), said("#XTCPSEND: 2") + ok);
  EXPECT_EQ(only_reason(device).what, "<datatype> 5 does not exist here");
  EXPECT_EQ(device.send("AT#XTCPSEND=0,\"\""), ok);
  EXPECT_EQ(only_reason(device).what, "nothing was done");
  EXPECT_EQ(device.send("AT#XTCPSEND=4,\"41\""), said("#XTCPSEND: 2") + ok);
  EXPECT_THAT(device.take_reasons(), IsEmpty());
}

TEST(SwallowedData, OfAMessageThatComesInDataModeAreNotPublished) {
  SlmDevice device;
  mqtt_session(device);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XMQTTPUB=\"t\",9,\"lost\""), ok);
  EXPECT_EQ(only_reason(device).what, "<msg> was not published");
}

TEST(SwallowedSecTag, LeavesTheConnectionUnsecured) {
  for (std::string_view line :
       {"AT#XTCPCLI=1,\"example.com\",443,\"42\"", "AT#XUDPCLI=1,\"example.com\",443,\"42\"",
        "AT#XSOCKET=1,1,0,\"42\"", "AT#XTCPCLI=1,\"example.com\",443,-1"}) {
    SCOPED_TRACE(line);
    SlmDevice device;
    device.take_reasons();
    EXPECT_THAT(device.send(line), testing::EndsWith(ok));
    base::Reason reason = only_reason(device);
    EXPECT_EQ(reason.what, "the connection is not secured");
    EXPECT_EQ(reason.where, fmt::format("{} → OK", line));
    EXPECT_EQ(reason.advice, "give <sec_tag> as a number without quotes");
  }
}

TEST(SwallowedSecTag, IsAFactOfAConnectionThatFails) {
  SlmDevice device;
  device.server_refuses(net::Errno::connection_refused);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",443,\"42\""), said("#XTCPCLI: -111") + error);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "connecting failed");
  EXPECT_THAT(reason.facts, testing::Contains(testing::Pair(
                                "besides",
                                "the connection is not secured: <sec_tag> stands in quotes, and the "
                                "firmware takes anything but a number for none")));
}

TEST(SwallowedSecTag, BehindOtherParametersLeavesTheConnectionUnsecured) {
  SlmDevice device;
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",443,42,1"), connected);
  EXPECT_EQ(only_reason(device).why, "<sec_tag> is read only if exactly four parameters follow the name");
}

TEST(SwallowedSecTag, WithAnHttpUriLeavesTheDownloadUnsecured) {
  SlmDevice device;
  device.send("AT+CFUN=1");
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\",42"), ok);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "the connection is not secured");
  EXPECT_EQ(reason.why, "<sec_tag> is read for https only, and <file_uri> says http");
  EXPECT_EQ(reason.where, "AT#XFOTA=1,\"http://example.com/app.bin\",42 → OK");
  EXPECT_EQ(reason.advice, "write https:// for a download over TLS");
  ASSERT_NE(device.server, nullptr);
  EXPECT_FALSE(device.server->tls);
}

TEST(SwallowedRole, ThatIsUnknownMakesASocketOfNoUse) {
  for (auto role : {2, 65535}) {
    SlmDevice device;
    device.take_reasons();
    std::string line = fmt::format("AT#XSOCKET=1,1,{}", role);
    EXPECT_EQ(device.send(line), said(fmt::format("#XSOCKET: 1,1,{},6", role)) + ok);
    base::Reason reason = only_reason(device);
    EXPECT_EQ(reason.what, "a socket of no use");
    EXPECT_EQ(reason.why,
              fmt::format("<role> is {}, and the commands that use a socket ask for 0, client, or 1, server",
                          role));
    EXPECT_EQ(reason.where, line + " → OK");
    EXPECT_EQ(reason.advice, "AT#XSOCKET=0 closes it; open one with role 0 or 1");
  }
}

TEST(SwallowedRole, OfAClientAndOfAServerIsNoWarning) {
  for (auto role : {0, 1}) {
    SlmDevice device;
    device.take_reasons();
    EXPECT_EQ(device.send(fmt::format("AT#XSOCKET=1,1,{}", role)),
              said(fmt::format("#XSOCKET: 1,1,{},6", role)) + ok);
    EXPECT_TRUE(device.take_reasons().empty());
  }
}

TEST(SwallowedLimit, BelowZeroCountsAsZeroAndIsSaid) {
  SlmDevice device(slm_1_5());
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XDATACTRL=1024,-1"), ok);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "<time_limit> -1 counts as 0");
  EXPECT_EQ(reason.why, "the firmware takes a limit below 0 and says nothing");
  EXPECT_EQ(reason.advice, "give 0 or more");
  EXPECT_EQ(device.send("AT#XDATACTRL?"), said_1_5("#XDATACTRL: 1024,0") + ok);
  EXPECT_EQ(device.send("AT#XDATACTRL=-32768,20"), ok);
  EXPECT_EQ(only_reason(device).what, "<size_limit> -32768 counts as 0");
  EXPECT_EQ(device.send("AT#XDATACTRL?"), said_1_5("#XDATACTRL: 0,20") + ok);
}

TEST(SwallowedName, ThatIsLongerIsTakenForAKnownOneAndSaidSo) {
  SlmDevice device(slm_1_6(true));
  EXPECT_THAT(device.send("AT#XSLMVERab"), testing::EndsWith(ok));
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "AT#XSLMVERab was taken for AT#XSLMVER");
  EXPECT_EQ(device.send("AT#XDATACTRL1"), ok);
  std::vector<std::string> said_of_both;
  for (const base::Reason& each : device.take_reasons()) {
    said_of_both.push_back(each.what);
  }
  EXPECT_EQ(said_of_both,
            (std::vector<std::string>{"AT#XDATACTRL1 was taken for AT#XDATACTRL", "nothing was done"}));
}

TEST(SwallowedBytes, BehindTheLengthOfXtcprecvAreCounted) {
  SlmDevice device;
  tcp_client(device);
  device.server_sends(std::string(200, 'x'));
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XTCPRECV=10"), "xxxxxxxxxx\r\n" + said("#XTCPRECV: 10") + ok);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "190 of 200 bytes received were dropped");
  EXPECT_EQ(reason.where, "AT#XTCPRECV=10 → OK");
  device.server_sends(std::string(10, 'x'));
  device.send("AT#XTCPRECV=10");
  EXPECT_THAT(device.take_reasons(), IsEmpty());
}

TEST(SwallowedBytes, OfADatagramThatIsLongerThanAskedForAreSaid) {
  SlmDevice device;
  waiting_datagram(device);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XRECVFROM=4"), "hell\r\n#XRECVFROM: 1,4\r\n" + ok);
  EXPECT_EQ(only_reason(device).what, "the end of a datagram was dropped");
  EXPECT_TRUE(device.bearer->net().datagram_arrives(5000, peer_a, "hello"));
  EXPECT_EQ(device.send("AT#XRECVFROM=5"), "hello\r\n#XRECVFROM: 1,5\r\n" + ok);
  EXPECT_THAT(device.take_reasons(), IsEmpty());
}

TEST(SwallowedBytes, OfADatagramThatIsLongerThanTheProxyTakesAreSaid) {
  SlmDevice device;
  network(device);
  lines(device, {"AT#XUDPSVR=1,5000"});
  device.take_reasons();
  EXPECT_TRUE(device.bearer->net().datagram_arrives(5000, peer_a, std::string(576, 'x')));
  device.clock.settle();
  EXPECT_THAT(device.take_reasons(), IsEmpty());
  device.take();
  EXPECT_TRUE(device.bearer->net().datagram_arrives(5000, peer_a, std::string(577, 'x')));
  device.clock.settle();
  EXPECT_EQ(device.take(), said("#XUDPDATA: 1,576") + std::string(576, 'x') + "\r\n");
  EXPECT_EQ(only_reason(device).what, "the end of a datagram was dropped");
}

TEST(SwallowedBytes, BeyondThePayloadOfARequestAreCounted) {
  SlmDevice device;
  http_connection(device);
  begin_payload(device, 4);
  device.take_reasons();
  device.raw("testing\r\n");
  device.after(1ms);
  EXPECT_EQ(only_reason(device).what, "5 bytes dropped");
}

TEST(SwallowedBytes, AreNotCountedWhereALineEndAloneGoesBeyondThePayload) {
  SlmDevice device;
  http_connection(device);
  begin_payload(device, 4);
  device.take_reasons();
  device.raw("test\r\n");
  device.after(1ms);
  EXPECT_THAT(device.take_reasons(), IsEmpty());
}

TEST(SplitWrite, OfDataModeIsSaidOfDatagrams) {
  SlmDevice device;
  lines(device, {"AT#XUDPCLI=2,\"example.com\",80"});
  device.take_reasons();
  device.raw(std::string(300, 'x'));
  device.after(1ms);
  EXPECT_EQ(only_reason(device).what, "one write of the host became more than one datagram");
  device.after(10ms);
  device.raw(std::string(256, 'x'));
  device.after(1s);
  EXPECT_THAT(device.take_reasons(), IsEmpty());
}

TEST(SplitWrite, OfDataModeIsNotSaidOfAStream) {
  SlmDevice device;
  lines(device, {"AT#XTCPCLI=2,\"example.com\",80"});
  device.take_reasons();
  device.raw(std::string(5000, 'x'));
  device.after(1s);
  EXPECT_THAT(device.take_reasons(), IsEmpty());
}

TEST(UnfinishedRequest, IsSaidAtOnceAndWhenTheServerKeepsWaiting) {
  SlmDevice device;
  http_connection(device);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"Accept: text/plain\\r\\n\""), ok + sent);
  base::Reason warning = only_reason(device);
  EXPECT_EQ(warning.what, "the HTTP request is not complete");
  EXPECT_EQ(warning.advice, "send the bytes 0D 0A inside the quotes, not a backslash and letters");
  EXPECT_EQ(device.after(10s), incomplete + disconnected);
  base::Reason reason = only_reason(device);
  EXPECT_EQ(reason.what, "no complete HTTP answer from example.com");
  EXPECT_EQ(
      reason.why,
      "the request was never complete: its header text does not end in CR LF, but holds the letters \\r or "
      "\\n, so that the empty line at the end of the header is missing: the server waits for it");
  EXPECT_EQ(reason.advice, warning.advice);
}

TEST(UnfinishedRequest, IsNotSaidOfACompleteOneThatIsNotAnswered) {
  SlmDevice device;
  http_connection(device);
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",\"Accept: text/plain\r\n\""), ok + sent);
  EXPECT_THAT(device.take_reasons(), IsEmpty());
  EXPECT_EQ(device.after(10s), incomplete + disconnected);
  EXPECT_EQ(only_reason(device).why, "nothing came for 10 s");
}

TEST(HostName, ThatIsEmptyIsSaidToBeSo) {
  SlmDevice device;
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XGETADDRINFO=\"\""), error);
  EXPECT_EQ(only_reason(device).why, "the name is empty");
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"\",80"), said("#XTCPCLI: -22") + error);
  EXPECT_EQ(only_reason(device).why, "the host name is empty");
}

}  // namespace
}  // namespace attache::dialects
