#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "net/bearer.hpp"

namespace attache::net {

/// One question to DNS on its way.
struct Lookup {
  std::string host;
  Family family = Family::ipv4;
  std::optional<NetResult<std::vector<Address>>> result;  ///< Set once, then `ended` is raised.
  base::Event ended;
  base::Alarm limit;

  /// Ends it if it has not ended.
  void end(NetResult<std::vector<Address>> with);
};

/// Asks DNS servers (and this machine's hosts file first) through one c-ares channel, made at the first
/// lookup. One thread only.
class Resolver {
 public:
  /// `servers`: "address" or "address:port"; empty = those of `resolv_conf`, read again when it changes.
  Resolver(base::Clock& clock, std::vector<std::string> servers,
           std::string resolv_conf = "/etc/resolv.conf");
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// The lookup may have ended when this returns (a name of the hosts file).
  /// Fails with ENOENT, EAGAIN (no answer within lookup_limit, or the servers cannot answer) or ENETUNREACH
  /// (no name server is configured).
  /// EINVAL: the servers given are no addresses.
  [[nodiscard]] std::shared_ptr<Lookup> start(std::string host, Family family);

  /// Of an answer with more addresses the others are left out.
  static constexpr std::size_t most_addresses = 16;
  static constexpr base::Duration lookup_limit = std::chrono::seconds(20);

 private:
  struct Channel;

  [[nodiscard]] std::vector<std::string> servers_now() const;

  base::Clock& clock_;
  std::vector<std::string> configured_;
  std::string resolv_conf_;
  std::shared_ptr<Channel> channel_;
};

/// The servers named in the text of a resolv.conf.
[[nodiscard]] std::vector<std::string> name_servers(std::string_view resolv_conf);

}  // namespace attache::net
