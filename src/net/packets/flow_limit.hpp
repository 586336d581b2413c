#pragma once

#include <cstddef>
#include <set>
#include <string_view>

#include "base/journal.hpp"

namespace attache::net {

/// Keeps the host of a device from taking every descriptor that this process may have: each connection and
/// each flow of datagrams that goes over this user's sockets holds one, and ports, `attache ctl` and the
/// device's own sockets need some.
class FlowLimit {
 public:
  /// As many flows as a quarter of the process's limit of open files (getrlimit(2)) lets be, 1024 at most.
  explicit FlowLimit(base::Journal& journal);
  FlowLimit(base::Journal& journal, std::size_t most) : journal_(journal), most_(most) {}

  void opened(int descriptor) { flows_.insert(descriptor); }
  void closed(int descriptor);
  /// Whether a packet of the host may go on. At the limit none may that could open a flow: those of open
  /// connections go on, a SYN and all datagrams do not. It is told once until there is room.
  [[nodiscard]] bool lets_in(std::string_view packet);

 private:
  base::Journal& journal_;
  std::size_t most_;
  std::set<int> flows_;
  bool said_ = false;
};

}  // namespace attache::net
