#pragma once

#include <memory>

#include "net/bearer.hpp"
#include "net/host_path.hpp"

namespace attache::net {

/// Bearer::echo() by an ICMP socket of this machine: one that needs no privilege where the system allows it
/// (net.ipv4.ping_group_range), else a raw one; EACCES with advice where it allows neither.
asio::awaitable<NetResult<base::Duration>> host_echo(std::shared_ptr<HostPaths> paths, Address to,
                                                     EchoRequest request);

}  // namespace attache::net
