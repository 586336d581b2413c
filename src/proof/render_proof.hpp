#pragma once

#include <string>
#include <vector>

#include "proof/proof.hpp"

namespace attache::proof {

/// For people: the verdict, the log's lines of the device beside those of the replay (of a long one those
/// around what decides), the fix and the session with it. `files`: the names of the logs.
std::string render_text(const Proof& proof, const std::vector<std::string>& files);

/// One JSON object and a line end: `schema` 1, `code`, `verdict` ("proven", "not-repaired",
/// "not-reproducible"), `why`, `compared[]` (`file`, `line`, `log`, `replay`, `agreement`: "exact", "masked",
/// "none"; `decisive`), `fix`, `repaired[]` (`seconds`, `from`: "host", "modem"; `text`).
std::string render_json(const Proof& proof, const std::vector<std::string>& files);

}  // namespace attache::proof
