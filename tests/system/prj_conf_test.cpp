#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::Not;

void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path) << text;
}

TEST(PrjConf, OfTheFirstSessionMakesTheDeviceAndIsCommentedOn) {
  std::string path = ATTACHE_TEST_DATA "/device/data/first_session_prj.conf";
  ServedDevice device("tcp:127.0.0.1:0", {"--prj-conf", path});
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT#XSLMVER"), "\r\n#XSLMVER: \"1.6.0\"\r\n\r\nOK\r\n");
  EXPECT_THAT(host.command("AT#XCLAC"), HasSubstr("AT#XHTTPCCON\r\n"));
  EXPECT_EQ(device.stop(SIGTERM), 0);
  EXPECT_THAT(device.process().errors(), HasSubstr("CONFIG_SLM_EXTERNAL_XTAL=n has no effect here"));
  EXPECT_THAT(device.process().errors(), HasSubstr(path + ":44"));
}

TEST(PrjConf, IsFoundBesideTheConfigurationFileThatNamesIt) {
  TempFolder folder;
  write_file(folder / "prj.conf", "CONFIG_SLM_CUSTOMIZED=y\nCONFIG_SLM_HTTPC=n\n");
  write_file(folder / "overlay.conf", "CONFIG_SLM_CR_TERMINATION=y\n");
  write_file(folder / "modem.toml",
             "[dialect]\nkconfig = [\"prj.conf\", \"overlay.conf\"]\ntermination = \"crlf\"\n");
  ServedDevice device("tcp:127.0.0.1:0", {"--config", folder / "modem.toml"});
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT#XSLMVER"), "\r\n#XSLMVER: \"1.6.0\"-CUSTOMIZED\r\n\r\nOK\r\n")
      << "and keys of the file come on top: lines end in CR LF";
  EXPECT_THAT(host.command("AT#XCLAC"), Not(HasSubstr("XHTTPC")));
}

TEST(PrjConf, PutsAtAndLogOnItsUarts) {
  TempFolder folder;
  write_file(folder / "prj.conf", "CONFIG_SLM_CONNECT_UART_2=y\n");
  std::string log_port = "uart0=unix:" + (folder / "uart0");
  ServedDevice device("uart2=unix:" + (folder / "uart2"),
                      {"--prj-conf", folder / "prj.conf", "--port", log_port, "--log-level", "off"});
  ASSERT_TRUE(device.process().wait_for_output("ready unix:" + (folder / "uart0") + "\n"));
  LineClient log("unix:" + (folder / "uart0"));
  auto host = device.connect_first();
  EXPECT_EQ(host.command("AT#XSLEEP=7"), "\r\nERROR\r\n");
  log.read_until("unknown sleep mode\r\n");
}

TEST(PrjConf, ThatIsMissingEndsTheStart) {
  Finished missing = run_to_end(attache({"serve", "--prj-conf", "/nonexistent/prj.conf"}));
  EXPECT_NE(missing.exit_code, 0);
  EXPECT_THAT(missing.errors, HasSubstr("/nonexistent/prj.conf"));
  Finished alone = run_to_end(attache({"serve", "--overlay", "/nonexistent/x.conf"}));
  EXPECT_NE(alone.exit_code, 0);
  EXPECT_THAT(alone.errors, HasSubstr("--prj-conf"));
}

}  // namespace
}  // namespace attache::system_test
