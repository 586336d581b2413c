#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "net/tls_observation.hpp"

namespace attache::doctor {

/// A file given with --cert.
struct CertificateFile {
  std::string name;
  std::vector<net::CertificateFacts> certificates;
};

/// The certificates of a PEM text, as far as they can be read.
std::vector<net::CertificateFacts> certificates_of(std::string_view pem);

/// "2021-12-15"
std::string date_text(std::chrono::system_clock::time_point time);

/// Whether a certificate with these names is for the host; "*.example.com" is for one label.
bool names_cover(const std::vector<std::string>& names, std::string_view host);

}  // namespace attache::doctor
