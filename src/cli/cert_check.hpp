#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "certificates/certificate_facts.hpp"
#include "cli/cert_arguments.hpp"
#include "cli/cert_report.hpp"
#include "client/modem_credentials.hpp"
#include "net/host_network.hpp"
#include "net/server_probe.hpp"

namespace attache::cli {

/// "CN of it (issuer I, valid until 2031-01-01)".
std::string describe(const certificates::CertificateFacts& certificate);

/// Whether a modem with the contents of a tag would accept a server: a handshake from this machine, with the
/// firmware's suites and limits. What a modem does not give back (client certificate, keys) has to be among
/// the files of the plan.
class CertCheck {
 public:
  /// All must outlive it; what it finds goes to the report.
  CertCheck(const CertPlan& plan, CertReport& report, base::Clock& clock);

  /// Takes what the modem gives back of the tag, and its firmware.
  boost::asio::awaitable<client::ModemResult<void>> read_tag(client::ModemCredentials& modem);
  /// Makes the handshake and tells what came of it; the exit code.
  boost::asio::awaitable<int> run();

 private:
  void take_files();
  [[nodiscard]] net::TlsCircumstances circumstances() const;
  boost::asio::awaitable<int> judge(std::shared_ptr<const net::TlsContext> context);
  void tell_server(const net::ServerProbe& probe);
  int succeed(const net::ServerProbe& probe);
  int refuse(base::Reason reason, const net::ServerProbe& probe);
  [[nodiscard]] bool keeps_client_in_modem() const;
  void tell_root(base::Reason* reason, const net::ServerProbe& probe);
  void save_root(const std::string& pem);

  const CertPlan& plan_;
  CertReport& report_;
  base::Clock& clock_;
  net::HostNetwork network_;
  modem::CredentialBundle bundle_;
  std::set<int> kept_in_modem_;  ///< Types that it does not give back and no file stands for.
  std::string firmware_;
};

}  // namespace attache::cli
