#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attache::net {

/// What keeps a text from being the name of a host, and what to give instead.
struct HostNameFault {
  std::string why;
  std::string advice;
  std::string_view
      host;  ///< What of the text looks like a host name; part of it. The rest may hold a secret.
};

/// The fault of a text that no resolver can know: empty, a URL, with a path, a port or blanks. Nothing if the
/// text may be a name (whether there is such a host only DNS knows).
[[nodiscard]] std::optional<HostNameFault> host_name_fault(std::string_view text);

}  // namespace attache::net
