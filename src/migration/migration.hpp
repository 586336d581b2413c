#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "migration/rewriting.hpp"

namespace attache::migration {

/// A script in another dialect.
struct Migration {
  std::string text;
  std::vector<Finding> findings;  ///< In the order of the steps, then of the lines.
  std::vector<std::size_t>
      places_by_hand;  ///< Lines of `text`, from 1, at which a person has to go on: "# by hand: …".
};

/// Rewrites a script step by step through the releases that lie between the two dialects. `from` may be
/// empty: then it is the script's own, of its header or without one slm-1.6. What cannot be rewritten stays
/// as it is, with a comment before it that says what a person has to do.
///
/// Fails if the script cannot be read, if there is no such dialect, and if no step leads from one to the
/// other, as from a release to an earlier one. `name` is the script's in reasons.
base::Result<Migration> migrate(std::string_view text, std::string_view name, std::string_view from,
                                std::string_view to);

/// What a script uses that `dialect` has not, or not as the script's own dialect has it: the silent ones
/// first, then by line. A script of a later release than the dialect is held to the dialect's vocabulary
/// alone.
base::Result<std::vector<Finding>> lint(std::string_view text, std::string_view name,
                                        std::string_view dialect);

}  // namespace attache::migration
