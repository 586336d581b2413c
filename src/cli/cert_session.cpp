#include "cli/cert_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <iostream>
#include <set>
#include <utility>

#include "certificates/certificate.hpp"
#include "certificates/content_digest.hpp"
#include "certificates/private_key.hpp"
#include "cli/cert_check.hpp"
#include "cli/commands.hpp"
#include "client/transcript.hpp"

namespace attache::cli {

namespace {

namespace json = boost::json;
using certificates::Credential;
using certificates::CredentialKind;
using Stored = std::vector<client::StoredCredential>;

std::string name_of_type(int type) {
  constexpr std::array<std::pair<int, std::string_view>, 6> of_modem{{{5, "public key"},
                                                                      {6, "device identity key"},
                                                                      {8, "endorsement key"},
                                                                      {10, "identity root CA"},
                                                                      {11, "vendor's key"},
                                                                      {13, "asset encryption key"}}};
  if (type >= 0 && type <= static_cast<int>(CredentialKind::psk_identity)) {
    return std::string(name_of(static_cast<CredentialKind>(type)));
  }
  const auto* found =
      std::find_if(of_modem.begin(), of_modem.end(), [&](const auto& entry) { return entry.first == type; });
  return found != of_modem.end() ? std::string(found->second) : "of the modem's own";
}

const client::StoredCredential* stored_of(const Stored& stored, CredentialKind kind) {
  auto found = std::find_if(stored.begin(), stored.end(), [&](const client::StoredCredential& entry) {
    return entry.type == static_cast<int>(kind);
  });
  return found == stored.end() ? nullptr : &*found;
}

std::string with_notes(const Credential& credential) {
  std::string text;
  for (const std::string& note : credential.notes) {
    text += "; " + note;
  }
  return text;
}

// What a file holds, in words; nothing secret.
std::string summary_of(const Credential& credential) {
  std::string text = fmt::format("{}: {} (type {})", credential.source, name_of(credential.kind),
                                 static_cast<int>(credential.kind));
  bool has_certificates =
      credential.kind == CredentialKind::authority || credential.kind == CredentialKind::certificate;
  if (has_certificates) {
    std::string separator = ": ";
    for (const base::CertificateHandle& certificate : certificates::read_certificates(credential.content)) {
      text += separator + describe(certificates::facts_of(certificate.get()));
      separator = ", ";
    }
  }
  if (!credential.password.empty()) {
    text += ", encrypted";
  }
  return text + with_notes(credential);
}

json::object entry_of(const client::StoredCredential& stored) {
  return {{"sec_tag", stored.sec_tag},
          {"type", stored.type},
          {"name", name_of_type(stored.type)},
          {"sha256", stored.digest}};
}

base::Reason other_bytes(const Credential& credential, const client::StoredCredential* stored,
                         std::uint32_t sec_tag) {
  std::string what = fmt::format("sec_tag {} does not hold this {}", sec_tag, name_of(credential.kind));
  base::Reason reason = stored == nullptr
                            ? base::make_reason(base::Cause::sec_tag_missing, std::move(what),
                                                "it holds none at all", "Write it: attache cert write.")
                            : base::make_reason(base::Cause::credential_wrong_type, std::move(what),
                                                "the digest is that of another content",
                                                "Write it: attache cert write --replace.");
  reason.where = credential.source;
  if (stored != nullptr) {
    reason.facts.emplace_back("modem", stored->digest);
    reason.facts.emplace_back("file", certificates::digest_of_content(credential.content));
  }
  return reason;
}

// What was written and comes back otherwise.
base::Reason changed_on_the_way(const Credential& credential, const client::StoredCredential& stored) {
  auto difference = certificates::difference_from(stored.digest, credential.content);
  base::Reason reason = base::make_reason(
      difference ? base::Cause::cert_crlf : base::Cause::baud_or_flow_control,
      fmt::format("the {} was written, but its digest is another", name_of(credential.kind)),
      difference ? fmt::format("the modem holds it {}", *difference)
                 : std::string("bytes were lost or changed on the line"),
      difference ? "Something on the way changes line ends: write past it."
                 : "Write it again, with RTS/CTS (tty:DEVICE,rtscts) or at a lower baud rate.");
  reason.where = credential.source;
  reason.facts.emplace_back("modem", stored.digest);
  reason.facts.emplace_back("sent", certificates::digest_of_content(credential.content));
  return reason;
}

}  // namespace

asio::awaitable<int> CertSession::run() {
  if (!plan_.port) {
    int code = co_await check(nullptr);
    co_return code;
  }
  auto port = serial::connect_port(clock_, *plan_.port);
  if (!port) {
    co_return report_.fail(port.error(), exit_usage);
  }
  report_.object()["modem"] = (*port)->address();
  std::optional<client::Transcript> transcript;
  if (plan_.verbose) {
    transcript.emplace(clock_, std::vector<client::Transcript::Sink>{{&std::cerr}});
  }
  client::Conversation conversation(**port, clock_, transcript ? &*transcript : nullptr);
  int code = co_await run_on(conversation);
  co_return code;
}

asio::awaitable<int> CertSession::run_on(client::Conversation& conversation) {
  client::ModemCredentials modem(conversation, plan_.modem);
  int code = co_await work_on_modem(modem);
  auto restored = co_await modem.restore();
  if (!restored) {
    int failed = fail(restored.error());
    code = code == exit_success ? failed : code;
  }
  co_return code;
}

asio::awaitable<int> CertSession::work_on_modem(client::ModemCredentials& modem) {
  auto begun = co_await modem.begin();
  if (!begun) {
    co_return fail(begun.error());
  }
  int code = exit_usage;
  switch (plan_.action) {
    case CertAction::list:
      code = co_await list(modem);
      break;
    case CertAction::write:
      code = co_await write(modem);
      break;
    case CertAction::erase:
      code = co_await erase(modem);
      break;
    case CertAction::verify:
      code = co_await verify(modem);
      break;
    case CertAction::check:
      code = co_await check(&modem);
      break;
  }
  co_return code;
}

bool CertSession::is_wanted(int type) const {
  return plan_.kinds.empty() || std::any_of(plan_.kinds.begin(), plan_.kinds.end(), [&](CredentialKind kind) {
           return static_cast<int>(kind) == type;
         });
}

int CertSession::fail(const client::ModemFault& fault) {
  return report_.fail(fault, fault.timed_out ? exit_timeout : exit_failure);
}

void CertSession::tell_files() {
  json::array files;
  for (const Credential& credential : plan_.credentials) {
    report_.say(summary_of(credential));
    json::array notes;
    for (const std::string& note : credential.notes) {
      notes.emplace_back(note);
    }
    files.push_back(json::object{{"file", credential.source},
                                 {"type", static_cast<int>(credential.kind)},
                                 {"name", name_of(credential.kind)},
                                 {"notes", std::move(notes)}});
  }
  report_.object()["files"] = std::move(files);
}

asio::awaitable<int> CertSession::list(client::ModemCredentials& modem) {
  auto stored = co_await modem.list(plan_.sec_tag);
  if (!stored) {
    co_return fail(stored.error());
  }
  json::array entries;
  for (const client::StoredCredential& entry : *stored) {
    if (is_wanted(entry.type)) {
      entries.push_back(entry_of(entry));
      report_.say(fmt::format("{:>10}  {:>2} {:<30}  {}", entry.sec_tag, entry.type, name_of_type(entry.type),
                              entry.digest));
    }
  }
  if (entries.empty()) {
    report_.say("nothing is stored");
  }
  report_.object()["credentials"] = std::move(entries);
  co_return exit_success;
}

asio::awaitable<client::ModemResult<void>> CertSession::enter_flight_mode(client::ModemCredentials& modem) {
  auto changed = co_await modem.stop_lte();
  if (!changed) {
    co_return changed.error();
  }
  if (*changed) {
    report_.say(fmt::format("LTE is switched off for it (AT+CFUN=4) and on again afterwards (AT+CFUN={})",
                            **changed));
    report_.object()["functional_mode"] = **changed;
  }
  co_return client::ModemResult<void>();
}

asio::awaitable<int> CertSession::write(client::ModemCredentials& modem) {
  tell_files();
  auto stored = co_await modem.list(sec_tag());
  if (!stored) {
    co_return fail(stored.error());
  }
  std::set<CredentialKind> kept;
  for (const client::StoredCredential& entry : *stored) {
    kept.insert(static_cast<CredentialKind>(entry.type));
  }
  bool is_grave = false;
  for (const certificates::Doubt& doubt : examine(plan_.credentials, kept, clock_.wall_now())) {
    report_.doubt(doubt);
    is_grave = is_grave || doubt.is_grave;
  }
  if (is_grave && !plan_.force) {
    co_return report_.fail(base::make_reason("nothing was written", "what is to be written cannot work",
                                             "Mend it, or write it as it is with --force."),
                           exit_usage);
  }
  auto silent = co_await enter_flight_mode(modem);
  if (!silent) {
    co_return fail(silent.error());
  }
  for (const Credential& credential : plan_.credentials) {
    bool is_stored = stored_of(*stored, credential.kind) != nullptr;
    int code = co_await write_one(modem, credential, is_stored);
    if (code != exit_success) {
      co_return code;
    }
  }
  int code = co_await compare_written(modem);
  co_return code;
}

asio::awaitable<int> CertSession::write_one(client::ModemCredentials& modem, const Credential& credential,
                                            bool is_stored) {
  if (is_stored && plan_.replace) {
    auto erased = co_await modem.erase(sec_tag(), credential.kind);
    if (!erased) {
      co_return fail(erased.error());
    }
  }
  auto written = co_await modem.write(sec_tag(), credential);
  co_return written ? exit_success : fail(written.error());
}

asio::awaitable<int> CertSession::compare_written(client::ModemCredentials& modem) {
  auto stored = co_await modem.list(sec_tag());
  if (!stored) {
    co_return fail(stored.error());
  }
  int code = exit_success;
  json::array written;
  for (const Credential& credential : plan_.credentials) {
    const client::StoredCredential* entry = stored_of(*stored, credential.kind);
    if (entry == nullptr) {
      code = report_.fail(other_bytes(credential, entry, sec_tag()), exit_failure);
    } else if (entry->digest != certificates::digest_of_content(credential.content)) {
      code = report_.fail(changed_on_the_way(credential, *entry), exit_failure);
    } else {
      report_.say(fmt::format("written: sec_tag {}, type {} ({}), SHA-256 {} as sent", sec_tag(), entry->type,
                              name_of(credential.kind), entry->digest));
      written.push_back(entry_of(*entry));
    }
  }
  report_.object()["written"] = std::move(written);
  co_return code;
}

asio::awaitable<int> CertSession::erase(client::ModemCredentials& modem) {
  auto stored = co_await modem.list(sec_tag());
  if (!stored) {
    co_return fail(stored.error());
  }
  std::vector<CredentialKind> kinds = plan_.kinds;
  if (kinds.empty()) {
    for (const client::StoredCredential& entry : *stored) {
      if (entry.type <= static_cast<int>(CredentialKind::psk_identity)) {
        kinds.push_back(static_cast<CredentialKind>(entry.type));
      }
    }
  }
  if (kinds.empty()) {
    report_.say(fmt::format("nothing is stored under sec_tag {}", sec_tag()));
  }
  auto silent = co_await enter_flight_mode(modem);
  if (!silent) {
    co_return fail(silent.error());
  }
  json::array erased;
  for (CredentialKind kind : kinds) {
    auto done = co_await modem.erase(sec_tag(), kind);
    if (!done) {
      co_return fail(done.error());
    }
    report_.say(
        fmt::format("deleted: sec_tag {}, type {} ({})", sec_tag(), static_cast<int>(kind), name_of(kind)));
    erased.emplace_back(static_cast<int>(kind));
  }
  report_.object()["deleted"] = std::move(erased);
  co_return exit_success;
}

asio::awaitable<int> CertSession::verify(client::ModemCredentials& modem) {
  auto stored = co_await modem.list(sec_tag());
  if (!stored) {
    co_return fail(stored.error());
  }
  int code = exit_success;
  json::array verified;
  for (const Credential& credential : plan_.credentials) {
    const client::StoredCredential* entry = stored_of(*stored, credential.kind);
    auto difference =
        entry != nullptr ? certificates::difference_from(entry->digest, credential.content) : std::nullopt;
    if (!difference) {
      code = report_.fail(other_bytes(credential, entry, sec_tag()), exit_failure);
    } else {
      report_.say(fmt::format("{} is the {} of sec_tag {}{}", credential.source, name_of(credential.kind),
                              sec_tag(), difference->empty() ? "" : ", which holds it " + *difference));
    }
    verified.push_back(json::object{{"file", credential.source},
                                    {"type", static_cast<int>(credential.kind)},
                                    {"same", difference.has_value()},
                                    {"difference", difference.value_or("")}});
  }
  report_.object()["verified"] = std::move(verified);
  co_return code;
}

asio::awaitable<int> CertSession::check(client::ModemCredentials* modem) {
  CertCheck check(plan_, report_, clock_);
  if (modem != nullptr) {
    auto read = co_await check.read_tag(*modem);
    if (!read) {
      co_return fail(read.error());
    }
  }
  int code = co_await check.run();
  co_return code;
}

}  // namespace attache::cli
