#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"

namespace attache::certificates {

/// What a certificate says, in words.
struct CertificateFacts {
  std::string name;     ///< How people call it: its CN, or its OU where the CN only repeats the organisation.
  std::string subject;  ///< In full: "CN = a.example, O = Example".
  std::string issuer_name;
  std::string issuer;
  base::WallTime not_before;
  base::WallTime not_after;
  std::vector<std::string> names;  ///< Hosts it is for: DNS and IP SANs, else the CN.

  /// By name only: no signature is checked.
  [[nodiscard]] bool self_issued() const { return subject == issuer; }
};

}  // namespace attache::certificates
