#pragma once

#include <string>

namespace attache::cli::manual {

/// docs/dialects.md: what each dialect has of all commands and notifications, and what changes from one to
/// the next, from the vocabulary and the rules of migration.
std::string dialect_page();

}  // namespace attache::cli::manual
