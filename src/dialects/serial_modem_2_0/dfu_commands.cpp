#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/fota_session.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/dfu_session.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using Type = DfuSession::Type;

DfuSession& dfu(Application& application) {
  return application.session<DfuSession>();
}

// Whether the build has the type, and the mode too; else the command is answered with ERROR.
std::optional<Type> type_of(Application& application, Answer& answer) {
  auto number = answer.parameters().number(0);
  auto known = DfuSession::types(application);
  bool is_built = std::find(known.begin(), known.end(), number) != known.end();
  auto type = static_cast<Type>(number);
  std::string why;
  if (!is_built) {
    why = fmt::format("<type> is {}, and the build has {}", number, fmt::join(known, ", "));
  } else if (dfu(application).in_bootloader_mode() && type != Type::modem_full) {
    why = "the device was started for an update of the whole modem alone: AT#XRESET ends that";
  }
  if (why.empty()) {
    return type;
  }
  answer.error(base::make_reason(base::Cause::bad_parameter, "no update of that type", std::move(why),
                                 "full_dfu and dual_slot_bootloader of [dialect] build more in"));
  return std::nullopt;
}

void begin_update(Application& application, Answer answer) {
  auto type = type_of(application, answer);
  if (!type) {
    return;
  }
  bool needs_size = *type != Type::modem_full;
  if (needs_size && !answer.parameters().has(1)) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no update begun", "<size> is missing",
                                   "give the bytes of the image"));
    return;
  }
  if (application.session<FotaSession>().running()) {
    answer.error(base::make_reason(base::Cause::command_in_active_state, "no update begun",
                                   "a download of firmware runs, and both use one flash",
                                   "AT#XFOTA=0 ends the download"));
    return;
  }
  auto size = static_cast<std::uint32_t>(answer.parameters().number(1));
  dfu(application).begin(*type, size, std::move(answer));
}

void write_update(Application& application, Answer answer) {
  constexpr std::size_t count = 3;
  if (answer.parameters().size() != count) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing written",
                                   "the command takes three parameters", "AT#XDFUWRITE=<type>,<addr>,<len>"));
    return;
  }
  auto type = type_of(application, answer);
  if (type) {
    auto length = static_cast<std::size_t>(answer.parameters().number(2));
    dfu(application).write(*type, length, std::move(answer));
  }
}

void apply_update(Application& application, Answer answer) {
  if (auto type = type_of(application, answer)) {
    dfu(application).apply(*type, std::move(answer));
  }
}

std::string types_text(const Application& application) {
  return fmt::format("({})", fmt::join(DfuSession::types(application), ","));
}

void test_begin(Application& application, Answer answer) {
  answer.line(fmt::format("#XDFUINIT: {},<size>", types_text(application)));
  answer.ok();
}

void test_write(Application& application, Answer answer) {
  answer.line(fmt::format("#XDFUWRITE: {},<addr>,<len>", types_text(application)));
  answer.ok();
}

void test_apply(Application& application, Answer answer) {
  answer.line(fmt::format("#XDFUAPPLY: {}", types_text(application)));
  answer.ok();
}

constexpr std::array<std::string_view, 4> names_in_bootloader_mode{"#XDFUINIT", "#XDFUWRITE", "#XDFUAPPLY",
                                                                   "#XRESET"};

}  // namespace

bool refuse_in_bootloader_mode(Application& application, Answer& answer) {
  if (!application.options().full_dfu || !dfu(application).in_bootloader_mode()) {
    return false;
  }
  std::string_view name = at::cut_command(answer.command()).name;
  bool is_served = std::any_of(names_in_bootloader_mode.begin(), names_in_bootloader_mode.end(),
                               [&](std::string_view one) { return base::equal_ignoring_case(name, one); });
  if (is_served) {
    return false;
  }
  answer.error(base::make_reason(base::Cause::command_in_active_state, "refused in bootloader mode",
                                 "the device was started for an update of the whole modem alone",
                                 "AT#XRESET ends that"));
  return true;
}

void add_dfu_commands(Commands& commands) {
  auto type = at::number("type", 0, 3);
  commands.add("#XDFUINIT", {.set = begin_update,
                             .parameters = {type, at::optional(at::number("size", 0, UINT32_MAX))},
                             .test = test_begin});
  commands.add("#XDFUWRITE",
               {.set = write_update,
                .parameters = {type, at::number("addr", 0, UINT32_MAX), at::number("len", 1, UINT32_MAX)},
                .test = test_write});
  commands.add("#XDFUAPPLY", {.set = apply_update, .parameters = {type}, .test = test_apply});
}

}  // namespace attache::dialects::serial_modem_2_0
