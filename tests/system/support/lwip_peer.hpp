#pragma once

#include <cstdlib>

namespace attache::system_test {

/// lwIP's PPP client, tests/lwip_peer, which is built at first use; false if its source cannot be had here.
inline bool has_lwip_peer() {
  static const int built = std::system(ATTACHE_TEST_DATA "/lwip_peer/build_peer.sh lwip-peer 1>&2");
  return built == 0;
}

inline constexpr const char* lwip_peer = "lwip-peer/lwip_peer";

}  // namespace attache::system_test
