#pragma once

#include <string>

#include "lab/certificate_authority.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {

/// A CA, a server's certificate for `good.test` and a client's, as files that servers read.
struct Certificates {
  explicit Certificates(const TempFolder& folder)
      : ca_file(folder.write("ca.pem", authority.certificate_pem())),
        server_file(folder.write("server.pem", server.certificate_pem)),
        server_key_file(folder.write("server.key", server.private_key_pem)) {}

  lab::CertificateAuthority authority{"System test CA"};
  lab::KeyAndCertificate server = authority.issue({.common_name = "good.test", .dns_names = {"good.test"}});
  lab::KeyAndCertificate client = authority.issue({.common_name = "system test client", .client = true});
  std::string ca_file;
  std::string server_file;
  std::string server_key_file;
};

}  // namespace attache::system_test
