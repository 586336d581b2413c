#include <fmt/format.h>

#include "doctor/support/book.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

// Who it is, so that a line of another release is one.
const Steps told_version{"AT#XSMVER"};
const Steps connected = registered + Steps{"AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"example.com\",80"};

void play_sockets(Book& book) {
  book.add(Cause::socket_not_open, "send to a handle that is not open",
           told_version + registered + Steps{"AT#XSEND=0,0,0,\"hello\""});
  book.add(Cause::socket_not_open, "send after closing",
           told_version + connected + Steps{"AT#XCLOSE=0", "AT#XSEND=0,0,0,\"hello\""});
  book.add(Cause::socket_not_open, "send without a connection",
           told_version + registered + Steps{"AT#XSOCKET=1,1,0", "AT#XSEND=0,0,0,\"hello\""});
  book.add(Cause::socket_not_open, "the second handle of one socket",
           told_version + connected + Steps{"AT#XSEND=1,0,0,\"hello\""});
  book.add(Cause::bad_parameter, "family out of range",
           told_version + connected + Steps{"AT#XCLOSE=0", "AT#XSOCKET=7,1,0"});
  book.add(Cause::bad_parameter, "port out of range",
           told_version + registered + Steps{"AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"example.com\",70000"});
  book.add(Cause::bad_parameter, "a mode that does not exist",
           told_version + connected + Steps{"AT#XSEND=0,3,0,\"hello\""});
  book.add(Cause::quotes_stripped, "host without quotes",
           told_version + registered + Steps{"AT#XSOCKET=1,1,0", "AT#XCONNECT=0,example.com,80"});
  book.add(Cause::stray_quote, "quote missing behind the host",
           registered + Steps{"AT#XSOCKET=1,1,0", "? AT#XCONNECT=0,\"example.com,80", "? AT"});
  book.add(Cause::data_cut_by_quoting, "JSON in quotes",
           told_version + connected + Steps{"AT#XSEND=0,0,0,\"{\"a\":\"b\"}\""});
  book.add(Cause::data_mode_misuse, "commands after a send in data mode",
           told_version + connected + Steps{"AT#XSEND=0,2,0", "? AT+CFUN?", "? AT+CEREG?"});
  book.add(Cause::message_too_large, "too many hexadecimal digits",
           told_version + connected + Steps{fmt::format("AT#XSEND=0,1,0,\"{}\"", std::string(3000, 'A'))});
  book.add(Cause::modem_busy_order, "receives for ever",
           told_version + connected + Steps{"? AT#XRECV=0,0,0,0", "? AT", "? AT+CEREG?"});
  book.add(Cause::dns_failure, "no such name", registered + Steps{"AT#XGETADDRINFO=\"no-such.example.com\""});
  book.add(Cause::dns_failure, "a scheme in the name",
           told_version + registered + Steps{"AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"http://example.com\",80"});
  Play& refused = book.add(
      Cause::server_refused, "closed port",
      told_version + registered +
          Steps{"AT#XGETADDRINFO=\"example.com\"", "AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"example.com\",81"});
  refused.network = refuse;
  book.add(Cause::not_registered_yet, "connects at once",
           told_version +
               Steps{"AT+CEREG=5", "AT+CFUN=1", "AT#XSOCKET=1,1,0", "AT#XCONNECT=0,\"example.com\",80"});
  book.add(Cause::not_registered_yet, "look-up with LTE off",
           Steps{"AT+CFUN=4", "AT#XGETADDRINFO=\"example.com\""});
}

void play_releases(Book& book) {
  book.add(Cause::wrong_dialect, "SLM's version", Steps{"AT#XSLMVER"});
  book.add(Cause::wrong_dialect, "SLM's HTTP connection",
           told_version + registered + Steps{"AT#XHTTPCCON=1,\"example.com\",80"});
  book.add(Cause::wrong_dialect, "SLM's TCP client",
           told_version + registered + Steps{"AT#XTCPCLI=1,\"example.com\",80"});
  book.add(Cause::wrong_dialect, "a connection without its handle",
           told_version + registered + Steps{"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80"});
  book.add(Cause::wrong_dialect, "a send without its handle",
           told_version + connected + Steps{"AT#XSEND=\"hello\""});
  book.add(Cause::wrong_dialect, "SLM's request",
           told_version + connected + Steps{"AT#XHTTPCREQ=\"GET\",\"/\""});
  book.add(Cause::wrong_dialect, "Quectel's socket",
           told_version + registered + Steps{"AT+QIOPEN=1,0,\"TCP\",\"example.com\",80,0,0"});
  for (std::string_view service : {"httpc", "mqttc", "coapc"}) {
    std::string line = service == "httpc"   ? "AT#XHTTPCREQ=0,\"http://example.com/\",0"
                       : service == "mqttc" ? "AT#XMQTTCON=1,\"\",\"\",\"mqtt.example.com\",1883"
                                            : "AT#XCOAPCREQ=0,\"/\",1";
    Steps socket = service == "coapc"
                       ? registered + Steps{"AT#XSOCKET=1,2,0", "AT#XCONNECT=0,\"example.com\",5683"}
                       : connected;
    Play& play = book.add(Cause::service_not_built_in, fmt::format("without {}", service),
                          Steps{"AT#XCLAC"} + socket + Steps{line});
    play.configure = [service](device::DeviceConfig& config) {
      std::vector<std::string> built{"sms", "httpc", "mqttc", "coapc", "gnss"};
      std::erase(built, std::string(service));
      config.dialect.services = built;
    };
  }
  for (std::string_view line : {"AT+CMUX=0", "AT+CGDATA"}) {
    book.add(Cause::host_driver_mismatch, fmt::format("{} in a build without it", line),
             told_version + registered + Steps{std::string(line)});
  }
}

void play_requests(Book& book) {
  const std::string request = "AT#XHTTPCREQ=0,\"http://example.com/\",0";
  book.add(Cause::socket_not_open, "request without a socket", told_version + registered + Steps{request});
  book.add(Cause::socket_not_open, "request without a connection",
           told_version + registered + Steps{"AT#XSOCKET=1,1,0", request, "~ 3000"});
  book.add(Cause::server_timeout, "request without an answer",
           told_version + connected + Steps{request, "~ 40000"})
      .network = [](proof::Internet& internet) { internet.servers = proof::Internet::Servers::stay_silent; };
  book.add(Cause::data_mode_misuse, "commands in the place of a body",
           told_version + connected +
               Steps{"AT#XHTTPCREQ=0,\"http://example.com/\",1,1,0,200", "? AT+CFUN?", "? AT+CEREG?"});
  book.add(Cause::socket_not_open, "publish without a session",
           told_version + registered + Steps{"AT#XMQTTPUB=\"t\",\"m\",0,0"});
  book.add(Cause::socket_not_open, "CoAP without a socket",
           told_version + registered + Steps{"AT#XCOAPCREQ=0,\"/\",1"});
  for (int code : {4, 5}) {
    Play& refused = book.add(Cause::broker_rejects, fmt::format("CONNACK {}", code),
                             told_version + registered +
                                 Steps{"AT#XMQTTCON=1,\"user\",\"pw\",\"mqtt.example.com\",1883", "~ 3000"});
    refused.network = [code](proof::Internet& internet) { internet.broker_answer = code; };
  }
}

void play_tls(Book& book) {
  const Steps secure{"AT#XSSOCKET=1,1,0,42", "AT#XCONNECT=0,\"example.com\",443"};
  auto tls_fails = [](Play& play) { play.network = show_other_certificate; };
  tls_fails(book.add(Cause::ca_expired, "expired root, XCONNECT",
                     write_root(expired_root()) + registered + secure));
  tls_fails(
      book.add(Cause::ca_mismatch, "other root, XCONNECT", write_root(good_root()) + registered + secure));
  book.add(Cause::sec_tag_missing, "nothing under the tag, XCONNECT",
           Steps{"AT%CMNG=1"} + registered + secure);
  book.add(Cause::sec_tag_missing, "written under another tag, XCONNECT",
           write_root(good_root(), 16) + Steps{"AT%CMNG=1"} + registered + secure);
  tls_fails(book.add(Cause::credential_wrong_type, "root as client certificate, XCONNECT",
                     Steps{"AT+CFUN=4", fmt::format("AT%CMNG=0,42,1,\"{}\"", good_root()), "AT%CMNG=1"} +
                         registered + secure));
  lab::KeyAndCertificate named = server_named("example.com");
  book.add(Cause::hostname_mismatch, "another name than the server's",
           write_root(named.certificate_pem) + registered +
               Steps{"AT#XSSOCKET=1,1,0,42", "AT#XSSOCKETOPT=0,1,2,\"www.example.org\"",
                     "AT#XCONNECT=0,\"example.com\",443"})
      .network = [named](proof::Internet& internet) { internet.tls = proof::TlsPeer{named}; };
  const std::string cloud = "device.iot.example.com";
  lab::KeyAndCertificate server = server_named(cloud);
  book.add(Cause::client_cert_missing, "a root alone, XCONNECT",
           write_root(server.certificate_pem) + registered +
               Steps{"AT#XSSOCKET=1,1,0,42", fmt::format("AT#XCONNECT=0,\"{}\",443", cloud)})
      .network = [server, cloud](proof::Internet& internet) {
    internet.names.insert(cloud);
    internet.tls = proof::TlsPeer{server, server.certificate_pem};
  };
}

void play_subscriptions(Book& book) {
  book.add(Cause::urc_not_subscribed, "waits for +CGEV",
           Steps{"AT+CEREG=1", "AT+CFUN=1", "@ waiting for +CGEV: ME PDN ACT 0", "~ 120000",
                 "@ timeout waiting for +CGEV", "AT+CEREG?"});
  book.add(Cause::urc_not_subscribed, "waits for %XTIME",
           Steps{"AT+CEREG=1", "AT+CFUN=1", "~ 120000", "@ waiting for %XTIME",
                 "@ timeout waiting for %XTIME", "AT+CEREG?"});
  book.add(Cause::urc_not_subscribed, "switched off since",
           told_version + registered +
               Steps{"AT+CFUN=0", "~ 3000", "AT+CFUN=1", "@ waiting for +CEREG: 1 or 5", "~ 120000",
                     "@ timeout waiting for +CEREG"});
}

}  // namespace

void play_serial_modem(Book& book) {
  play_sockets(book);
  play_releases(book);
  play_requests(book);
  play_tls(book);
  play_subscriptions(book);
}

void play_healthy_serial_modem(Book& book) {
  book.add(Cause::none, "look-up", registered + Steps{"AT#XGETADDRINFO=\"example.com\""});
  book.add(Cause::none, "socket", connected + Steps{"AT#XSEND=0,0,0,\"hello\"", "AT#XCLOSE=0"});
  book.add(
      Cause::none, "two sockets",
      registered + Steps{"AT#XSOCKET=1,1,0", "AT#XSOCKET=1,2,0", "AT#XCONNECT=0,\"example.com\",80",
                         "AT#XSENDTO=1,0,0,\"example.com\",5683,\"hello\"", "AT#XCLOSE=0", "AT#XCLOSE=1"});
  book.add(Cause::none, "request",
           connected + Steps{"AT#XHTTPCREQ=0,\"http://example.com/\",0", "~ 3000", "AT#XCLOSE=0"});
  book.add(Cause::none, "MQTT",
           registered + Steps{"AT#XMQTTCON=1,\"\",\"\",\"mqtt.example.com\",1883", "~ 2000",
                              "AT#XMQTTPUB=\"t\",\"m\",0,0", "AT#XMQTTCON=0"});
}

}  // namespace attache::doctor
