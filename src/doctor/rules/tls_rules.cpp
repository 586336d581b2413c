#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

std::chrono::system_clock::time_point time_of_log(const Session& session, EventRef& source) {
  if (session.end->clock_year) {
    source = session.end->clock_year.source;
    using namespace std::chrono;
    auto middle = sys_days{year{*session.end->clock_year} / July / 1};
    if (session.now - middle > days(300) && *session.end->clock_year > 2018) {
      return middle;
    }
  }
  return session.now;
}

struct TagCertificate {
  net::CertificateFacts facts;
  EventRef source;
  long tag = 0;
  int type = 0;
};

std::vector<TagCertificate> tag_certificates(const Session& session) {
  std::vector<TagCertificate> all;
  for (const auto& [tag, stored] : *session.end->tags) {
    for (const auto& [type, credential] : stored.types) {
      for (const net::CertificateFacts& facts : certificates_of(credential.content)) {
        all.push_back({facts, credential.source, tag, type});
      }
    }
  }
  return all;
}

// A connection with TLS that failed: the command, and the tag it used.
struct FailedTls {
  ItemRef item;
  Target target;
};

std::vector<FailedTls> failed_connections(const Session& session) {
  std::vector<FailedTls> failed;
  for (const ItemRef& item : session.items) {
    if (!item->is_exchange() || !opens_tls(*item) || item->event->was_redacted) {
      continue;
    }
    auto target = target_of(*item);
    bool later = item->result.kind == Result::Kind::ok && session.first_after(*item, [&](const Item& other) {
      if (item->is("#XMQTTCON") && other.kind == Item::Kind::notice && other.is("#XMQTTEVT")) {
        return other.number_at(0) == 0 && other.number_at(1) && *other.number_at(1) < 0;
      }
      return other.kind == Item::Kind::notice && other.name == item->name && other.number_at(0) &&
             *other.number_at(0) <= 0 && !other.is("#XSOCKET");
    }) != nullptr;
    if (item->result.failed() || later) {
      failed.push_back({item, target.value_or(Target{})});
    }
  }
  return failed;
}

void dates(const Session& session, Findings& findings) {
  EventRef clock_source;
  auto now = time_of_log(session, clock_source);
  std::vector<FailedTls> failed = failed_connections(session);
  for (const TagCertificate& certificate : tag_certificates(session)) {
    bool expired = certificate.facts.not_after < now;
    bool early = certificate.facts.not_before > now;
    if (!expired && !early) {
      continue;
    }
    auto used = std::ranges::find_if(
        failed, [&](const FailedTls& each) { return each.target.sec_tag == certificate.tag; });
    ItemRef used_at_all = session.first([&](const Item& item) {
      auto target = target_of(item);
      return target && target->sec_tag == certificate.tag;
    });
    if (used == failed.end() && used_at_all != nullptr && used_at_all->result.kind == Result::Kind::ok) {
      continue;
    }
    auto draft = findings.add(Cause::ca_expired, used != failed.end() ? 94 : 74, "stored-certificate-dates");
    draft.at(certificate.source, expired ? fmt::format("{}: notAfter {}", certificate.facts.name,
                                                       date_text(certificate.facts.not_after))
                                         : fmt::format("{}: notBefore {}", certificate.facts.name,
                                                       date_text(certificate.facts.not_before)));
    if (used != failed.end()) {
      draft.with(used->item->event, fmt::format("verifies with sec_tag {}", certificate.tag))
          .with(used->item->final);
    }
    draft.with(clock_source, "the modem's time");
    draft.level(used != failed.end() ? Level::error : Level::warning);
  }
  for (const CertificateFile& file : session.certificates) {
    for (const net::CertificateFacts& facts : file.certificates) {
      if (facts.not_after < now && !failed.empty()) {
        findings.add(Cause::ca_expired, 88, "given-certificate-dates")
            .at(failed.front().item->event,
                fmt::format("{}: {} ended on {}", file.name, facts.name, date_text(facts.not_after)))
            .with(failed.front().item->final);
      }
    }
  }
}

// The command that has set another host name for the certificate than the connection then asks for.
ItemRef other_name_set(const Session& session, const FailedTls& failed) {
  constexpr int host_name = 2;
  return session.last_before(*failed.item, [&](const Item& item) {
    if (!item.sets("#XSSOCKETOPT") || item.result.kind != Result::Kind::ok || item.arguments.size() < 3) {
      return false;
    }
    std::size_t last = item.arguments.size() - 1;
    return item.number_at(last - 2) == 1 && item.number_at(last - 1) == host_name &&
           item.arguments[last].is_quoted && item.text_at(last) != failed.target.host;
  });
}

void names(const Session& session, Findings& findings) {
  for (const FailedTls& failed : failed_connections(session)) {
    if (ItemRef set = other_name_set(session, failed); set != nullptr) {
      findings.add(Cause::hostname_mismatch, 82, "other-name-set")
          .at(set->event, "the certificate must have this name")
          .with(failed.item->event, "the server that is asked")
          .with(failed.item->final);
      return;
    }
    if (is_address(failed.target.host)) {
      findings.add(Cause::hostname_mismatch, 76, "address-instead-of-name")
          .at(failed.item->event, "an address, where the certificate names a host")
          .with(failed.item->final);
      return;
    }
    for (const CertificateFile& file : session.certificates) {
      bool leaf = !file.certificates.empty() && !file.certificates.front().self_issued();
      if (leaf && !failed.target.host.empty() &&
          !names_cover(file.certificates.front().names, failed.target.host)) {
        std::string list;
        for (const std::string& name : file.certificates.front().names) {
          list += (list.empty() ? "" : ", ") + name;
        }
        findings.add(Cause::hostname_mismatch, 86, "name-not-in-certificate")
            .at(failed.item->event, fmt::format("{} is for {}", file.name, list))
            .with(failed.item->final);
        return;
      }
    }
  }
}

// Public clouds that want a client certificate, by their names.
bool wants_client_certificate(const Target& target) {
  return target.host.find(".iot.") != std::string::npos || target.host.ends_with("azure-devices.net") ||
         target.host.find("-ats.") != std::string::npos;
}

void chain(const Session& session, Findings& findings) {
  EventRef clock_source;
  auto now = time_of_log(session, clock_source);
  std::vector<TagCertificate> stored = tag_certificates(session);
  for (const FailedTls& failed : failed_connections(session)) {
    bool registered =
        failed.item->before->registration && failed.item->before->registration.value->is_registered();
    bool not_registered = failed.item->before->registration && !registered;
    if (not_registered) {
      continue;
    }
    auto own = std::ranges::find_if(stored, [&](const TagCertificate& each) {
      return each.tag == failed.target.sec_tag && each.type == 0;
    });
    // The server's chain, when it was given.
    for (const CertificateFile& file : session.certificates) {
      if (file.certificates.empty() || own == stored.end()) {
        continue;
      }
      bool same = std::ranges::any_of(file.certificates, [&](const net::CertificateFacts& facts) {
        return facts.issuer == own->facts.subject || facts.subject == own->facts.subject;
      });
      if (!same && !file.certificates.front().self_issued()) {
        findings.add(Cause::ca_mismatch, 94, "chain-of-other-root")
            .at(failed.item->event, "given up by the modem")
            .with(own->source, fmt::format("the root stored: {}", own->facts.name))
            .why(fmt::format("The chain in {} ends at \"{}\", which is not what the tag holds.", file.name,
                             file.certificates.back().issuer_name));
        return;
      }
    }
    const auto& tags = *failed.item->before->tags;
    auto tag = failed.target.sec_tag ? tags.find(static_cast<long>(*failed.target.sec_tag)) : tags.end();
    bool has_root = tag != tags.end() && tag->second.types.contains(0);
    bool has_client = tag != tags.end() && tag->second.types.contains(1) && tag->second.types.contains(2);
    bool expired = own != stored.end() && own->facts.not_after < now;
    auto draft = findings.add(Cause::ca_mismatch, has_root ? (expired ? 70 : 68) : 52, "tls-connect-fails");
    draft.at(failed.item->event, "given up by the modem").with(failed.item->final);
    if (own != stored.end()) {
      draft.with(own->source, fmt::format("the root stored: {}", own->facts.name));
    }
    draft.next(failed.target.sec_tag ? fmt::format("AT%CMNG=1,{}", *failed.target.sec_tag) : "AT%CMNG=1",
               "no type 0: sec-tag-missing; else compare its root with the last certificate that `openssl "
               "s_client -showcerts` shows of the server");
    if (tag == tags.end()) {
      findings.add(Cause::sec_tag_missing, 50, "tls-connect-fails").at(failed.item->event);
    }
    if (wants_client_certificate(failed.target) && !has_client && has_root) {
      findings.add(Cause::client_cert_missing, 84, "cloud-wants-client-certificate")
          .at(failed.item->event, "this service asks for a client certificate")
          .with(tag->second.types.begin()->second.source, "type 0 alone");
    } else {
      findings.add(Cause::hostname_mismatch, 42, "tls-connect-fails").at(failed.item->event);
      findings.add(Cause::client_cert_missing, 36, "tls-connect-fails").at(failed.item->event);
      findings.add(Cause::tls_version_or_cipher, 34, "tls-connect-fails").at(failed.item->event);
    }
    return;
  }
}

/// Words of an alert or of a library, and the cause behind them.
struct Alert {
  std::string_view words;
  Cause cause;
  int score;
};
constexpr std::array alerts{Alert{"unknown_ca", Cause::ca_mismatch, 92},
                            Alert{"unknown ca", Cause::ca_mismatch, 92},
                            Alert{"unable to get local issuer", Cause::ca_mismatch, 92},
                            Alert{"self signed certificate in", Cause::ca_mismatch, 88},
                            Alert{"not correctly signed by the trusted CA", Cause::ca_mismatch, 92},
                            Alert{"X509_BADCERT_NOT_TRUSTED", Cause::ca_mismatch, 92},
                            Alert{"X509 - Certificate verification failed", Cause::ca_mismatch, 76},
                            Alert{"-0x2700", Cause::ca_mismatch, 76},
                            Alert{"certificate_expired", Cause::ca_expired, 92},
                            Alert{"certificate has expired", Cause::ca_expired, 92},
                            Alert{"certificate expired", Cause::ca_expired, 90},
                            Alert{"validity has expired", Cause::ca_expired, 92},
                            Alert{"certificate_required", Cause::client_cert_missing, 94},
                            Alert{"certificate required", Cause::client_cert_missing, 92},
                            Alert{"no client certificate", Cause::client_cert_missing, 90},
                            Alert{"peer did not return a certificate", Cause::client_cert_missing, 94},
                            Alert{"bad_certificate", Cause::client_cert_missing, 60},
                            Alert{"protocol_version", Cause::tls_version_or_cipher, 92},
                            Alert{"protocol version", Cause::tls_version_or_cipher, 90},
                            Alert{"no shared cipher", Cause::tls_version_or_cipher, 92},
                            Alert{"no_shared_cipher", Cause::tls_version_or_cipher, 92},
                            Alert{"handshake_failure", Cause::tls_version_or_cipher, 78},
                            Alert{"handshake failure", Cause::tls_version_or_cipher, 76},
                            Alert{"insufficient_security", Cause::tls_version_or_cipher, 90},
                            Alert{"unsupported_certificate", Cause::tls_chain_unsupported, 84},
                            Alert{"certificate too large", Cause::tls_chain_unsupported, 86},
                            Alert{"hostname mismatch", Cause::hostname_mismatch, 92},
                            Alert{"does not match the expected CN", Cause::hostname_mismatch, 92},
                            Alert{"host name does not match", Cause::hostname_mismatch, 92},
                            Alert{"name mismatch", Cause::hostname_mismatch, 88},
                            Alert{"unknown_psk_identity", Cause::psk_rejected, 92},
                            Alert{"decrypt_error", Cause::psk_rejected, 62}};

bool is_about_tls(std::string_view text) {
  return has_word(text, "TLS") || has_word(text, "DTLS") || has_text(text, "handshake") ||
         has_text(text, "ssl") || has_text(text, "mbedtls");
}

// An error number that is told beside a connection with TLS. `command`: the one before it; may be null.
void tls_by_number(const Session& session, const Item& item, const ItemRef& command, Findings& findings) {
  const std::string& text = item.event->text;
  auto number = item.kind == Item::Kind::notice ? error_of_notice(item) : error_number_in(text);
  if (!number) {
    return;
  }
  EventRef beside = command != nullptr ? command->event : nullptr;
  bool about_tls = is_about_tls(text) || (command != nullptr && opens_tls(*command));
  bool about_mqtt = has_text(text, "mqtt_connect") || has_text(text, "mqtt connect");
  if (*number == 45 || (*number == 95 && (about_tls || about_mqtt))) {
    ItemRef tag = session.first([](const Item& other) { return has_text(other.event->text, "sec_tag"); });
    findings.add(Cause::sec_tag_missing, 66, "tls-not-supported")
        .at(item.event, "EOPNOTSUPP: TLS could not be set up with this tag")
        .with(beside)
        .with(tag != nullptr ? tag->event : nullptr)
        .next("AT%CMNG=1",
              "the tag must have type 0, and 1 and 2 where the server wants a client certificate");
    findings.add(Cause::ca_mismatch, 56, "tls-not-supported").at(item.event);
    findings.add(Cause::client_cert_missing, 44, "tls-not-supported").at(item.event);
  } else if (about_tls && *number == 111) {
    findings.add(Cause::ca_mismatch, 70, "tls-refused")
        .at(item.event, "111 at a TLS connect is a failed handshake more often than a closed port")
        .with(beside)
        .next("AT%CMNG=1",
              "compare the root stored with the one of the server's chain; a plain TCP connection to the "
              "port tells whether it is open");
    findings.add(Cause::server_refused, 52, "tls-refused").at(item.event);
    findings.add(Cause::sec_tag_missing, 50, "tls-refused").at(item.event);
  } else if (about_tls && (*number == 2 || *number == 126 || *number == 13) && has_text(text, "cred")) {
    findings.add(Cause::sec_tag_missing, 70, "credentials-not-loaded").at(item.event);
  }
}

// What log lines say of a TLS failure: alerts by name, error numbers beside TLS words.
void told(const Session& session, Findings& findings) {
  ItemRef command;
  for (const ItemRef& item : session.items) {
    if (item->is_exchange()) {
      command = item;
      continue;
    }
    bool is_notice = item->kind == Item::Kind::notice;
    bool is_of_interest = item->kind == Item::Kind::log || item->kind == Item::Kind::text || is_notice;
    if (!is_of_interest || session.is_told(*item)) {
      continue;
    }
    const Alert* alert = std::ranges::find_if(
        alerts, [&](const Alert& each) { return has_text(item->event->text, each.words); });
    if (alert != alerts.end() && !is_notice) {
      findings.add(alert->cause, alert->score, "alert-told")
          .at(item->event)
          .with(command != nullptr ? command->event : nullptr);
    } else {
      tls_by_number(session, *item, command, findings);
    }
  }
}

void versions(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (item->kind == Item::Kind::log && has_text(item->event->text, "TLS 1.3") &&
        has_text(item->event->text, "not")) {
      findings.add(Cause::tls_version_or_cipher, 74, "tls-13-told").at(item->event);
      return;
    }
  }
}

constexpr std::array all_tls{Rule{"certificate-dates", dates}, Rule{"certificate-names", names},
                             Rule{"chain", chain}, Rule{"tls-told", told}, Rule{"tls-version", versions}};

}  // namespace

std::span<const Rule> tls_rules() {
  return all_tls;
}

}  // namespace attache::doctor
