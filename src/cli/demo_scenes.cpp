#include "cli/demo_scenes.hpp"

#include <fmt/format.h>

#include <utility>

namespace attache::cli {

namespace {

// The CA certificate that stood under sec_tag 42 in the first session: a public root that has expired.
constexpr std::string_view globalsign_root_r2 =
    R"(-----BEGIN CERTIFICATE-----
MIIDujCCAqKgAwIBAgILBAAAAAABD4Ym5g0wDQYJKoZIhvcNAQEFBQAwTDEgMB4G
A1UECxMXR2xvYmFsU2lnbiBSb290IENBIC0gUjIxEzARBgNVBAoTCkdsb2JhbFNp
Z24xEzARBgNVBAMTCkdsb2JhbFNpZ24wHhcNMDYxMjE1MDgwMDAwWhcNMjExMjE1
MDgwMDAwWjBMMSAwHgYDVQQLExdHbG9iYWxTaWduIFJvb3QgQ0EgLSBSMjETMBEG
A1UEChMKR2xvYmFsU2lnbjETMBEGA1UEAxMKR2xvYmFsU2lnbjCCASIwDQYJKoZI
hvcNAQEBBQADggEPADCCAQoCggEBAKbPJA6+Lm8omUVCxKs+IVSbC9N/hHD6ErPL
v4dfxn+G07IwXNb9rfF73OX4YJYJkhD10FPe+3t+c4isUoh7SqbKSaZeqKeMWhG8
eoLrvozps6yWJQeXSpkqBy+0Hne/ig+1AnwblrjFuTosvNYSuetZfeLQBoZfXklq
tTleiDTsvHgMCJiEbKjNS7SgfQx5TfC4LcshytVsW33hoCmEofnTlEnLJGKRILzd
C9XZzPnqJworc5HGnRusyMvo4KD0L5CLTfuwNhv2GXqF4G3yYROIXJ/gkwpRl4pa
zq+r1feqCapgvdzZX99yqWATXgAByUr6P6TqBwMhAo6CygPCm48CAwEAAaOBnDCB
mTAOBgNVHQ8BAf8EBAMCAQYwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUm+IH
V2ccHsBqBt5ZtJot39wZhi4wNgYDVR0fBC8wLTAroCmgJ4YlaHR0cDovL2NybC5n
bG9iYWxzaWduLm5ldC9yb290LXIyLmNybDAfBgNVHSMEGDAWgBSb4gdXZxwewGoG
3lm0mi3f3BmGLjANBgkqhkiG9w0BAQUFAAOCAQEAmYFThxxol4aR7OBKuEQLq4Gs
J0/WwbgcQ3izDJr86iw8bmEbTUsp9Z8FHSbBuOmDAGJFtqkIk7mpM0sYmsL4h4hO
291xNBrBVNpGP+DTKqttVCL1OmLNIG+6KYnX3ZHu01yiPqFbQfXf5WRDLenVOavS
ot+3i9DAgBkcRcAtjOj4LaR0VknFBbVPFd5uRHg5h6h+u/N5GJG79G+dwfCMNYxd
AfvDbbnvRG15RjF+Cv6pgsH/76tuIMRQyV+dTZsXjAzlAcmgQWpzU/qlULRuJQ/7
TBj0/VLZjmmx6BEP3ojY+x1J96relc8geMJgEtslQIxq/H5COEBkEveegeGTLg==
-----END CERTIFICATE-----
)";

// Loads the CA while the modem is off, as the modem demands, and registers.
constexpr std::string_view load_ca_and_register = R"(> AT%CMNG=0,42,0,"@file:ca.pem"
< OK
> AT+CEREG=1
< OK
> AT+CFUN=1
< OK
! +CEREG: 1
)";

constexpr std::string_view first_session = R"(< Ready
> AT
< OK
> AT#XSLMVER
</ #XSLMVER: .*
< OK
> AT+CFUN=0
< OK
> AT%CMNG=0,42,0,"@file:ca.pem"
< OK
> AT%XSYSTEMMODE=0,1,0,2
< OK
> AT%XBANDLOCK=1,"10000000"
< OK
> AT%XDEEPSEARCH=1
< OK
> AT+CGDCONT=0,"IP","nbiot.vodacom.za"
< OK
> AT+COPS=0
< OK
> AT+CEREG=5
< OK
> AT+CFUN=21
< OK
> AT%XICCID
< ERROR
> AT+CPIN="3349"
< OK
!/ \+CEREG: 2,"5209","0A19790D",9(,0,0,"11100000","11100000")?
! +CEREG: 1,"5209","0A19790D",9,,,"11100000","00000110"
> AT%XICCID
< %XICCID: 89330000000020549718
< OK
> AT#XHTTPCCON=1,"google.com",443,42
< #XHTTPCCON: 1
< OK
> AT#XHTTPCREQ="GET","/hello",""
< OK
< #XHTTPCREQ: 0
</ #XHTTPCRSP:[0-9]+,0
< HTTP/1.1 200 OK
< Content-Type: text/plain
< Content-Length: 5
< #XHTTPCRSP:5,0
< hello
< #XHTTPCRSP:0,1
> AT#XHTTPCREQ="POST","/echo","Content-Type: text/plain
> Content-Length: 8
> ",8
< OK
< #XHTTPCREQ: 1
>> 21.5 \xC2\xB0C
< OK
< #XHTTPCREQ: 0
</ #XHTTPCRSP:[0-9]+,0
< HTTP/1.1 200 OK
< Content-Type: text/plain
< Content-Length: 8
< #XHTTPCRSP:8,0
< 21.5 °C
< #XHTTPCRSP:0,1
> AT#XHTTPCCON=0
< #XHTTPCCON: 0
< OK
)";

constexpr std::string_view connect_fails = R"(> AT#XHTTPCCON=1,"google.com",443,42
< #XHTTPCCON: 0
< ERROR
)";

constexpr std::string_view stray_quote = R"(> AT#XHTTPCCON=1,"google.com",443,42"
!< 2200
> "
< #XHTTPCCON: 1
< OK
> AT#XHTTPCCON?
< #XHTTPCCON: 1,"google.com",443
< OK
)";

constexpr std::string_view command_missing = R"(> AT#XHTTPCCON=1,"google.com",443,42
< ERROR
)";

std::string after_registration(std::string_view script) {
  return fmt::format("< Ready\n{}{}", load_ca_and_register, script);
}

net::Route blackhole() {
  net::Route route;
  route.from_host = "google.com";
  route.from_port = 443;
  route.kind = net::Route::Kind::blackhole;
  return route;
}

void set_up_first_session(device::DeviceConfig& config) {
  cellular::SimulationOptions& simulation = config.simulation;
  simulation.sim.pin = "3349";
  simulation.sim.iccid = "89330000000020549718";
  simulation.network.technology = cellular::AccessTechnology::nb_iot;
  simulation.network.tac = "5209";
  simulation.network.cell = "0A19790D";
  simulation.network.psm = "11100000,00000110";
}

}  // namespace

std::vector<DemoScene> demo_scenes(const std::string& lab_ca_pem) {
  std::vector<DemoScene> scenes;
  scenes.push_back(
      {"The first session: NB-IoT, SIM PIN, HTTPS with the CA under sec_tag 42, a GET and a POST",
       "google.com:443 is routed to the lab's HTTPS server; TCP and TLS are real.", set_up_first_session,
       std::string(first_session), lab_ca_pem});
  scenes.push_back({"Failure 1: SLM 1.5 with a newer modem library cannot do HTTPS at all",
                    "The device says #XHTTPCCON: 0 and ERROR. The log says why:",
                    [](device::DeviceConfig& config) { config.dialect.name = "slm-1.5"; },
                    after_registration(connect_fails), lab_ca_pem});
  scenes.push_back({"Failure 2: no IPv6 on this PDN (errno 114), and IPv4 times out (errno 116)",
                    "The packets leave and nothing comes back. The limit is 2 s here, 60 s by default.",
                    [](device::DeviceConfig& config) {
                      config.network.routes.insert(config.network.routes.begin(), blackhole());
                    },
                    after_registration(connect_fails), lab_ca_pem});
  scenes.push_back(
      {"Failure 3: a stray quote at the end of the line",
       "No answer at all, until somebody sends another quote; then the line runs, without its sec_tag.",
       [](device::DeviceConfig&) {}, after_registration(stray_quote), lab_ca_pem});
  scenes.push_back(
      {"Failure 4: the HTTP client is not built in (no CONFIG_SLM_HTTPC=y in prj.conf)",
       "The line goes to the modem, which does not know it.",
       [](device::DeviceConfig& config) { config.dialect.services = std::vector<std::string>{}; },
       after_registration(command_missing), lab_ca_pem});
  scenes.push_back({"Failure 5: the CA under sec_tag 42 is not the root of the server's chain any more",
                    "The tag holds the certificate of the first session.", [](device::DeviceConfig&) {},
                    after_registration(connect_fails), std::string(globalsign_root_r2)});
  return scenes;
}

}  // namespace attache::cli
