#include "net/host_network.hpp"

#include <map>

#include "net/resolver.hpp"
#include "net/tls_context.hpp"

namespace attache::net {

struct HostNetwork::Parts {
  std::map<std::vector<std::string>, std::unique_ptr<Resolver>> resolvers;
  TlsContexts tls_contexts;
};

HostNetwork::HostNetwork(base::Clock& clock) : clock_(clock), parts_(std::make_unique<Parts>()) {}
HostNetwork::~HostNetwork() = default;

Resolver& HostNetwork::resolver(const std::vector<std::string>& dns_servers) {
  auto& resolver = parts_->resolvers[dns_servers];
  if (!resolver) {
    resolver = std::make_unique<Resolver>(clock_, dns_servers);
  }
  return *resolver;
}

TlsContexts& HostNetwork::tls_contexts() {
  return parts_->tls_contexts;
}

}  // namespace attache::net
