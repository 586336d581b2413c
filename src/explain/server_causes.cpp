#include "explain/causes.hpp"

namespace attache::explain {

using base::Cause;

std::span<const Explanation> server_causes() {
  static const Explanation at_the_server[] = {
      {Cause::server_refused,
       "nobody listens at this address and port",
       "The packet reached a machine, and that answered at once: no.",
       "errno 111 (ECONNREFUSED) within one round trip, on plain TCP. For a TLS connection 111 stands for a "
       "failed handshake more often: that takes a second or more.",
       "A closed port answers a connection with a reset. A firewall that rejects does the same; one that "
       "drops "
       "says nothing (116).",
       {
           {FixKind::server,
            "Start the service, let it listen on the outer address and not on 127.0.0.1 alone, and open the "
            "firewall."},
           {FixKind::host, "Check address and port: 443 and 8883 are TLS, 80 and 1883 plain."},
       },
       "nc -vz <host> <port>",
       "From another network. Succeeded: the server is open, so ask for the operator's filter. Refused: the "
       "server.",
       {Cause::server_timeout, Cause::handshake_failed, Cause::not_tls}},
      {Cause::server_timeout,
       "the server did not answer in time",
       "Packets went out and nothing came back until the time was over.",
       "errno 116 (ETIMEDOUT) or 11 (EAGAIN) after many seconds; registered and with an address all the "
       "time.",
       "A firewall that drops, a wrong route, a private APN without the Internet and a server that is down "
       "look alike from here: silence.",
       {
           {FixKind::server,
            "See in its log or with tcpdump whether anything arrives; open firewall and security group for "
            "the "
            "operator's addresses."},
           {FixKind::operator_,
            "If nothing arrives: ask for filters of the APN, and which ports it lets through."},
           {FixKind::host,
            "With weak coverage or NB-IoT: wait longer, an answer can take ten seconds and more."},
       },
       "AT#XPING=\"<host>\",32,5000,3",
       "Times: the way is good, so it is the port or the service. Nothing: try a well-known host; if that "
       "answers, it is this server's side.",
       {Cause::server_refused, Cause::psm_sleep, Cause::wrong_apn, Cause::request_incomplete}},
      {Cause::server_closed,
       "the server ended the connection",
       "The connection was up, and the other side closed or reset it.",
       "\"disconnected\" or \"closed\" without a command before it, errno 104 (ECONNRESET) or 113 "
       "(ECONNABORTED), #XHTTPCRSP ending early, #XMQTTEVT: 1,-128.",
       "Servers end what is idle, what breaks their protocol, and what logs in a second time. NAT routers of "
       "operators forget connections that are silent for minutes.",
       {
           {FixKind::server, "Look in its log: it knows why it closed."},
           {FixKind::host,
            "Connect anew when it happens; send a keep-alive more often than the idle time of server and "
            "NAT."},
       },
       "AT+CEREG?",
       "1 or 5: the network is there, the server closed. Else: the network went first.",
       {Cause::broker_rejects, Cause::pdn_lost, Cause::request_incomplete}},
      {Cause::request_incomplete,
       "the server waits for bytes that the host never sent",
       "The request is not complete: a header that does not end, a body shorter than announced, a line "
       "without "
       "its end.",
       "The connection stands, the request was answered with OK, and nothing comes until the server or the "
       "modem gives up (116, 408, -104).",
       "An HTTP header ends with an empty line. Each field that a host adds has to end in CR LF, and a "
       "Content-Length has to be filled to the byte.",
       {
           {FixKind::host, "End each header field with CR LF, also the last one, and count the body anew."},
           {FixKind::host, "Let Attaché's lab show what arrives at the server.", "attache lab --http 8080"},
       },
       "nc -l 8080",
       "As the server for a try: it shows the request as it arrives. Does it end with an empty line, and is "
       "the body whole?",
       {Cause::server_timeout, Cause::data_mode_misuse, Cause::line_termination}},
      {Cause::request_refused,
       "the server answered and refused the request",
       "The connection is good and the protocol too; the server said no to what was asked for.",
       "An HTTP status of 400 and up, an FTP reply of 4xx or 5xx, a SUBACK with 128: a number of the "
       "server's "
       "own.",
       "The file is not there, the method is not allowed, the login is missing. The modem passes it on, or "
       "only says that the download failed.",
       {
           {FixKind::host, "Check path, method and login; the path begins with / and has no host in it."},
           {FixKind::server, "Put the file there, or give the right to it."},
       },
       "curl -v https://<host>/<path>",
       "The same status: the request. Another: the header that the host sends differs from curl's.",
       {Cause::bad_answer, Cause::broker_rejects}},
      {Cause::bad_answer,
       "what the server answered cannot be understood",
       "Something came back that is not the protocol that was expected, or breaks its rules.",
       "errno 77 (EBADMSG) or 71 (EPROTO), a response without a status line, an MQTT packet of a kind that "
       "does not belong there, an FTP reply without a number.",
       "Mostly another service listens on this port, or a proxy in between answers in its own way.",
       {
           {FixKind::host,
            "Check the port, and whether it wants TLS: TLS bytes look like garbage to a plain client, and "
            "the "
            "other way round."},
           {FixKind::server, "Let the service speak the version that the modem has: HTTP 1.1, MQTT 3.1.1."},
       },
       "nc <host> <port>",
       "Type what the modem sends. A readable answer shows which service it is; garbage or silence: TLS.",
       {Cause::not_tls, Cause::request_refused}},
      {Cause::bad_image,
       "the downloaded file is no firmware for this device",
       "The download succeeded, and what came is not an image that this device takes: another format, "
       "another "
       "chip, too large, or cut.",
       "#XFOTA with stage 1 or 5 and a failure after the whole file has come; the size is that of an error "
       "page, or above the slot.",
       "An image begins with a header that names kind and length; it is checked before and after writing. A "
       "page \"not found\" with status 200 fails here.",
       {
           {FixKind::server,
            "Serve the app_update.bin of the build (or the modem's delta for exactly the version that runs) "
            "as "
            "a plain binary."},
           {FixKind::configuration,
            "Make the slot large enough in the partition table, if the image has grown."},
       },
       "curl -sI https://<host>/<path>",
       "Content-Length has to be the size of the file of the build; text/html as its type is a page, not an "
       "image.",
       {Cause::request_refused, Cause::server_closed}},
      {Cause::broker_rejects,
       "the broker refuses the identity or the rights of this client",
       "TCP and TLS are up, and the service itself turned the client away.",
       "#XMQTTEVT: 0,<1 to 5> then 1,-111; or the connection is closed right after CONNECT, or at the first "
       "PUBLISH or SUBSCRIBE.",
       "CONNACK has a number only for some reasons. Cloud brokers mostly just close: for an unknown "
       "certificate, a client ID that the policy does not allow, or a topic without the right.",
       {
           {FixKind::host,
            "Use the client ID, user and password that are registered; a client ID in use elsewhere throws "
            "the "
            "other one out."},
           {FixKind::server,
            "Register the certificate and attach the policy; allow connect, publish and subscribe for "
            "exactly "
            "this client ID and topic."},
       },
       "mosquitto_pub -d -h <host> -p <port> -i <client_id> -u <user> -P <password> -t <topic> -m test",
       "With the same identity (and --cafile, --cert, --key). It fails too: the account. It passes: what the "
       "modem sends differs.",
       {Cause::client_cert_missing, Cause::server_closed, Cause::request_refused}},
  };
  return at_the_server;
}

}  // namespace attache::explain
