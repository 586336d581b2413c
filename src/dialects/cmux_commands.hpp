#pragma once

#include "dialects/answer.hpp"
#include "dialects/application.hpp"

namespace attache::dialects {

/// `AT#XCMUX[=<AT_channel>]`: starts the multiplexer or moves the AT channel of one that runs (reference
/// serial-modem-2.0/cmux.md, slm-3.1/cmux.md).
void start_or_move_cmux(Application& application, Answer answer);

/// `AT#XCMUX?`.
void read_cmux(Application& application, Answer answer);

/// Why CMUX is refused: it runs already.
base::Reason cmux_runs_already(const Application& application);
/// … or for another reason …
base::Reason cmux_refused(base::Cause cause, std::string why, std::string_view advice);
/// … or because `most` parameters are allowed.
base::Reason cmux_refused_by_count(const Answer& answer, std::size_t most);

}  // namespace attache::dialects
