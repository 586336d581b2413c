#pragma once

#include "migration/rewriting.hpp"

namespace attache::migration::serial_modem_2_0 {

// How the table of to_serial_modem_2_0.cpp rewrites: commands, and lines that are expected.

/// Writes the command with the handle in front of its parameters, and so the lines of its name.
void write_with_handle(const Request& request, const Exchange& exchange, const std::string& handle,
                       std::vector<std::string> parameters, Rewriting& out);
/// Writes AT#XSEND or AT#XSENDTO on that handle: `address` before the data that stand at `place` of the
/// request.
void write_send(std::string_view name, const Request& request, const Exchange& exchange,
                const std::string& handle, std::size_t place, Rewriting& out);
/// Writes what opens a socket and takes its handle, and gives the handle: "{TCP}".
std::string write_open(std::string_view name, const std::vector<std::string>& parameters,
                       std::string_view wanted, std::string_view protocol, Rewriting& out);
/// Writes AT#XCLOSE and what it answers.
void write_close(const std::string& handle, Rewriting& out);

/// `#XSOCKET` and `#XSSOCKET`.
void open_or_close(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XSOCKETSELECT` goes: the commands that follow name the handle of the socket.
void select(const Request& request, const Exchange& exchange, Rewriting& out);
/// Commands that have nothing but the handle more than they had.
void with_handle(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XACCEPT` becomes a wait by `#XAPOLL` before it, since it waits for nobody.
void accept(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XSEND` and `#XSENDTO`, to the peer of a server that has one.
void send(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XRECV` and `#XRECVFROM`: the time to wait comes last.
void receive(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XPOLL` becomes `#XAPOLL` and the wait for its line; for silence if none was expected.
void poll(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XAPOLL`: one command for each handle, or for all.
void watch(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XAPOLL: <handle>,<events>` with the placeholder of the handle.
bool watch_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

/// `#XTCPCLI` and `#XUDPCLI` become a socket that pushes what it receives.
void proxy_client(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XTCPSVR` and `#XUDPSVR`, likewise.
void proxy_server(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XTCPSEND` and `#XUDPSEND` send over the socket of the proxy.
void proxy_send(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XTCPHANGUP` closes the socket of the client.
void hang_up(const Request& request, const Exchange& exchange, Rewriting& out);
/// What a proxy tells of its connection, as far as `#XAPOLL` tells it.
bool proxy_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// `#XTCPDATA` and `#XUDPDATA` become `#XRECV`, or `#XRECVFROM` of a UDP server.
bool received_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

/// `#XHTTPCCON` becomes a socket; its URL is kept for the requests.
void http_connect(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XHTTPCREQ` with handle, URL and the number of the method.
void http_request(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XHTTPCRSP` becomes the line of the head or of the end.
bool http_response_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// The status line of an HTTP answer is a line of its own no more. False: the line is left out.
bool http_status_line(ScriptLine& line, Rewriting& out);

/// `#XMQTTCON=0`: its event comes behind OK.
void mqtt_disconnect(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XGPS` and `#XGPSDEL`, which have other names.
void gnss(const Request& request, const Exchange& exchange, Rewriting& out);
/// Their lines: `#XGNSSDEL`, `#XGNSS`, or `#XGNSSPOS` if it has the fields of a position.
bool gnss_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

/// Remembers what the host has subscribed to, and what a CFUN has ended.
void note_command(const Request& request, Rewriting& out);
/// An AT+CFUN that ends notifications which the script has asked for.
bool loses_subscription(const Request& request, const Rewriting& out);
/// Asks again before it for those that AT+CFUN=0 has ended, and after it for the fields of +CEREG.
void switch_on(const Request& request, const Exchange& exchange, Rewriting& out);
/// The bare form of a command, which ends its notifications: =0.
void unsubscribe(const Request& request, const Exchange& exchange, Rewriting& out);
/// A +CEREG with more than its status, expected of AT+CFUN.
bool is_shortened(const ExpectedLine& expected, const Rewriting& out);
/// Takes it with and without what follows the status.
bool shorten_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// A notification that the script has not asked for.
bool is_not_subscribed(const ExpectedLine& expected, const Rewriting& out);

}  // namespace attache::migration::serial_modem_2_0
