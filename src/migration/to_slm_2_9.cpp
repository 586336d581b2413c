#include "migration/to_slm_2_9.hpp"

#include <algorithm>
#include <array>

#include "migration/answer_lines.hpp"
#include "migration/steps.hpp"

// What SLM 2.6 to 2.9 does otherwise than 1.6: reference slm-3.1/differences.md, families.md.

namespace attache::migration {

namespace {

using Place = Rule::Place;
using client::Directive;

bool is_set(const Request& request, const Rewriting&) {
  return request.form == vocabulary::Form::set;
}
bool is_read(const Request& request, const Rewriting&) {
  return request.form == vocabulary::Form::read;
}
bool starts_in_data_mode(const Request& request, const Rewriting&) {
  return request.begins_with("2");
}
bool is_secure(const Request& request, const Rewriting& out) {
  const ScriptSocket* socket = out.active();
  return request.form == vocabulary::Form::set && socket != nullptr && socket->is_secure;
}
// A text in its place is no command of SLM 1.x: somebody has written that of a later release already.
bool has_datatype_at(std::size_t where, const Request& request) {
  return request.form == vocabulary::Form::set && request.has(where) &&
         !request.parameter(where).starts_with('"');
}
bool has_datatype(const Request& request, const Rewriting&) {
  std::size_t where = request.name == "#XSENDTO" ? 2 : 0;
  return request.parameters.size() > where + 1 && has_datatype_at(where, request);
}
bool has_message_datatype(const Request& request, const Rewriting&) {
  return has_datatype_at(1, request);
}
bool has_body(const Request& request, const Rewriting&) {
  return request.form == vocabulary::Form::set && request.has(3) && request.parameter(3) != "0";
}

bool any_version(const ExpectedLine&, ScriptLine& line, Rewriting&) {
  set_pattern(line, "#XSLMVER: .*");
  return true;
}

bool drop_failure_line(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  // "#XSOCKET: -116,"closed"" before ERROR: it is ERROR alone now.
  bool is_failure = expected.field(0).starts_with('-');
  if (is_failure) {
    line.text.clear();
  }
  return is_failure;
}
bool is_failure_line(const ExpectedLine& expected, const Rewriting&) {
  return expected.field(0).starts_with('-');
}

// Data mode ends with a line of its own, and without silence around the terminator.
bool end_data_mode(ScriptLine& line, Rewriting& out) {
  if (out.in_data_mode && line.is(Directive::send_raw)) {
    out.leaves_data_mode = line.text.ends_with("+++");
  } else if (out.leaves_data_mode && line.expects("OK")) {
    line.text = "#XDATAMODE: 0";
    out.leaves_data_mode = false;
    out.in_data_mode = false;
  }
  return true;
}

constexpr std::string_view socket = "slm-3.1/socket.md";
constexpr std::string_view proxies = "slm-3.1/tcp-udp.md";
constexpr std::string_view differences = "slm-3.1/differences.md, Commands";

// clang-format off
constexpr std::array rules_to_slm_2_9{
  // What nobody tells the host.
  Rule{.place = Place::command, .name = "#XRECV", .weight = Weight::silent,
    .what = "the number is how many seconds to wait, and not how many bytes to take; 0 waits for ever",
    .instead = "AT#XRECV=<timeout>; the line comes before the data", .source = socket,
    .concerns = is_set, .rewrite = slm_2_9::receive},
  Rule{.place = Place::command, .name = "#XRECVFROM", .weight = Weight::silent,
    .what = "the number is how many seconds to wait, and not how many bytes to take; 0 waits for ever",
    .instead = "AT#XRECVFROM=<timeout>; the line comes before the data and names the sender", .source = socket,
    .concerns = is_set, .rewrite = slm_2_9::receive},
  Rule{.place = Place::command, .name = "#XTCPCLI", .weight = Weight::silent,
    .what = "2 connects over IPv6; it began data mode before",
    .instead = "connect with 1, then begin data mode with AT#XTCPSEND", .source = proxies,
    .concerns = starts_in_data_mode, .rewrite = slm_2_9::proxy_client},
  Rule{.place = Place::command, .name = "#XUDPCLI", .weight = Weight::silent,
    .what = "2 connects over IPv6; it began data mode before",
    .instead = "connect with 1, then begin data mode with AT#XUDPSEND", .source = proxies,
    .concerns = starts_in_data_mode, .rewrite = slm_2_9::proxy_client},
  Rule{.place = Place::command, .name = "#XTCPSVR", .weight = Weight::silent,
    .what = "2 listens on IPv6; it began data mode before",
    .instead = "start with 1, then begin data mode with AT#XTCPSEND", .source = proxies,
    .concerns = starts_in_data_mode, .rewrite = slm_2_9::proxy_server},
  Rule{.place = Place::command, .name = "#XUDPSVR", .weight = Weight::silent,
    .what = "2 listens on IPv6; it began data mode before",
    .instead = "start with 1, then begin data mode with AT#XUDPSEND", .source = proxies,
    .concerns = starts_in_data_mode, .rewrite = slm_2_9::proxy_server},
  Rule{.place = Place::command, .name = "#XFOTA", .weight = Weight::silent,
    .what = "0 stops the download and 9 erases the modem's area; 0 erased and 2 stopped before",
    .instead = "9 for 0, 0 for 2; 2 starts an update of the modem", .source = "slm-3.1/fota.md",
    .concerns = is_set, .rewrite = slm_2_9::update_firmware},
  Rule{.place = Place::command, .name = "#XCONNECT", .weight = Weight::silent,
    .what = "the name of a TLS server is not verified unless the host says which it is",
    .instead = "AT#XSSOCKETOPT=1,2,<name> before AT#XCONNECT", .source = socket,
    .concerns = is_secure, .rewrite = slm_2_9::connect},
  Rule{.place = Place::line, .name = "#XHTTPCRSP", .weight = Weight::silent,
    .what = "the last line has the length of the body: #XHTTPCRSP:<n>,1; it was #XHTTPCRSP:0,1",
    .instead = "wait for a second field of 1", .source = "slm-3.1/httpc.md", .rewrite_line = slm_2_9::http_response_line},
  Rule{.place = Place::line, .name = "#XTCPDATA", .weight = Weight::silent,
    .what = "received data follow the line at once, there is nothing to fetch",
    .instead = "read so many bytes as #XTCPDATA: <n> says", .source = proxies, .rewrite_line = slm_2_9::received_line},
  Rule{.place = Place::command, .name = "#XMQTTCON", .weight = Weight::silent,
    .what = "the client id is set by AT#XMQTTCFG, and the broker forgets the session unless that says otherwise",
    .instead = "AT#XMQTTCFG=<client_id>,60,0 first", .source = "slm-3.1/mqtt.md",
    .concerns = is_set, .rewrite = slm_2_9::mqtt_connect},

  // What is gone.
  Rule{.place = Place::command, .name = "#XSLMUART", .weight = Weight::gone,
    .what = "the rate of the UART cannot be changed", .instead = "build the firmware with the rate", .source = differences},
  Rule{.place = Place::command, .name = "#XTCPFILTER", .weight = Weight::gone,
    .what = "the TCP server has no list of addresses", .instead = "look at the address in #XTCPSVR: \"<ip>\",\"connected\" and end the connection with AT#XTCPHANGUP",
    .source = differences},
  Rule{.place = Place::command, .name = "#XTCPRECV", .weight = Weight::gone,
    .what = "received data are pushed", .instead = "read them behind #XTCPDATA", .source = differences,
    .concerns = is_set, .rewrite = slm_2_9::fetch_tcp_data},
  Rule{.place = Place::command, .name = "#XCONNECT", .weight = Weight::gone,
    .what = "there is no read form", .instead = "remember whether AT#XCONNECT was answered with OK", .source = socket, .concerns = is_read},

  // What is written otherwise.
  Rule{.place = Place::command, .name = "#XSLEEP", .weight = Weight::changed,
    .what = "the mode must be 1 or 2", .instead = "2 switches the UART off, as 0 did for services too", .source = "slm-3.1/generic.md",
    .concerns = [](const Request& request, const Rewriting&) {
      return request.form == vocabulary::Form::set && request.parameter(0) != "1" && request.parameter(0) != "2"; }},
  Rule{.place = Place::command, .name = "#XSOCKET", .weight = Weight::changed,
    .what = "TLS has a command of its own, and the answer no role", .instead = "AT#XSSOCKET for a socket with a sec_tag",
    .source = socket, .concerns = is_set, .rewrite = slm_2_9::open_socket},
  Rule{.place = Place::line, .name = "#XSOCKET", .weight = Weight::changed,
    .what = "what fails is ERROR alone, and leaves the socket open", .instead = "close it with AT#XSOCKET=0",
    .source = socket, .rewrite_line = drop_failure_line, .concerns_line = is_failure_line},
  Rule{.place = Place::command, .name = "#XSOCKETOPT", .weight = Weight::changed,
    .what = "options are numbers, and what is not supported is ERROR", .instead = "give the time to wait with AT#XRECV",
    .source = socket, .concerns = is_set, .rewrite = slm_2_9::set_option},
  Rule{.place = Place::command, .name = "#XACCEPT", .weight = Weight::changed,
    .what = "it takes a time to wait, and answers with one line", .instead = "AT#XACCEPT=0 waits for ever",
    .source = socket, .concerns = is_set, .rewrite = slm_2_9::accept},
  Rule{.place = Place::command, .name = "#XSEND", .weight = Weight::changed,
    .what = "there is no data type", .instead = "AT#XSEND=\"text\", or data mode for other bytes", .source = socket,
    .concerns = has_datatype, .rewrite = slm_2_9::send},
  Rule{.place = Place::command, .name = "#XSENDTO", .weight = Weight::changed,
    .what = "there is no data type", .instead = "AT#XSENDTO=<url>,<port>,\"text\", or data mode for other bytes",
    .source = socket, .concerns = has_datatype, .rewrite = slm_2_9::send},
  Rule{.place = Place::command, .name = "#XTCPSEND", .weight = Weight::changed,
    .what = "there is no data type", .instead = "AT#XTCPSEND=\"text\", or data mode for other bytes", .source = proxies,
    .concerns = has_datatype, .rewrite = slm_2_9::send},
  Rule{.place = Place::command, .name = "#XUDPSEND", .weight = Weight::changed,
    .what = "there is no data type", .instead = "AT#XUDPSEND=\"text\", or data mode for other bytes", .source = proxies,
    .concerns = has_datatype, .rewrite = slm_2_9::send},
  Rule{.place = Place::command, .name = "#XTCPCLI", .weight = Weight::changed,
    .what = "\"disconnected\" has the number 0 and comes before OK", .instead = "take it in any order",
    .source = proxies, .concerns = [](const Request& request, const Rewriting&) { return request.begins_with("0"); },
    .rewrite = slm_2_9::proxy_client},
  Rule{.place = Place::command, .name = "#XUDPCLI", .weight = Weight::changed,
    .what = "\"disconnected\" has the number 0", .instead = "wait for #XUDPCLI: 0,\"disconnected\"",
    .source = proxies, .concerns = [](const Request& request, const Rewriting&) { return request.begins_with("0"); },
    .rewrite = slm_2_9::proxy_client},
  Rule{.place = Place::line, .name = "#XTCPCLI", .weight = Weight::changed,
    .what = "handles begin with 0, and a peer that closes is -104", .instead = "wait for any number",
    .source = proxies, .rewrite_line = slm_2_9::proxy_client_line},
  Rule{.place = Place::line, .name = "#XUDPCLI", .weight = Weight::changed,
    .what = "handles begin with 0, and a peer that is lost is -104", .instead = "wait for any number",
    .source = proxies, .rewrite_line = slm_2_9::proxy_client_line},
  Rule{.place = Place::line, .name = "#XTCPSVR", .weight = Weight::changed,
    .what = "handles begin with 0, and the numbers of \"disconnected\" and \"stopped\" are 0", .instead = "wait for any number",
    .source = proxies, .rewrite_line = slm_2_9::proxy_server_line},
  Rule{.place = Place::line, .name = "#XUDPSVR", .weight = Weight::changed,
    .what = "handles begin with 0", .instead = "wait for any number", .source = proxies,
    .rewrite_line = slm_2_9::proxy_server_line},
  Rule{.place = Place::line, .name = "#XUDPDATA", .weight = Weight::changed,
    .what = "the line names the sender and has no data type", .instead = "#XUDPDATA: <n>,\"<ip>\",<port>", .source = proxies,
    .rewrite_line = slm_2_9::received_line},
  Rule{.place = Place::command, .name = "#XHTTPCREQ", .weight = Weight::changed,
    .what = "content type and length have parameters of their own, and the host ends the body with +++",
    .instead = "AT#XHTTPCREQ=<method>,<resource>,<headers>,<content_type>,<content_length>", .source = "slm-3.1/httpc.md",
    .concerns = has_body, .rewrite = slm_2_9::http_request},
  Rule{.place = Place::command, .name = "#XMQTTPUB", .weight = Weight::changed,
    .what = "there is no data type", .instead = "AT#XMQTTPUB=<topic>,\"text\", or data mode for other bytes",
    .source = "slm-3.1/mqtt.md", .concerns = has_message_datatype, .rewrite = slm_2_9::mqtt_publish},
  Rule{.place = Place::line, .name = "#XMQTTMSG", .weight = Weight::changed,
    .what = "the line has no data type", .instead = "#XMQTTMSG: <topic_length>,<payload_length>", .source = "slm-3.1/mqtt.md",
    .rewrite_line = slm_2_9::mqtt_message_line,
    .concerns_line = [](const ExpectedLine& expected, const Rewriting&) { return expected.fields.size() == 3; }},
  Rule{.place = Place::command, .name = "#XPING", .weight = Weight::changed,
    .what = "there is one OK, and no line for an echo that is lost", .instead = "count the lines",
    .source = "slm-3.1/icmp.md", .concerns = is_set, .rewrite = slm_2_9::ping},
  Rule{.place = Place::line, .name = "#XPING", .weight = Weight::changed,
    .what = "times have their unit", .instead = "#XPING: 0.386 seconds", .source = "slm-3.1/icmp.md",
    .rewrite_line = slm_2_9::ping_line,
    .concerns_line = [](const ExpectedLine& expected, const Rewriting&) {
      return expected.fields.size() == 1 && !expected.is_pattern; }},
  Rule{.place = Place::line, .name = "#XFOTA", .weight = Weight::changed,
    .what = "the line has no type", .instead = "#XFOTA: <stage>,<status>[,<info>]", .source = "slm-3.1/fota.md",
    .rewrite_line = slm_2_9::update_line,
    .concerns_line = [](const ExpectedLine& expected, const Rewriting&) { return expected.fields.size() > 2; }},
  Rule{.place = Place::line, .name = "#XSLMVER", .weight = Weight::changed,
    .what = "the versions are those of the SDK and of the modem library", .instead = "take what comes",
    .source = "slm-3.1/generic.md", .rewrite_line = any_version},
  Rule{.place = Place::command, .name = "#XFTP", .weight = Weight::changed,
    .what = "there is no data type", .instead = "AT#XFTP=\"put\",<file>,\"text\", or data mode for other bytes",
    .source = "slm-3.1/ftp-tftp.md", .concerns = [](const Request& request, const Rewriting&) {
      std::string_view operation = unquoted(request.parameter(0));
      return operation == "put" || operation == "uput" || operation == "mput"; }},
  Rule{.place = Place::command, .name = "#XGPS", .weight = Weight::changed,
    .what = "positions are no NMEA sentences, and the parameters are others",
    .instead = "AT#XGPS=1,<cloud_assistance>,<interval>[,<timeout>], then wait for #XGPS: <lat>,<lon>,…",
    .source = "slm-3.1/gnss.md", .concerns = [](const Request& request, const Rewriting&) { return request.begins_with("1"); }},
  Rule{.place = Place::line, .name = "#XGPSP", .weight = Weight::gone,
    .what = "positions come as #XGPS: <lat>,<lon>,…", .instead = "wait for #XGPS", .source = "slm-3.1/gnss.md",
    .rewrite_line = leave_line},
  Rule{.place = Place::line, .name = "#XGPSS", .weight = Weight::gone,
    .what = "states come as #XGPS: 1,<status>", .instead = "wait for #XGPS", .source = "slm-3.1/gnss.md",
    .rewrite_line = leave_line},
  Rule{.place = Place::line, .name = "#XGETADDRINFO", .weight = Weight::changed,
    .what = "errors are names such as \"EAI_NONAME\"", .instead = "wait for the name", .source = socket,
    .rewrite_line = leave_line, .concerns_line = [](const ExpectedLine& expected, const Rewriting&) {
      return !expected.is_pattern && !expected.field(0).starts_with('"'); }},
};
// clang-format on

}  // namespace

const Step& step_to_slm_2_9() {
  static const Step step{"slm-1.6", "slm-2.9", rules_to_slm_2_9, end_data_mode};
  return step;
}

}  // namespace attache::migration
