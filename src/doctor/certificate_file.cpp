#include "doctor/certificate_file.hpp"

#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "certificates/certificate.hpp"

namespace attache::doctor {

std::vector<net::CertificateFacts> certificates_of(std::string_view pem) {
  std::vector<net::CertificateFacts> certificates;
  for (const base::CertificateHandle& handle : certificates::read_certificates(pem)) {
    certificates.push_back(certificates::facts_of(handle.get()));
  }
  return certificates;
}

std::string date_text(std::chrono::system_clock::time_point time) {
  constexpr std::size_t length_of_date = 10;
  return base::format_utc(time).substr(0, length_of_date);
}

bool names_cover(const std::vector<std::string>& names, std::string_view host) {
  for (const std::string& name : names) {
    if (base::equal_ignoring_case(name, host)) {
      return true;
    }
    std::size_t dot = host.find('.');
    if (name.starts_with("*.") && dot != std::string_view::npos &&
        base::equal_ignoring_case(std::string_view(name).substr(1), host.substr(dot))) {
      return true;
    }
  }
  return false;
}

}  // namespace attache::doctor
