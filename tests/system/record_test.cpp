#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <regex>
#include <string>

#include "system/support/loopback.hpp"
#include "system/support/process.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// `attache record` between a host's port and a device, or a cassette.
class Recording {
 public:
  explicit Recording(std::vector<std::string> arguments)
      : process_(attache(with_record(std::move(arguments)))) {
    if (!process_.wait_for_output("ready ")) {
      throw std::runtime_error("attache record did not start:\n" + process_.errors());
    }
  }

  [[nodiscard]] Process& process() { return process_; }
  int stop(int signal) {
    process_.signal(signal);
    return process_.wait_exit().value_or(-1);
  }

 private:
  static std::vector<std::string> with_record(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "record");
    return arguments;
  }

  Process process_;
};

std::string without_moments(const std::string& text) {
  std::string result = std::regex_replace(text, std::regex(R"((^|\n)\d+\.\d{3} )"), "$010.000 ");
  return std::regex_replace(result, std::regex("@ (recorded|host|modem) [^\n]*\n"), "");
}

class RecordTest : public ::testing::Test {
 protected:
  std::string unix_port(const std::string& name) const { return "unix:" + (folder / name); }

  TempFolder folder;
  std::string host_port = unix_port("host");
  std::string modem_port = unix_port("modem");
  std::string cassette = folder / "session.cassette";
};

constexpr std::string_view told =
    "attache cassette 1\n"
    "# attache record: > the host says, < the modem says, seconds before it; secrets are {NAME}\n"
    "@ dialect slm-1.6\n"
    "0.000 < Ready\\r\\n\n"
    "0.000 > AT+CFUN?\\r\\n\n"
    "0.000 < \\r\\n+CFUN: 0\\r\\n\n"
    "0.000 < \\r\\nOK\\r\\n\n"
    "0.000 > AT+CPIN=\"{PIN}\"\\r\\n\n"
    "0.000 < \\r\\nERROR\\r\\n\n";

void tell(LineClient& host) {
  host.read_until("Ready\r\n");
  host.command("AT+CFUN?", "\r\n+CFUN: 0\r\n\r\nOK\r\n");
  host.command("AT+CPIN=\"739146\"", "\r\nERROR\r\n");
}

TEST_F(RecordTest, RecordsBothSidesForThisUserOnlyAndKeepsSecretsApart) {
  ServedDevice device(modem_port);
  std::string secrets = folder / "secrets";
  Recording recording({host_port, modem_port, cassette, "--secrets", secrets});
  LineClient host(host_port);
  tell(host);
  EXPECT_EQ(recording.stop(SIGTERM), 0);
  EXPECT_EQ(without_moments(read_file(cassette)), told);
  EXPECT_EQ(read_file(secrets), "PIN=739146\n");
  for (const std::string& file : {cassette, secrets}) {
    struct stat found {};
    ASSERT_EQ(::stat(file.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0600U) << file;
  }
  EXPECT_THAT(recording.process().output(),
              HasSubstr("the host spoke 2 times\na secret is left out: {PIN}\n"));
}

TEST_F(RecordTest, RecordsBetweenPtys) {
  if (!has_ptys()) {
    GTEST_SKIP() << "no PTYs here";
  }
  std::string modem = "pty:" + (folder / "m");
  std::string host_side = "pty:" + (folder / "h");
  ServedDevice device(modem);
  Recording recording({host_side, modem, cassette});
  LineClient host(host_side);
  tell(host);
  EXPECT_EQ(recording.stop(SIGINT), 0);
  EXPECT_EQ(without_moments(read_file(cassette)), told);
}

TEST_F(RecordTest, LeavesACassetteThatCanBeReadWhenItIsKilled) {
  ServedDevice device(modem_port);
  {
    Recording recording({host_port, modem_port, cassette});
    LineClient host(host_port);
    tell(host);
    recording.process().signal(SIGKILL);
    recording.process().wait_exit();
  }
  EXPECT_EQ(without_moments(read_file(cassette)), told);
  std::string text = read_file(cassette);
  folder.write("cut.cassette", std::string_view(text).substr(0, text.size() - 3));
  Finished finished = run_to_end(attache({"diff", folder / "cut.cassette", "--set", "PIN=1111", "--timeout",
                                          "1", "--serve", "--log-level", "off"}));
  EXPECT_EQ(finished.exit_code, 1) << finished.errors;  // The last answer is not on it any more.
  EXPECT_THAT(finished.output, HasSubstr("1 difference"));
}

TEST_F(RecordTest, EndsWhenTheModemGoesAndKeepsWhatWasSaid) {
  ServedDevice device(modem_port);
  Recording recording({host_port, modem_port, cassette});
  LineClient host(host_port);
  tell(host);
  device.stop(SIGTERM);
  EXPECT_EQ(recording.process().wait_exit(), 1);
  EXPECT_THAT(recording.process().errors(), HasSubstr("has closed the line"));
  EXPECT_EQ(without_moments(read_file(cassette)), told);
}

TEST_F(RecordTest, KeepsAnyBytesSoThatTheyCanBePlayed) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += i == '"' ? ' ' : static_cast<char>(i);  // A quote would open a parameter for the rest.
  }
  auto talk = [&](LineClient& host) {
    host.read_until("Ready\r\n");
    host.send(bytes + "\r\n");
    host.read_until_quiet(std::chrono::milliseconds(300));
    host.command("AT", ok);
  };
  {
    ServedDevice device(modem_port);
    Recording recording({host_port, modem_port, cassette});
    LineClient host(host_port);
    talk(host);
    EXPECT_EQ(recording.stop(SIGTERM), 0);
  }
  Recording playing({host_port, cassette, "--mode", "none"});
  {
    LineClient host(host_port);
    talk(host);
  }
  EXPECT_EQ(playing.process().wait_exit(), 0) << playing.process().errors();
}

class PlayTest : public RecordTest {
 protected:
  void SetUp() override { folder.write("session.cassette", told); }
};

TEST_F(PlayTest, PlaysTheModemWithoutOne) {
  Recording recording({host_port, cassette, "--mode", "none"});
  {
    LineClient host(host_port);
    tell(host);
  }
  EXPECT_EQ(recording.process().wait_exit(), 0);
  EXPECT_EQ(recording.process().output(), fmt::format("ready {}\nplayed all of {}\n", host_port, cassette));
}

TEST_F(PlayTest, PlaysWhatThereIsInModeOnce) {
  Recording recording({host_port, modem_port, cassette});
  {
    LineClient host(host_port);
    tell(host);
  }
  EXPECT_EQ(recording.process().wait_exit(), 0);
}

TEST_F(PlayTest, FailsWithWhatIsNew) {
  Recording recording({host_port, cassette, "--mode", "none"});
  LineClient host(host_port);
  host.read_until("Ready\r\n");
  host.send("AT+CGMR\r\n");
  EXPECT_EQ(recording.process().wait_exit(), 1);
  std::string errors = recording.process().errors();
  EXPECT_THAT(errors, HasSubstr("the host says what " + cassette + " does not have here"));
  EXPECT_THAT(errors, HasSubstr(cassette + ":5"));
  EXPECT_THAT(errors, HasSubstr("AT+CGMR"));
}

TEST_F(PlayTest, TellsAtASignalWhatWasNotAskedFor) {
  Recording recording({host_port, cassette, "--mode", "none"});
  LineClient host(host_port);
  host.read_until("Ready\r\n");
  EXPECT_EQ(recording.stop(SIGTERM), 0);
  EXPECT_THAT(recording.process().output(), HasSubstr("but for what its host says at the end, 2 times\n"));
}

TEST_F(PlayTest, AddsWhatIsNewAndLeavesTheRest) {
  ServedDevice device(modem_port);
  Recording recording({host_port, modem_port, cassette, "--mode", "new"});
  LineClient host(host_port);
  host.read_until("Ready\r\n");
  host.command("AT+CFUN?", "\r\n+CFUN: 0\r\n\r\nOK\r\n");
  host.command("AT", ok);
  EXPECT_EQ(recording.stop(SIGTERM), 0);
  EXPECT_THAT(recording.process().output(),
              HasSubstr("added to " + cassette + " what the host said, once\n"));
  std::string expected(told);
  expected.erase(expected.find("# attache"), expected.find("@ dialect") - expected.find("# attache"));
  expected.insert(expected.find("0.000 > AT+CPIN"), "0.000 > AT\\r\\n\n0.000 < \\r\\nOK\\r\\n\n");
  EXPECT_EQ(without_moments(read_file(cassette)), expected);
  EXPECT_FALSE(folder.has("session.cassette.new"));
}

TEST_F(PlayTest, RefusesWhatIsNoCassetteAndWhatIsNotThere) {
  folder.write("other", "not a cassette\n");
  Finished other = run_to_end(attache({"record", host_port, folder / "other", "--mode", "none"}));
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.errors, HasSubstr("its first line is not \"attache cassette 1\""));
  Finished missing = run_to_end(attache({"record", host_port, folder / "missing", "--mode", "none"}));
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.errors, HasSubstr("there is no cassette"));
  Finished mode = run_to_end(attache({"record", host_port, modem_port, cassette, "--mode", "all"}));
  EXPECT_EQ(mode.exit_code, 2);
}

TEST_F(PlayTest, MakesACassetteOfALog) {
  std::string log =
      folder.write("session.log", "> AT+CFUN?\n< +CFUN: 0\n< OK\n> AT+CPIN=\"4711\"\n< ERROR\n");
  std::string made = folder / "made.cassette";
  Finished finished = run_to_end(attache({"record", "--from-log", log, made}));
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  EXPECT_THAT(finished.output, HasSubstr("2 commands, 0 lines of the log are not in it"));
  EXPECT_THAT(read_file(made), HasSubstr("0.000 > AT+CPIN=\"{PIN}\"\\r\\n\n0.000 < \\r\\nERROR\\r\\n\n"));
  Finished again = run_to_end(attache({"record", "--from-log", log, made}));
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.errors, HasSubstr("it is left alone"));
}

class DiffTest : public PlayTest {
 protected:
  static Finished diff(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "diff");
    return run_to_end(attache(arguments));
  }
};

TEST_F(DiffTest, FindsNoDifferenceInTheSameDevice) {
  Finished same = diff({cassette, "--set", "PIN=739146", "--serve", "--log-level", "off"});
  EXPECT_EQ(same.exit_code, 0) << same.errors;
  EXPECT_EQ(same.output, "--serve: 2 exchanges, no difference\n");
}

TEST_F(DiffTest, ShowsWhereAnotherModemSaysSomethingElse) {
  ServedDevice device(modem_port);
  LineClient host(modem_port);
  host.read_until("Ready\r\n");
  host.command("AT+CFUN=4", ok);
  std::string text(told);
  text.erase(text.find("0.000 < Ready"), std::string("0.000 < Ready\\r\\n\n").size());
  std::string later = folder.write("later.cassette", text);
  { LineClient gone = std::move(host); }
  Finished other = diff({later, "--set", "PIN=1", "--port", modem_port});
  EXPECT_EQ(other.exit_code, 1) << other.errors;
  EXPECT_EQ(other.output, fmt::format("{}:4: AT+CFUN?\\r\\n\n"
                                      "  recorded  +CFUN: 0\n"
                                      "  recorded  OK\n"
                                      "  now       +CFUN: 4\n"
                                      "  now       OK\n"
                                      "{}: 2 exchanges, 1 difference\n",
                                      later, modem_port));
  Finished for_programs = diff({later, "--json", "--set", "PIN=1", "--port", modem_port});
  EXPECT_EQ(for_programs.exit_code, 1);
  auto object = boost::json::parse(for_programs.output);
  EXPECT_EQ(object.at("format").as_string(), "attache-diff-1");
  EXPECT_EQ(object.at("differences").as_array().size(), 1U);
  EXPECT_EQ(object.at("differences").at(0).at("line").to_number<int>(), 4);
}

TEST_F(DiffTest, TakesThePinFromTheDevicesConfiguration) {
  std::string config = folder.write("modem.toml", "[sim]\npin = \"739146\"\n");
  Finished same = diff({cassette, "--json", "--serve", "--config", config, "--log-level", "off"});
  EXPECT_EQ(same.exit_code, 0) << same.errors << same.output;
}

TEST_F(DiffTest, SaysWhenItCannotBeFoundOut) {
  Finished secret = diff({cassette, "--serve", "--log-level", "off"});
  EXPECT_EQ(secret.exit_code, 2);
  EXPECT_THAT(secret.errors, HasSubstr("the placeholder {PIN} has no value"));
  EXPECT_THAT(secret.errors, HasSubstr("--set PIN=VALUE"));
  Finished port = diff({cassette, "--set", "PIN=1", "--port", unix_port("nobody")});
  EXPECT_EQ(port.exit_code, 2);
  Finished neither = diff({cassette});
  EXPECT_EQ(neither.exit_code, 2);
  EXPECT_THAT(neither.errors, HasSubstr("either --port PORT or --serve"));
  Finished time = diff({cassette, "--set", "PIN=1", "--timeout", "soon", "--serve"});
  EXPECT_EQ(time.exit_code, 2);
}

}  // namespace
}  // namespace attache::system_test
