#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.hpp"

namespace attache::device {

/// `CONFIG_NAME=value` in a Kconfig fragment, or `# CONFIG_NAME is not set`, which is `n`.
struct KconfigAssignment {
  std::string name;      ///< Without `CONFIG_`.
  std::string value;     ///< As written; of a text what is between the quotes, escapes resolved.
  bool quoted = false;   ///< It was written in quotes.
  std::string file;      ///< As given to read_kconfig().
  std::size_t line = 0;  ///< Counted from 1.
};

/// What a fragment (`prj.conf`, an overlay) says, in its order.
struct KconfigFragment {
  std::vector<KconfigAssignment> assignments;
  std::vector<base::Reason> problems;  ///< Lines that the build would ignore; each has "file:line" as place.
};

/// The place of an assignment: "prj.conf:12".
std::string place_of(const KconfigAssignment& assignment);

/// Reads the text of a fragment as the firmware's build does: one assignment a line, from its first column
/// on; lines that begin with `#` are comments (`#CONFIG_X=y` as well), but for `# CONFIG_X is not set`. A
/// byte order mark and CR LF are taken. Never fails: what is no assignment is a problem. Sans-I/O; at most
/// `most_kconfig_problems` problems are told.
KconfigFragment read_kconfig(std::string_view text, std::string_view file);

inline constexpr std::size_t most_kconfig_problems = 100;

}  // namespace attache::device
