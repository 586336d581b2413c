#include "doctor/certificate_file.hpp"

#include <ctime>

#include "base/text.hpp"
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
  std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::string text(16, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts));
  return text;
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
