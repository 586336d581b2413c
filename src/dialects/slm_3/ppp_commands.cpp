#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/ppp_session.hpp"
#include "dialects/slm_3/commands.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t greatest_context = 10;

template <std::size_t Most>
bool has_too_many(Answer& answer) {
  if (answer.parameters().size() <= Most) {
    return false;
  }
  answer.error(base::make_reason(base::Cause::bad_parameter, "too many parameters",
                                 "this operation does not take so many", ""));
  return true;
}

// Whatever it does is told by notifications; a cid that is none is taken for 0 (reference slm-3.1/ppp.md).
template <std::size_t Most>
void start_ppp(Application& application, Answer answer) {
  if (has_too_many<Most>(answer)) {
    return;
  }
  std::int64_t cid = 0;
  if (Most > 1 && answer.parameters().has(1) && answer.parameters()[1].kind == at::Parameter::Kind::number) {
    cid = answer.parameters().number(1);
  }
  cid = cid < 0 || cid > greatest_context ? 0 : cid;
  HostChannel channel = answer.channel();
  answer.ok();
  application.session<PppSession>().start(channel, static_cast<int>(cid));
}

void stop_ppp(Application& application, Answer answer) {
  if (has_too_many<1>(answer)) {
    return;
  }
  HostChannel channel = answer.channel();
  answer.ok();
  application.session<PppSession>().stop(channel);
}

void show_ppp(Application& application, Answer answer) {
  answer.line(application.session<PppSession>().status());
  answer.ok();
}

}  // namespace

void add_ppp_commands(Commands& commands, Release release) {
  Handler start = release == Release::v2_9 ? Handler(start_ppp<1>) : Handler(start_ppp<2>);
  commands.add("#XPPP",
               {.service = ppp_service, .operations = {{0, stop_ppp}, {1, start}}, .read = show_ppp});
}

}  // namespace attache::dialects::slm_3
