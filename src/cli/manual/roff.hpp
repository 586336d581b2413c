#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace attache::cli::manual {

/// Text for a man page: backslashes, hyphens and quotes are what they are, in bold if asked for.
std::string roff_text(std::string_view text);
/// The same between \fB and \fR.
std::string roff_bold(std::string_view text);

/// Markdown as the project's documents have it, as the body of a man page: headings (`#` is left out: it is
/// the page's name), paragraphs, lists, items "- `TERM`" with indented text behind them, fenced blocks, and
/// in a line `code`, **strong** and [links](…), of which the text stays. What stands before the first heading
/// comes under DESCRIPTION. The reason names the line with anything else.
base::Result<std::string> roff_of_markdown(std::string_view markdown);

}  // namespace attache::cli::manual
