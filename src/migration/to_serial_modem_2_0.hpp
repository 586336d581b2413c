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
void select(const Request& request, const Exchange& exchange, Rewriting& out);
/// Commands that have nothing but the handle more than they had.
void with_handle(const Request& request, const Exchange& exchange, Rewriting& out);
void accept(const Request& request, const Exchange& exchange, Rewriting& out);
void send(const Request& request, const Exchange& exchange, Rewriting& out);
void receive(const Request& request, const Exchange& exchange, Rewriting& out);
void poll(const Request& request, const Exchange& exchange, Rewriting& out);
void watch(const Request& request, const Exchange& exchange, Rewriting& out);
bool watch_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

void proxy_client(const Request& request, const Exchange& exchange, Rewriting& out);
void proxy_server(const Request& request, const Exchange& exchange, Rewriting& out);
void proxy_send(const Request& request, const Exchange& exchange, Rewriting& out);
void hang_up(const Request& request, const Exchange& exchange, Rewriting& out);
bool proxy_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
bool received_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

void http_connect(const Request& request, const Exchange& exchange, Rewriting& out);
void http_request(const Request& request, const Exchange& exchange, Rewriting& out);
bool http_response_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
/// The status line of an HTTP answer is a line of its own no more. False: the line is left out.
bool http_status_line(ScriptLine& line, Rewriting& out);

void mqtt_disconnect(const Request& request, const Exchange& exchange, Rewriting& out);
/// `#XGPS` and `#XGPSDEL`, which have other names.
void gnss(const Request& request, const Exchange& exchange, Rewriting& out);
bool gnss_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

/// Remembers what the host has subscribed to, and what a CFUN has ended.
void note_command(const Request& request, Rewriting& out);
bool loses_subscription(const Request& request, const Rewriting& out);
void switch_on(const Request& request, const Exchange& exchange, Rewriting& out);
void unsubscribe(const Request& request, const Exchange& exchange, Rewriting& out);
bool is_shortened(const ExpectedLine& expected, const Rewriting& out);
bool shorten_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);
bool is_not_subscribed(const ExpectedLine& expected, const Rewriting& out);

}  // namespace attache::migration::serial_modem_2_0
