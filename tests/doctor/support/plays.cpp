#include <fmt/format.h>

#include <algorithm>

#include "doctor/support/book.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

cellular::CellOptions cell_in_band(int band) {
  cellular::CellOptions cell;
  cell.band = band;
  return cell;
}

std::string connect_to_broker(const Book& book) {
  return book.is_slm_1() ? "AT#XMQTTCON=1,\"a\",\"\",\"\",\"mqtt.example.com\",1883"
                         : "AT#XMQTTCON=1,\"\",\"\",\"mqtt.example.com\",1883";
}

void play_command_lines(Book& book, bool is_1_6) {
  if (is_1_6) {
    book.add(Cause::stray_quote, "quote behind a number",
             registered + Steps{"? AT#XHTTPCCON=1,\"example.com\",80\"", "? AT"});
    book.add(Cause::stray_quote, "quote missing at the end",
             registered + Steps{"? AT#XGETADDRINFO=\"example.com"});
    book.add(Cause::stray_quote, "quote in an APN",
             Steps{"AT", "? AT+CGDCONT=0,\"IP\",\"internet", "? AT+CFUN=1"});
  }
  book.add(Cause::quotes_stripped, "host without quotes",
           registered + Steps{"AT#XHTTPCCON=1,example.com,80"});
  book.add(Cause::quotes_stripped, "APN without quotes",
           Steps{"AT", "AT+CGDCONT=0,IP,internet", "AT%XBANDLOCK=1,1000"});
  book.add(Cause::quotes_stripped, "name without quotes", registered + Steps{"AT#XGETADDRINFO=example.com"});
  book.add(Cause::wrong_dialect, "Quectel's socket",
           registered + Steps{"AT+QIOPEN=1,0,\"TCP\",\"example.com\",80,0,0"});
  book.add(Cause::wrong_dialect, "SIMCom's context", registered + Steps{"AT+CNACT=0,1"});
  book.add(Cause::wrong_dialect, "u-blox' socket", registered + Steps{"AT+USOCR=6"});
  book.add(Cause::wrong_dialect, "Serial Modem's version", Steps{"AT#XSMVER"});
  book.add(Cause::wrong_dialect, "Serial Modem's receive configuration",
           Steps{"AT#XSLMVER", "AT#XRECVCFG=0,1"} + registered);
  book.add(Cause::wrong_op_number, "socket operation",
           Steps{"AT#XSLMVER", "AT#XSOCKET=?"} + registered + Steps{"AT#XSOCKET=7,1,0"});
  book.add(Cause::wrong_op_number, "HTTP operation",
           registered + Steps{"AT#XSLMVER", "AT#XHTTPCCON=5,\"example.com\",80"});
  book.add(Cause::wrong_op_number, "server operation",
           Steps{"AT#XSLMVER"} + registered + Steps{"AT#XTCPSVR=9,6661"});
  for (std::string_view service : {"httpc", "mqttc", "ftpc"}) {
    std::string line = service == "httpc"   ? "AT#XHTTPCCON=1,\"example.com\",80"
                       : service == "mqttc" ? connect_to_broker(book)
                                            : "AT#XFTP=\"open\",\"a\",\"b\",\"example.com\"";
    Play& play = book.add(Cause::service_not_built_in, fmt::format("without {}", service),
                          Steps{"AT#XCLAC"} + registered + Steps{line});
    play.configure = [service](device::DeviceConfig& config) {
      std::vector<std::string> built{"httpc", "mqttc", "ftpc"};
      std::erase(built, std::string(service));
      config.dialect.services = built;
    };
  }
  book.add(Cause::socket_not_open, "send without a socket",
           Steps{"AT#XSLMVER"} + registered +
               Steps{book.is_slm_1() ? "AT#XSEND=1,\"hello\"" : "AT#XSEND=\"hello\""});
  book.add(Cause::socket_not_open, "request without a connection",
           Steps{"AT#XSLMVER"} + registered + Steps{"AT#XHTTPCREQ=\"GET\",\"/\",\"\""});
  book.add(Cause::socket_not_open, "publish without a session",
           Steps{"AT#XSLMVER"} + registered +
               Steps{book.is_slm_1() ? "AT#XMQTTPUB=\"t\",1,\"m\",0,0" : "AT#XMQTTPUB=\"t\",\"m\",0,0"});
  book.add(Cause::socket_not_open, "after closing",
           registered + Steps{"AT#XSOCKET=1,1,0", "AT#XSOCKET=0", "AT#XCONNECT=\"example.com\",80"});
  Play& far_port = book.add(Cause::bad_parameter, "port out of range",
                            registered + Steps{"AT#XSLMVER", "AT#XHTTPCCON=1,\"example.com\",70000"});
  far_port.network = refuse;  // Release 1.5 takes what is left of it in 16 bits.
  book.add(Cause::bad_parameter, "CFUN out of range", Steps{"AT", "AT+CFUN=99"});
  book.add(Cause::modem_busy_order, "context while attached",
           registered + Steps{"AT+CGDCONT=0,\"IP\",\"other.apn\""});
}

void play_modem(Book& book) {
  for (const char* command :
       {"AT%XSYSTEMMODE=0,1,0,0", "AT%XBANDLOCK=1,\"1000\"", "AT%REL14FEAT=0,1,0,0,0"}) {
    book.add(Cause::command_in_active_state, fmt::format("{} active", command), registered + Steps{command});
    book.add(Cause::command_in_active_state, fmt::format("{} active, with numbers", command),
             Steps{"AT+CMEE=1"} + registered + Steps{command});
  }
  book.add(Cause::wrong_system_mode, "GNSS alone", Steps{"AT%XSYSTEMMODE=1,0,0,0", "AT+CFUN=31"});
  book.add(Cause::wrong_system_mode, "GNSS after a factory reset", Steps{"AT%XFACTORYRESET=0", "AT+CFUN=31"});
  book.add(Cause::wrong_system_mode, "GPS of the application",
           Steps{"AT%XSYSTEMMODE=1,0,0,0", "AT+CFUN=1", book.is_slm_1() ? "AT#XGPS=1" : "AT#XGPS=1,0,1"});
  Play& low =
      book.add(Cause::power, "low supply",
               Steps{"AT+CMEE=1", "AT%MDMEV=1"} + registered + Steps{"$ battery 2900", "AT%XVBAT", "~ 2000"});
  low.configure = [](device::DeviceConfig& config) { config.simulation.radio.battery_mv = 2900; };
  book.add(Cause::psm_network_values, "PSM refused",
           Steps{"AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\""} + registered)
      .configure = [](device::DeviceConfig& config) { config.simulation.network.psm = "refused"; };
  book.add(Cause::psm_network_values, "other timers",
           Steps{"AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\""} + registered)
      .configure = [](device::DeviceConfig& config) { config.simulation.network.psm = "00000010,00111000"; };
  book.add(Cause::modem_crash, "all is refused",
           registered + Steps{"$ fault 2", "AT+CFUN?", "AT", "AT+CEREG?"});
  Play& loop =
      book.add(Cause::reset_loop_restriction, "resets without CFUN=0",
               Steps{"AT%MDMEV=1", "AT+CFUN=1", "~ 3000", "AT#XRESET", "~ 3000", "AT%MDMEV=1", "AT+CFUN=1",
                     "~ 3000", "AT#XRESET", "~ 3000", "AT%MDMEV=1", "AT+CFUN=1", "~ 3000", "AT#XRESET",
                     "~ 3000", "AT%MDMEV=1", "AT+CEREG=5", "AT+CFUN=1", "~ 30000"});
  loop.configure = [](device::DeviceConfig& config) { config.simulation.radio.reset_loop_limit = 3; };
}

void play_sim(Book& book) {
  auto with = [](Play& play, const char* sim) { play.conditions["sim"] = sim; };
  with(book.add(Cause::sim_failure, "no card, told by XSIM",
                Steps{"AT%XSIM=1", "AT+CFUN=1", "~ 3000", "AT+CIMI"}),
       "absent");
  with(book.add(Cause::no_sim, "no card, told by registration",
                Steps{"AT+CEREG=5", "AT+CFUN=1", "~ 5000", "AT+CEREG?"}),
       "absent");
  with(book.add(Cause::sim_failure, "no card, with numbers",
                Steps{"AT+CMEE=1", "AT+CFUN=1", "~ 3000", "AT+CPIN?", "AT+CIMI"}),
       "absent");
  with(book.add(Cause::sim_pin, "PIN never given",
                Steps{"AT%XSIM=1", "AT+CEREG=5", "AT+CFUN=1", "~ 5000", "AT+CPIN?", "AT+CIMI"}),
       "pin");
  with(book.add(Cause::sim_pin, "wrong PIN",
                Steps{"AT+CMEE=1", "AT+CFUN=1", "~ 3000", "AT+CPIN=\"9999\"", "AT+CPIN?"}),
       "pin");
  with(book.add(Cause::sim_pin, "PIN blocked",
                Steps{"AT+CMEE=1", "AT+CFUN=1", "~ 3000", "AT+CPIN=\"9999\"", "AT+CPIN=\"9998\"",
                      "AT+CPIN=\"9997\"", "AT+CPIN?"}),
       "pin");
  with(book.add(Cause::sim_pin, "PIN asked for, data tried",
                Steps{"AT+CMEE=1", "AT+CEREG=5", "AT+CFUN=1", "~ 5000", "AT+CIMI",
                      "AT#XGETADDRINFO=\"example.com\""}),
       "pin");
}

void play_registration(Book& book) {
  for (int cause : {3, 6, 7, 8}) {
    book.add(Cause::registration_denied, fmt::format("EMM {}", cause),
             activate + Steps{"~ 20000", "AT+CEREG?"})
        .conditions["reject"] = std::to_string(cause);
  }
  for (int cause : {11, 13, 14}) {
    book.add(Cause::roaming_not_allowed, fmt::format("EMM {}", cause),
             Steps{"AT+CNEC=24"} + activate + Steps{"~ 20000", "AT+CEREG?"})
        .conditions["reject"] = std::to_string(cause);
    book.add(Cause::manual_plmn_rejected, fmt::format("forced, EMM {}", cause),
             Steps{"AT+CNEC=24", "AT+COPS=1,2,\"26201\""} + activate + Steps{"~ 20000", "AT+CEREG?"})
        .conditions["reject"] = std::to_string(cause);
  }
  book.add(Cause::manual_plmn_rejected, "forced operator is not there",
           Steps{"AT+COPS=1,2,\"24407\""} + activate + Steps{"~ 30000", "AT+CEREG?"});
  book.add(Cause::no_coverage, "no cell",
           Steps{"AT%MDMEV=1"} + activate + Steps{"~ 30000", "AT+CEREG?", "AT+CESQ"})
      .conditions["coverage"] = "none";
  book.add(Cause::no_coverage, "no cell, asked for the level",
           activate + Steps{"~ 30000", "AT+CESQ", "AT+CEREG?"})
      .conditions["coverage"] = "none";
  Play& lock = book.add(Cause::band_lock_excludes_operator, "band 4 alone",
                        Steps{"AT%XBANDLOCK=1,\"1000\""} + activate + Steps{"~ 30000", "AT+CEREG?"});
  lock.configure = [](device::DeviceConfig& config) { config.simulation.cells.push_back(cell_in_band(20)); };
  Play& lock2 = book.add(
      Cause::band_lock_excludes_operator, "band 12 at run time",
      Steps{"AT%XBANDLOCK=2,\"100000000000\"", "AT%MDMEV=1"} + activate + Steps{"~ 30000", "AT+CEREG?"});
  lock2.configure = [](device::DeviceConfig& config) { config.simulation.cells.push_back(cell_in_band(3)); };
  Play& mode =
      book.add(Cause::wrong_system_mode, "LTE-M where there is NB-IoT",
               Steps{"AT%XSYSTEMMODE=1,0,0,0", "AT%MDMEV=1"} + activate + Steps{"~ 90000", "AT+CEREG?"});
  mode.conditions["coverage"] = "nbiot";
  for (const char* apn : {"wrong.apn", "iot.example"}) {
    Play& play = book.add(Cause::wrong_apn, fmt::format("APN {}", apn),
                          Steps{"AT+CNEC=24", fmt::format("AT+CGDCONT=0,\"IP\",\"{}\"", apn)} + activate +
                              Steps{"~ 20000", "AT+CEREG?"});
    play.configure = [](device::DeviceConfig& config) {
      config.simulation.network.policy.apns = {"internet"};
    };
  }
  book.add(Cause::not_registered_yet, "look-up at once",
           Steps{"AT+CEREG=5", "AT+CFUN=1", "AT#XGETADDRINFO=\"example.com\""});
  book.add(Cause::not_registered_yet, "connection with LTE off",
           Steps{"AT+CFUN=4", "AT#XHTTPCCON=1,\"example.com\",80"});
  book.add(Cause::not_registered_yet, "proxy at once",
           Steps{"AT+CEREG=5", "AT+CFUN=1", "AT#XTCPCLI=1,\"example.com\",80"});
}

void play_reach(Book& book) {
  book.add(Cause::dns_failure, "no such name", registered + Steps{"AT#XGETADDRINFO=\"no-such.example.com\""});
  book.add(Cause::dns_failure, "a scheme in the name",
           registered + Steps{"AT#XHTTPCCON=1,\"https://example.com\",80"});
  book.add(Cause::dns_failure, "a path in the name",
           registered + Steps{"AT#XTCPCLI=1,\"example.com/index.html\",80"});
  book.add(Cause::dns_failure, "look-up fails, then the connection",
           registered +
               Steps{"AT#XGETADDRINFO=\"nowhere.example.com\"", "AT#XHTTPCCON=1,\"nowhere.example.com\",80"});
  Play& refused = book.add(Cause::server_refused, "closed port, told by the proxy",
                           registered + Steps{"AT#XTCPCLI=1,\"example.com\",81", "~ 3000"});
  refused.network = refuse;
}

void play_credentials(Book& book) {
  auto tls_fails = [](Play& play) { play.network = show_other_certificate; };
  for (const char* line : {"AT#XHTTPCCON=1,\"example.com\",443,42", "AT#XTCPCLI=1,\"example.com\",443,42"}) {
    tls_fails(book.add(Cause::ca_expired, fmt::format("expired root, {}", line),
                       write_root(expired_root()) + registered + Steps{line}));
    tls_fails(book.add(Cause::ca_mismatch, fmt::format("other root, {}", line),
                       write_root(good_root()) + registered + Steps{line}));
    book.add(Cause::sec_tag_missing, fmt::format("nothing under the tag, {}", line),
             Steps{"AT%CMNG=1"} + registered + Steps{line});
    book.add(Cause::sec_tag_missing, fmt::format("written under another tag, {}", line),
             write_root(good_root(), 16) + Steps{"AT%CMNG=1"} + registered + Steps{line});
    tls_fails(book.add(Cause::credential_wrong_type, fmt::format("root as client certificate, {}", line),
                       Steps{"AT+CFUN=4", fmt::format("AT%CMNG=0,42,1,\"{}\"", good_root()), "AT%CMNG=1"} +
                           registered + Steps{line}));
  }
  book.add(Cause::cert_write_while_active, "with numbers",
           Steps{"AT+CMEE=1"} + registered + Steps{fmt::format("AT%CMNG=0,42,0,\"{}\"", good_root())});
  book.add(Cause::cert_write_while_active, "without numbers",
           registered + Steps{fmt::format("AT%CMNG=0,42,0,\"{}\"", good_root())});
  book.add(Cause::cert_write_while_active, "delete",
           Steps{"AT+CFUN=4", fmt::format("AT%CMNG=0,42,0,\"{}\"", good_root())} + registered +
               Steps{"AT%CMNG=3,42,0"});
  Play& crlf = book.add(Cause::cert_crlf, "Windows line ends",
                        Steps{"AT+CMEE=1", "AT+CFUN=4", "AT%CMNG=0,77,1,\"" + [] {
                                std::string text = good_root();
                                std::string wide;
                                for (char c : text) {
                                  wide += c == '\n' ? "\r\n" : std::string(1, c);
                                }
                                return wide;
                              }() + "\""});
  crlf.conditions["profile"] = "mfw_nrf91x1_2.0.2";
  crlf.configure = [](device::DeviceConfig& config) { config.simulation.refuse_crlf = true; };
  Play& damaged = book.add(Cause::cert_malformed, "in one line",
                           Steps{"AT+CMEE=1", "AT+CFUN=4", "AT%CMNG=0,77,0,\"" + [] {
                                   std::string text = good_root();
                                   for (char& c : text) {
                                     c = c == '\n' ? ' ' : c;
                                   }
                                   return text;
                                 }() + "\""});
  damaged.conditions["profile"] = "mfw_nrf91x1_2.0.2";
  book.add(Cause::credential_wrong_type, "a key as root",
           Steps{"AT+CFUN=4",
                 "AT%CMNG=0,42,0,\"-----BEGIN PRIVATE "
                 "KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\""});
  book.add(Cause::key_format, "a key with its own header",
           Steps{"AT+CFUN=4",
                 "AT%CMNG=0,42,2,\"-----BEGIN EC PRIVATE "
                 "KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n-----END EC "
                 "PRIVATE KEY-----\""});
}

// Servers that the modem has the root of, and refuses, or is refused by. HTTPS of release 1.5 fails before.
void play_handshakes(Book& book, bool has_https) {
  if (has_https) {
    lab::KeyAndCertificate server = server_named("example.com");
    book.add(
            Cause::hostname_mismatch, "an address instead of the name",
            write_root(server.certificate_pem) + registered + Steps{"AT#XHTTPCCON=1,\"93.184.216.1\",443,42"})
        .network = [server](proof::Internet& internet) { internet.tls = proof::TlsPeer{server}; };
  }
  const std::string cloud = "device.iot.example.com";
  for (std::string_view command : {"AT#XTCPCLI", "AT#XHTTPCCON"}) {
    if (command == "AT#XHTTPCCON" && !has_https) {
      continue;
    }
    lab::KeyAndCertificate server = server_named(cloud);
    book.add(Cause::client_cert_missing, fmt::format("a root alone, {}", command),
             write_root(server.certificate_pem) + registered +
                 Steps{fmt::format("{}=1,\"{}\",443,42", command, cloud)})
        .network = [server, cloud](proof::Internet& internet) {
      internet.names.insert(cloud);
      internet.tls = proof::TlsPeer{server, server.certificate_pem};
    };
  }
}

void play_services(Book& book, bool is_1_6) {
  book.add(Cause::data_mode_misuse, "commands after a send without data",
           registered + Steps{"AT#XTCPCLI=2,\"example.com\",80", "? AT+CFUN?", "? AT+CEREG?"});
  book.add(Cause::data_cut_by_quoting, "JSON in quotes",
           registered + Steps{"AT#XTCPCLI=1,\"example.com\",80", book.is_slm_1()
                                                                     ? "AT#XTCPSEND=1,\"{\"a\":\"b\"}\""
                                                                     : "AT#XTCPSEND=\"{\"a\":\"b\"}\""});
  // SLM 1.5 answers ERROR to whatever went wrong.
  for (int code : {4, 5}) {
    if (!is_1_6) {
      break;
    }
    Play& refused = book.add(
        Cause::broker_rejects, fmt::format("CONNACK {}", code),
        registered + Steps{"AT#XMQTTCON=1,\"dev\",\"user\",\"pw\",\"mqtt.example.com\",1883", "~ 3000"});
    refused.network = [code](proof::Internet& internet) { internet.broker_answer = code; };
  }
  Play& late = book.add(Cause::server_timeout, "no answer to a connection",
                        registered + Steps{"AT#XTCPCLI=1,\"example.com\",9999", "~ 3000"});
  late.network = [](proof::Internet& internet) {
    internet.servers = proof::Internet::Servers::are_not_there;
  };
  book.add(Cause::urc_not_subscribed, "waits for +CEREG",
           Steps{"AT+CFUN=1", "@ waiting for +CEREG: 1 or 5", "~ 120000", "@ timeout waiting for +CEREG",
                 "AT+CEREG?"});
  book.add(Cause::credential_not_readable, "reads a key",
           Steps{"AT+CFUN=4", "AT%CMNG=0,42,3,\"ABCDEF0123456789\"", "AT%CMNG=2,42,3"});
  book.add(Cause::host_driver_mismatch, "dials as other modems do", registered + Steps{"ATD*99***1#"});
  book.add(Cause::unknown_command, "a slip of the pen", Steps{"AT", "AT+CFUUN?"});
  if (is_1_6) {  // SLM 1.5 has no such mode.
    book.add(Cause::psm_sleep, "the application sleeps",
             registered + Steps{"? AT#XSLEEP=2", "? AT", "? AT+CFUN?"});
  }
}

bool is_of_application(const std::string& step) {
  return step.find("AT#X") != std::string::npos;
}

// Plays whose lines mean something else there, or whose evidence does not reach the host.
bool differs(const Play& play, const std::string& dialect) {
  static const std::map<std::string_view, std::string_view> of_slm{
      {"name without quotes", "the last parameter may be a bare word"},
      {"commands after a send without data", "operation 2 connects over IPv6"},
  };
  static const std::map<std::string_view, std::string_view> of_serial_modem{
      {"PSM refused", "behind AT+CFUN=1 the host is shown the status of +CEREG alone"},
      {"other timers", "likewise"},
  };
  if (dialect != "serial-modem-2.0") {
    return of_slm.contains(play.name);
  }
  bool is_other = std::any_of(play.steps.begin(), play.steps.end(), is_of_application);
  return is_other || of_serial_modem.contains(play.name);
}

}  // namespace

std::vector<Play> plays(const std::string& dialect) {
  Book book(dialect);
  play_command_lines(book, dialect == "slm-1.6");
  play_modem(book);
  play_sim(book);
  play_registration(book);
  play_reach(book);
  play_credentials(book);
  play_handshakes(book, dialect != "slm-1.5");
  play_services(book, dialect == "slm-1.6");
  std::vector<Play> all = book.take();
  bool is_later = !book.is_slm_1();
  std::erase_if(all, [&](const Play& play) { return is_later && differs(play, dialect); });
  if (dialect == "serial-modem-2.0") {
    Book own(dialect);
    play_serial_modem(own);
    std::ranges::move(own.take(), std::back_inserter(all));
  }
  return all;
}

std::vector<Play> healthy_plays(const std::string& dialect) {
  Book book(dialect);
  book.add(Cause::none, "identity", {"AT", "AT+CGMR", "AT+CGSN=1", "AT+CFUN?", "AT%XSYSTEMMODE?"});
  book.add(
      Cause::none, "registration",
      Steps{"AT%XSIM=1", "AT%MDMEV=1"} + registered + Steps{"AT+CIMI", "AT%XICCID", "AT+CESQ", "AT+COPS?"});
  book.add(Cause::none, "registration of NB-IoT", Steps{"AT%XSYSTEMMODE=0,1,0,0"} + registered)
      .conditions["coverage"] = "nbiot";
  Play& pin = book.add(
      Cause::none, "with a PIN",
      Steps{"AT+CEREG=5", "AT+CFUN=1", "~ 3000", "AT+CPIN?", "AT+CPIN=\"1234\"", "~ 120000", "AT+CEREG?"});
  pin.conditions["sim"] = "pin";
  book.add(Cause::none, "roaming", registered).conditions["roaming"] = "yes";
  book.add(Cause::none, "off and on",
           registered + Steps{"AT+CFUN=4", "~ 1000", "AT+CFUN=1", "~ 120000", "AT+CEREG?", "AT+CFUN=0"});
  book.add(Cause::none, "look-up", registered + Steps{"AT#XGETADDRINFO=\"example.com\""});
  book.add(Cause::none, "socket",
           registered + Steps{"AT#XSOCKET=1,1,0", "AT#XCONNECT=\"example.com\",80", "AT#XSOCKET=0"});
  book.add(Cause::none, "credentials", write_root(good_root()) + Steps{"AT%CMNG=1", "AT%CMNG=1,42"});
  book.add(Cause::none, "PSM granted", Steps{"AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\""} + registered);
  book.add(Cause::none, "band lock that fits", Steps{"AT%XBANDLOCK=1,\"10000000000000000000\""} + registered)
      .configure = [](device::DeviceConfig& config) { config.simulation.cells.push_back(cell_in_band(20)); };
  book.add(Cause::none, "chosen operator",
           Steps{"AT+COPS=1,2,\"26201\""} + registered + Steps{"AT+COPS?", "AT+COPS=0"});
  std::vector<Play> all = book.take();
  bool is_serial_modem = dialect.starts_with("serial-modem");
  std::erase_if(all, [&](const Play& play) {
    return is_serial_modem && std::any_of(play.steps.begin(), play.steps.end(), is_of_application);
  });
  if (is_serial_modem) {
    Book own(dialect);
    play_healthy_serial_modem(own);
    std::ranges::move(own.take(), std::back_inserter(all));
  }
  return all;
}

}  // namespace attache::doctor
