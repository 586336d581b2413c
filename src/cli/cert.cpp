#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>
#include <utility>

#include "base/loop.hpp"
#include "cli/cert_arguments.hpp"
#include "cli/cert_report.hpp"
#include "cli/cert_session.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/stop_signals.hpp"

namespace attache::cli {

namespace {

int run_plan(const CertPlan& plan, CertReport& report) {
  base::Loop loop;
  base::RealClock clock(loop);
  CertSession session(plan, report, clock);
  int exit_code = exit_failure;
  base::LoopEnd end(loop, clock);
  boost::asio::signal_set signals(loop);
  add_stop_signals(signals);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) {
      exit_code = report.fail(
          base::make_reason("interrupted", "not all was done",
                            "See attache cert list; if LTE was on, switch it on again: AT+CFUN=1."),
          exit_failure);
      loop.stop();
    }
  });
  boost::asio::co_spawn(loop, session.run(), [&](std::exception_ptr error, int code) {
    loop.stop();
    if (error) {
      std::rethrow_exception(error);
    }
    exit_code = code;
  });
  loop.run([&](const base::Fault& fault) {
    exit_code = report.fail(fault.reason(), exit_failure);
    loop.stop();
  });
  return exit_code;
}

int manage_certificates(const CertArguments& arguments) {
  CertReport report(arguments.json);
  auto plan = make_cert_plan(arguments);
  if (!plan) {
    return report.finish(report.fail(plan.error(), exit_usage));
  }
  return report.finish(run_plan(*plan, report));
}

void add_file(CLI::App& command, const std::string& name, std::string& value,
              const std::string& description) {
  command.add_option(name, value, description)->type_name("FILE");
}

}  // namespace

Run add_cert(CLI::App& command) {
  describe(command, R"(
attache cert list --port pty:/tmp/modem
attache cert write --port pty:/tmp/modem --sec-tag 42 --ca ca.pem --cert client.pem --key client.key
attache cert verify --port pty:/tmp/modem --sec-tag 42 ca.pem client.pem client.key
attache cert check --port pty:/tmp/modem --sec-tag 42 --server localhost:8443
attache cert check --ca ca.pem --server localhost:8443 --firmware mfw_nrf9160_1.3.0
attache cert check --ca ca.pem --server localhost:8444 --dtls
)",
           R"(
0  done; of verify and check: it fits
1  the modem refused something, a file is not what it holds, or the server is not accepted
2  nothing was tried: bad options, files that cannot work, no such port
3  the modem did not answer in time
)");
  auto arguments = std::make_shared<CertArguments>();
  command
      .add_option(
          "ACTION", arguments->action,
          "list, write, delete or verify (compare with files) what the modem holds; check it against a "
          "server")
      ->type_name("");
  command
      .add_option(
          "FILES", arguments->files,
          "Certificates and keys in PEM or DER, pre-shared keys in hexadecimal digits; which is which "
          "is guessed")
      ->type_name("");
  command
      .add_option("--port", arguments->port,
                  "The modem: pty:LINK, tty:DEVICE[@BAUD][,rtscts], tcp:HOST:PORT, unix:PATH")
      ->type_name("PORT");
  command.add_option("--sec-tag", arguments->sec_tag, "The tag, 0 to 2147483647")->type_name("N");
  add_file(command, "--ca", arguments->ca, "Root CAs (type 0), by which servers are recognised");
  add_file(command, "--cert", arguments->cert, "Client certificate with its chain (type 1)");
  add_file(command, "--key", arguments->key, "Private key of the client certificate (type 2)");
  add_file(command, "--key-password", arguments->key_password,
           "A file with the password of an encrypted private key");
  add_file(command, "--psk", arguments->psk, "Pre-shared key in hexadecimal digits (type 3)");
  command
      .add_option("--psk-identity", arguments->psk_identity,
                  "Identity of the pre-shared key (type 4), as text")
      ->type_name("IDENTITY");
  add_repeatable(command, "--type", arguments->types,
                 "Of list and delete: only this type: ca, cert, key, psk, psk-identity, or its number")
      ->type_name("TYPE");
  command
      .add_flag("--replace", arguments->replace, "Of write: deletes what the tag holds of the type before")
      ->disable_flag_override();
  command.add_flag("--force", arguments->force, "Of write: writes also what cannot work")
      ->disable_flag_override();
  command.add_option("--server", arguments->server, "Of check: the TLS server")->type_name("HOST:PORT");
  command.add_flag("--dtls", arguments->dtls, "Of check: the server speaks DTLS, over UDP")
      ->disable_flag_override();
  command
      .add_option(
          "--host-name", arguments->host_name,
          "Of check: the name that the server is asked for and its certificate must have (default: HOST)")
      ->type_name("NAME");
  command
      .add_option("--firmware", arguments->firmware,
                  "Of check: the modem firmware whose suites are offered, mfw_nrf9160_1.3.5 (default: the "
                  "modem's, without one the newest)")
      ->type_name("VERSION");
  add_file(command, "--save-root", arguments->save_root,
           "Of check: writes the root that verifies or would verify the server to this file");
  add_line_end(command, arguments->line_end, " crlf");
  command
      .add_option("--timeout", arguments->timeout,
                  "How long an answer is waited for (default 10; that of a server 15)")
      ->type_name("SECONDS");
  command.add_flag("--json", arguments->json, "Prints one JSON object")->disable_flag_override();
  command.add_flag("--verbose", arguments->verbose, "Shows the AT lines on stderr, without secrets")
      ->disable_flag_override();
  return [arguments] { return manage_certificates(*arguments); };
}

}  // namespace attache::cli
