#include "dialects/ftp_commands.hpp"

#include <utility>
#include <vector>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/edition.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/sub_command.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t longest_upload = 1023;

FtpSession& ftp_session_of(Application& application) {
  return application.session<FtpSession>();
}

// An empty user is anonymous, whatever the password; 2.9 wants "" for it.
void open_ftp_session(Application& application, Answer answer) {
  const GivenParameters& parameters = answer.parameters();
  bool takes_empty = edition(application).takes_empty_parameters;
  bool lacks_login = !parameters.has(1) || !parameters.has(2);
  if (lacks_login && !takes_empty) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no FTP login",
                                   "<user> or <password> is empty, which this release takes "
                                   "for a wrong type",
                                   "give \"\" for each for an anonymous login"));
    return;
  }
  services::FtpClient::Login login{ftp_text(answer, 1), ftp_text(answer, 2)};
  if (login.user.empty()) {
    login = {application.options().ftp_anonymous_user, application.options().ftp_anonymous_password};
  }
  services::FtpClient::Target target;
  target.host = ftp_text(answer, 3);
  target.port = static_cast<std::uint16_t>(parameters.number(4, application.options().ftp_server_port));
  if (parameters.has(5)) {
    target.sec_tag = static_cast<std::uint32_t>(parameters.number(5));
  }
  open_ftp(application, std::move(target), std::move(login), std::move(answer));
}

void close_ftp_session(Application& application, Answer answer) {
  if (ftp_session_of(application).is_open()) {
    ftp_session_of(application).quit(std::move(answer));
    return;
  }
  answer.warn(nothing_done("there is no FTP session", "AT#XFTP=\"open\",… opens one"));
  answer.ok();
}

// `[<data>]` at parameter `index`.
void upload_file(Application& application, Answer answer, std::string command, std::size_t index,
                 FtpSession::Sends sends) {
  FtpSession& session = ftp_session_of(application);
  if (answer.parameters().size() <= index) {
    session.upload_in_data_mode(std::move(command), sends, std::move(answer));
    return;
  }
  if (auto fault = check_from(answer, index, {at::string("data", longest_upload)})) {
    answer.error(std::move(*fault));
    return;
  }
  std::string data = ftp_text(answer, index);
  session.upload(std::move(command), std::move(data), std::move(answer));
}

void put_file(Application& application, Answer answer) {
  std::string command = "STOR " + ftp_text(answer, 1);
  upload_file(application, std::move(answer), std::move(command), 2, FtpSession::Sends::one);
}

void put_unique_file(Application& application, Answer answer) {
  upload_file(application, std::move(answer), "STOU", 1, FtpSession::Sends::one);
}

void append_to_file(Application& application, Answer answer) {
  std::string command = "APPE " + ftp_text(answer, 1);
  upload_file(application, std::move(answer), std::move(command), 2, FtpSession::Sends::many);
}

std::vector<FtpSubCommand> make_ftp_sub_commands() {
  std::vector<FtpSubCommand> all{
      {"open",
       {at::optional(at::string("user", longest_ftp_login)),
        at::optional(at::string("password", longest_ftp_login)), at::string("host", longest_url),
        at::optional(at::number("port", 0, UINT16_MAX)), at::optional(at::number("sec_tag", 0, INT32_MAX))},
       open_ftp_session,
       false},
      {"close", {}, close_ftp_session, false},
      verbose_ftp_sub_command(),
      {"put", {ftp_path("file")}, put_file},
      {"uput", {}, put_unique_file},
      {"mput", {ftp_path("file")}, append_to_file}};
  auto common = common_ftp_sub_commands();
  all.insert(all.end(), common.begin(), common.end());
  return all;
}

void run_ftp_command(Application& application, Answer answer) {
  static const std::vector<FtpSubCommand> all = make_ftp_sub_commands();
  if (auto objection = objection_to_bare_sub_command(answer)) {
    answer.error(std::move(*objection));
    return;
  }
  run_ftp(application, std::move(answer), all);
}

}  // namespace

void add_ftp_commands(Commands& commands) {
  commands.add("#XFTP", {.service = "ftpc",
                         .set = run_ftp_command,
                         .parameters = {at::string("cmd", longest_ftp_sub_command)},
                         .quotes = "upload it in data mode: without <data>"});
}

}  // namespace attache::dialects::slm_3
