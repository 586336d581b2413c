#include "dialects/ftp_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(FtpCommand, HasOnlyTheSetFormAndKnowsItsSubCommandsInAnyCase) {
  FtpDevice device;
  for (const char* line :
       {"AT#XFTP?", "AT#XFTP=?", "AT#XFTP", "AT#XFTP=", "AT#XFTP=1", "AT#XFTP=\"nosuch\"", "AT#XFTP=\"pwdx\"",
        "AT#XFTP=\"pw\"", "AT#XFTP=\"sixteen_letters_\"", "AT#XFTP=\"\"", "AT#XFTP=pwd"}) {
    EXPECT_EQ(device.send(line), error) << line;
    EXPECT_EQ(device.take_reasons().size(), 1U) << line;
    device.clock.advance(2s);
  }
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XFTP=\"PWD\""), ok);
  EXPECT_EQ(device.send("AT#XFTP=\"Pwd\",1,2"), ok) << "further parameters are ignored";
}

TEST(FtpCommand, SuggestsTheSubCommandThatWasMeant) {
  FtpDevice device;
  device.send("AT#XFTP=\"opne\"");
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].advice, "did you mean \"open\"?");
}

TEST(FtpCommand, NeedsASessionForAllButOpenAndVerbose) {
  FtpDevice device;
  for (const char* command : {"close", "status", "ascii", "binary", "pwd", "cd", "ls", "mkdir", "rmdir",
                              "rename", "delete", "get", "put", "uput", "mput"}) {
    EXPECT_EQ(device.send(fmt::format("AT#XFTP=\"{}\"", command)), error) << command;
    auto reasons = device.take_reasons();
    ASSERT_EQ(reasons.size(), 1U) << command;
    EXPECT_EQ(reasons[0].what, "no FTP command without a session") << command;
    device.clock.advance(2s);
  }
  EXPECT_FALSE(device.ftp.control);
}

TEST(FtpOpen, LogsInAnonymouslyWithoutAUser) {
  for (const char* login : {",", "\"\",", "\"\",\"\"", ",\"ignored\""}) {
    FtpDevice device;
    EXPECT_EQ(device.send(fmt::format("AT#XFTP=\"open\",{},\"example.com\"", login)), ftp_greeting + ok);
    EXPECT_THAT(device.ftp.commands,
                ElementsAre("OPTS UTF8 ON", "USER anonymous", "PASS anonymous@example.com"));
    EXPECT_EQ(device.ftp.control->to.port, 21);
  }
}

TEST(FtpOpen, TakesUserPasswordPortAndTag) {
  DialectOptions options;
  options.ftp_server_port = 21;
  FtpDevice device(options);
  std::string name_31(31, 'n');
  EXPECT_EQ(device.send(fmt::format("AT#XFTP=\"open\",\"{0}\",\"{0}\",\"example.com\",21,0", name_31)),
            ftp_greeting + ok);
  EXPECT_THAT(device.ftp.take_commands(), ElementsAre("OPTS UTF8 ON", "USER " + name_31, "PASS " + name_31));
  EXPECT_FALSE(device.ftp.control->tls);
  EXPECT_EQ(device.send("AT#XFTP=\"close\""), "221 Goodbye.\r\n" + ok);
  EXPECT_EQ(device.send("AT#XFTP=\"open\",\"me\",\"\",\"example.com\",21,42"), ftp_greeting + ok);
  ASSERT_TRUE(device.ftp.control->tls);
  EXPECT_EQ(device.ftp.control->tls->sec_tag, 42U);
}

TEST(FtpOpen, UsesTheBuildsDefaults) {
  DialectOptions options;
  options.ftp_server_port = 2121;
  options.ftp_anonymous_user = "guest";
  options.ftp_anonymous_password = "please";
  FtpDevice device(options);
  std::string tried;
  device.bearer->net().on_connect([&](const std::shared_ptr<net::MemoryConnection>& made) {
    tried = net::to_string(made->to);
    return net::make_failure(net::Errno::connection_refused, "connecting failed", "told so");
  });
  EXPECT_EQ(device.send("AT#XFTP=\"open\",,,\"example.com\""), error);
  EXPECT_EQ(tried, "192.0.2.1:2121");
}

TEST(FtpOpen, RefusesWhatItCannotRead) {
  FtpDevice device;
  std::string long_name(32, 'n');
  for (const std::string& parameters :
       {std::string(""), std::string(",,"), std::string(",,,"), std::string("\"me\",,\"example.com\""),
        std::string("1,,\"example.com\""), std::string(",1,\"example.com\""), std::string(",,example.com"),
        std::string(",,1"), fmt::format("\"{}\",\"x\",\"example.com\"", long_name),
        fmt::format("\"me\",\"{}\",\"example.com\"", long_name),
        fmt::format(",,\"{}\"", std::string(64, 'h')), std::string(",,\"example.com\",\"21\""),
        std::string(",,\"example.com\",65536"), std::string(",,\"example.com\",-1"),
        std::string(",,\"example.com\",,"), std::string(",,\"example.com\",21,\"x\""),
        std::string(",,\"example.com\",21,-1"), std::string(",,\"example.com\",21,4294967296")}) {
    SCOPED_TRACE(parameters);
    EXPECT_EQ(device.send("AT#XFTP=\"open\"," + parameters), error);
    EXPECT_EQ(device.take_reasons().size(), 1U);
    device.clock.advance(2s);
  }
  EXPECT_FALSE(device.ftp.control);
}

TEST(FtpOpen, FailsWithAReasonThatKeepsThePassword) {
  FtpDevice device;
  EXPECT_EQ(device.send("AT#XFTP=\"open\",,,\"no.example\""), error);
  EXPECT_EQ(device.take_reasons().size(), 1U);
  device.ftp.replies["PASS"] = "530 Login incorrect.\r\n";
  EXPECT_EQ(device.send("AT#XFTP=\"open\",\"me\",\"top-secret\",\"example.com\""),
            "220 (memory)\r\n200 Always in UTF8 mode.\r\n331 Password?\r\n530 Login incorrect.\r\n" + error);
  std::string said = device.take_journal();
  EXPECT_THAT(said, HasSubstr("530 Login incorrect."));
  EXPECT_THAT(said, Not(HasSubstr("top-secret")));
  EXPECT_TRUE(device.ftp.control->closed_by_device());
  device.ftp.replies.clear();
  device.open();
}

TEST(FtpOpen, IsRefusedWhenASessionExists) {
  FtpDevice device;
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"open\",,,\"example.com\""), error);
  EXPECT_EQ(device.take_reasons()[0].what, "no second FTP session");
}

TEST(FtpClose, EndsTheSessionOnce) {
  FtpDevice device;
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"close\""), "221 Goodbye.\r\n" + ok);
  EXPECT_TRUE(device.ftp.control->closed_by_device());
  EXPECT_EQ(device.send("AT#XFTP=\"close\""), error);
  device.open();
  device.ftp.replies["QUIT"] = "500 Stay.\r\n";
  EXPECT_EQ(device.send("AT#XFTP=\"close\""), "500 Stay.\r\n" + error);
  EXPECT_EQ(device.send("AT#XFTP=\"close\""), error);
  EXPECT_TRUE(device.ftp.control->closed_by_device());
}

struct Simple {
  const char* parameters;
  std::vector<std::string> commands;
  std::string replies;
};

TEST(FtpSimpleCommands, SendTheirCommandsAndShowTheReplies) {
  const std::string path(127, 'p');
  const std::vector<Simple> all{
      {"\"status\"", {"SYST", "STAT"}, "215 UNIX Type: L8\r\n211-Status\r\n all well\r\n211 End\r\n"},
      {"\"ascii\"", {"TYPE A"}, "200 Switching.\r\n"},
      {"\"binary\"", {"TYPE I"}, "200 Switching.\r\n"},
      {"\"pwd\"", {"PWD"}, "257 \"/\" is the current directory\r\n"},
      {"\"cd\",\"a b\"", {"CWD a b"}, "250 Changed.\r\n"},
      {"\"cd\",\"..\"", {"CDUP"}, "250 Changed.\r\n"},
      {"\"mkdir\",\"d\"", {"MKD d"}, "257 \"dir\" created\r\n"},
      {"\"rmdir\",\"d\"", {"RMD d"}, "250 Removed.\r\n"},
      {"\"rename\",\"a\",\"b\"", {"RNFR a", "RNTO b"}, "350 Ready for RNTO.\r\n250 Renamed.\r\n"},
      {"\"delete\",\"f\"", {"DELE f"}, "250 Deleted.\r\n"}};
  FtpDevice device;
  device.open();
  for (const Simple& each : all) {
    EXPECT_EQ(device.send(fmt::format("AT#XFTP={}", each.parameters)), each.replies + ok);
    EXPECT_EQ(device.ftp.take_commands(), each.commands);
  }
  EXPECT_EQ(device.send(fmt::format("AT#XFTP=\"cd\",\"{}\"", path)), "250 Changed.\r\n" + ok);
  EXPECT_EQ(device.send("AT#XFTP=\"verbose\",\"OFF\""), "\r\nVerbose mode off\r\n" + ok);
  for (const Simple& each : all) {
    EXPECT_EQ(device.send(fmt::format("AT#XFTP={}", each.parameters)), ok);
  }
  EXPECT_EQ(device.send("AT#XFTP=\"verbose\",\"On\""), "\r\nVerbose mode on\r\n" + ok);
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), "257 \"/\" is the current directory\r\n" + ok);
}

TEST(FtpSimpleCommands, AreErrorsWhenTheServerRefuses) {
  FtpDevice device;
  device.open();
  for (const auto& [parameters, verb] :
       {std::pair{"\"status\"", "STAT"}, std::pair{"\"ascii\"", "TYPE"}, std::pair{"\"binary\"", "TYPE"},
        std::pair{"\"pwd\"", "PWD"}, std::pair{"\"cd\",\"a\"", "CWD"}, std::pair{"\"cd\",\"..\"", "CDUP"},
        std::pair{"\"mkdir\",\"a\"", "MKD"}, std::pair{"\"rmdir\",\"a\"", "RMD"},
        std::pair{"\"rename\",\"a\",\"b\"", "RNFR"}, std::pair{"\"rename\",\"a\",\"b\"", "RNTO"},
        std::pair{"\"delete\",\"a\"", "DELE"}}) {
    SCOPED_TRACE(fmt::format("{} {}", parameters, verb));
    device.ftp.replies = {{verb, "550 No.\r\n"}};
    EXPECT_THAT(device.send(fmt::format("AT#XFTP={}", parameters)), testing::EndsWith("550 No.\r\n" + error));
    auto reasons = device.take_reasons();
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_THAT(reasons[0].why, HasSubstr("550 No."));
    device.clock.advance(2s);
  }
  device.ftp.replies.clear();
  EXPECT_EQ(device.send("AT#XFTP=\"verbose\",\"off\""), "\r\nVerbose mode off\r\n" + ok);
  device.ftp.replies["PWD"] = "550 contains 257 somewhere\r\n";
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), ok) << "the code counts wherever it stands";
}

TEST(FtpSimpleCommands, RefuseWhatTheyCannotRead) {
  FtpDevice device;
  device.open();
  std::string long_path(128, 'p');
  for (const std::string& parameters : {std::string("\"verbose\""),
                                        std::string("\"verbose\",\"maybe\""),
                                        std::string("\"verbose\",1"),
                                        std::string("\"cd\""),
                                        std::string("\"cd\",1"),
                                        fmt::format("\"cd\",\"{}\"", long_path),
                                        std::string("\"mkdir\""),
                                        std::string("\"rmdir\""),
                                        std::string("\"rename\",\"a\""),
                                        std::string("\"rename\",,\"a\""),
                                        std::string("\"delete\""),
                                        std::string("\"get\""),
                                        fmt::format("\"get\",\"{}\"", long_path),
                                        std::string("\"ls\",1"),
                                        std::string("\"ls\",,\"p\""),
                                        fmt::format("\"ls\",\"{}\"", std::string(32, 'o')),
                                        fmt::format("\"ls\",\"o\",\"{}\"", long_path),
                                        std::string("\"cd\",\"a\r\nDELE b\""),
                                        std::string("\"put\""),
                                        std::string("\"put\",\"f\""),
                                        std::string("\"put\",\"f\",1"),
                                        std::string("\"put\",\"f\",0"),
                                        std::string("\"put\",\"f\",-1,\"x\""),
                                        std::string("\"put\",\"f\",65536,\"x\""),
                                        std::string("\"put\",\"f\",0,\"0\""),
                                        std::string("\"put\",\"f\",0,\"0G\""),
                                        std::string("\"put\",\"f\",1,1"),
                                        std::string("\"put\",\"f\",1,,"),
                                        std::string("\"put\",\"f\",\"1\",\"x\""),
                                        fmt::format("\"put\",\"{}\",1,\"x\"", long_path),
                                        fmt::format("\"put\",\"f\",1,\"{}\"", std::string(576, 'd')),
                                        std::string("\"uput\""),
                                        std::string("\"uput\",1"),
                                        std::string("\"uput\",0,\"xy\""),
                                        std::string("\"mput\""),
                                        std::string("\"mput\",\"f\""),
                                        std::string("\"mput\",\"f\",1")}) {
    SCOPED_TRACE(parameters);
    EXPECT_EQ(device.send("AT#XFTP=" + parameters), error);
    EXPECT_EQ(device.take_reasons().size(), 1U);
    device.clock.advance(1100ms);
    device.ftp.commands.erase(std::remove(device.ftp.commands.begin(), device.ftp.commands.end(), "NOOP"),
                              device.ftp.commands.end());
  }
  EXPECT_THAT(device.ftp.commands, IsEmpty());
}

TEST(FtpSession, PutsTheLinesOfSeveralPortsWhereTheyBelong) {
  FtpDevice device({}, 2);
  device.take(1);
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\"", 1), "257 \"/\" is the current directory\r\n" + ok);
  device.ftp.replies["PWD"] = "";
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\"", 1), "");
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\"", 0), error) << "one at a time";
  device.ftp.control->close();
  device.clock.settle();
  EXPECT_EQ(device.take(1), "\r\n#XFTP: -104,\"disconnected\"\r\n901 Disconnected(-104).\r\n" + error);
  EXPECT_EQ(device.take(0), "\r\n#XFTP: -104,\"disconnected\"\r\n");
}

TEST(FtpSession, TellsHowItWasLost) {
  for (const auto& [code, urc, line] :
       {std::tuple{net::Errno::connection_reset, -104, "901 Disconnected(-104).\r\n"},
        std::tuple{net::Errno::connection_aborted, -113, "902 Connection aborted(-113).\r\n"},
        std::tuple{net::Errno::timed_out, -5, "903 Poll error(-116).\r\n"},
        std::tuple{net::Errno::network_down, -115, "905 Network down (-115).\r\n"}}) {
    FtpDevice device;
    device.open();
    device.ftp.control->fail(code);
    std::string said = fmt::format("\r\n#XFTP: {},\"disconnected\"\r\n{}", urc, line);
    EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), said + error);
    EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), error);

    device.open_quietly();
    device.ftp.control->fail(code);
    EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), fmt::format("\r\n#XFTP: {},\"disconnected\"\r\n", urc) + error);
  }
}

TEST(FtpSession, IsKeptAliveAndNoticesItsEndThen) {
  FtpDevice device;
  device.open();
  EXPECT_EQ(device.after(1s), "") << "the reply to NOOP is not shown";
  EXPECT_THAT(device.ftp.take_commands(), ElementsAre("NOOP"));
  EXPECT_EQ(device.after(60s), "");
  EXPECT_THAT(device.ftp.take_commands(), ElementsAre("NOOP"));
  device.ftp.control->close();
  EXPECT_EQ(device.after(59s), "");
  EXPECT_EQ(device.after(1s), "\r\n#XFTP: -104,\"disconnected\"\r\n901 Disconnected(-104).\r\n");
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), error);
  device.open();
}

TEST(FtpSession, IsNotKeptAliveInABuildWithoutIt) {
  DialectOptions options;
  options.ftp_keepalive = {};
  FtpDevice device(options);
  device.open();
  device.after(1h);
  EXPECT_THAT(device.ftp.commands, IsEmpty());
}

TEST(FtpSession, WaitsForAReplyAsLongAsItsBuildSays) {
  DialectOptions options;
  options.ftp_listen_time = 3s;
  FtpDevice device(options);
  device.open();
  device.ftp.replies["PWD"] = "";
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), "");
  EXPECT_EQ(device.after(2999ms), "");
  EXPECT_EQ(device.after(1ms), error);
}

TEST(FtpSession, EndsWithAResetAndForgetsTheVerboseMode) {
  FtpDevice device;
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.after(2s), "Ready\r\n");
  EXPECT_TRUE(device.ftp.control->closed_by_device());
  EXPECT_EQ(device.take_reasons().size(), 1U);
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), error);
  device.open();
}

TEST(FtpSession, EndsACommandWhenTheApplicationSleeps) {
  FtpDevice device({}, 2);
  device.take(1);
  device.open();
  device.ftp.replies["PWD"] = "";
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), "");
  EXPECT_EQ(device.send("AT#XSLEEP=0", 1), "");
  EXPECT_EQ(device.take(0), error);
  EXPECT_TRUE(device.ftp.control->closed_by_device());
}

TEST(FtpSession, LeavesAServerThatFloodsIt) {
  FtpDevice device;
  device.open();
  device.ftp.replies["PWD"] = std::string(100'000, 'x');
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""),
            "\r\n#XFTP: -113,\"disconnected\"\r\n902 Connection aborted(-113).\r\n" + error);
  EXPECT_THAT(device.take_journal(), HasSubstr("more than 16384 bytes came and it has no end"));
}

TEST(Ftp15, HasNeitherVerboseNorUputNorMputAndNoLeadingLineEnd) {
  DialectOptions options = slm_1_5();
  options.services = {"ftpc"};
  FtpDevice device(options);
  device.open();
  for (const char* line : {"AT#XFTP=\"verbose\",\"off\"", "AT#XFTP=\"uput\",1,\"x\"",
                           "AT#XFTP=\"mput\",\"f\",1,\"x\"", "AT#XFTP=\"put\",\"f\",1"}) {
    EXPECT_EQ(device.send(line), error) << line;
  }
  device.ftp.control->close();
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""),
            "#XFTP: -104,\"disconnected\"\r\n901 Disconnected(-104).\r\n" + error);
}

TEST(Ftp15, PutsAnEmptyFileWithoutData) {
  DialectOptions options = slm_1_5();
  options.services = {"ftpc"};
  FtpDevice device(options);
  device.open();
  EXPECT_THAT(device.send("AT#XFTP=\"put\",\"empty\""), testing::EndsWith("226 Transfer complete.\r\n" + ok));
  EXPECT_EQ(device.ftp.files.at("empty"), "");
  EXPECT_THAT(device.send("AT#XFTP=\"put\",\"f\",9,\"nine\""),
              testing::EndsWith("226 Transfer complete.\r\n" + ok));
  EXPECT_EQ(device.ftp.files.at("f"), "nine") << "there is no data mode";
}

}  // namespace
}  // namespace attache::dialects
