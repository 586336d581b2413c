#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/provisioning_session.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

void run_provisioning(Application& application, Answer answer) {
  auto& session = application.session<ProvisioningSession>();
  if (session.running()) {
    answer.error(base::make_reason(base::Cause::command_in_active_state, "no second provisioning",
                                   "one is under way", "wait for its #XNRFPROV"));
    return;
  }
  session.run(std::move(answer));
}

}  // namespace

void add_provisioning_commands(Commands& commands) {
  commands.add("#XNRFPROV", {.service = "provisioning", .set = run_provisioning, .test = "#XNRFPROV"});
}

}  // namespace attache::dialects::serial_modem_2_0
