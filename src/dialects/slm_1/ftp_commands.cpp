#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/edition.hpp"
#include "dialects/slm_1/ftp_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

using Exchange = FtpSession::Exchange;

constexpr std::int64_t longest_sub_command = 15;
constexpr std::int64_t longest_login = 31;
constexpr std::int64_t longest_host = 63;
constexpr std::int64_t longest_options = 31;
constexpr std::int64_t longest_path = 127;

/// One of the commands within #XFTP.
struct SubCommand {
  std::string_view name;
  /// What follows the name.
  std::vector<at::ParameterRule> parameters;
  Handler run;
  bool needs_session = true;
  bool is_later = false;  ///< Not in the first editions.
};

at::ParameterRule path(std::string_view name) {
  return at::string(name, longest_path);
}

FtpSession& session_of(Application& application) {
  return application.session<FtpSession>();
}

std::string text(const Answer& answer, std::size_t index) {
  return std::string(answer.parameters().text(index));
}

// ---- Session ------------------------------------------------------------------------------------------

/// <user> and <password>; anonymous if there is no user, whatever the password. Nothing if there is a user
/// but no password.
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
  FtpSession& session = session_of(application);
  if (session.is_open()) {
    answer.error(base::make_reason(base::Cause::already_open, "no second FTP session", "one exists already",
                                   "AT#XFTP=\"close\" ends it; there is one FTP session per device"));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  auto login = login_of(application, parameters);
  if (!login) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no FTP login",
                                   "<user> is given without <password>",
                                   "give both, or neither for an anonymous login"));
    return;
  }
  services::FtpClient::Target target;
  target.host = text(answer, 3);
  target.port = static_cast<std::uint16_t>(parameters.number(4, application.options().ftp_server_port));
  if (auto sec_tag = static_cast<std::uint32_t>(parameters.number(5)); sec_tag > 0) {
    target.sec_tag = sec_tag;
  }
  session.open(std::move(target), std::move(*login), std::move(answer));
}

void close(Application& application, Answer answer) {
  session_of(application).quit(std::move(answer));
}

void set_verbose(Application& application, Answer answer) {
  std::string_view mode = answer.parameters().text(1);
  bool on = base::equal_ignoring_case(mode, "on");
  if (!on && !base::equal_ignoring_case(mode, "off")) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "FTP verbose mode not set",
                                   "the mode is neither \"on\" nor \"off\"", ""));
    return;
  }
  session_of(application).set_verbose(on);
  answer.line(on ? "Verbose mode on" : "Verbose mode off");
  answer.ok();
}

// ---- Commands of one or two lines ---------------------------------------------------------------------

void run(Application& application, Answer answer, std::vector<Exchange> exchanges) {
  session_of(application).run(std::move(exchanges), std::move(answer));
}

void status(Application& application, Answer answer) {
  run(application, std::move(answer), {{"SYST", std::nullopt}, {"STAT", 211}});
}

void ascii(Application& application, Answer answer) {
  run(application, std::move(answer), {{"TYPE A", 200}});
}

void binary(Application& application, Answer answer) {
  run(application, std::move(answer), {{"TYPE I", 200}});
}

void print_folder(Application& application, Answer answer) {
  run(application, std::move(answer), {{"PWD", 257}});
}

void change_folder(Application& application, Answer answer) {
  std::string folder = text(answer, 1);
  std::string command = folder == ".." ? "CDUP" : "CWD " + folder;
  run(application, std::move(answer), {{std::move(command), 250}});
}

void make_folder(Application& application, Answer answer) {
  std::string command = "MKD " + text(answer, 1);
  run(application, std::move(answer), {{std::move(command), 257}});
}

void remove_folder(Application& application, Answer answer) {
  std::string command = "RMD " + text(answer, 1);
  run(application, std::move(answer), {{std::move(command), 250}});
}

void rename(Application& application, Answer answer) {
  std::string from = "RNFR " + text(answer, 1);
  std::string to = "RNTO " + text(answer, 2);
  run(application, std::move(answer), {{std::move(from), 350}, {std::move(to), 250}});
}

void remove_file(Application& application, Answer answer) {
  std::string command = "DELE " + text(answer, 1);
  run(application, std::move(answer), {{std::move(command), 250}});
}

// ---- Transfers ----------------------------------------------------------------------------------------

void list(Application& application, Answer answer) {
  std::string command = answer.parameters().size() == 1 ? "NLST" : "LIST";
  for (std::size_t i = 1; i <= 2; ++i) {
    std::string argument = text(answer, i);
    command += argument.empty() ? "" : " " + argument;
  }
  session_of(application).download(std::move(command), false, std::move(answer));
}

void get(Application& application, Answer answer) {
  std::string command = "RETR " + text(answer, 1);
  session_of(application).download(std::move(command), true, std::move(answer));
}

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
  std::string command = "STOR " + text(answer, 1);
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
  std::string command = "APPE " + text(answer, 1);
  upload(application, std::move(answer), std::move(command), 2, FtpSession::Sends::many);
}

// ---- The command --------------------------------------------------------------------------------------

const std::vector<SubCommand>& sub_commands() {
  static const std::vector<SubCommand> all{
      {"open",
       {at::optional(at::string("user", longest_login)), at::optional(at::string("password", longest_login)),
        at::string("host", longest_host), at::optional(at::number("port", 0, UINT16_MAX)),
        at::optional(at::number("sec_tag", 0, UINT32_MAX))},
       open,
       false},
      {"close", {}, close},
      {"status", {}, status},
      {"ascii", {}, ascii},
      {"binary", {}, binary},
      {"verbose", {at::string("mode", longest_sub_command)}, set_verbose, false, true},
      {"pwd", {}, print_folder},
      {"cd", {path("folder")}, change_folder},
      {"ls", {at::optional(at::string("options", longest_options)), at::optional(path("path"))}, list},
      {"mkdir", {path("folder")}, make_folder},
      {"rmdir", {path("folder")}, remove_folder},
      {"rename", {path("old"), path("new")}, rename},
      {"delete", {path("file")}, remove_file},
      {"get", {path("file")}, get},
      {"put", {path("file"), at::optional(data_type_rule())}, put},
      {"uput", {data_type_rule()}, put_unique, true, true},
      {"mput", {path("file"), data_type_rule()}, append, true, true},
  };
  return all;
}

const SubCommand* find(const Application& application, std::string_view name) {
  for (const SubCommand& known : sub_commands()) {
    if (base::equal_ignoring_case(known.name, name) &&
        (!known.is_later || edition(application).has_later_ftp_commands)) {
      return &known;
    }
  }
  return nullptr;
}

base::Reason unknown(const Application& application, std::string_view name) {
  std::vector<std::string_view> names;
  for (const SubCommand& known : sub_commands()) {
    if (!known.is_later || edition(application).has_later_ftp_commands) {
      names.push_back(known.name);
    }
  }
  auto near = base::nearest(name, names);
  return base::make_reason(
      base::Cause::bad_parameter, "no FTP command", fmt::format("\"{}\" is none", name),
      near ? fmt::format("did you mean \"{}\"?", *near) : fmt::format("one of: {}", fmt::join(names, ", ")));
}

// An empty parameter counts and cannot be read, but an empty login is legal.
std::optional<base::Reason> check(const SubCommand& command, const Answer& answer) {
  std::vector<at::ParameterRule> rules{at::string("cmd", longest_sub_command)};
  rules.insert(rules.end(), command.parameters.begin(), command.parameters.end());
  for (std::size_t i = 1; i < std::min(rules.size(), answer.parameters().size()); ++i) {
    bool is_login = rules[i].name == "user" || rules[i].name == "password";
    rules[i].optional = rules[i].optional && is_login;
  }
  return answer.parameters().check(answer.command(), rules);
}

void ftp(Application& application, Answer answer) {
  std::string_view name = answer.parameters().text(0);
  const SubCommand* command = find(application, name);
  if (command == nullptr) {
    answer.error(unknown(application, name));
    return;
  }
  FtpSession& session = session_of(application);
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
  if (auto fault = check(*command, answer)) {
    answer.error(std::move(*fault));
    return;
  }
  command->run(application, std::move(answer));
}

}  // namespace

void add_ftp_commands(Commands& commands) {
  Command command;
  command.service = "ftpc";
  command.set = ftp;
  command.parameters = {at::string("cmd", longest_sub_command)};
  command.quotes =
      "upload it with <type> 0 and hexadecimal digits, or with <type> 9 in data mode (from SLM 1.6 on)";
  commands.add("#XFTP", command);
}

}  // namespace attache::dialects::slm_1
