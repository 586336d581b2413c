#include "dialects/ftp_commands.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/edition.hpp"

namespace attache::dialects::slm_1 {

namespace {

constexpr std::int64_t longest_host = 63;

FtpSession& session_of(Application& application) {
  return application.session<FtpSession>();
}

// ---- Session
// ------------------------------------------------------------------------------------------

/// <user> and <password>; anonymous if there is no user, whatever the password.
/// Nothing if there is a user but no password.
std::optional<services::FtpClient::Login> login_of(const Application& application,
                                                   const GivenParameters& parameters) {
  std::string user(parameters.text(1));
  if (user.empty()) {
    return services::FtpClient::Login{application.options().ftp_anonymous_user,
                                      application.options().ftp_anonymous_password};
  }
  if (parameters[2].kind != at::Parameter::Kind::string) {
    return std::nullopt;
  }
  return services::FtpClient::Login{std::move(user), std::string(parameters.text(2))};
}

void open(Application& application, Answer answer) {
  const GivenParameters& parameters = answer.parameters();
  auto login = login_of(application, parameters);
  if (!login && !session_of(application).is_open()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no FTP login",
                                   "<user> is given without <password>",
                                   "give both, or neither for an anonymous login"));
    return;
  }
  services::FtpClient::Target target;
  target.host = ftp_text(answer, 3);
  target.port = static_cast<std::uint16_t>(parameters.number(4, application.options().ftp_server_port));
  if (auto sec_tag = static_cast<std::uint32_t>(parameters.number(5)); sec_tag > 0) {
    target.sec_tag = sec_tag;
  }
  open_ftp(application, std::move(target), login.value_or(services::FtpClient::Login()), std::move(answer));
}

void close(Application& application, Answer answer) {
  session_of(application).quit(std::move(answer));
}

// ---- Uploads
// ------------------------------------------------------------------------------------------

// `<type>[,<data>]` from parameter `index` on.
void upload(Application& application, Answer answer, std::string command, std::size_t index,
            FtpSession::Sends sends) {
  const GivenParameters& parameters = answer.parameters();
  auto type = static_cast<DataType>(parameters.number(index));
  if (type == DataType::data_mode && edition(application).sends_by_data_mode) {
    session_of(application).upload_in_data_mode(std::move(command), sends, std::move(answer));
    return;
  }
  std::size_t data_index = index + 1;
  if (parameters.size() <= data_index) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "nothing to upload", "<data> is missing",
                                   edition(application).sends_by_data_mode
                                       ? "give <data>, or <type> 9 for data mode"
                                       : "give <data>, or neither <type> nor <data> for an empty file"));
    return;
  }
  auto longest = static_cast<std::int64_t>(application.options().socket_rx_max) - 1;
  std::vector<at::ParameterRule> rules(data_index, at::ParameterRule{"", at::ParameterRule::Kind::any});
  rules.push_back(at::string("data", longest));
  if (auto fault = parameters.check(answer.command(), rules)) {
    answer.error(std::move(*fault));
    return;
  }
  warn_of_unknown_type(answer, type);
  auto bytes = to_bytes(type, parameters.text(data_index));
  if (!bytes) {
    answer.error(no_hexadecimal(parameters.text(data_index)));
    return;
  }
  session_of(application).upload(std::move(command), std::move(*bytes), std::move(answer));
}

void put(Application& application, Answer answer) {
  std::string command = "STOR " + ftp_text(answer, 1);
  constexpr std::size_t type = 2;
  if (!edition(application).sends_by_data_mode && answer.parameters().size() == type) {
    session_of(application).upload(std::move(command), {}, std::move(answer));
    return;
  }
  upload(application, std::move(answer), std::move(command), type, FtpSession::Sends::one);
}

void put_unique(Application& application, Answer answer) {
  upload(application, std::move(answer), "STOU", 1, FtpSession::Sends::one);
}

void append(Application& application, Answer answer) {
  std::string command = "APPE " + ftp_text(answer, 1);
  upload(application, std::move(answer), std::move(command), 2, FtpSession::Sends::many);
}

// ---- The command
// --------------------------------------------------------------------------------------

std::vector<FtpSubCommand> sub_commands(bool has_later) {
  std::vector<FtpSubCommand> all{
      {"open",
       {at::optional(at::string("user", longest_ftp_login)),
        at::optional(at::string("password", longest_ftp_login)), at::string("host", longest_host),
        at::optional(at::number("port", 0, UINT16_MAX)), at::optional(at::number("sec_tag", 0, UINT32_MAX))},
       open,
       false},
      {"close", {}, close},
      {"put", {ftp_path("file"), at::optional(data_type_rule())}, put}};
  auto common = common_ftp_sub_commands();
  all.insert(all.end(), common.begin(), common.end());
  if (has_later) {
    all.push_back(verbose_ftp_sub_command());
    all.push_back({"uput", {data_type_rule()}, put_unique});
    all.push_back({"mput", {ftp_path("file"), data_type_rule()}, append});
  }
  return all;
}

void ftp(Application& application, Answer answer) {
  static const std::vector<FtpSubCommand> early = sub_commands(false);
  static const std::vector<FtpSubCommand> later = sub_commands(true);
  run_ftp(application, std::move(answer), edition(application).has_later_ftp_commands ? later : early);
}

}  // namespace

void add_ftp_commands(Commands& commands) {
  Command command;
  command.service = "ftpc";
  command.set = ftp;
  command.parameters = {at::string("cmd", longest_ftp_sub_command)};
  command.quotes =
      "upload it with <type> 0 and hexadecimal digits, or with "
      "<type> 9 in data mode (from SLM 1.6 on)";
  commands.add("#XFTP", command);
}

}  // namespace attache::dialects::slm_1
