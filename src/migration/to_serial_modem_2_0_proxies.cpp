#include <fmt/format.h>

#include "migration/answer_lines.hpp"
#include "migration/to_serial_modem_2_0.hpp"

// The proxies are gone: sockets that push what they receive (AT#XRECVCFG) and tell when the peer goes
// (AT#XAPOLL) take their place. Reference serial-modem-2.0/migration.md, "Services", and slm-3.1/tcp-udp.md.

namespace attache::migration::serial_modem_2_0 {

namespace {

using client::Directive;

constexpr std::string_view pushes_always = "3";  // In AT mode and in data mode.
constexpr std::string_view hang_up_pattern = "(16|17)";

ProxyState& state_of(std::string_view name, Rewriting& out) {
  return name.starts_with("#XTCP") ? out.tcp : out.udp;
}

bool is_tcp(std::string_view name) {
  return name.starts_with("#XTCP");
}

// Of the command's own lines nothing is left.
void pass_others(const std::vector<ScriptLine>& lines, std::string_view name, Rewriting& out) {
  for (const ScriptLine& line : lines) {
    if (!is_line(line, name)) {
      out.pass(line);
    }
  }
}

void push_and_watch(const std::string& handle, bool watches, Rewriting& out) {
  out.send(write_request("#XRECVCFG", {handle, std::string(pushes_always)}));
  out.expect_ok();
  if (watches) {
    out.send(write_request("#XAPOLL", {handle, "1", "0"}));
    out.expect_ok();
  }
}

void stop(ProxyState& proxy, Rewriting& out) {
  if (!proxy.peer.empty()) {
    write_close(proxy.peer, out);
  }
  if (!proxy.handle.empty()) {
    write_close(proxy.handle, out);
  }
  proxy = {};
}

/// A proxy client's parameters behind url and port, which stand at other places for TCP and UDP.
struct Security {
  std::string tag;     ///< Empty = none.
  std::string verify;  ///< Of the peer.
  bool verifies_name = true;
  std::string cid;
};

Security security_of(const Request& request) {
  std::size_t shift = is_tcp(request.name) ? 0 : 1;  // <use_dtls_cid> stands in between.
  Security security;
  security.tag = request.parameter(3) == "-1" ? "" : request.parameter(3);
  security.verify = request.has(4 + shift) ? request.parameter(4 + shift) : "2";
  security.verifies_name = request.parameter(5 + shift) != "0";
  security.cid = request.parameter(6 + shift);
  return security;
}

}  // namespace

void proxy_client(const Request& request, const Exchange& exchange, Rewriting& out) {
  ProxyState& proxy = state_of(request.name, out);
  AnswerLines lines = answer_lines(exchange);
  if (request.form != vocabulary::Form::set) {
    out.by_hand("there is no proxy: AT#XSOCKET? lists the sockets");
    out.copy(exchange.command.front());
    out.pass_rest(exchange);
    return;
  }
  if (request.begins_with("0")) {
    stop(proxy, out);
    pass_others(lines.later, request.name, out);
    return;
  }
  bool is_stream = is_tcp(request.name);
  Security security = security_of(request);
  bool is_secure = !security.tag.empty();
  std::string family(request.parameter(0));
  std::vector<std::string> parameters{family, is_stream ? "1" : "2", "0"};
  if (is_secure) {
    parameters.push_back(security.tag);
    parameters.push_back(security.verify);
  }
  if (!security.cid.empty()) {
    parameters.push_back(security.cid);
  }
  std::string_view protocol = is_secure ? (is_stream ? "258" : "273") : (is_stream ? "6" : "17");
  proxy.handle =
      write_open(is_secure ? "#XSSOCKET" : "#XSOCKET", parameters, is_stream ? "TCP" : "UDP", protocol, out);
  if (is_secure && security.verifies_name) {
    out.send(write_request("#XSSOCKETOPT", {proxy.handle, "1", "2", std::string(request.parameter(1))}));
    out.expect_ok();
  }
  if (request.parameter(3 + 1) != "0" && !is_stream && is_secure && request.has(4)) {
    out.send(write_request("#XSSOCKETOPT", {proxy.handle, "1", "14", std::string(request.parameter(4))}));
    out.expect_ok();
  }
  out.send(write_request(
      "#XCONNECT", {proxy.handle, std::string(request.parameter(1)), std::string(request.parameter(2))}));
  if (lines.fails()) {
    out.expect("ERROR");
    stop(proxy, out);
    pass_others(lines.later, request.name, out);
    return;
  }
  out.expect(fmt::format("#XCONNECT: {},1", proxy.handle));
  out.expect_ok();
  push_and_watch(proxy.handle, is_stream, out);
  pass_all(lines.later, out);
}

void proxy_server(const Request& request, const Exchange& exchange, Rewriting& out) {
  ProxyState& proxy = state_of(request.name, out);
  AnswerLines lines = answer_lines(exchange);
  if (request.begins_with("0")) {
    stop(proxy, out);
    pass_others(lines.later, request.name, out);
    return;
  }
  bool is_startable = request.form == vocabulary::Form::set && !request.has(2) && !lines.fails();
  if (!is_startable) {
    out.by_hand("there is no proxy, and no server with TLS");
    out.copy(exchange.command.front());
    out.pass_rest(exchange);
    return;
  }
  bool is_stream = is_tcp(request.name);
  proxy.is_server = true;
  proxy.handle = write_open("#XSOCKET",
                            {std::string(request.parameter(0)), is_stream ? "1" : "2", is_stream ? "1" : "0"},
                            is_stream ? "TCP" : "UDP", is_stream ? "6" : "17", out);
  out.send(write_request("#XBIND", {proxy.handle, std::string(request.parameter(1))}));
  out.expect_ok();
  if (is_stream) {
    out.send(write_request("#XLISTEN", {proxy.handle}));
    out.expect_ok();
    out.send(write_request("#XAPOLL", {proxy.handle, "1", "1"}));
    out.expect_ok();
  } else {
    push_and_watch(proxy.handle, false, out);
  }
  pass_all(lines.later, out);
}

void proxy_send(const Request& request, const Exchange& exchange, Rewriting& out) {
  const ProxyState& proxy = state_of(request.name, out);
  if (proxy.handle.empty() || (proxy.is_server && proxy.peer.empty())) {
    out.by_hand(is_tcp(request.name) ? "there is no proxy: AT#XSEND=<handle>,0,0,<data> sends on a socket"
                                     : "AT#XSENDTO=<handle>,0,0,<ip>,<port>,<data> answers the sender that "
                                       "#XRECVFROM named");
    out.copy(exchange.command.front());
    out.pass_rest(exchange);
    return;
  }
  write_send("#XSEND", request, exchange, proxy.is_server ? proxy.peer : proxy.handle, 0, out);
}

void hang_up(const Request& request, const Exchange& exchange, Rewriting& out) {
  AnswerLines lines = answer_lines(exchange);
  if (out.tcp.peer.empty()) {
    out.by_hand("AT#XCLOSE=<handle> of the socket that AT#XACCEPT gave ends the connection");
    out.copy(exchange.command.front());
    out.pass_rest(exchange);
    return;
  }
  write_close(out.tcp.peer, out);
  out.tcp.peer.clear();
  pass_others(lines.later, request.name == "#XTCPHANGUP" ? "#XTCPSVR" : request.name, out);
}

bool proxy_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out) {
  ProxyState& proxy = state_of(expected.name, out);
  bool is_server_line = expected.name.ends_with("SVR");
  std::string_view state = expected.field(1);
  if (proxy.handle.empty()) {
    return false;
  }
  if (is_server_line && state == "\"connected\"" && is_tcp(expected.name)) {
    std::string placeholder = out.new_name("TCP_PEER");
    out.write(Directive::anywhere_pattern, fmt::format("#XAPOLL: {},1", proxy.handle));
    out.send(write_request("#XACCEPT", {proxy.handle}));
    out.expect_pattern(
        fmt::format("#XACCEPT: (?<{}>[0-9]+),[0-9]+,{},[0-9]+", placeholder, expected.field_pattern(0)));
    out.expect_ok();
    proxy.peer = fmt::format("{{{}}}", placeholder);
    push_and_watch(proxy.peer, true, out);
    line.text.clear();
    return true;
  }
  if (state != "\"disconnected\"") {
    return false;
  }
  const std::string& gone = is_server_line ? proxy.peer : proxy.handle;
  if (gone.empty()) {
    return false;
  }
  line.directive = Directive::anywhere_pattern;
  line.text = fmt::format("#XAPOLL: {},{}", gone, hang_up_pattern);
  if (is_server_line) {
    out.write(*line.directive, line.text);
    write_close(gone, out);
    proxy.peer.clear();
    line.text.clear();
  }
  return true;
}

bool received_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out) {
  const ProxyState& proxy = state_of(expected.name, out);
  if (proxy.handle.empty()) {
    return false;
  }
  bool has_sender = !is_tcp(expected.name) && proxy.is_server;
  std::vector<std::string> fields{is_tcp(expected.name) && proxy.is_server ? proxy.peer : proxy.handle, "0"};
  fields.insert(fields.end(), expected.fields.begin(),
                has_sender || expected.fields.empty() ? expected.fields.end() : expected.fields.begin() + 1);
  set_fields(expected, line, has_sender ? "#XRECVFROM" : "#XRECV", fields);
  return true;
}

}  // namespace attache::migration::serial_modem_2_0
