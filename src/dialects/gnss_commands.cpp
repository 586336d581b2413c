#include "dialects/gnss_commands.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/gnss_session.hpp"
#include "dialects/parameters.hpp"

namespace attache::dialects {

namespace {

constexpr std::int64_t least_period = 10;
constexpr std::int64_t usual_timeout = 60;
constexpr std::uint32_t clock_offset_bit = 0x80;

GnssSession& gnss_session(Application& application) {
  return application.session<GnssSession>();
}

std::optional<base::Reason> objection_to_count(const Answer& answer, std::size_t most, std::string_view why) {
  if (answer.parameters().size() <= most) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "too many parameters", std::string(why), "");
}

void stop_gnss(Application& application, Answer answer) {
  if (auto fault = objection_to_count(answer, 1, "<op> 0 has none besides")) {
    answer.error(std::move(*fault));
    return;
  }
  GnssSession& session = gnss_session(application);
  if (!session.started()) {
    answer.warn(
        nothing_done("GNSS does not run", fmt::format("AT{}? shows the state", session.rules().command)));
  }
  session.stop(std::move(answer));
}

std::optional<base::Reason> objection_to_mode(Application& application, const Answer& answer) {
  const GivenParameters& parameters = answer.parameters();
  auto interval = parameters.number(2);
  if (interval > 1 && interval < least_period) {
    return base::make_reason(base::Cause::bad_parameter, "GNSS not started",
                             fmt::format("<interval> is {}", interval),
                             "0 one fix, 1 all the time, from 10 on a fix each so many seconds");
  }
  bool is_continuous = interval == 1;
  auto fault =
      objection_to_count(answer, is_continuous ? 3 : 4,
                         is_continuous ? "<interval> 1 has no <timeout>" : "nothing stands behind <timeout>");
  if (!fault) {
    std::array rules{at::number("op", 0, UINT16_MAX), at::number("cloud_assistance", 0, 1),
                     at::number("interval", 0, UINT16_MAX),
                     at::optional(at::number("timeout", 0, UINT16_MAX))};
    fault = answer.check(rules);
  }
  GnssSession& session = gnss_session(application);
  if (!fault && session.started()) {
    fault = base::make_reason(
        base::Cause::bad_parameter, "GNSS not started", "it was started before, and not stopped since",
        fmt::format("AT{}=0 stops it; needed after a single fix too", session.rules().command));
  }
  // What the cloud knows of satellites goes to the receiver without a word to the host.
  if (!fault && parameters.number(1) == 1 && !session.rules().has_assistance(application)) {
    fault = base::make_reason(base::Cause::bad_parameter, "GNSS not started",
                              "<cloud_assistance> 1 needs a connection to nRF Cloud",
                              "connect with #XNRFCLOUD=1 first, or start it with <cloud_assistance> 0");
  }
  return fault;
}

void start_gnss(Application& application, Answer answer) {
  if (auto fault = objection_to_mode(application, answer)) {
    answer.error(std::move(*fault));
    return;
  }
  services::GnssMode mode;
  mode.interval = std::chrono::seconds(answer.parameters().number(2));
  mode.retry = std::chrono::seconds(answer.parameters().number(3, usual_timeout));
  gnss_session(application).start(mode, std::move(answer));
}

void read_gnss(Application& application, Answer answer) {
  answer.line(gnss_session(application).status_text());
  answer.ok();
}

void erase_gnss(Application& application, Answer answer) {
  GnssSession& session = gnss_session(application);
  auto mask = static_cast<std::uint32_t>(answer.parameters().number(0));
  if ((mask & clock_offset_bit) != 0) {
    answer.error(base::make_reason(base::Cause::radio_off, "nothing deleted",
                                   "bit 0x80 of <mask>, the offset of the clock, may not be",
                                   fmt::format("{} deletes all that may be", session.rules().erasable)));
    return;
  }
  session.erase(mask, std::move(answer));
}

}  // namespace

void add_gnss_commands(Commands& commands, std::string_view name, Handler test, std::string_view erasing,
                       Handler test_of_erasing) {
  commands.add(
      std::string(name),
      {.service = "gnss",
       .operations = {{0, stop_gnss},
                      {1,
                       start_gnss,
                       {at::number("cloud_assistance", 0, 1), at::number("interval", 0, UINT16_MAX)}}},
       .read = read_gnss,
       .test = test});
  commands.add(std::string(erasing), {.service = "gnss",
                                      .set = erase_gnss,
                                      .parameters = {at::number("mask", 1, UINT32_MAX)},
                                      .test = test_of_erasing});
}

}  // namespace attache::dialects
