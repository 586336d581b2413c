#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "certificates/certificate_facts.hpp"

namespace attache::certificates {

/// A certificate that a chain can be verified by.
struct Anchor {
  CertificateFacts facts;
  std::string pem;
};

/// The first certificate of `authorities` (PEM) by which alone the server's chain (each in PEM, its own
/// first) verifies at `time`; nothing if none does. Host names are not looked at.
std::optional<Anchor> anchor_among(std::string_view authorities, std::span<const std::string> chain,
                                   base::WallTime time);

/// The root that this machine trusts (OpenSSL's default store) and by which the chain verifies.
std::optional<Anchor> anchor_of_this_machine(std::span<const std::string> chain, base::WallTime time);

}  // namespace attache::certificates
