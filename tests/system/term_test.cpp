#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "system/support/certificates.hpp"
#include "system/support/line_client.hpp"
#include "system/support/loopback.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// attache term on a terminal of its own: keys are typed, the screen is read back.
class Screen {
 public:
  explicit Screen(const std::string& port) {
    winsize size{50, 200, 0, 0};
    int terminal = -1;
    process_ = ::forkpty(&terminal, nullptr, nullptr, &size);
    if (process_ == 0) {
      ::setenv("TERM", "xterm", 1);
      ::setenv("NO_COLOR", "1", 1);
      ::execl(ATTACHE_PROGRAM, "attache", "term", "--port", port.c_str(), nullptr);
      ::_exit(127);
    }
    line_.emplace(terminal);
  }
  ~Screen() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void type(std::string_view keys) { line_->send(keys); }
  std::string read_until(std::string_view text) { return line_->read_until(text); }

  int exit_code() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_ = -1;
  std::optional<LineClient> line_;
};

class Term : public testing::Test {
 protected:
  TempFolder folder_;
  std::string port_ = "pty:" + (folder_ / "modem");
  ServedDevice device_{port_};
};

TEST_F(Term, SendsWhatIsTypedAndShowsTheAnswer) {
  Screen screen(port_);
  screen.read_until("> ");
  screen.type("AT+CFUN?\r");
  screen.read_until("+CFUN: 0\r\n");
  screen.read_until("OK\r\n");
  screen.type(":quit\r");
  EXPECT_EQ(screen.exit_code(), 0);
}

TEST_F(Term, CompletesCommandsAndListsValuesWithTheirHelp) {
  Screen screen(port_);
  screen.read_until("> ");
  screen.type("AT+CFU\t=\t");
  screen.read_until("AT+CFUN=");
  std::string listed = screen.read_until("44 ");
  EXPECT_THAT(listed, HasSubstr("· 0  "));
  EXPECT_THAT(listed, HasSubstr("· 4  "));
  screen.type("4\r");
  screen.read_until("OK\r\n");
}

TEST_F(Term, BringsBackTheLineBeforeAndEdits) {
  Screen screen(port_);
  screen.read_until("> ");
  screen.type("AT+CFUN?\r");
  screen.read_until("OK\r\n");
  screen.type("\020\r");  // Ctrl-P.
  screen.read_until("+CFUN: 0\r\n");
  screen.read_until("OK\r\n");
  screen.type("ATX\177+CEREG?\r");  // The X is taken back.
  screen.read_until("+CEREG: 0,");
}

TEST_F(Term, SetsUrcsApartAndExplainsFailures) {
  Screen screen(port_);
  screen.read_until("> ");
  screen.type("AT+CEREG=1\r");
  screen.read_until("OK\r\n");
  screen.type("AT+CFUN=1\r");
  screen.read_until("! +CEREG: 1\r\n");
  screen.type("AT%CMNG=0,42,4,\"me\"\r");
  screen.read_until("ERROR");
  screen.read_until("more: attache explain cert-write-while-active");
}

TEST_F(Term, WorksInAPipeWithoutEditingAndColours) {
  std::string saved = folder_ / "saved.log";
  std::string data = folder_.write("command", "AT+CGSN\r\n");
  Finished finished =
      run_to_end(attache({"term", "--port", port_}), "AT+CMEE=1\nAT%CMNG=3,42,0\n:save " + saved +
                                                         "\nAT+CPIN=\"8765\"\n:save\n:send " + data +
                                                         "\n:cert list 42\n:nonsense\n");
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("+CME ERROR: 513\n"));
  EXPECT_THAT(finished.output, HasSubstr("9 bytes sent"));
  EXPECT_THAT(finished.output, HasSubstr("nothing is stored\n"));
  EXPECT_THAT(finished.output, HasSubstr(":doctor  explain what failed so far"));
  EXPECT_THAT(finished.output, Not(HasSubstr("\033")));
  EXPECT_THAT(finished.output, Not(HasSubstr("8765")));
  EXPECT_THAT(read_file(saved), HasSubstr("→ AT+CPIN=\"****\"\n"));
}

TEST_F(Term, AsksTheModemHowToSpeakWithIt) {
  EXPECT_THAT(run_to_end(attache({"term", "--port", port_}), "").output,
              HasSubstr("slm-1.6, lines end in \\r\\n\n"));
  std::string other = "pty:" + (folder_ / "other");
  ServedDevice device(other, {"--config", folder_.write("cr.toml",
                                                        "[dialect]\nname = \"slm-3.1\"\n"
                                                        "termination = \"cr\"\n")});
  Finished finished = run_to_end(attache({"term", "--port", other}), "AT+CFUN?\n");
  EXPECT_THAT(finished.output, HasSubstr("slm-3.1, lines end in \\r\\n\n"));
  EXPECT_THAT(finished.output, HasSubstr("+CFUN: 0\nOK\n"));
}

TEST_F(Term, AsksNothingWhenItIsTold) {
  Finished finished = run_to_end(attache({"term", "--port", port_, "--dialect", "slm-1.5"}), "");
  EXPECT_THAT(finished.output, Not(HasSubstr("lines end in")));
}

TEST_F(Term, DrivesDtrOfASerialPortOnly) {
  Screen screen(port_);
  screen.read_until("> ");
  screen.type(":dtr on\r");
  screen.read_until("this port has no line DTR; a serial one has");
  screen.type(":quit\r");
  EXPECT_EQ(screen.exit_code(), 0);
  // A PTY that is opened as a serial port has none either, and its driver says so.
  Finished serial = run_to_end(
      attache({"term", "--port", "tty:" + (folder_ / "modem"), "--dialect", "slm-1.6"}), ":dtr off\n");
  EXPECT_THAT(serial.output, HasSubstr("the control lines of "));
}

TEST_F(Term, ShowsBytesAndTimesWhenAskedTo) {
  Screen screen(port_);
  screen.read_until("> ");
  screen.type(":hex\r");
  screen.type("AT\r");
  screen.read_until("0d 0a 4f 4b 0d 0a ");
  screen.read_until("..OK..\r\n");
  screen.type(":hex\r");
  screen.type(":time\r");
  screen.type("AT+CFUN?\r");
  EXPECT_THAT(screen.read_until("+CFUN: 0\r\n"),
              testing::ContainsRegex(" +[0-9]+\\.[0-9][0-9][0-9] \\+CFUN: 0"));
}

TEST_F(Term, EntersDataModeAndLeavesIt) {
  Listener peer;
  Screen screen(port_);
  screen.read_until("> ");
  screen.type("AT+CEREG=1\r");
  screen.read_until("OK\r\n");
  screen.type("AT+CFUN=1\r");
  screen.read_until("! +CEREG: 1\r\n");
  screen.type(fmt::format("AT#XTCPCLI=2,\"127.0.0.1\",{}\r", peer.port()));
  screen.read_until("OK\r\n");
  screen.type(":data\r");
  screen.read_until(":end leaves data mode");
  screen.type("{\"a\":1}\r");
  screen.type(":end\r");
  screen.read_until("OK\r\n");
  LineClient received(::accept4(peer.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
  EXPECT_EQ(received.read_bytes(7), "{\"a\":1}");
}

TEST_F(Term, ExplainsWhatFailedSoFarWhenAsked) {
  Finished finished = run_to_end(attache({"term", "--port", port_, "--dialect", "slm-1.6"}),
                                 "AT%XSYSTEMMODE=1,0,0,0\nAT+CFUN=31\n:doctor\n");
  EXPECT_THAT(finished.output, HasSubstr("error[wrong-system-mode]: "));
  EXPECT_THAT(finished.output, HasSubstr("this session:"));
}

TEST_F(Term, WritesCertificatesFromWithin) {
  TempFolder files;
  Certificates certificates(files);
  Screen screen(port_);
  screen.read_until("> ");
  screen.type(fmt::format(":cert write 42 {}\r", certificates.ca_file));
  screen.read_until("as sent");
  screen.type(":cert list 42\r");
  screen.read_until("root CA");
  screen.type(":cert delete 42\r");
  screen.type(":cert list 42\r");
  screen.read_until("nothing is stored");
}

TEST_F(Term, EndsWhenTheModemGoes) {
  std::string port = "unix:" + (folder_ / "socket");
  ServedDevice device(port);
  Screen screen(port);
  screen.read_until("> ");
  EXPECT_EQ(device.stop(SIGTERM), 0);
  screen.read_until("the line was closed");
  EXPECT_EQ(screen.exit_code(), 1);
}

}  // namespace
}  // namespace attache::system_test
