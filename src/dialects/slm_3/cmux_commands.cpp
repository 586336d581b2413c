#include "dialects/cmux_commands.hpp"

#include "dialects/command.hpp"
#include "dialects/multiplexing.hpp"
#include "dialects/slm_3/commands.hpp"

namespace attache::dialects::slm_3 {

// Reference slm-3.1/cmux.md.
void add_cmux_commands(Commands& commands) {
  commands.add("#XCMUX", {.service = multiplexer_service,
                          .set = start_or_move_cmux,
                          .parameters = {at::optional(at::number("at_channel", 1, 2))},
                          .read = read_cmux});
}

}  // namespace attache::dialects::slm_3
