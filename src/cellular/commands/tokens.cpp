#include <fmt/format.h>

#include "base/text.hpp"
#include "cellular/device_identity.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr std::int64_t greatest_tag = UINT32_MAX;  // Which ones there are is for the firmware to say.
constexpr std::uint32_t identity_tag = 4294967294U;
constexpr Span key_generation{std::chrono::milliseconds(100), std::chrono::milliseconds(1000)};

Answer cannot(const base::Reason& reason) {
  return failure(CmeError::phone_failure, reason);
}

// The identity key comes into being at its first use, and stays.
base::Result<DeviceIdentity> identity_of(Nrf91& modem) {
  CredentialVault::Id id{identity_tag, CredentialType::identity_key};
  if (modem.vault.find(id) == nullptr) {
    auto key = generate_key();
    if (!key) {
      return key.error();
    }
    if (auto written = modem.vault.write(id, {std::move(*key), {}}); !written) {
      return written.error();
    }
  }
  DeviceIdentity identity;
  identity.uuid = device_uuid(modem.options.imei);
  identity.key_pem = modem.vault.find(id)->content;
  identity.hardware = modem.profile.model().substr(0, modem.profile.model().find('-'));
  identity.device_type = modem.profile.device_type();
  identity.firmware_uuid = modem.profile.build_uuid();
  return identity;
}

Answer no_such_tag(std::int64_t sec_tag) {
  return failure(CmeError::incorrect_parameters, fmt::format("sec_tag {} is out of range", sec_tag));
}

/// `terms` of the certificate request to be made, or nothing to give the public key.
Answer make_key(Nrf91& modem, const CredentialVault::Id& id, const std::optional<RequestTerms>& terms) {
  auto identity = identity_of(modem);
  if (!identity) {
    return cannot(identity.error());
  }
  const CredentialVault::Entry* present = modem.vault.find(id);
  std::string key = present != nullptr ? present->content : "";
  if (present == nullptr) {
    auto made = generate_key();
    if (!made) {
      return cannot(made.error());
    }
    key = std::move(*made);
  }
  auto der = terms ? certificate_request(key, *terms) : public_key(key);
  if (!der) {
    return failure(CmeError::incorrect_parameters, der.error().why);
  }
  if (present == nullptr) {
    if (modem.vault.full_for(id, {key, {}})) {
      return failure(CmeError::memory_full, "the credential store is full");
    }
    if (auto written = modem.vault.write(id, {key, {}}); !written) {
      return failure(CmeError::memory_failure, written.error());
    }
  }
  auto attestation = attest_key(*identity, id.sec_tag,
                                terms ? KeyMessage::certificate_request : KeyMessage::public_key, *der);
  if (!attestation) {
    return cannot(attestation.error());
  }
  return line(fmt::format("%KEYGEN: \"{}.{}\"", base64url(*der), base64url(*attestation)));
}

RequestTerms request_terms(const Nrf91& modem, const at::Parameters& given) {
  RequestTerms terms;
  terms.subject = given.text(3);
  if (terms.subject.empty()) {
    terms.subject = "CN=" + device_uuid(modem.options.imei);
  }
  if (given.has(4)) {
    terms.key_usage = given.text(4);
  }
  terms.null_parameters = !modem.profile.at_least(2, 0);
  return terms;
}

Answer generate(Nrf91& modem, const Request& request) {
  constexpr int client_key = 2;
  constexpr int endorsement = 8;
  constexpr int asset = 13;
  const auto& given = request.parameters;
  auto type = static_cast<int>(given.number(1));
  bool known = type == client_key || type == endorsement || (type == asset && modem.profile.at_least(2, 0));
  if (!known) {
    return failure(CmeError::incorrect_parameters, fmt::format("there are no keys of type {}", type),
                   "Types: 2 client private key, 8 endorsement key, 13 asset key (from 2.0 on).");
  }
  if (given.number(0) > modem.profile.greatest_sec_tag()) {
    return no_such_tag(given.number(0));
  }
  bool wants_request = given.number(2) == 0;
  if (wants_request && type != client_key) {
    return failure(CmeError::incorrect_parameters, "only a client key gives a certificate request");
  }
  CredentialVault::Id id{static_cast<std::uint32_t>(given.number(0)), static_cast<CredentialType>(type)};
  if (type == client_key && modem.vault.find(id) != nullptr) {
    return failure(CmeError::already_exists, fmt::format("sec_tag {} has a private key", id.sec_tag),
                   fmt::format("Delete it with AT%CMNG=3,{},2.", id.sec_tag));
  }
  auto terms = wants_request ? std::optional(request_terms(modem, given)) : std::nullopt;
  return modem.engine.finish_after(key_generation,
                                   [&modem, id, terms] { return make_key(modem, id, terms); });
}

Answer attest(Nrf91& modem, const Request&) {
  auto identity = identity_of(modem);
  if (!identity) {
    return cannot(identity.error());
  }
  auto token = attestation_token(*identity);
  return token ? line(fmt::format("%ATTESTTOKEN: \"{}\"", *token)) : cannot(token.error());
}

Answer make_web_token(Nrf91& modem, const Request& request) {
  constexpr std::int64_t usual_lifetime_s = 600;
  const auto& given = request.parameters;
  auto identity = identity_of(modem);
  if (!identity) {
    return cannot(identity.error());
  }
  auto now = modem.time();
  if (!now) {
    return failure(base::Cause::time_unknown, CmeError::phone_failure,
                   "the time is not known: a token needs it",
                   "Set it with AT+CCLK=, or register with a network that sends it.");
  }
  std::string key = identity->key_pem;
  if (given.number(4, 0) > modem.profile.greatest_sec_tag()) {
    return no_such_tag(given.number(4));
  }
  if (given.has(4) && given.number(5, 2) == 2) {
    const auto* own =
        modem.vault.find({static_cast<std::uint32_t>(given.number(4)), CredentialType::private_key});
    if (own == nullptr) {
      return failure(CmeError::not_found, fmt::format("sec_tag {} has no private key", given.number(4)),
                     "Make one with AT%KEYGEN.");
    }
    key = own->content;
  }
  TokenClaims claims;
  claims.subject = given.text(2, identity->uuid);
  claims.audience = given.text(3);
  claims.issued = *now;
  claims.lifetime_s = given.number(1, 0) == 0 ? usual_lifetime_s : given.number(1);
  auto token = web_token(*identity, key, claims);
  return token ? line(fmt::format("%JWT: \"{}\"", *token)) : cannot(token.error());
}

}  // namespace

void add_token_commands(CommandTable& table) {
  constexpr int from_1_3 = firmware_version(1, 3);
  constexpr int longest_text = 512;
  constexpr std::int64_t longest_lifetime_s = 604800;
  table.add("%KEYGEN", {.set = generate,
                        .rules = {number("sec_tag", 0, greatest_tag), number("key_type", 0, 255),
                                  number("response", 0, 1), optional(string("attributes", longest_text)),
                                  optional(string("key_usage", 16))},
                        .needs = Needs::lte_inactive,
                        .writes = true,
                        .since = from_1_3});
  table.add("%ATTESTTOKEN", {.set = attest, .since = from_1_3});
  table.add("%JWT",
            {.set = make_web_token,
             .rules = {optional(number("alg", 0, 0)), optional(number("exp_delta", 0, longest_lifetime_s)),
                       optional(string("subject", longest_text)), optional(string("audience", longest_text)),
                       optional(number("sec_tag", 0, greatest_tag)), optional(number("key_type", 2, 6))},
             .since = from_1_3});
}

}  // namespace attache::cellular
