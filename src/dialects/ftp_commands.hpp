#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/command.hpp"
#include "dialects/ftp_session.hpp"

namespace attache::dialects {

/// One of the commands within #XFTP.
struct FtpSubCommand {
  std::string_view name;
  /// What follows the name.
  std::vector<at::ParameterRule> parameters;
  Handler run;
  bool needs_session = true;
};

inline constexpr std::int64_t longest_ftp_sub_command = 15;
inline constexpr std::int64_t longest_ftp_login = 31;
/// A `<file>` or `<folder>`.
[[nodiscard]] at::ParameterRule ftp_path(std::string_view name);
/// The text at a place of the command, empty if there is none.
[[nodiscard]] std::string ftp_text(const Answer& answer, std::size_t index);

/// What all dialects write alike: all but opening, closing and uploading.
[[nodiscard]] std::vector<FtpSubCommand> common_ftp_sub_commands();
/// "verbose", which the first editions do not have.
[[nodiscard]] FtpSubCommand verbose_ftp_sub_command();

/// Opens a session, unless there is one; answers the command.
void open_ftp(Application& application, services::FtpClient::Target target, services::FtpClient::Login login,
              Answer answer);

/// Runs the sub-command that a line of #XFTP names, and answers it.
void run_ftp(Application& application, Answer answer, const std::vector<FtpSubCommand>& known);

}  // namespace attache::dialects
