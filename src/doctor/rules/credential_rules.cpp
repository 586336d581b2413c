#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

using base::Cause;

bool writes(const Item& item) {
  return item.is_exchange() && item.type == at::CommandType::set && (item.is("%CMNG") || item.is("#XCMNG")) &&
         item.number_at(0) == 0;
}

bool deletes(const Item& item) {
  return item.is_exchange() && item.type == at::CommandType::set && (item.is("%CMNG") || item.is("#XCMNG")) &&
         item.number_at(0) == 3;
}

// What stands between the quotes of a written credential, as it stands in the log.
std::string_view content_of(const Item& item) {
  const Argument* content = item.argument(3);
  return content == nullptr ? std::string_view() : std::string_view(content->text);
}

struct Shape {
  bool is_pem = false;
  bool one_line = false;
  bool leading_blank = false;
  bool has_end = false;
  bool bad_body = false;
  bool escaped_ends = false;
  std::string label;
};

Shape shape_of(std::string_view content) {
  Shape shape;
  std::size_t begin = content.find("-----BEGIN ");
  shape.is_pem = begin != std::string_view::npos;
  if (!shape.is_pem) {
    return shape;
  }
  shape.leading_blank = begin > 0;
  std::string_view rest = content.substr(begin + 11);
  shape.label = std::string(rest.substr(0, rest.find("-----")));
  std::size_t end = content.find("-----END");
  shape.has_end = end != std::string_view::npos;
  std::string_view body = content.substr(begin, shape.has_end ? end - begin : std::string_view::npos);
  std::size_t behind = body.find("-----", 11);
  body = behind == std::string_view::npos ? std::string_view() : body.substr(behind + 5);
  shape.escaped_ends = body.find("\\n") != std::string_view::npos;
  shape.one_line = body.find('\n') == std::string_view::npos && !shape.escaped_ends;
  for (char c : body) {
    bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
                c == '/' || c == '=' || c == '\n' || c == '\r';
    shape.bad_body = shape.bad_body || !fits;
  }
  return shape;
}

void structure(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!writes(*item) || item->event->was_redacted) {
      continue;
    }
    std::string_view content = content_of(*item);
    auto type = item->number_at(2);
    bool pem_type = type && *type >= 0 && *type <= 2;
    bool refused527 = item->result.kind == Result::Kind::cme && item->result.number == 527;
    bool failed = item->result.kind != Result::Kind::ok;
    Shape shape = shape_of(content);
    bool quotes_odd = std::ranges::count(item->event->text, '"') % 2 != 0;
    bool crlf = item->event->has_carriage_returns || content.find("\\r\\n") != std::string_view::npos;
    // Dashes of the wrong sort, taken over from a text processor.
    bool typographic =
        content.find("\u2013") != std::string_view::npos || content.find("\u2014") != std::string_view::npos;
    if (shape.is_pem && (shape.one_line || shape.leading_blank) && failed) {
      findings.add(Cause::cert_malformed, 93, "pem-in-one-line")
          .at(item->event,
              shape.one_line ? "the line ends of the PEM are gone" : "something stands before the BEGIN line")
          .with(item->final)
          .why(
              "A PEM block has its BEGIN and END lines for themselves, and a line end after each line; "
              "pasted as one line it is "
              "none.");
      return;
    }
    if (shape.is_pem && crlf && item->result.failed()) {
      findings.add(Cause::cert_crlf, refused527 ? 93 : 72, "crlf-in-content")
          .at(item->event, "line ends of Windows within the quotes")
          .with(item->final);
      return;
    }
    if (typographic || (shape.is_pem && (!shape.has_end || shape.bad_body) && failed && !quotes_odd)) {
      findings.add(Cause::cert_malformed, 90, "pem-damaged")
          .at(item->event, typographic     ? "dashes of a text processor"
                           : shape.has_end ? "characters that Base64 does not have"
                                           : "no END line")
          .with(item->final);
      return;
    }
    if (pem_type && !shape.is_pem && !content.empty() && !quotes_odd &&
        content.find('*') == std::string_view::npos && content.find("...") == std::string_view::npos &&
        content.find('<') == std::string_view::npos) {
      findings.add(Cause::cert_malformed, failed ? 86 : 78, "no-pem")
          .at(item->event, "this type takes PEM")
          .with(item->final);
      return;
    }
    if (refused527) {
      findings.add(Cause::cert_malformed, 80, "cme-527")
          .at(item->final, "the content is not valid")
          .with(item->event);
      findings.add(Cause::cert_crlf, 76, "cme-527")
          .at(item->final)
          .with(item->event)
          .next("AT%CMNG=1",
                "after writing the file with LF line ends; compare the digest with that of the file");
      return;
    }
  }
  ItemRef refused = session.first(
      [](const Item& item) { return item.result.kind == Result::Kind::cme && item.result.number == 527; });
  if (refused != nullptr && !writes(*refused)) {
    findings.add(Cause::cert_malformed, 74, "cme-527").at(refused->final).with(refused->event);
  }
}

void key_format(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!writes(*item)) {
      continue;
    }
    Shape shape = shape_of(content_of(*item));
    bool encrypted = shape.label.find("ENCRYPTED") != std::string::npos ||
                     content_of(*item).find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
    bool traditional = shape.label == "RSA PRIVATE KEY" || shape.label == "EC PRIVATE KEY" ||
                       shape.label == "DSA PRIVATE KEY" || shape.label == "OPENSSH PRIVATE KEY";
    if (shape.label.find("PRIVATE KEY") != std::string::npos && (encrypted || traditional)) {
      findings.add(Cause::key_format, 92, "key-header")
          .at(item->event,
              encrypted ? "the key has a password" : fmt::format("\"{}\" is not PKCS#8", shape.label))
          .with(item->final)
          .fix("host", "advice", "openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY.pk8, and write that.");
      return;
    }
  }
}

// A key or a certificate as a type that it is not.
bool content_of_other_type(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    if (!writes(*item)) {
      continue;
    }
    auto type = item->number_at(2);
    Shape shape = shape_of(content_of(*item));
    bool key = shape.label.find("PRIVATE KEY") != std::string::npos;
    bool certificate = shape.label == "CERTIFICATE" || shape.label == "TRUSTED CERTIFICATE";
    bool wrong = type && ((key && (*type == 0 || *type == 1)) || (certificate && *type == 2));
    if (wrong) {
      findings.add(Cause::credential_wrong_type, 94, "content-of-other-type")
          .at(item->event, key ? "a private key is type 2" : "a certificate is type 0 or 1")
          .with(item->final);
      return true;
    }
    if (certificate && type && *type == 1) {
      std::vector<net::CertificateFacts> read = certificates_of(content_of(*item));
      bool root = !read.empty() && read.front().self_issued();
      bool tag_has_key = false;
      bool tag_has_root = false;
      auto tag = item->number_at(1);
      if (tag && session.end->tags->contains(static_cast<long>(*tag))) {
        const auto& types = session.end->tags->at(static_cast<long>(*tag)).types;
        tag_has_key = types.contains(2);
        tag_has_root = types.contains(0);
      }
      ItemRef tls = session.first([&](const Item& other) {
        auto target = target_of(other);
        return target && target->sec_tag == tag && other.result.failed();
      });
      if (root && !tag_has_key && !tag_has_root && tls != nullptr) {
        findings.add(Cause::credential_wrong_type, 90, "root-as-client-certificate")
            .at(item->event, "a root, stored as client certificate")
            .with(tls->event, "no root under its tag");
        return true;
      }
    }
  }
  return false;
}

// A tag that lacks its root, or half of a client's set.
void incomplete_tag(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    auto target = target_of(*item);
    if (!target || !target->sec_tag || !item->result.failed()) {
      continue;
    }
    auto found = item->before->tags->find(static_cast<long>(*target->sec_tag));
    if (found == item->before->tags->end() || found->second.types.empty()) {
      continue;
    }
    const auto& types = found->second.types;
    bool psk = types.contains(3) || types.contains(4);
    if (!types.contains(0) && !psk) {
      bool listed = found->second.listing != nullptr || item->before->listing_of_all_tags != nullptr;
      findings.add(Cause::credential_wrong_type, listed ? 84 : 74, "tag-without-root")
          .at(types.begin()->second.source, fmt::format("type {} and no type 0", types.begin()->first))
          .with(item->event, "verifies the server with the root of this tag");
      return;
    }
    bool half = (types.contains(1) != types.contains(2));
    if (half) {
      bool other_tag = std::ranges::any_of(*item->before->tags, [&](const auto& entry) {
        return entry.first != *target->sec_tag && entry.second.types.contains(types.contains(1) ? 2 : 1) &&
               !entry.second.types.contains(types.contains(1) ? 1 : 2);
      });
      findings
          .add(other_tag ? Cause::credential_wrong_type : Cause::client_cert_missing, other_tag ? 88 : 80,
               "half-a-client-set")
          .at(types.begin()->second.source,
              types.contains(1) ? "a certificate without its key" : "a key without its certificate")
          .with(item->event);
      return;
    }
  }
}

void wrong_type(const Session& session, Findings& findings) {
  if (!content_of_other_type(session, findings)) {
    incomplete_tag(session, findings);
  }
}

void refused_by_state(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    bool credential = writes(*item) || deletes(*item);
    if (item->is_exchange() && item->result.kind == Result::Kind::cme && item->result.number == 519) {
      findings.add(Cause::credential_exists, 95, "cme-519")
          .at(item->final, "there is one already")
          .with(item->event);
      return;
    }
    if (item->is_exchange() && item->result.kind == Result::Kind::cme && item->result.number == 518) {
      findings
          .add(credential ? Cause::cert_write_while_active : Cause::command_in_active_state, 95, "cme-518")
          .at(item->final, "not while LTE is on")
          .with(item->event)
          .with(item->before->functional_mode.source);
      return;
    }
    if (credential && item->result.kind == Result::Kind::error && item->before->is_lte_active()) {
      findings.add(Cause::cert_write_while_active, 84, "credential-with-lte-on")
          .at(item->event, "needs LTE off")
          .with(item->final)
          .with(item->before->functional_mode.source, "LTE is on");
      return;
    }
    static constexpr std::array<std::string_view, 8> off_only{"%XSYSTEMMODE",   "%XBANDLOCK", "%REL14FEAT",
                                                              "%XFACTORYRESET", "%XDATAPRFL", "%KEYGEN",
                                                              "%XMAGPIO",       "+CEMODE"};
    if (item->is_exchange() && item->type == at::CommandType::set &&
        item->result.kind == Result::Kind::error && item->before->is_lte_active() &&
        std::ranges::find(off_only, item->name) != off_only.end()) {
      findings.add(Cause::command_in_active_state, 88, "needs-lte-off")
          .at(item->event, "only with LTE off")
          .with(item->final)
          .with(item->before->functional_mode.source, "LTE is on")
          .fix("command", "exact", "Switch LTE off first.", "AT+CFUN=4");
      return;
    }
  }
  ItemRef missing = session.first([](const Item& item) {
    return item.is_exchange() && item.result.kind == Result::Kind::cme && item.result.number == 513 &&
           (item.is("%CMNG") || item.is("#XCMNG"));
  });
  if (missing != nullptr) {
    findings.add(Cause::sec_tag_missing, deletes(*missing) ? 62 : 92, "cme-513")
        .at(missing->final, "nothing there")
        .with(missing->event)
        .level(deletes(*missing) ? Level::warning : Level::error);
  }
  ItemRef secret = session.first([](const Item& item) {
    return item.is_exchange() && (item.is("%CMNG") || item.is("#XCMNG")) && item.number_at(0) == 2 &&
           item.result.failed() && item.number_at(2).value_or(0) > 0;
  });
  if (secret != nullptr) {
    findings.add(Cause::credential_not_readable, 86, "reads-a-secret")
        .at(secret->event, "only type 0 can be read back")
        .with(secret->final)
        .level(Level::warning);
  }
}

// A connection with a tag that a listing shows to be empty.
void tag_missing(const Session& session, Findings& findings) {
  for (const ItemRef& item : session.items) {
    auto target = target_of(*item);
    std::optional<std::int64_t> tag = target ? target->sec_tag : std::nullopt;
    if (!tag && opens_tls(*item)) {
      tag = item->is("#XSSOCKET") ? std::nullopt : item->number_at(3);
    }
    if (!tag || item->result.kind == Result::Kind::ok) {
      continue;
    }
    auto found = item->before->tags->find(static_cast<long>(*tag));
    bool has = found != item->before->tags->end() && !found->second.types.empty();
    EventRef listing = item->before->listing_of_all_tags;
    if (found != item->before->tags->end() && found->second.listing != nullptr) {
      listing = found->second.listing;
    }
    if (!has && listing != nullptr) {
      findings.add(Cause::sec_tag_missing, 94, "tag-not-listed")
          .at(item->event, fmt::format("uses sec_tag {}", *tag))
          .with(item->final)
          .without(fmt::format("sec_tag {} in the listing", *tag), listing);
      return;
    }
    if (found != item->before->tags->end() && !has) {
      findings.add(Cause::sec_tag_missing, 92, "tag-deleted")
          .at(item->event, fmt::format("uses sec_tag {}", *tag))
          .without("a credential under it: it was deleted", nullptr);
      return;
    }
    bool other_written = std::ranges::any_of(*item->before->tags,
                                             [](const auto& entry) { return !entry.second.types.empty(); });
    if (!has && other_written) {
      findings.add(Cause::sec_tag_missing, 76, "other-tag-written")
          .at(item->event, fmt::format("uses sec_tag {}", *tag))
          .with(item->before->tags->begin()->second.types.begin()->second.source,
                fmt::format("sec_tag {} was written", item->before->tags->begin()->first))
          .next(fmt::format("AT%CMNG=1,{}", *tag), "an empty list proves it");
      return;
    }
  }
}

constexpr std::array all_credential{Rule{"credential-structure", structure}, Rule{"key-format", key_format},
                                    Rule{"credential-type", wrong_type},
                                    Rule{"credential-refused", refused_by_state},
                                    Rule{"tag-missing", tag_missing}};

}  // namespace

std::span<const Rule> credential_rules() {
  return all_credential;
}

}  // namespace attache::doctor
