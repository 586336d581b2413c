#include "net/application_credentials.hpp"

#include <string>
#include <utility>

namespace attache::net {

namespace {

// What the modem has, and whether it gives it away.
std::optional<std::string> stored(const modem::CredentialStore& modem, std::uint32_t sec_tag,
                                  std::uint32_t type, bool& kept_in_modem) {
  auto held = modem.bundle(application_tag(sec_tag, type));
  kept_in_modem = kept_in_modem || (held && held->kept_in_modem);
  return held ? std::move(held->root_ca) : std::nullopt;
}

}  // namespace

std::optional<modem::CredentialBundle> application_bundle(const modem::CredentialStore& modem,
                                                          std::uint32_t sec_tag) {
  if (sec_tag > greatest_application_tag) {
    return std::nullopt;
  }
  modem::CredentialBundle bundle;
  bundle.root_ca = stored(modem, sec_tag, 0, bundle.kept_in_modem);
  bundle.client_certificate = stored(modem, sec_tag, 1, bundle.kept_in_modem);
  bundle.private_key = stored(modem, sec_tag, 2, bundle.kept_in_modem);
  bool any = bundle.root_ca || bundle.client_certificate || bundle.private_key || bundle.kept_in_modem;
  return any ? std::optional(std::move(bundle)) : std::nullopt;
}

}  // namespace attache::net
