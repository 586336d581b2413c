#include "system/support/vsftpd.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>

#include "system/support/certificates.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

/// A device that is online, and a vsftpd to talk to.
class AgainstVsftpd : public testing::Test {
 protected:
  /// `authority`: a certificate to keep under tag 7.
  void start(const Vsftpd::Options& options = {}, const std::string& config = {},
             const std::string& authority = {}) {
    auto program = find_program("vsftpd");
    server_.emplace(*program, options);
    device_.emplace(config);
    if (!authority.empty()) {
      write_credential(host(), 7, 0, authority);
    }
    register_with_network(host());
  }

  void SetUp() override {
    if (!find_program("vsftpd")) {
      GTEST_SKIP() << "vsftpd is not installed";
    }
  }

  LineClient& host() { return device_->host(); }
  RoutedDevice& device() { return *device_; }
  Vsftpd& server() { return *server_; }

  std::string ftp(std::string_view parameters) {
    return host().command(fmt::format("AT#XFTP={}", parameters));
  }
  void expect_ok(std::string_view parameters) { EXPECT_EQ(ftp(parameters), ok) << parameters; }

  void open_quietly(std::string_view login = ",") {
    EXPECT_EQ(ftp("\"verbose\",\"off\""), "\r\nVerbose mode off\r\n\r\nOK\r\n");
    expect_ok(fmt::format("\"open\",{},\"127.0.0.1\",{}", login, server().port()));
  }

 private:
  std::optional<Vsftpd> server_;
  std::optional<RoutedDevice> device_;
};

TEST_F(AgainstVsftpd, ShowsTheWholeDialogueOfASession) {
  start();
  EXPECT_THAT(ftp(fmt::format("\"open\",,,\"127.0.0.1\",{}", server().port())),
              MatchesRegex("220 \\(vsFTPd [0-9.]+\\)\r\n200 Always in UTF8 mode.\r\n331 Please specify the "
                           "password.\r\n230 Login successful.\r\n\r\nOK\r\n"));
  EXPECT_THAT(ftp("\"status\""), MatchesRegex("215 UNIX Type: L8\r\n211-FTP server status:\r\n(.|\r|\n)*211 "
                                              "End of status\r\n\r\nOK\r\n"));
  EXPECT_THAT(ftp("\"put\",\"upload.bin\",0,\"DEADBEEF\""),
              MatchesRegex("227 Entering Passive Mode \\(127,0,0,1,[0-9]+,[0-9]+\\).\r\n150 Ok to send "
                           "data.\r\n226 Transfer complete.\r\n\r\nOK\r\n"));
  EXPECT_EQ(server().read("upload.bin"), "\xDE\xAD\xBE\xEF");
  EXPECT_THAT(ftp("\"get\",\"upload.bin\""), EndsWith("\r\n226 Transfer complete.\r\n226 Transfer "
                                                      "complete.\r\nDEADBEEF\r\nOK\r\n"));
  EXPECT_EQ(ftp("\"close\""), "221 Goodbye.\r\n\r\nOK\r\n");
}

TEST_F(AgainstVsftpd, WorksOnFilesAndFolders) {
  start();
  open_quietly();
  expect_ok("\"binary\"");
  expect_ok("\"mkdir\",\"folder\"");
  expect_ok("\"cd\",\"folder\"");
  expect_ok("\"put\",\"a\",1,\"TEXT\"");
  expect_ok("\"mput\",\"a\",1,\" and more\"");
  expect_ok("\"rename\",\"a\",\"b\"");
  EXPECT_EQ(server().read("folder/b"), "TEXT and more");
  EXPECT_EQ(ftp("\"ls\""), "b\r\n\r\nOK\r\n");
  EXPECT_THAT(ftp("\"ls\",\"-l\",\"b\""), HasSubstr(" 13 "));
  EXPECT_EQ(ftp("\"get\",\"b\""), "TEXT and more\r\nOK\r\n");
  expect_ok("\"uput\",1,\"unique\"");
  expect_ok("\"cd\",\"..\"");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(server().file("folder")), {}), 2);
  expect_ok("\"delete\",\"folder/b\"");
  EXPECT_FALSE(std::filesystem::exists(server().file("folder/b")));
  EXPECT_EQ(ftp("\"rmdir\",\"folder\""), "\r\nERROR\r\n") << "it is not empty";
  EXPECT_EQ(ftp("\"cd\",\"nowhere\""), "\r\nERROR\r\n");
  expect_ok("\"mkdir\",\"empty\"");
  expect_ok("\"rmdir\",\"empty\"");
  expect_ok("\"pwd\"");
  expect_ok("\"close\"");
}

TEST_F(AgainstVsftpd, TransfersTextAsTheServerConvertsIt) {
  start();
  server().write("text", "one\ntwo\n");
  open_quietly();
  expect_ok("\"ascii\"");
  EXPECT_EQ(ftp("\"get\",\"text\""), "one\r\ntwo\r\n\r\nOK\r\n");
  expect_ok("\"put\",\"up\",0,\"410D0A420D0A\"");
  EXPECT_EQ(server().read("up"), "A\nB\n");
  expect_ok("\"binary\"");
  expect_ok("\"put\",\"up\",0,\"410D0A420D0A\"");
  EXPECT_EQ(server().read("up"), "A\r\nB\r\n");
}

TEST_F(AgainstVsftpd, UploadsInDataMode) {
  start();
  open_quietly();
  expect_ok("\"put\",\"one\",9");
  host().send("the first send");
  host().expect("\r\n#XFTP: 0,\"datamode\"\r\n");
  EXPECT_EQ(server().read("one"), "the first send");
  expect_ok("\"mput\",\"many\",9");
  std::string sent;
  for (int i = 0; i < 2000; ++i) {
    sent += fmt::format("{} ", i);
  }
  host().send(sent);
  // The terminator needs silence before it.
  EXPECT_EQ(host().read_until_quiet(std::chrono::milliseconds(1500)), "");
  host().send("+++");
  host().expect(ok);
  EXPECT_EQ(server().read("many"), sent);
}

TEST_F(AgainstVsftpd, FailsTenSecondsAfterARefusedTransfer) {
  start();
  open_quietly();
  EXPECT_EQ(ftp("\"get\",\"none\""), "\r\nERROR\r\n");
  EXPECT_TRUE(device().process().wait_for_error("550 Failed to open file.")) << device().process().errors();
  expect_ok("\"pwd\"");
}

TEST_F(AgainstVsftpd, LogsInAsAUserOfTheMachine) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "vsftpd lets local users in only if root starts it";
  }
  Vsftpd::Options options;
  options.local_users = true;
  start(options);
  server().write("f", "content");
  open_quietly("\"daemon\",\"any\"");
  EXPECT_EQ(ftp("\"get\",\"f\""), "content\r\nOK\r\n");
  expect_ok("\"put\",\"g\",1,\"mine\"");
  EXPECT_EQ(server().read("g"), "mine");
  expect_ok("\"close\"");
  EXPECT_EQ(ftp(fmt::format("\"open\",\"no-such-user\",\"secret-word\",\"127.0.0.1\",{}", server().port())),
            "\r\nERROR\r\n");
  EXPECT_TRUE(device().process().wait_for_error("530 Login incorrect."));
  EXPECT_THAT(device().process().errors(), Not(HasSubstr("secret-word")));
}

TEST_F(AgainstVsftpd, SecuresControlAndDataWithTls) {
  TempFolder folder;
  Certificates certificates(folder);
  Vsftpd::Options options;
  options.certificate_file = certificates.server_file;
  options.key_file = certificates.server_key_file;
  start(options, route("good.test", "127.0.0.1:*") + route("wrong.test", "127.0.0.1:*"),
        certificates.authority.certificate_pem());
  server().write("f", std::string(500, 'x'));
  EXPECT_EQ(ftp("\"verbose\",\"off\""), "\r\nVerbose mode off\r\n\r\nOK\r\n");
  EXPECT_EQ(ftp(fmt::format("\"open\",,,\"wrong.test\",{},7", server().port())), "\r\nERROR\r\n");
  EXPECT_TRUE(device().process().wait_for_error("server certificate is for good.test, not for wrong.test"));
  expect_ok(fmt::format("\"open\",,,\"good.test\",{},7", server().port()));
  EXPECT_EQ(ftp("\"get\",\"f\""), fmt::format("{:x<500}\r\nOK\r\n", ""));
  expect_ok("\"put\",\"g\",1,\"secured\"");
  EXPECT_EQ(server().read("g"), "secured");
  EXPECT_THAT(ftp("\"ls\""), HasSubstr("f\r\n"));
  expect_ok("\"mput\",\"g\",9");
  host().send(" more");
  EXPECT_EQ(host().read_until_quiet(std::chrono::milliseconds(1500)), "");
  host().send("+++");
  host().expect(ok);
  EXPECT_EQ(server().read("g"), "secured more");
  expect_ok("\"close\"");
}

TEST_F(AgainstVsftpd, NoticesThatTheServerHasClosedAnIdleSession) {
  Vsftpd::Options options;
  options.more = "idle_session_timeout=1\n";
  start(options);
  EXPECT_THAT(ftp(fmt::format("\"open\",,,\"127.0.0.1\",{}", server().port())), EndsWith(ok));
  // The keep-alive of one second comes too late or just in time; the command after it finds the end.
  std::string said = host().read_until_quiet(std::chrono::milliseconds(2500));
  if (said.empty()) {
    said = ftp("\"pwd\"");
    said += said.find("disconnected") == std::string::npos ? ftp("\"pwd\"") : "";
  }
  EXPECT_THAT(said, HasSubstr("\r\n#XFTP: -104,\"disconnected\"\r\n901 Disconnected(-104).\r\n"));
  EXPECT_EQ(ftp("\"pwd\""), "\r\nERROR\r\n");
}

}  // namespace
}  // namespace attache::system_test
