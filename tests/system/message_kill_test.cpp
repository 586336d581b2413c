#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

TEST(MessageKill, LosesNoMessageThatWasAnsweredWithOk) {
  TempFolder folder;
  std::string spool = folder / "spool";
  std::string config = folder.write(
      "config.toml", fmt::format("[sms]\nnumber = \"+491\"\ndelay = \"1h\"\nspool = \"{}\"\n", spool));
  ServedDevice device("unix:" + (folder / "modem"), {"--config", config});
  LineClient host = device.connect_first();
  register_with_network(host);
  host.command("AT#XSMS=1", ok);
  std::vector<std::string> sent;
  for (int i = 0; i < 10; ++i) {
    sent.push_back(fmt::format("message {}", i));
    host.command(fmt::format("AT#XSMS=2,\"+492\",\"{}\"", sent.back()), ok);
  }
  EXPECT_EQ(device.stop(SIGKILL), 128 + SIGKILL);
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(spool + "/+491/outbox")) {
    std::string text = read_file(entry.path());
    texts.push_back(text.substr(text.find("\n\n") + 2));
    texts.back().pop_back();
  }
  EXPECT_THAT(texts, testing::UnorderedElementsAreArray(sent));
}

}  // namespace
}  // namespace attache::system_test
