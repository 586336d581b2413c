#include "dialects/slm_3/proxy_commands.hpp"

#include <fmt/format.h>

#include <string>

#include "dialects/parameters.hpp"
#include "dialects/resolver_code.hpp"
#include "dialects/slm_3/edition.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/socket_options.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr int resolver_system = 11;  // EAI_SYSTEM: errno says what it was.

net::TlsOptions tls_of(const Application& application, std::int64_t tag) {
  net::TlsOptions tls;
  tls.sec_tag = static_cast<std::uint32_t>(tag);
  tls.in_application = application.options().native_tls;
  return tls;
}

}  // namespace

int start_error(const services::StartFault& fault) {
  if (fault.step != services::StartFault::Step::name) {
    return -number(fault.failure.code);
  }
  int code = resolver_code(fault.failure.code);
  return code == resolver_system ? number(fault.failure.code) : -code;
}

std::optional<ClientSecurity> take_client_security(const Application& application, Answer& answer,
                                                   std::size_t tag, std::size_t verify) {
  const std::int64_t least_tag = edition(application).takes_negative_tag ? -1 : 0;
  std::vector<at::ParameterRule> rules(tag, {"", at::ParameterRule::Kind::any});
  const GivenParameters& parameters = answer.parameters();
  // What 3.1 passes over in the place of a number.
  auto is_text = [&](std::size_t index) {
    bool may_be_text = index == tag || index == verify || index == verify + 1;
    return may_be_text && edition(application).takes_empty_parameters && index < parameters.size() &&
           parameters[index].kind == at::Parameter::Kind::string;
  };
  std::vector<at::ParameterRule> all{at::number("sec_tag", least_tag, INT32_MAX)};
  if (verify > tag + 1) {
    all.push_back(at::number("use_dtls_cid", 0, 2));
  }
  all.insert(all.end(), {at::number("peer_verify", 0, 2), at::number("hostname_verify", 0, 1)});
  if (edition(application).takes_empty_parameters) {
    all.push_back(at::number("cid", 0, UINT16_MAX));
  }
  for (const at::ParameterRule& rule : all) {
    if (rules.size() < parameters.size()) {
      rules.push_back(is_text(rules.size()) ? at::ParameterRule{"", at::ParameterRule::Kind::any} : rule);
    }
  }
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return std::nullopt;
  }
  if (is_text(tag)) {
    answer.warn(
        not_secured("<sec_tag> stands in quotes, and the firmware takes anything but a number for none",
                    "give <sec_tag> as a number without quotes"));
  }
  auto objection = verify > tag + 1 ? objection_to_connection_id(parameters.number(tag + 1)) : std::nullopt;
  if (objection) {
    answer.warn(std::move(*objection));
  }
  ClientSecurity security;
  security.cid = static_cast<int>(parameters.number(verify + 2));
  auto number_at = [&](std::size_t index, std::int64_t fallback) {
    return is_text(index) ? fallback : parameters.number(index, fallback);
  };
  if (auto number = number_at(tag, -1); number >= 0) {
    constexpr std::int64_t verified = 2;
    security.tls = tls_of(application, number);
    security.tls->peer_verify = peer_verify(number_at(verify, verified));
    // Text in this place is "no", not the default.
    if (!is_text(verify + 1) && parameters.number(verify + 1, 1) == 1) {
      security.tls->host_name = std::string(parameters.text(1));
    }
  }
  return security;
}

std::optional<ClientSecurity> take_server_security(const Application& application, Answer& answer,
                                                   std::string_view refused) {
  constexpr std::size_t tag = 2;
  if (auto fault = check_from(answer, tag, {at::number("sec_tag", -1, INT32_MAX)})) {
    answer.error(std::move(*fault));
    return std::nullopt;
  }
  ClientSecurity security;
  auto number = answer.parameters().number(tag, -1);
  if (number < 0) {
    return security;
  }
  if (!application.options().native_tls) {
    if (!refused.empty()) {
      answer.line(refused);
    }
    answer.error(base::make_reason(base::Cause::not_in_this_firmware, "no secured server",
                                   "the modem's TLS has no server role",
                                   "build with CONFIG_SLM_NATIVE_TLS=y"));
    return std::nullopt;
  }
  security.tls = tls_of(application, number);
  security.tls->peer_verify = net::TlsOptions::PeerVerify::none;
  return security;
}

base::Reason proxy_busy(std::string_view protocol, bool is_server) {
  return base::make_reason(base::Cause::already_open, fmt::format("the {} proxy is busy", protocol),
                           is_server ? "it was started as a server and not stopped since"
                                     : "it was connected as a client and not disconnected since, which is "
                                       "needed after a loss too",
                           is_server ? fmt::format("AT#X{}SVR=0 stops it", protocol)
                                     : fmt::format("AT#X{}CLI=0 disconnects it", protocol));
}

}  // namespace attache::dialects::slm_3
