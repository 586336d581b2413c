#pragma once

#include "migration/rewriting.hpp"

namespace attache::migration::slm_2_9 {

// How the table of to_slm_2_9.cpp rewrites: commands, and lines that are expected.

void open_socket(const Request& request, const Exchange& exchange, Rewriting& out);
void connect(const Request& request, const Exchange& exchange, Rewriting& out);
void accept(const Request& request, const Exchange& exchange, Rewriting& out);
void receive(const Request& request, const Exchange& exchange, Rewriting& out);
void set_option(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XSEND`, `#XSENDTO`, `#XTCPSEND`, `#XUDPSEND`.
void send(const Request& request, const Exchange& exchange, Rewriting& out);

/// `#XTCPCLI` and `#XUDPCLI`.
void proxy_client(const Request& request, const Exchange& exchange, Rewriting& out);
void proxy_server(const Request& request, const Exchange& exchange, Rewriting& out);
void fetch_tcp_data(const Request& request, const Exchange& exchange, Rewriting& out);
bool proxy_client_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
bool proxy_server_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
bool received_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

void http_request(const Request& request, const Exchange& exchange, Rewriting& out);
bool http_response_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
void mqtt_connect(const Request& request, const Exchange& exchange, Rewriting& out);
void mqtt_publish(const Request& request, const Exchange& exchange, Rewriting& out);
bool mqtt_message_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
void ping(const Request& request, const Exchange& exchange, Rewriting& out);
bool ping_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
void update_firmware(const Request& request, const Exchange& exchange, Rewriting& out);
bool update_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

}  // namespace attache::migration::slm_2_9
