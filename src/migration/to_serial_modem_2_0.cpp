#include "migration/to_serial_modem_2_0.hpp"

#include <array>

#include "migration/answer_lines.hpp"
#include "migration/steps.hpp"

// What Serial Modem 2.0 does otherwise than SLM 3.1: reference serial-modem-2.0/migration.md; and than its
// preview: changes-2.0.0.md.

namespace attache::migration {

namespace {

using Place = Rule::Place;

bool is_set(const Request& request, const Rewriting&) {
  return request.form == vocabulary::Form::set;
}
bool is_bare(const Request& request, const Rewriting&) {
  return request.form == vocabulary::Form::set && !request.has(0);
}
bool starts_or_stops(const Request& request, const Rewriting&) {
  return request.form == vocabulary::Form::set && request.has(0);
}

bool any_version(const ExpectedLine&, ScriptLine& line, Rewriting&) {
  set_pattern(line, "#XSMVER: .*");
  return true;
}
void ask_version(const Request&, const Exchange& exchange, Rewriting& out) {
  out.send("AT#XSMVER");
  out.pass_rest(exchange);
}
bool minus_one(const ExpectedLine&, ScriptLine& line, Rewriting&) {
  line.text = "#XDATAMODE: -1";
  return true;
}
bool is_failure(const ExpectedLine& expected, const Rewriting&) {
  return expected.field(0).starts_with('-') && expected.field(0) != "-1";
}

constexpr std::string_view sockets = "serial-modem-2.0/migration.md, Sockets";
constexpr std::string_view services = "serial-modem-2.0/migration.md, Services";
constexpr std::string_view filter = "serial-modem-2.0/host.md 11";

// clang-format off
constexpr Rule rule_of_bare_form(std::string_view name) {
  return Rule{.place = Place::command, .name = name, .weight = Weight::changed,
    .what = "without a number it is ERROR", .instead = "0 ends the subscription", .source = filter,
    .concerns = is_bare, .rewrite = serial_modem_2_0::unsubscribe};
}
constexpr Rule rule_of_notification(std::string_view name, std::string_view instead) {
  return Rule{.place = Place::line, .name = name, .weight = Weight::silent,
    .what = "it comes to a host that has asked for it only, and the script has not", .instead = instead,
    .source = filter, .rewrite_line = leave_line, .concerns_line = serial_modem_2_0::is_not_subscribed};
}

constexpr Rule subscription_ends{.place = Place::command, .name = "+CFUN", .weight = Weight::silent,
    .what = "AT+CFUN=0 ends what the host has subscribed to, and AT+CFUN=1 leaves +CEREG with the status alone",
    .instead = "subscribe before AT+CFUN=1, and with more than 1 again behind it", .source = filter,
    .concerns = serial_modem_2_0::loses_subscription, .rewrite = serial_modem_2_0::switch_on};
constexpr Rule shortened_registration{.place = Place::line, .name = "+CEREG", .weight = Weight::silent,
    .what = "behind AT+CFUN=1 the line has the status alone until AT+CEREG=<n> is sent again",
    .instead = "take the status", .source = filter, .rewrite_line = serial_modem_2_0::shorten_line,
    .concerns_line = serial_modem_2_0::is_shortened};

constexpr std::array rules_to_serial_modem_2_0{
  // What nobody tells the host.
  subscription_ends,
  rule_of_notification("+CEREG", "AT+CEREG=1 first"),
  rule_of_notification("+CGEV", "AT+CGEREP=1 first"),
  rule_of_notification("%XTIME", "AT%XTIME=1 first"),
  shortened_registration,
  Rule{.place = Place::command, .name = "#XACCEPT", .weight = Weight::silent,
    .what = "it does not wait: with nobody there it is ERROR at once",
    .instead = "AT#XAPOLL=<handle>,1,1, then AT#XACCEPT=<handle> when #XAPOLL comes", .source = sockets,
    .rewrite = serial_modem_2_0::accept},
  Rule{.place = Place::line, .name = "#XGPS", .weight = Weight::silent,
    .what = "positions come as #XGNSSPOS, states as #XGNSS", .instead = "wait for these", .source = services,
    .rewrite_line = serial_modem_2_0::gnss_line},
  Rule{.place = Place::line, .name = "#XTCPDATA", .weight = Weight::silent,
    .what = "received data come as #XRECV, if AT#XRECVCFG has asked for them", .instead = "wait for #XRECV: <handle>,0,<n>",
    .source = services, .rewrite_line = serial_modem_2_0::received_line},
  Rule{.place = Place::line, .name = "#XUDPDATA", .weight = Weight::silent,
    .what = "received data come as #XRECV or #XRECVFROM, if AT#XRECVCFG has asked for them",
    .instead = "wait for these", .source = services, .rewrite_line = serial_modem_2_0::received_line},
  Rule{.place = Place::line, .name = "#XHTTPCRSP", .weight = Weight::silent,
    .what = "answers come as #XHTTPCHEAD, #XHTTPCDATA and #XHTTPCSTAT", .instead = "wait for #XHTTPCSTAT", .source = services,
    .rewrite_line = serial_modem_2_0::http_response_line},
  Rule{.place = Place::line, .name = "#XTCPCLI", .weight = Weight::silent,
    .what = "no line tells that the peer has closed unless AT#XAPOLL has asked for it", .instead = "wait for #XAPOLL: <handle>,16",
    .source = services, .rewrite_line = serial_modem_2_0::proxy_line},
  Rule{.place = Place::line, .name = "#XUDPCLI", .weight = Weight::silent,
    .what = "no line tells that the connection is lost", .instead = "AT#XAPOLL=<handle>,1,0, then wait for #XAPOLL",
    .source = services, .rewrite_line = serial_modem_2_0::proxy_line},
  Rule{.place = Place::line, .name = "#XTCPSVR", .weight = Weight::silent,
    .what = "clients are told by #XAPOLL and wait for AT#XACCEPT", .instead = "AT#XACCEPT=<handle> when #XAPOLL comes",
    .source = services, .rewrite_line = serial_modem_2_0::proxy_line},
  Rule{.place = Place::line, .name = "#XUDPSVR", .weight = Weight::silent,
    .what = "no line tells that the socket is closed", .instead = "AT#XAPOLL=<handle>,1,0, then wait for #XAPOLL",
    .source = services, .rewrite_line = serial_modem_2_0::proxy_line},
  Rule{.place = Place::line, .name = "#XPPP", .weight = Weight::silent,
    .what = "PPP does not start by itself with the network", .instead = "AT#XPPP=1, or AT+CGDATA", .source = "serial-modem-2.0/migration.md, General",
    .rewrite_line = leave_line,
    .concerns_line = [](const ExpectedLine&, const Rewriting& out) { return out.command != "#XPPP"; }},
  Rule{.place = Place::command, .name = "#XNRFCLOUDPOS", .weight = Weight::silent,
    .what = "the first parameter is how many cells, and they are measured by the command",
    .instead = "AT#XNRFCLOUDPOS=<cell_count>,<wifi_pos> without AT%NCELLMEAS; #XNRFCLOUDPOS has its status first", .source = services, .concerns = is_set},
  Rule{.place = Place::line, .name = "#XNRFCLOUDPOS", .weight = Weight::silent,
    .what = "the status is the first field", .instead = "#XNRFCLOUDPOS: <status>[,<type>,<lat>,<lon>,<uncertainty>]", .source = services,
    .rewrite_line = leave_line},
  Rule{.place = Place::command, .name = "#XNRFCLOUD", .weight = Weight::silent,
    .what = "the connection is CoAP, and nothing from the cloud reaches the host", .instead = "ask for it over another connection", .source = services, .concerns = starts_or_stops},
  Rule{.place = Place::command, .name = "#XSLEEP", .weight = Weight::silent,
    .what = "DTR wakes the device, by its level, and RI stays on until then", .instead = "set DTR instead of pulling a pin",
    .source = "serial-modem-2.0/migration.md, General", .concerns = is_set},

  // What is gone.
  Rule{.place = Place::command, .name = "#XSOCKETSELECT", .weight = Weight::gone,
    .what = "every command names its handle", .instead = "give the handle as the first parameter", .source = sockets,
    .rewrite = serial_modem_2_0::select},
  Rule{.place = Place::command, .name = "#XPOLL", .weight = Weight::gone,
    .what = "nothing waits for sockets", .instead = "AT#XAPOLL=<handle>,1,1, then wait for #XAPOLL", .source = sockets,
    .rewrite = serial_modem_2_0::poll},
  Rule{.place = Place::command, .name = "#XTCPCLI", .weight = Weight::gone,
    .what = "there are no proxies", .instead = "AT#XSOCKET, AT#XCONNECT and AT#XRECVCFG", .source = services, .rewrite = serial_modem_2_0::proxy_client},
  Rule{.place = Place::command, .name = "#XUDPCLI", .weight = Weight::gone,
    .what = "there are no proxies", .instead = "AT#XSOCKET, AT#XCONNECT and AT#XRECVCFG", .source = services, .rewrite = serial_modem_2_0::proxy_client},
  Rule{.place = Place::command, .name = "#XTCPSVR", .weight = Weight::gone,
    .what = "there are no proxies", .instead = "AT#XSOCKET, AT#XBIND, AT#XLISTEN and AT#XACCEPT", .source = services, .rewrite = serial_modem_2_0::proxy_server},
  Rule{.place = Place::command, .name = "#XUDPSVR", .weight = Weight::gone,
    .what = "there are no proxies", .instead = "AT#XSOCKET, AT#XBIND and AT#XRECVCFG", .source = services, .rewrite = serial_modem_2_0::proxy_server},
  Rule{.place = Place::command, .name = "#XTCPSEND", .weight = Weight::gone,
    .what = "there are no proxies", .instead = "AT#XSEND=<handle>,0,0,<data>", .source = services, .rewrite = serial_modem_2_0::proxy_send},
  Rule{.place = Place::command, .name = "#XUDPSEND", .weight = Weight::gone,
    .what = "there are no proxies", .instead = "AT#XSEND=<handle>,0,0,<data>, or AT#XSENDTO to answer a sender", .source = services, .rewrite = serial_modem_2_0::proxy_send},
  Rule{.place = Place::command, .name = "#XTCPHANGUP", .weight = Weight::gone,
    .what = "there are no proxies", .instead = "AT#XCLOSE=<handle>", .source = services, .rewrite = serial_modem_2_0::hang_up},
  Rule{.place = Place::command, .name = "#XHTTPCCON", .weight = Weight::gone,
    .what = "HTTP goes over a socket of the host", .instead = "AT#XSOCKET or AT#XSSOCKET, then AT#XCONNECT", .source = services, .rewrite = serial_modem_2_0::http_connect},
  Rule{.place = Place::command, .name = "#XFTP", .weight = Weight::gone,
    .what = "there is no FTP client", .instead = "take HTTP, or speak FTP over sockets", .source = services},
  Rule{.place = Place::command, .name = "#XTFTP", .weight = Weight::gone,
    .what = "there is no TFTP client", .instead = "take HTTP or CoAP", .source = services},
  Rule{.place = Place::command, .name = "#XGPIO*", .weight = Weight::gone,
    .what = "pins cannot be read or set", .instead = "take pins of the host", .source = services},
  Rule{.place = Place::command, .name = "#XTWI*", .weight = Weight::gone,
    .what = "there is no I2C", .instead = "take a bus of the host", .source = "families.md, Device services"},
  Rule{.place = Place::command, .name = "#XCMNG", .weight = Weight::gone,
    .what = "TLS is the modem's", .instead = "AT%CMNG", .source = services},

  // What is written otherwise.
  Rule{.place = Place::command, .name = "#XSLMVER", .weight = Weight::changed,
    .what = "the command has another name", .instead = "AT#XSMVER", .source = "serial-modem-2.0/migration.md, General", .rewrite = ask_version},
  Rule{.place = Place::line, .name = "#XSLMVER", .weight = Weight::changed,
    .what = "the answer has another name", .instead = "#XSMVER: <version>,<sdk>", .source = "serial-modem-2.0/migration.md, General", .rewrite_line = any_version},
  rule_of_bare_form("+CEREG"),
  rule_of_bare_form("+CGEREP"),
  rule_of_bare_form("%XTIME"),
  Rule{.place = Place::command, .name = "#XSOCKET", .weight = Weight::changed,
    .what = "the family comes first, and AT#XCLOSE closes", .instead = "AT#XSOCKET=<family>,<type>,<role>[,<cid>]", .source = sockets, .rewrite = serial_modem_2_0::open_or_close},
  Rule{.place = Place::command, .name = "#XSSOCKET", .weight = Weight::changed,
    .what = "the family comes first, and AT#XCLOSE closes", .instead = "AT#XSSOCKET=<family>,<type>,<role>,<sec_tag>[,<peer_verify>[,<cid>]]", .source = sockets, .rewrite = serial_modem_2_0::open_or_close},
  Rule{.place = Place::command, .name = "#XSOCKETOPT", .weight = Weight::changed,
    .what = "the handle comes first", .instead = "AT#XSOCKETOPT=<handle>,<op>,<name>[,<value>]", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::with_handle},
  Rule{.place = Place::command, .name = "#XSSOCKETOPT", .weight = Weight::changed,
    .what = "the handle comes first", .instead = "AT#XSSOCKETOPT=<handle>,<op>,<name>[,<value>]", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::with_handle},
  Rule{.place = Place::command, .name = "#XBIND", .weight = Weight::changed,
    .what = "the handle comes first", .instead = "AT#XBIND=<handle>,<port>", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::with_handle},
  Rule{.place = Place::command, .name = "#XCONNECT", .weight = Weight::changed,
    .what = "the handle comes first", .instead = "AT#XCONNECT=<handle>,<url>,<port>", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::with_handle},
  Rule{.place = Place::command, .name = "#XLISTEN", .weight = Weight::changed,
    .what = "the handle comes first", .instead = "AT#XLISTEN=<handle>", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::with_handle},
  Rule{.place = Place::command, .name = "#XSEND", .weight = Weight::changed,
    .what = "handle, mode and flags come first", .instead = "AT#XSEND=<handle>,0,0,<data>", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::send},
  Rule{.place = Place::command, .name = "#XSENDTO", .weight = Weight::changed,
    .what = "handle, mode and flags come first", .instead = "AT#XSENDTO=<handle>,0,0,<url>,<port>,<data>", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::send},
  Rule{.place = Place::command, .name = "#XRECV", .weight = Weight::changed,
    .what = "handle, mode and flags come first", .instead = "AT#XRECV=<handle>,0,<flags>,<timeout>", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::receive},
  Rule{.place = Place::command, .name = "#XRECVFROM", .weight = Weight::changed,
    .what = "handle, mode and flags come first", .instead = "AT#XRECVFROM=<handle>,0,<flags>,<timeout>", .source = sockets, .concerns = is_set, .rewrite = serial_modem_2_0::receive},
  Rule{.place = Place::command, .name = "#XAPOLL", .weight = Weight::changed,
    .what = "one handle, or none for all, comes first", .instead = "AT#XAPOLL=[<handle>],<op>[,<events>]", .source = sockets, .rewrite = serial_modem_2_0::watch},
  Rule{.place = Place::line, .name = "#XAPOLL", .weight = Weight::changed,
    .what = "handles may be others", .instead = "compare with the handle that AT#XSOCKET gave", .source = sockets,
    .rewrite_line = serial_modem_2_0::watch_line,
    .concerns_line = [](const ExpectedLine& expected, const Rewriting& out) { return expected.fields.size() == 2 && !out.sockets.empty(); }},
  Rule{.place = Place::command, .name = "#XHTTPCREQ", .weight = Weight::changed,
    .what = "handle, URL and the number of the method come first", .instead = "AT#XHTTPCREQ=<handle>,<url>,<method>[,<auto>[,<format>[,<body_length>[,<header>…]]]]",
    .source = services, .concerns = is_set, .rewrite = serial_modem_2_0::http_request},
  Rule{.place = Place::command, .name = "#XMQTTCON", .weight = Weight::changed,
    .what = "#XMQTTEVT: 1,0 comes behind OK", .instead = "take them in any order", .source = "serial-modem-2.0/mqtt.md",
    .concerns = [](const Request& request, const Rewriting&) { return request.begins_with("0"); }, .rewrite = serial_modem_2_0::mqtt_disconnect},
  Rule{.place = Place::command, .name = "#XGPS", .weight = Weight::changed,
    .what = "the command has another name", .instead = "AT#XGNSS", .source = services, .rewrite = serial_modem_2_0::gnss},
  Rule{.place = Place::command, .name = "#XGPSDEL", .weight = Weight::changed,
    .what = "the command has another name", .instead = "AT#XGNSSDEL", .source = services, .rewrite = serial_modem_2_0::gnss},
  Rule{.place = Place::line, .name = "#XGPSDEL", .weight = Weight::changed,
    .what = "the answer has another name", .instead = "#XGNSSDEL", .source = services, .rewrite_line = serial_modem_2_0::gnss_line},
  Rule{.place = Place::line, .name = "#XDATAMODE", .weight = Weight::changed,
    .what = "a failure is -1, whatever it was", .instead = "wait for #XDATAMODE: -1", .source = "families.md, Frame",
    .rewrite_line = minus_one, .concerns_line = is_failure},
};

constexpr std::array rules_within{
  subscription_ends,
  rule_of_notification("+CEREG", "AT+CEREG=1 first"),
  rule_of_notification("+CGEV", "AT+CGEREP=1 first"),
  rule_of_notification("%XTIME", "AT%XTIME=1 first"),
  shortened_registration,
  rule_of_bare_form("+CEREG"),
  rule_of_bare_form("+CGEREP"),
  rule_of_bare_form("%XTIME"),
  Rule{.place = Place::command, .name = "#XLOG", .weight = Weight::silent,
    .what = "1 hides what is secret, 2 shows all", .instead = "AT#XLOG=2", .source = "serial-modem-2.0/changes-2.0.0.md, 1",
    .concerns = [](const Request& request, const Rewriting&) { return request.begins_with("1"); }},
};
// clang-format on

}  // namespace

const Step& step_to_serial_modem_2_0() {
  static const Step step{"slm-3.1", "serial-modem-2.0", rules_to_serial_modem_2_0,
                         serial_modem_2_0::http_status_line, serial_modem_2_0::note_command};
  return step;
}

const Step& step_within_serial_modem() {
  static const Step step{"serial-modem-1.99", "serial-modem-2.0", rules_within, nullptr,
                         serial_modem_2_0::note_command};
  return step;
}

}  // namespace attache::migration
