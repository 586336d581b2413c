#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "lab/certificate_authority.hpp"
#include "lab/cloud/nrf_cloud.hpp"

namespace attache::lab {

/// A server of the lab: what it is called and what it does.
struct Service {
  std::string_view name;       ///< "https-expired": the key of LabOptions::ports and of Lab::port().
  std::string_view transport;  ///< "tcp" or "udp".
  std::string_view what;       ///< One line for people.
};

/// All servers of a lab in the order in which they are listed:
/// http, https, https-expired, https-wrong-host, https-unknown-ca, https-self-signed,
/// https-client-certificate, https-tls13-only, handshake-stalls, refused, tcp-echo, udp-echo, nrf-cloud-coap,
/// nrf-cloud-mqtt.
std::span<const Service> services();

/// How a lab is started.
struct LabOptions {
  std::vector<std::string> names{};  ///< Further DNS names of the leaf that a client without SNI gets.
  std::map<std::string, std::uint16_t, std::less<>> ports{};  ///< By service; missing or 0 = any free port.
  base::Duration idle_limit = std::chrono::minutes(5);  ///< HTTP connections that do nothing are closed.
};

/// Servers on loopback to connect to, for demos, tests and users, with certificates of a CA made at start.
///
/// Each service listens on 127.0.0.1 and, where the machine has it, on ::1 with the same port number. All of
/// it runs on the clock's io_context, in its thread, without ever blocking it. The clock must outlive the
/// lab, and the io_context both; connections that are open when the loop stops end with the io_context.
/// Bodies are streamed and input is limited, so memory per connection is bounded.
///
/// HTTP(S) paths: /hello, /echo, /get, /post, /put, /bytes/N, /stream/N, /delay/S, /status/N, /close, /drop,
/// /headers (docs of each: http_answers.cpp). TLS servers speak 1.2 and 1.3 with EC P-256 certificates and
/// all suites, CBC ones too, and issue a leaf for any host name that a client asks for.
class Lab {
 public:
  /// Opens all ports or none; the reason names the service and the port that failed.
  static base::Result<std::unique_ptr<Lab>> start(base::Clock& clock, LabOptions options = {});
  /// Closes.
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  /// The port of a service by its name; an unknown name throws std::out_of_range.
  [[nodiscard]] std::uint16_t port(std::string_view service) const;
  /// False if the machine has no ::1: then everything is on 127.0.0.1 only.
  [[nodiscard]] bool has_ipv6() const;
  /// The certificate of the CA that all good servers' certificates are from.
  [[nodiscard]] const std::string& ca_pem() const;
  /// For mutual authentication: a client certificate of the same CA and its key.
  [[nodiscard]] const KeyAndCertificate& client() const;
  /// DNS names of the default leaf: "localhost" and LabOptions::names.
  [[nodiscard]] const std::vector<std::string>& names() const;

  /// The double of nRF Cloud behind nrf-cloud-coap and nrf-cloud-mqtt: it offers an update of the
  /// application, served slowly. HTTP requests below /nrf-cloud/ steer it too (docs/lab.md).
  [[nodiscard]] NrfCloud& cloud();

  /// Ends all connections and stops listening; the sockets are closed when the loop has run. May be repeated.
  void close();

 private:
  struct State;
  explicit Lab(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace attache::lab
