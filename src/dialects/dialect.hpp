#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "at/channel.hpp"
#include "at/grammar.hpp"
#include "at/parameters.hpp"
#include "base/reason.hpp"
#include "base/result.hpp"
#include "dialects/command.hpp"
#include "dialects/data_mode_settings.hpp"
#include "dialects/dialect_options.hpp"
#include "dialects/framing.hpp"
#include "dialects/kconfig.hpp"
#include "dialects/multiplexing_rules.hpp"
#include "dialects/notices.hpp"
#include "dialects/option_key.hpp"
#include "dialects/power.hpp"
#include "dialects/ppp_rules.hpp"

namespace attache::dialects {

struct FotaRules;
struct FtpRules;
struct GnssRules;
class UartLog;

/// A part of the application that a build may leave out.
struct Service {
  /// Whether it is in the dialect's own build.
  enum class Build { always, with_i2c_bus, on_request };

  std::string_view name;  ///< "httpc", as `[dialect] services` has it.
  Build build = Build::always;
  std::string_view commands;        ///< What the names of its commands begin with: "#XHTTPC".
  std::string_view kconfig_option;  ///< "SLM_HTTPC".
};

/// An application firmware as a value: what its AT interface does otherwise
/// than others'. The host of all dialects (Application) reads it. A product may
/// add to it what its own commands want to know.
struct Dialect {
  std::string_view name;     ///< "slm-1.6".
  std::string_view version;  ///< Of the application, unless an update has brought another.

  /// Lines, echo, and the module under which the AT host logs.
  at::ChannelPolicy channels{};
  DataModeRules data_mode{};
  at::ParameterPolicy parameters{};
  /// What `<op>` may be, in the commands that have operations.
  at::ParameterRule operation_number = at::number("op", 0, UINT16_MAX);
  /// Lines that are none by it are refused before any command is looked up;
  /// nothing = there is no such check.
  std::optional<at::GrammarPolicy> grammar{};
  /// The number of parameters is limited by the build: SLM_AT_MAX_PARAM.
  bool limits_parameters = true;
  /// The lowest number of a socket.
  std::size_t first_descriptor = 1;
  /// What stands before the first AT of a line is dropped: noise of the line.
  bool drops_noise = false;
  /// A number of `<op>` that no operation has is an error; else nothing is
  /// done, and the answer is OK.
  bool refuses_unknown_operations = false;
  /// What a line that is too long is answered.
  std::string_view overflow_answer = "\r\nERROR\r\n";
  /// Under `strict` the beginning of a name is enough (reference
  /// slm-1.6/00-overview.md 2.3).
  bool strict_compares_beginnings = false;
  /// Under `strict` an error of a modem's reply that is too long comes with the command in front of it
  /// (likewise, 4).
  bool strict_repeats_commands = false;

  // What it says.
  Framing framing{};
  NoticeRules notices{};
  /// What a fresh boot says.
  std::string (*boot_text)(Application& application) = nullptr;

  // What it can.
  const Commands& (*commands)() = nullptr;
  std::span<const Service> services{};
  /// Takes a line before any command is looked up, and before its grammar is: false if it does not. May be
  /// null.
  bool (*takes_every_line)(Application& application, Answer& answer) = nullptr;
  /// Takes a line that is no command of the application before the modem gets
  /// it: false if it does not. May be null.
  bool (*takes_line)(Application& application, Answer& answer) = nullptr;
  /// Whether hosts get what the modem says of its own accord; null = all of it.
  bool (*shows_notification)(Application& application, std::string_view urc) = nullptr;
  /// A modem that has crashed is started again, and hosts are told by `#XMODEM`; else it is not before a
  /// reset.
  bool restarts_crashed_modem = false;
  /// Characters of a line of the application's. Lines of others are cut there only if the build says so
  /// (DialectOptions::cuts_notifications).
  std::size_t longest_line = SIZE_MAX;
  /// Bytes that the modem may answer; nothing = as the build says (DialectOptions).
  std::optional<std::size_t> longest_modem_reply{};
  /// The host has changed the control lines of a channel's port; null = the
  /// firmware does not read them.
  void (*host_lines_changed)(Application& application, const HostChannel& channel,
                             const base::HostLines& lines) = nullptr;
  /// Keys of `[dialect]` beside those that all dialects have.
  std::span<const OptionKey> option_keys{};
  /// Objects to options that contradict each other or are none; may be null.
  base::Result<void> (*check_options)(const DialectOptions& options) = nullptr;
  /// A TLS handshake that failed gives ECONNREFUSED instead of an error of its
  /// own; may be null.
  bool (*failed_tls_is_refusal)(const DialectOptions& options) = nullptr;
  /// How its FTP client differs; null = it has none.
  const FtpRules* ftp = nullptr;
  /// How its GNSS differs; null = it has none that GnssSession presents.
  const GnssRules* gnss = nullptr;
  /// How its firmware update differs; null = it has none that FotaSession presents.
  const FotaRules* fota = nullptr;
  /// Build options of the product; nullptr = it knows none.
  const KconfigRules* kconfig = nullptr;
  /// How its multiplexer is used.
  MultiplexingRules multiplexing{};
  /// How its PPP behaves; null = it has none.
  const PppRules* ppp = nullptr;
  /// The log of the second UART; null = it is always on, and has no AT traffic.
  UartLog& (*uart_log)(Application& application) = nullptr;
  /// How the build is woken.
  Power::Rules (*power)(const Dialect& dialect, const DialectOptions& options) = nullptr;

  /// The service that a command's name belongs to; nullptr = none.
  [[nodiscard]] const Service* service_of(std::string_view command_name) const;
  /// The service of that name; nullptr = none.
  [[nodiscard]] const Service* service(std::string_view service_name) const;
};

}  // namespace attache::dialects
