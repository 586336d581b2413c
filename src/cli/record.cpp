#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <memory>
#include <string>

#include "base/posix/private_file.hpp"
#include "base/posix/whole_file.hpp"
#include "cassette/files.hpp"
#include "cassette/from_log.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/record_arguments.hpp"
#include "cli/record_session.hpp"

namespace attache::cli {

namespace {

// `-` is stdin.
base::Result<std::string> read_whole_log(const std::string& path) {
  base::FileDescriptor log =
      path == "-" ? base::FileDescriptor(::dup(STDIN_FILENO)) : base::open_file(path, O_RDONLY);
  auto text = base::read_to_end(log, path, cassette::largest_cassette);
  if (!text) {
    base::Reason reason = text.error();
    reason.advice = "Name a log of one session, or - for stdin.";
    return reason;
  }
  return text;
}

// The secrets that the log shows go to a file of their own.
base::Result<void> keep_secrets(const std::string& path, const client::Values& secrets) {
  auto file = base::open_private_file(path);
  if (!file) {
    return file.error();
  }
  std::string lines;
  for (const auto& [name, value] : secrets) {
    lines += cassette::secret_line(name, value);
  }
  ::lseek(file->get(), 0, SEEK_END);
  if (!base::write_all(file->get(), lines)) {
    return base::path_failure(path, errno);
  }
  return {};
}

int record_log(const RecordArguments& arguments) {
  const std::string& target = arguments.host_port;
  if (target.empty() || !arguments.modem_port.empty()) {
    return complain(base::make_reason("The command line cannot be read", "--from-log makes one cassette",
                                      "For example: attache record --from-log session.log session.cassette"));
  }
  auto log = read_whole_log(arguments.log);
  if (!log) {
    return complain(log.error());
  }
  auto made = cassette::make_cassette_of_log(*log, arguments.log, arguments.dialect);
  if (!made) {
    return complain(made.error());
  }
  auto file = cassette::make_cassette_file(target);
  if (!file) {
    return complain(file.error());
  }
  if (!base::write_all(file->get(), made->text)) {
    complain(base::path_failure(target, errno));
    return exit_failure;
  }
  if (!arguments.secrets.empty()) {
    if (auto kept = keep_secrets(arguments.secrets, made->secrets); !kept) {
      complain(kept.error());
      return exit_failure;
    }
  }
  fmt::print("made {}: {} commands, {} lines of the log are not in it\n", target, made->commands,
             made->left_out);
  return exit_success;
}

int record(const RecordArguments& arguments) {
  if (!arguments.log.empty()) {
    return record_log(arguments);
  }
  auto plan = make_record_plan(arguments);
  return plan ? RecordSession(std::move(*plan)).run() : complain(plan.error());
}

}  // namespace

Run add_record(CLI::App& command) {
  describe(command, R"(
attache record pty:/tmp/host pty:/tmp/modem session.cassette
attache record pty:/tmp/host session.cassette --mode none
attache record --from-log session.log session.cassette
)",
           R"(
0  ended by the host or a signal
1  the host said something new with --mode none, the modem went away, or a file could not be written
2  bad options, or ports and files that cannot be used
)");
  auto arguments = std::make_shared<RecordArguments>();
  command
      .add_option("HOST-PORT", arguments->host_port,
                  "Where the host connects: pty:LINK, tty:DEVICE[@BAUD][,rtscts], tcp:HOST:PORT, unix:PATH")
      ->type_name("");
  command
      .add_option("MODEM-PORT", arguments->modem_port,
                  "The modem, named the same way; with --mode none it may be left out")
      ->type_name("");
  command.add_option("CASSETTE", arguments->cassette, "The file")->type_name("");
  command
      .add_option(
          "--mode", arguments->mode,
          "once: record, or play what there is; none: play only, what is new fails; new: add what is new")
      ->type_name("MODE")
      ->check([](const std::string& text) {
        bool is_known = text == "once" || text == "none" || text == "new";
        return is_known ? std::string() : fmt::format("\"{}\" is none of once, none and new", text);
      });
  command.add_option("--from-log", arguments->log, "Makes the cassette of a log with both sides; - is stdin")
      ->type_name("LOG");
  command
      .add_option("--dialect", arguments->dialect, "The application that the modem runs (default slm-1.6)")
      ->type_name("NAME");
  add_repeatable(command, "--set", arguments->settings, "Value of the placeholder {NAME}")
      ->type_name("NAME=VALUE");
  command
      .add_option("--secrets", arguments->secrets,
                  "Where the values of placeholders are kept, for this user only: written and read")
      ->type_name("FILE");
  command.add_flag("--times", arguments->times, "Plays with the pauses that were recorded")
      ->disable_flag_override();
  return [arguments] { return record(*arguments); };
}

}  // namespace attache::cli
