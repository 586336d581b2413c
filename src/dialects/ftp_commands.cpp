#include "dialects/ftp_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"

namespace attache::dialects {

namespace {

constexpr std::int64_t longest_ftp_options = 31;
constexpr std::int64_t longest_ftp_path = 127;

FtpSession& ftp_session(Application& application) {
  return application.session<FtpSession>();
}

void set_verbose(Application& application, Answer answer) {
  std::string_view mode = answer.parameters().text(1);
  bool on = base::equal_ignoring_case(mode, "on");
  if (!on && !base::equal_ignoring_case(mode, "off")) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "FTP verbose mode not set",
                                   "the mode is neither \"on\" nor \"off\"", ""));
    return;
  }
  ftp_session(application).set_verbose(on);
  answer.line(on ? "Verbose mode on" : "Verbose mode off");
  answer.ok();
}

// ---- Commands of one or two lines
// ---------------------------------------------------------------------

void exchange(Application& application, Answer answer, std::vector<FtpSession::Exchange> exchanges) {
  ftp_session(application).run(std::move(exchanges), std::move(answer));
}

void status_ftp(Application& application, Answer answer) {
  exchange(application, std::move(answer), {{"SYST", std::nullopt}, {"STAT", 211}});
}

void ascii_ftp(Application& application, Answer answer) {
  exchange(application, std::move(answer), {{"TYPE A", 200}});
}

void binary_ftp(Application& application, Answer answer) {
  exchange(application, std::move(answer), {{"TYPE I", 200}});
}

void print_folder(Application& application, Answer answer) {
  exchange(application, std::move(answer), {{"PWD", 257}});
}

void change_folder(Application& application, Answer answer) {
  std::string folder = ftp_text(answer, 1);
  std::string command = folder == ".." ? "CDUP" : "CWD " + folder;
  exchange(application, std::move(answer), {{std::move(command), 250}});
}

void make_folder(Application& application, Answer answer) {
  std::string command = "MKD " + ftp_text(answer, 1);
  exchange(application, std::move(answer), {{std::move(command), 257}});
}

void remove_folder(Application& application, Answer answer) {
  std::string command = "RMD " + ftp_text(answer, 1);
  exchange(application, std::move(answer), {{std::move(command), 250}});
}

void rename_ftp(Application& application, Answer answer) {
  std::string from = "RNFR " + ftp_text(answer, 1);
  std::string to = "RNTO " + ftp_text(answer, 2);
  exchange(application, std::move(answer), {{std::move(from), 350}, {std::move(to), 250}});
}

void remove_file(Application& application, Answer answer) {
  std::string command = "DELE " + ftp_text(answer, 1);
  exchange(application, std::move(answer), {{std::move(command), 250}});
}

// ---- Transfers
// ----------------------------------------------------------------------------------------

void list_ftp(Application& application, Answer answer) {
  std::string command = answer.parameters().size() == 1 ? "NLST" : "LIST";
  for (std::size_t i = 1; i <= 2; ++i) {
    std::string argument = ftp_text(answer, i);
    command += argument.empty() ? "" : " " + argument;
  }
  ftp_session(application).download(std::move(command), false, std::move(answer));
}

void get_ftp(Application& application, Answer answer) {
  std::string command = "RETR " + ftp_text(answer, 1);
  ftp_session(application).download(std::move(command), true, std::move(answer));
}

base::Reason unknown_ftp(std::string_view name, const std::vector<FtpSubCommand>& known) {
  std::vector<std::string_view> names;
  for (const FtpSubCommand& one : known) {
    names.push_back(one.name);
  }
  auto near = base::nearest(name, names);
  return base::make_reason(
      base::Cause::bad_parameter, "no FTP command", fmt::format("\"{}\" is none", name),
      near ? fmt::format("did you mean \"{}\"?", *near) : fmt::format("one of: {}", fmt::join(names, ", ")));
}

// An empty parameter counts and cannot be read, but an empty login is legal.
std::optional<base::Reason> check_ftp(const FtpSubCommand& command, const Answer& answer) {
  std::vector<at::ParameterRule> rules{at::string("cmd", longest_ftp_sub_command)};
  rules.insert(rules.end(), command.parameters.begin(), command.parameters.end());
  for (std::size_t i = 1; i < std::min(rules.size(), answer.parameters().size()); ++i) {
    bool is_login = rules[i].name == "user" || rules[i].name == "password";
    rules[i].optional = rules[i].optional && is_login;
  }
  return answer.parameters().check(answer.command(), rules);
}

}  // namespace

at::ParameterRule ftp_path(std::string_view name) {
  return at::string(name, longest_ftp_path);
}

std::string ftp_text(const Answer& answer, std::size_t index) {
  return std::string(answer.parameters().text(index));
}

std::vector<FtpSubCommand> common_ftp_sub_commands() {
  return {
      {"status", {}, status_ftp},
      {"ascii", {}, ascii_ftp},
      {"binary", {}, binary_ftp},
      {"pwd", {}, print_folder},
      {"cd", {ftp_path("folder")}, change_folder},
      {"ls",
       {at::optional(at::string("options", longest_ftp_options)), at::optional(ftp_path("path"))},
       list_ftp},
      {"mkdir", {ftp_path("folder")}, make_folder},
      {"rmdir", {ftp_path("folder")}, remove_folder},
      {"rename", {ftp_path("old"), ftp_path("new")}, rename_ftp},
      {"delete", {ftp_path("file")}, remove_file},
      {"get", {ftp_path("file")}, get_ftp},
  };
}

FtpSubCommand verbose_ftp_sub_command() {
  return {"verbose", {at::string("mode", longest_ftp_sub_command)}, set_verbose, false};
}

void open_ftp(Application& application, services::FtpClient::Target target, services::FtpClient::Login login,
              Answer answer) {
  FtpSession& session = ftp_session(application);
  if (session.is_open()) {
    answer.error(base::make_reason(base::Cause::already_open, "no second FTP session", "one exists already",
                                   "AT#XFTP=\"close\" ends it; there is one FTP session per device"));
    return;
  }
  session.open(std::move(target), std::move(login), std::move(answer));
}

void run_ftp(Application& application, Answer answer, const std::vector<FtpSubCommand>& known) {
  std::string_view name = answer.parameters().text(0);
  auto command = std::find_if(known.begin(), known.end(), [&](const FtpSubCommand& one) {
    return base::equal_ignoring_case(one.name, name);
  });
  if (command == known.end()) {
    answer.error(unknown_ftp(name, known));
    return;
  }
  FtpSession& session = ftp_session(application);
  if (command->needs_session && !session.is_open()) {
    answer.error(base::make_reason(base::Cause::nothing_open, "no FTP command without a session",
                                   "none is open", "AT#XFTP=\"open\",<user>,<password>,<host> opens one"));
    return;
  }
  if (session.busy()) {
    answer.error(base::make_reason(base::Cause::modem_busy_order, "no second FTP command",
                                   "one is under way on another port", "wait for its result"));
    return;
  }
  if (auto fault = check_ftp(*command, answer)) {
    answer.error(std::move(*fault));
    return;
  }
  command->run(application, std::move(answer));
}

}  // namespace attache::dialects
