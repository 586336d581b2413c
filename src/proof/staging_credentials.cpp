#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doctor/rules/queries.hpp"
#include "lab/certificate_authority.hpp"
#include "proof/staging.hpp"

namespace attache::proof {

namespace {

using base::Cause;
using doctor::Item;
using Told = std::optional<std::string>;

constexpr int root_type = 0;
constexpr int certificate_type = 1;
constexpr int key_type = 2;
constexpr std::string_view known_server = "example.com";
constexpr std::string_view other_server = "other.example.com";
constexpr std::chrono::hours day{24};

bool writes_credential(const Item& item) {
  return (item.sets("%CMNG") || item.sets("#XCMNG")) && item.number_at(0) == 0 && item.number_at(1) &&
         item.number_at(2);
}

std::string writing(std::int64_t tag, int type, const std::string& content) {
  std::string_view text = content;
  while (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  return fmt::format("AT%CMNG=0,{},{},\"{}\"", tag, type, text);
}

// SLM 1.5 makes no HTTPS with the library of today: that would be a cause of its own.
void set_up_tls(Scene& scene, const Claim&) {
  if (scene.config.dialect.name == "slm-1.5") {
    scene.config.dialect.modem_library = "1.0.1";
  }
}

// A server's identity that is its own root: what is written to the modem is what the server shows.
lab::KeyAndCertificate identity(const Claim& claim, bool expired) {
  lab::LeafOptions options;
  options.common_name = known_server;
  options.dns_names = {std::string(known_server)};
  for (const doctor::ItemRef& item : claim.session.items) {
    if (auto target = doctor::target_of(*item); target && !target->host.empty()) {
      if (doctor::is_address(target->host)) {
        options.addresses.push_back(target->host);
      } else {
        options.dns_names.push_back(target->host);
      }
    }
  }
  options.valid_from = -day * 3650;
  options.valid_until = expired ? -day * 3640 : day * 3650;
  return lab::make_self_signed(options);
}

// The tag that a connection of the log uses.
std::int64_t tag_of(const Claim& claim) {
  std::int64_t tag = 0;
  for (const doctor::ItemRef& item : claim.session.items) {
    bool opens = item->sets("#XSSOCKET") || (item->sets("#XSOCKET") && item->number_at(0) == 1);
    if (auto target = doctor::target_of(*item); target && target->sec_tag) {
      tag = *target->sec_tag;
    } else if (opens) {
      tag = item->number_at(3).value_or(tag);
    }
  }
  return tag;
}

// The step that writes the tag's root: one of the log, or one that was made up for it.
Step* write_of_root(Scene& scene, std::int64_t tag) {
  std::string made_up = fmt::format("AT%CMNG=0,{},{},", tag, root_type);
  for (Step& step : scene.script.steps) {
    bool writes = step.item == nullptr ? step.text.starts_with(made_up)
                                       : writes_credential(*step.item) && step.item->number_at(1) == tag;
    if (writes) {
      return &step;
    }
  }
  return nullptr;
}

// The root is written where the log does it, else before LTE is switched on.
void write_root(Scene& scene, const Claim& claim, const std::string& root) {
  std::int64_t tag = tag_of(claim);
  if (Step* step = write_of_root(scene, tag)) {
    step->text = writing(tag, root_type, root);
    return;
  }
  scene.script.insert(0, {"AT+CFUN=4", writing(tag, root_type, root)});
}

Told mend_tag(Scene& scene, const Claim& claim) {
  scene.internet.tls = TlsPeer{identity(claim, false)};
  write_root(scene, claim, scene.internet.tls->identity.certificate_pem);
  return fmt::format(
      "The host writes the root of the server's chain under sec_tag {} as type 0, with LTE off.",
      tag_of(claim));
}

void set_up_expired(Scene& scene, const Claim& claim) {
  set_up_tls(scene, claim);
  scene.internet.tls = TlsPeer{identity(claim, true)};
  write_root(scene, claim, scene.internet.tls->identity.certificate_pem);
}

Told mend_expired(Scene& scene, const Claim& claim) {
  (void)mend_tag(scene, claim);
  return "The server has a chain that is within its dates, whose root the host writes.";
}

void set_up_mismatch(Scene& scene, const Claim& claim) {
  set_up_tls(scene, claim);
  scene.internet.tls = TlsPeer{identity(claim, false)};
  if (write_of_root(scene, tag_of(claim)) == nullptr) {
    write_root(scene, claim, identity(claim, false).certificate_pem);
  }
}

// The names that the host connects to with TLS.
std::vector<std::string> asked_names(const Claim& claim) {
  std::vector<std::string> asked;
  for (const doctor::ItemRef& item : claim.session.items) {
    if (auto target = doctor::target_of(*item); target && target->is_tls) {
      asked.push_back(target->host);
    }
  }
  return asked;
}

// A server that has none of those names, and whose root the host writes.
void set_up_other_name(Scene& scene, const Claim& claim) {
  set_up_tls(scene, claim);
  lab::LeafOptions options;
  std::vector<std::string> asked = asked_names(claim);
  std::string name(std::ranges::find(asked, known_server) == asked.end() ? known_server : other_server);
  options.common_name = name;
  options.dns_names = {name};
  options.valid_from = -day * 3650;
  options.valid_until = day * 3650;
  scene.internet.tls = TlsPeer{lab::make_self_signed(options)};
  scene.internet.names.insert(name);
  write_root(scene, claim, scene.internet.tls->identity.certificate_pem);
}

// The name that the host has set for the certificate becomes that of the server; an address becomes that as
// well; else the name is added to the server's certificate.
Told mend_name(Scene& scene, const Claim& claim) {
  Step* setting = step_at(scene, claim);
  std::vector<std::string> asked = asked_names(claim);
  if (setting != nullptr && setting->item->is("#XSSOCKETOPT") && !asked.empty()) {
    const doctor::Argument& name = setting->item->arguments.back();
    setting->text.replace(setting->text.find(name.text, name.column), name.text.size(), asked.back());
    std::string told = sends_instead(setting->text);
    (void)mend_tag(scene, claim);  // It may move the steps.
    return told;
  }
  for (Step& step : scene.script.steps) {
    auto target = step.item == nullptr ? std::nullopt : doctor::target_of(*step.item);
    std::size_t at = target && target->is_tls ? step.text.find(target->host) : std::string::npos;
    if (at == std::string::npos || !doctor::is_address(target->host)) {
      continue;
    }
    std::string_view name = known_server;
    step.text.replace(at, target->host.size(), name);
    return fmt::format("The host names {}, as the server's certificate does, instead of an address.", name);
  }
  (void)mend_tag(scene, claim);
  return "The server gets a certificate with the name that the host asks for.";
}

// A server that lets clients with a certificate of its own root in.
void set_up_client_wanted(Scene& scene, const Claim& claim) {
  set_up_tls(scene, claim);
  scene.internet.tls = TlsPeer{identity(claim, false)};
  scene.internet.tls->client_ca_pem = scene.internet.tls->identity.certificate_pem;
  write_root(scene, claim, scene.internet.tls->identity.certificate_pem);
}

Told mend_client_certificate(Scene& scene, const Claim& claim) {
  lab::CertificateAuthority admitted("Clients");
  lab::LeafOptions options;
  options.common_name = "device";
  options.client = true;
  options.valid_from = -day * 3650;
  options.valid_until = day * 3650;
  lab::KeyAndCertificate client = admitted.issue(options);
  scene.internet.tls->client_ca_pem = admitted.certificate_pem();
  std::int64_t tag = tag_of(claim);
  Step* root = write_of_root(scene, tag);
  auto behind = static_cast<std::size_t>(root == nullptr ? 0 : root - scene.script.steps.data() + 1);
  scene.script.insert(behind, {writing(tag, certificate_type, client.certificate_pem),
                               writing(tag, key_type, client.private_key_pem)});
  return fmt::format(
      "The host writes a certificate that the server admits and its key, as types 1 and 2, under sec_tag {}.",
      tag);
}

Told mend_write_while_active(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size()) {
    return std::nullopt;
  }
  put_offline(scene.script, at);
  return "The host switches LTE off before (AT+CFUN=4) and on behind it (AT+CFUN=1).";
}

std::string with_line_ends(std::string_view text, std::string_view end) {
  std::string wide;
  for (char c : text) {
    if (c == '\n') {
      wide += end;
    } else if (c != '\r') {
      wide += c;
    }
  }
  return wide;
}

// Windows line ends are refused by firmware from 2.0.2 on.
void set_up_crlf(Scene& scene, const Claim&) {
  auto& simulation = scene.config.simulation;
  simulation.refuse_crlf = true;
  if (simulation.firmware.starts_with("mfw_nrf9160")) {
    simulation.firmware = "mfw_nrf91x1_2.0.2";
  }
  for (Step& step : scene.script.steps) {
    if (step.item != nullptr && writes_credential(*step.item)) {
      step.text = with_line_ends(step.text, "\r\n");
    }
  }
}

Told mend_crlf(Scene& scene, const Claim&) {
  for (Step& step : scene.script.steps) {
    if (step.item != nullptr && writes_credential(*step.item)) {
      step.text = with_line_ends(step.text, "\n");
    }
  }
  return "The host ends the lines of the certificate by LF.";
}

// A content that is no PEM is refused by firmware from 2.0 on.
void set_up_malformed(Scene& scene, const Claim& claim) {
  doctor::ItemRef item = claim.item();
  bool refused = item != nullptr && item->result.failed();
  if (refused && scene.config.simulation.firmware.starts_with("mfw_nrf9160")) {
    scene.config.simulation.firmware = "mfw_nrf91x1_2.0.2";
  }
}

// The same kind of content, whole.
std::string whole_content(const Claim& claim, int type) {
  lab::KeyAndCertificate made = identity(claim, false);
  return type == key_type ? made.private_key_pem : made.certificate_pem;
}

Told mend_content(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size() || scene.script.steps[at].item == nullptr ||
      !writes_credential(*scene.script.steps[at].item)) {
    return std::nullopt;
  }
  const Item& item = *scene.script.steps[at].item;
  auto type = static_cast<int>(*item.number_at(2));
  scene.script.steps[at].text = writing(*item.number_at(1), type, whole_content(claim, type));
  return type == key_type ? "The host writes the key as PKCS#8, in PEM with its line ends."
                          : "The host writes it in PEM, with its line ends.";
}

// What is written as another type than its content is.
void set_up_wrong_type(Scene& scene, const Claim& claim) {
  set_up_tls(scene, claim);
  if (scene.internet.tls == std::nullopt) {
    scene.internet.tls = TlsPeer{identity(claim, false)};
  }
}

Told mend_type(Scene& scene, const Claim& claim) {
  for (Step& step : scene.script.steps) {
    if (step.item == nullptr || !writes_credential(*step.item)) {
      continue;
    }
    const Item& item = *step.item;
    auto type = static_cast<int>(*item.number_at(2));
    bool is_key = step.text.find("PRIVATE KEY") != std::string::npos;
    bool is_certificate = step.text.find("CERTIFICATE") != std::string::npos;
    if (is_key && type != key_type) {
      step.text = writing(*item.number_at(1), key_type, whole_content(claim, key_type));
      return "The host writes the key as type 2.";
    }
    if (is_certificate && (type == certificate_type || type == key_type)) {
      scene.internet.tls = TlsPeer{identity(claim, false)};
      step.text = writing(*item.number_at(1), root_type, scene.internet.tls->identity.certificate_pem);
      return "The host writes the root as type 0.";
    }
  }
  return mend_tag(scene, claim);
}

Told mend_reading(Scene& scene, const Claim& claim) {
  std::size_t at = step_of(scene.script, claim);
  if (at >= scene.script.steps.size() || scene.script.steps[at].item == nullptr) {
    return std::nullopt;
  }
  auto tag = scene.script.steps[at].item->number_at(1);
  scene.script.steps[at].text = tag ? fmt::format("AT%CMNG=1,{}", *tag) : "AT%CMNG=1";
  return fmt::format("The host asks for the digest instead: {}.", scene.script.steps[at].text);
}

constexpr std::array credential_table{
    Staging{Cause::ca_expired, set_up_expired, mend_expired},
    Staging{Cause::ca_mismatch, set_up_mismatch, mend_tag},
    Staging{Cause::sec_tag_missing, set_up_tls, mend_tag},
    Staging{Cause::hostname_mismatch, set_up_other_name, mend_name},
    Staging{Cause::client_cert_missing, set_up_client_wanted, mend_client_certificate},
    Staging{Cause::credential_wrong_type, set_up_wrong_type, mend_type},
    Staging{Cause::cert_write_while_active, nullptr, mend_write_while_active},
    Staging{Cause::cert_crlf, set_up_crlf, mend_crlf},
    Staging{Cause::cert_malformed, set_up_malformed, mend_content},
    Staging{Cause::key_format, nullptr, mend_content},
    Staging{Cause::credential_not_readable, nullptr, mend_reading},
};

}  // namespace

std::span<const Staging> credential_stagings() {
  return credential_table;
}

}  // namespace attache::proof
