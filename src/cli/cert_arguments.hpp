#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "certificates/credential.hpp"
#include "client/modem_credentials.hpp"
#include "serial/port_spec.hpp"

namespace attache::cli {

/// What `attache cert` does.
enum class CertAction { list, write, erase, verify, check };

/// The command line of `attache cert` as it stands there.
struct CertArguments {
  std::string action;
  std::vector<std::string> files;
  std::string port;
  std::string sec_tag;
  std::string ca;
  std::string cert;
  std::string key;
  std::string key_password;
  std::string psk;
  std::string psk_identity;
  std::vector<std::string> types;
  std::string server;
  std::string host_name;
  std::string firmware;
  std::string save_root;
  std::string line_end;
  std::string timeout;
  bool dtls = false;
  bool replace = false;
  bool force = false;
  bool json = false;
  bool verbose = false;
};

/// The server of `check`.
struct CertServer {
  std::string host;
  std::uint16_t port = 0;
  std::string name;  ///< For SNI and the certificate; usually the host.
};

/// What is to be done, read and checked: nothing of it touches a modem.
struct CertPlan {
  CertAction action = CertAction::list;
  std::optional<serial::PortSpec> port;  ///< Nothing: `check` of files alone.
  std::optional<std::uint32_t> sec_tag;
  std::vector<certificates::Credential> credentials;  ///< One of a kind at most.
  std::vector<certificates::CredentialKind> kinds;    ///< Of --type; empty = all.
  std::optional<CertServer> server;
  std::string firmware;
  std::string save_root;
  bool dtls = false;  ///< The server is asked by DTLS, over UDP.
  client::ModemCredentials::Options modem;
  base::Duration server_timeout = std::chrono::seconds(15);  ///< For connection and handshake together.
  bool replace = false;
  bool force = false;
  bool verbose = false;
};

/// "ca", "cert", "key", "psk", "psk-identity": how options call the kinds.
std::string_view option_of(certificates::CredentialKind kind);

/// Reads the files and makes a plan of the command line. The reason names what is wrong.
base::Result<CertPlan> make_cert_plan(const CertArguments& arguments);

}  // namespace attache::cli
