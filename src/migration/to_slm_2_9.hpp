#pragma once

#include "migration/rewriting.hpp"

namespace attache::migration::slm_2_9 {

// How the table of to_slm_2_9.cpp rewrites: commands, and lines that are expected.

/// `#XSOCKET`: `#XSSOCKET` with a sec_tag, and no role in the answer. The socket is remembered.
void open_socket(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XCONNECT` of a secure socket says before which name is to be verified.
void connect(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XACCEPT=0`, which waits for ever as the command did; one line answers it.
void accept(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XRECV` and `#XRECVFROM`: the time to wait in the place of the size, the line before the data.
void receive(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XSOCKETOPT`: the time to receive goes to `#XRECV`; all else is for a person.
void set_option(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XSEND`, `#XSENDTO`, `#XTCPSEND`, `#XUDPSEND`.
void send(const Request& request, const Exchange& exchange, Rewriting& out);

/// `#XTCPCLI` and `#XUDPCLI`.
void proxy_client(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XTCPSVR=2` and `#XUDPSVR=2` start without data mode: a person has to begin it.
void proxy_server(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XTCPRECV` goes, and what it fetched is expected whenever it comes.
void fetch_tcp_data(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XTCPCLI` and `#XUDPCLI`: any handle; -104 for a connection that the peer ends.
bool proxy_client_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// `#XTCPSVR` and `#XUDPSVR`: any handle; 0 for what ends in order.
bool proxy_server_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// `#XTCPDATA` and `#XUDPDATA` without the data type; bytes in hexadecimal are for a person.
bool received_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

/// `#XHTTPCREQ` with a body: content type and length as parameters, `+++` behind the body.
void http_request(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XHTTPCRSP`: the end has the length of the body; the header has one line.
bool http_response_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// `#XMQTTCON=1`: client id, keep-alive and session go to `#XMQTTCFG` before it.
void mqtt_connect(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XMQTTPUB` without the data type; bytes in hexadecimal go by data mode.
void mqtt_publish(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XMQTTMSG` without the data type.
bool mqtt_message_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// `#XPING`: one OK, and no line for an echo that is lost.
void ping(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XPING: <time> seconds`; an average without its quotes.
bool ping_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// `#XFOTA`: 9 erases for 0, 0 stops for 2.
void update_firmware(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XFOTA: <stage>,<status>[,<info>]` without the type.
bool update_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

}  // namespace attache::migration::slm_2_9
