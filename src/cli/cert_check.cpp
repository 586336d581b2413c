#include "cli/cert_check.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fstream>
#include <utility>

#include "base/posix/file_descriptor.hpp"
#include "certificates/trust.hpp"
#include "cli/commands.hpp"
#include "net/failure.hpp"

namespace attache::cli {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using certificates::Credential;
using certificates::CredentialKind;

std::optional<std::string>& part_of(modem::CredentialBundle& bundle, CredentialKind kind) {
  switch (kind) {
    case CredentialKind::authority:
      return bundle.root_ca;
    case CredentialKind::certificate:
      return bundle.client_certificate;
    case CredentialKind::key:
      return bundle.private_key;
    case CredentialKind::psk:
      return bundle.psk;
    case CredentialKind::psk_identity:
      break;
  }
  return bundle.psk_identity;
}

bool is_readable(int type) {
  return type == static_cast<int>(CredentialKind::authority) ||
         type == static_cast<int>(CredentialKind::psk_identity);
}

// What another root would mend: its own certificate no server can replace by one.
bool is_about_root(const net::VerifyError& error) {
  using Kind = net::VerifyError::Kind;
  return error.kind == Kind::unknown_issuer || (error.kind == Kind::expired && error.depth > 0);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The diagnosis is that of a device; here the time is this machine's, and there may be no tag.
void tell_as_of_here(base::Reason& reason, bool has_tag) {
  for (auto& [name, value] : reason.facts) {
    if (name == "time") {
      replace_all(value, "the modem's", "this machine's");
    }
  }
  if (has_tag) {
    return;
  }
  for (std::string* text : {&reason.where, &reason.why, &reason.advice}) {
    replace_all(*text, "sec_tag 0", "the files");
    replace_all(*text, "AT%CMNG=0,0,", "AT%CMNG=0,<sec_tag>,");
  }
  for (auto& [name, value] : reason.facts) {
    replace_all(name, "sec_tag 0", "files");
  }
}

json::object facts_object(const certificates::CertificateFacts& facts) {
  return {{"subject", facts.subject},
          {"issuer", facts.issuer},
          {"not_after",
           fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(facts.not_after)))}};
}

}  // namespace

std::string describe(const certificates::CertificateFacts& certificate) {
  return fmt::format("{} (issuer {}, valid until {:%Y-%m-%d})", certificate.name, certificate.issuer_name,
                     fmt::gmtime(std::chrono::system_clock::to_time_t(certificate.not_after)));
}

CertCheck::CertCheck(const CertPlan& plan, CertReport& report, base::Clock& clock)
    : plan_(plan), report_(report), clock_(clock), network_(clock), firmware_(plan.firmware) {
  take_files();
}

// Files come first: whoever gives one wants that to be tried.
void CertCheck::take_files() {
  for (const Credential& credential : plan_.credentials) {
    part_of(bundle_, credential.kind) = credential.content;
    if (credential.kind == CredentialKind::key && !credential.password.empty()) {
      bundle_.private_key_password = credential.password;
    }
  }
}

asio::awaitable<client::ModemResult<void>> CertCheck::read_tag(client::ModemCredentials& modem) {
  auto stored = co_await modem.list(plan_.sec_tag);
  if (!stored) {
    co_return stored.error();
  }
  for (const client::StoredCredential& entry : *stored) {
    if (entry.type > static_cast<int>(CredentialKind::psk_identity)) {
      continue;
    }
    auto kind = static_cast<CredentialKind>(entry.type);
    std::optional<std::string>& part = part_of(bundle_, kind);
    if (part) {
      continue;
    }
    if (!is_readable(entry.type)) {
      kept_in_modem_.insert(entry.type);
      continue;
    }
    auto content = co_await modem.read(*plan_.sec_tag, kind);
    if (!content) {
      co_return content.error();
    }
    part = std::move(*content);
  }
  if (firmware_.empty()) {
    firmware_ = co_await modem.firmware();
  }
  co_return client::ModemResult<void>();
}

net::TlsCircumstances CertCheck::circumstances() const {
  net::TlsCircumstances wanted;
  wanted.options.sec_tag = plan_.sec_tag.value_or(0);
  wanted.options.host_name = plan_.server->name;
  wanted.firmware = firmware_.empty() ? "of the newest kind" : firmware_;
  wanted.suites = net::TlsSuites::of_firmware(firmware_);
  wanted.time = clock_.wall_now();
  wanted.datagram = plan_.dtls;
  return wanted;
}

asio::awaitable<int> CertCheck::run() {
  net::TlsCircumstances wanted = circumstances();
  bool is_empty = !bundle_.root_ca && !bundle_.client_certificate && !bundle_.psk && !bundle_.psk_identity;
  if (is_empty && kept_in_modem_.empty()) {
    base::Reason reason = net::empty_tag(wanted).reason;
    tell_as_of_here(reason, plan_.sec_tag.has_value());
    co_return report_.fail(reason, exit_failure);
  }
  net::TlsUse use = plan_.dtls ? net::TlsUse::datagram_client : net::TlsUse::stream_client;
  auto context = net::TlsContext::create(bundle_, wanted.options.sec_tag, wanted.suites, use);
  if (!context) {
    base::Reason reason = context.error().reason;
    tell_as_of_here(reason, plan_.sec_tag.has_value());
    co_return report_.fail(reason, exit_failure);
  }
  int code = co_await judge(*context);
  co_return code;
}

asio::awaitable<int> CertCheck::judge(std::shared_ptr<const net::TlsContext> context) {
  net::TlsCircumstances wanted = circumstances();
  base::Time deadline = clock_.now() + plan_.server_timeout;
  auto probe =
      co_await net::probe_server(network_, plan_.server->host, plan_.server->port, context, wanted, deadline);
  if (!probe) {
    base::Reason reason = probe.error().reason;
    if (reason.cause == base::Cause::server_refused) {
      reason.facts.emplace_back("note", plan_.dtls ? "UDP was tried; a server of TLS is tried without --dtls"
                                                   : "TCP was tried; a server of DTLS is tried with --dtls");
    }
    co_return report_.fail(reason, exit_failure);
  }
  if (probe->chain.empty() && !probe->seen.server_chain.empty()) {
    // Refused certificates are gone with the handshake: once more, to look at them.
    net::TlsCircumstances lenient = wanted;
    lenient.options.peer_verify = net::TlsOptions::PeerVerify::none;
    auto again = co_await net::probe_server(network_, plan_.server->host, plan_.server->port, context,
                                            lenient, clock_.now() + plan_.server_timeout);
    if (again) {
      probe->chain = again->chain;
    }
  }
  tell_server(*probe);
  if (probe->failure) {
    co_return refuse(probe->failure->reason, *probe);
  }
  if (auto unfit = net::check_tag(context->contents(), wanted)) {
    co_return refuse(unfit->reason, *probe);
  }
  co_return succeed(*probe);
}

void CertCheck::tell_server(const net::ServerProbe& probe) {
  report_.say(fmt::format(
      "server: {} ({}){}", plan_.server->name, net::to_string(probe.server),
      probe.seen.server_answered ? fmt::format(", {} {}", probe.seen.protocol, probe.seen.cipher) : ""));
  json::array chain;
  for (std::size_t i = 0; i < probe.seen.server_chain.size(); ++i) {
    report_.say(fmt::format("  certificate {}: {}", i, describe(probe.seen.server_chain[i])));
    chain.push_back(facts_object(probe.seen.server_chain[i]));
  }
  json::object& object = report_.object();
  object["server"] = net::to_string(probe.server);
  object["protocol"] = probe.seen.protocol;
  object["cipher"] = probe.seen.cipher;
  object["chain"] = std::move(chain);
  object["firmware"] = firmware_;
}

int CertCheck::succeed(const net::ServerProbe& probe) {
  std::string what = plan_.sec_tag ? fmt::format("sec_tag {}", *plan_.sec_tag) : "what the files hold";
  if (probe.chain.empty()) {
    report_.say(fmt::format("ok: the server takes the pre-shared key of {}", what));
    return exit_success;
  }
  auto anchor = certificates::anchor_among(bundle_.root_ca.value_or(""), probe.chain, clock_.wall_now());
  if (anchor) {
    report_.say(fmt::format("ok: the server is verified with {}, by {}", what, describe(anchor->facts)));
    report_.object()["verified_by"] = facts_object(anchor->facts);
    save_root(anchor->pem);
  } else {
    report_.say(fmt::format("ok: the server is verified with {}", what));
  }
  if (probe.seen.client_certificate_asked) {
    report_.say(bundle_.client_certificate
                    ? "    the server asked for a client certificate and took it"
                    : "    the server asked for a client certificate and does without");
  }
  return exit_success;
}

bool CertCheck::keeps_client_in_modem() const {
  return kept_in_modem_.count(static_cast<int>(CredentialKind::certificate)) != 0 &&
         kept_in_modem_.count(static_cast<int>(CredentialKind::key)) != 0;
}

int CertCheck::refuse(base::Reason reason, const net::ServerProbe& probe) {
  bool untried = reason.cause == base::Cause::client_cert_missing && keeps_client_in_modem();
  if (untried) {
    reason.what = "whether the server takes the client certificate cannot be tried";
    reason.why = "the server asks for one, and the modem does not give back what it holds (types 1 and 2)";
    reason.advice = "Give their files with --cert and --key.";
  }
  tell_as_of_here(reason, plan_.sec_tag.has_value());
  tell_root(&reason, probe);
  return report_.fail(reason, exit_failure);
}

// The root by which the chain would verify, if it is for the want of one that the handshake failed.
void CertCheck::tell_root(base::Reason* reason, const net::ServerProbe& probe) {
  bool is_untrusted =
      reason->cause == base::Cause::sec_tag_missing ||
      std::any_of(probe.seen.verify_errors.begin(), probe.seen.verify_errors.end(), is_about_root);
  if (!is_untrusted || probe.chain.empty()) {
    return;
  }
  base::WallTime now = clock_.wall_now();
  if (auto held = certificates::anchor_among(bundle_.root_ca.value_or(""), probe.chain, now)) {
    reason->facts.emplace_back("root", fmt::format("{} verifies it", describe(held->facts)));
    return;
  }
  if (auto trusted = certificates::anchor_of_this_machine(probe.chain, now)) {
    reason->facts.emplace_back(
        "root", fmt::format("{} would verify it: this machine has that root{}", describe(trusted->facts),
                            plan_.save_root.empty() ? "; --save-root FILE writes it to a file" : ""));
    report_.object()["would_verify_by"] = facts_object(trusted->facts);
    save_root(trusted->pem);
    return;
  }
  const certificates::CertificateFacts& last = probe.seen.server_chain.back();
  auto own = certificates::anchor_among(probe.chain.back(), probe.chain, now);
  if (own && last.self_issued()) {
    reason->facts.emplace_back(
        "root", fmt::format("{} of the server's own chain would verify it; this machine does not trust it",
                            describe(last)));
    report_.object()["would_verify_by"] = facts_object(last);
    return;
  }
  reason->facts.emplace_back(
      "root", fmt::format("that of {} is needed; this machine has none that fits", last.issuer_name));
}

void CertCheck::save_root(const std::string& pem) {
  if (plan_.save_root.empty()) {
    return;
  }
  errno = 0;
  std::ofstream file(plan_.save_root, std::ios::binary | std::ios::trunc);
  file << pem << std::flush;
  if (file) {
    report_.say(fmt::format("root: written to {}", plan_.save_root));
  } else {
    report_.fail(base::make_reason(fmt::format("{} cannot be written", plan_.save_root),
                                   base::error_text(errno), "Name a file that you may write."),
                 exit_failure);
  }
}

}  // namespace attache::cli
