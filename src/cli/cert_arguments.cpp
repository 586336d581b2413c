#include "cli/cert_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/posix/whole_file.hpp"
#include "base/text.hpp"
#include "certificates/credential_file.hpp"
#include "client/line_end.hpp"
#include "client/script_headers.hpp"

namespace attache::cli {

namespace {

using certificates::Credential;
using certificates::CredentialKind;

constexpr std::array all_kinds{CredentialKind::authority, CredentialKind::certificate, CredentialKind::key,
                               CredentialKind::psk, CredentialKind::psk_identity};

base::Reason bad_command_line(std::string why, std::string advice = {}) {
  return base::make_reason("The command line cannot be read", std::move(why), std::move(advice));
}

base::Result<std::string> read_file(const std::string& path) {
  constexpr std::size_t largest = 1024UL * 1024;
  auto bytes = base::read_whole_file(path, largest);
  if (!bytes) {
    base::Reason reason = bytes.error();
    reason.advice = "Give the path of a file that you may read, with one certificate, chain or key.";
    return reason;
  }
  return bytes;
}

base::Result<CertAction> read_action(const std::string& word) {
  constexpr std::array<std::pair<std::string_view, CertAction>, 5> actions{{{"list", CertAction::list},
                                                                            {"write", CertAction::write},
                                                                            {"delete", CertAction::erase},
                                                                            {"verify", CertAction::verify},
                                                                            {"check", CertAction::check}}};
  std::vector<std::string_view> names;
  for (const auto& [name, action] : actions) {
    if (name == word) {
      return action;
    }
    names.push_back(name);
  }
  return bad_command_line(word.empty() ? "it is not said what to do"
                                       : fmt::format("\"{}\" is nothing that attache cert does", word),
                          base::suggestion(word, names));
}

/// Collects the credentials of all files.
class Collector {
 public:
  explicit Collector(std::vector<Credential>& found) : found_(found) {}

  base::Result<void> set_password_file(const std::string& path) {
    if (path.empty()) {
      return {};
    }
    auto text = read_file(path);
    if (!text) {
      return text.error();
    }
    password_ = base::trim(*text);
    return {};
  }

  base::Result<void> add_file(const std::string& path, std::optional<CredentialKind> wanted) {
    if (path.empty()) {
      return {};
    }
    auto bytes = read_file(path);
    if (!bytes) {
      return bytes.error();
    }
    auto credentials = certificates::read_credentials(*bytes, path, wanted, password_);
    if (!credentials) {
      return credentials.error();
    }
    for (Credential& credential : *credentials) {
      if (auto added = add(std::move(credential)); !added) {
        return added.error();
      }
    }
    return {};
  }

  base::Result<void> add(Credential credential) {
    auto same = std::find_if(found_.begin(), found_.end(),
                             [&](const Credential& other) { return other.kind == credential.kind; });
    if (same != found_.end()) {
      return bad_command_line(
          fmt::format("{} and {} are both the {}", same->source, credential.source, name_of(credential.kind)),
          fmt::format("A tag holds one of a kind. If one of them is something else, say so with its option: "
                      "--{} is this one's.",
                      option_of(credential.kind)));
    }
    found_.push_back(std::move(credential));
    return {};
  }

 private:
  std::vector<Credential>& found_;
  std::string password_;
};

base::Result<void> read_all_credentials(const CertArguments& arguments, CertPlan& plan) {
  Collector collector(plan.credentials);
  auto read = collector.set_password_file(arguments.key_password);
  const std::array<std::pair<const std::string*, CredentialKind>, 4> options{
      {{&arguments.ca, CredentialKind::authority},
       {&arguments.cert, CredentialKind::certificate},
       {&arguments.key, CredentialKind::key},
       {&arguments.psk, CredentialKind::psk}}};
  for (const auto& [path, kind] : options) {
    if (read) {
      read = collector.add_file(*path, kind);
    }
  }
  for (const std::string& path : arguments.files) {
    if (read) {
      read = collector.add_file(path, std::nullopt);
    }
  }
  if (read && !arguments.psk_identity.empty()) {
    read = collector.add({CredentialKind::psk_identity, arguments.psk_identity, {}, "--psk-identity"});
  }
  std::sort(plan.credentials.begin(), plan.credentials.end(),
            [](const Credential& left, const Credential& right) { return left.kind < right.kind; });
  return read;
}

base::Result<void> read_kinds(const CertArguments& arguments, CertPlan& plan) {
  for (const std::string& word : arguments.types) {
    const auto* found = std::find_if(all_kinds.begin(), all_kinds.end(), [&](CredentialKind kind) {
      return option_of(kind) == word || fmt::format("{}", static_cast<int>(kind)) == word;
    });
    if (found == all_kinds.end()) {
      return bad_command_line(fmt::format("'--type {}' is no type", word),
                              "They are ca, cert, key, psk and psk-identity, or 0 to 4.");
    }
    plan.kinds.push_back(*found);
  }
  return {};
}

base::Result<void> read_server(const CertArguments& arguments, CertPlan& plan) {
  if (arguments.server.empty()) {
    return {};
  }
  auto spec = serial::parse_port_spec("tcp:" + arguments.server);
  if (!spec || spec->kind != serial::PortSpec::Kind::tcp || spec->port == 0) {
    return bad_command_line(fmt::format("'--server {}' is not HOST:PORT", arguments.server),
                            "For example: --server example.com:443");
  }
  plan.server =
      CertServer{spec->target, spec->port, arguments.host_name.empty() ? spec->target : arguments.host_name};
  return {};
}

base::Result<void> read_modem(const CertArguments& arguments, CertPlan& plan) {
  if (!arguments.port.empty()) {
    auto spec = serial::parse_port_spec(arguments.port);
    if (!spec) {
      return spec.error();
    }
    plan.port = std::move(*spec);
  }
  if (auto end = client::line_end_named(arguments.line_end)) {
    plan.modem.line_end = bytes_of(*end);
  }
  if (!arguments.timeout.empty()) {
    auto timeout = client::parse_seconds(arguments.timeout);
    if (!timeout) {
      return bad_command_line(
          fmt::format("'--timeout {}' is no number of seconds up to a day", arguments.timeout));
    }
    plan.modem.timeout = *timeout;
    plan.server_timeout = *timeout;
  }
  return {};
}

base::Result<void> read_sec_tag(const CertArguments& arguments, CertPlan& plan) {
  if (arguments.sec_tag.empty()) {
    return {};
  }
  auto number = base::parse_number<std::uint32_t>(arguments.sec_tag);
  if (!number || *number > INT32_MAX) {
    return bad_command_line(
        fmt::format("'--sec-tag {}' is no whole number from 0 to {}", arguments.sec_tag, INT32_MAX));
  }
  plan.sec_tag = *number;
  return {};
}

base::Result<void> check_what_lacks(const CertPlan& plan) {
  bool needs_files = plan.action == CertAction::write || plan.action == CertAction::verify;
  if (!plan.port && plan.action != CertAction::check) {
    return bad_command_line("no modem is named", "Name it with --port, as for attache run.");
  }
  if (!plan.sec_tag && plan.port && plan.action != CertAction::list) {
    return bad_command_line("no tag is named",
                            "Name it with --sec-tag; attache cert list shows those in use.");
  }
  if (needs_files && plan.credentials.empty()) {
    return bad_command_line("no file is named",
                            "Name them with --ca, --cert, --key and --psk, or let the type be guessed.");
  }
  if (plan.action == CertAction::check && !plan.server) {
    return bad_command_line("no server is named", "For example: --server example.com:443");
  }
  if (plan.action == CertAction::check && !plan.port && plan.credentials.empty()) {
    return bad_command_line("there is nothing to check the server with",
                            "Name a modem with --port and --sec-tag, or files: --ca FILE.");
  }
  return {};
}

}  // namespace

std::string_view option_of(CredentialKind kind) {
  constexpr std::array<std::string_view, 5> names{"ca", "cert", "key", "psk", "psk-identity"};
  return names[static_cast<std::size_t>(kind)];
}

base::Result<CertPlan> make_cert_plan(const CertArguments& arguments) {
  CertPlan plan;
  auto action = read_action(arguments.action);
  if (!action) {
    return action.error();
  }
  plan.action = *action;
  plan.firmware = arguments.firmware;
  plan.save_root = arguments.save_root;
  plan.dtls = arguments.dtls;
  plan.replace = arguments.replace;
  plan.force = arguments.force;
  plan.verbose = arguments.verbose;
  base::Result<void> read;
  for (auto* step : {read_modem, read_sec_tag, read_kinds, read_server, read_all_credentials}) {
    if (read) {
      read = step(arguments, plan);
    }
  }
  if (read) {
    read = check_what_lacks(plan);
  }
  if (!read) {
    return read.error();
  }
  return plan;
}

}  // namespace attache::cli
