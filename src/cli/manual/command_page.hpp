#pragma once

#include <string>

namespace attache::cli::manual {

/// The page docs/commands.md: every command and URC that the vocabularies describe in full, in Markdown.
std::string command_page();

}  // namespace attache::cli::manual
