#include "net/tls_layer.hpp"

#include <fmt/format.h>

#include <utility>

#include "net/application_credentials.hpp"
#include "net/failure.hpp"
#include "net/traffic.hpp"

namespace attache::net {

NetResult<TlsLayer::Plan> TlsLayer::plan(HostPaths& paths, const Endpoint& peer, TlsOptions options,
                                         TlsUse use) {
  const NetworkOptions& network = paths.options();
  TlsCircumstances circumstances{std::move(options),
                                 peer,
                                 network.firmware,
                                 TlsSuites::of_firmware(network.firmware),
                                 network.tls_failure_is_refused,
                                 modem_time_ ? modem_time_() : std::nullopt,
                                 is_datagram(use),
                                 key_log_of(paths.link()->taps())};
  std::uint32_t sec_tag = circumstances.options.sec_tag;
  auto bundle = circumstances.options.in_application ? application_bundle(credentials_, sec_tag)
                                                     : credentials_.bundle(sec_tag);
  if (!bundle) {
    return empty_tag(circumstances);
  }
  if (bundle->kept_in_modem) {
    return make_failure(
        base::Cause::credential_not_readable, tls_refusal(circumstances), "TLS credentials are not usable",
        fmt::format("sec_tag {} is kept in the modem, a real one, and cannot be read from there", sec_tag),
        "Connect without TLS, or take the simulated modem for TLS: its credentials can be read.");
  }
  auto context = paths.network().tls_contexts().context(*bundle, sec_tag, circumstances.suites, use);
  if (!context) {
    return Failure{tls_refusal(circumstances), context.error().reason};
  }
  auto* check = is_server(use) ? check_server_tag : check_tag;
  if (auto unfit = check((*context)->contents(), circumstances)) {
    return *unfit;
  }
  if (circumstances.options.keeps_session && !is_server(use)) {
    circumstances.session = sessions_.place(circumstances.options, peer, *context);
  }
  return Plan{*context, std::move(circumstances)};
}

}  // namespace attache::net
