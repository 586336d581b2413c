#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cli/manual/option_table.hpp"

namespace attache::cli::manual {

/// The texts that people wrote, by name: "attache.md" and "attache-serve.md" … of packaging/manual,
/// "scripts.md" of docs. In the former a line `{{options}}` stands for the options, `{{exit codes}}`
/// for the exit codes, `{{commands}}` for the subcommands, `{{steering}}` for the commands of `attache ctl`,
/// `{{networks}}` for those of `attache networks`.
using Texts = std::map<std::string, std::string>;

/// The man pages by the names of their files: "attache.1", "attache-serve.1" …, "attache-run.5". The reason
/// says which text is missing or cannot be read.
base::Result<std::map<std::string, std::string>> man_pages(const std::vector<CommandEntry>& table,
                                                           const Texts& texts);

}  // namespace attache::cli::manual
