#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "memory_device.hpp"
#include "sms/splitting.hpp"
#include "sms/tpdu.hpp"

namespace attache::device {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Messages : public testing::Test {
 protected:
  Messages() : folder(fs::temp_directory_path() / ("attache-spool-" + std::to_string(::getpid()))) {
    fs::remove_all(folder);
  }
  ~Messages() override { fs::remove_all(folder); }

  DeviceConfig config(const std::string& number, bool spool) const {
    DeviceConfig config;
    config.simulation.sms.number = number;
    config.sms_spool = spool ? folder.string() : "";
    return config;
  }

  // What was stored comes with the start.
  static std::string start(MemoryDevice& device) {
    device.attach();
    return device.send("AT#XSMS=1\r\n");
  }

  void drop(const std::string& number, const std::string& name, std::string_view content) const {
    fs::path hidden = folder / number / "inbox" / ("." + name);
    std::ofstream(hidden, std::ios::binary) << content;
    fs::rename(hidden, folder / number / "inbox" / name);
  }

  // A message whose recipient has a name instead of a number.
  static modem::ModemReply::Final submit(MemoryDevice& device, std::string_view name) {
    sms::Submit message;
    message.destination.kind = sms::Address::Kind::alphanumeric;
    message.destination.value = name;
    message.data = sms::split_text("hello", 1)->front();
    std::string tpdu = sms::encode(message).value();
    auto result = modem::ModemReply::Final::error;
    device.device().radio().modem.execute(
        fmt::format("AT+CMGS={}\r00{}\x1A", tpdu.size(), base::to_hex(tpdu)),
        [&result](const modem::ModemReply& reply) { result = reply.final; });
    device.clock().settle();
    return result;
  }

  // What the host gets once the loop has heard of the files.
  static std::string wait_for(MemoryDevice& device, std::string_view text) {
    std::string said;
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (said.find(text) == std::string::npos && std::chrono::steady_clock::now() < deadline) {
      device.clock().context().restart();
      device.clock().context().run_one_for(std::chrono::milliseconds(50));
      said += device.wait({});
    }
    return said;
  }

  std::vector<std::string> contents(const fs::path& sub_folder) const {
    std::vector<std::string> texts;
    for (const auto& entry : fs::directory_iterator(folder / sub_folder)) {
      std::ifstream stream(entry.path(), std::ios::binary);
      texts.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  fs::path folder;
};

TEST_F(Messages, ReachAnotherDeviceOfTheirExchange) {
  auto exchange = std::make_shared<MessageExchange>();
  MemoryDevice from(config("+491", false));
  MemoryDevice to(config("+492", false));
  from.device().join(exchange);
  to.device().join(exchange);
  start(from);
  start(to);
  EXPECT_EQ(from.send("AT#XSMS=2,\"+492\",\"hello\"\r\n"), "\r\nOK\r\n");
  EXPECT_THAT(wait_for(to, "#XSMS"), HasSubstr("\"491\",\"hello\"\r\n"));
}

TEST_F(Messages, ReachNoDeviceOfAnotherExchange) {
  MemoryDevice from(config("+491", false));
  MemoryDevice to(config("+492", false));
  start(from);
  start(to);
  EXPECT_EQ(from.send("AT#XSMS=2,\"+492\",\"hello\"\r\n"), "\r\nOK\r\n");
  from.wait(std::chrono::seconds(10));
  EXPECT_EQ(to.wait(std::chrono::seconds(10)), "");
}

TEST_F(Messages, ToNobodyAreTakenAllTheSame) {
  MemoryDevice from(config("+491", false));
  start(from);
  { MemoryDevice gone(config("+493", false)); }
  EXPECT_EQ(from.send("AT#XSMS=2,\"+493\",\"hello\"\r\n"), "\r\nOK\r\n");
}

TEST_F(Messages, ComeFromTheSpoolFolder) {
  fs::create_directories(folder / "+491" / "inbox");
  drop("+491", "a.txt", "already there\n");
  MemoryDevice device(config("+491", true));
  EXPECT_THAT(start(device), HasSubstr("\"Attache\",\"already there\"\r\n"));
  drop("+491", "b.txt", "From: +4930\n\ntwo\nlines\n");
  EXPECT_THAT(wait_for(device, "lines"), HasSubstr("\"4930\",\"two\nlines\"\r\n"));
  drop("+491", "c.pdu", "07911326040000F0040B911346610089F60000208062917314000CC8F71D14969741F977FD07\n");
  EXPECT_THAT(wait_for(device, "How"), HasSubstr("\"31641600986\",\"How are you?\"\r\n"));
  EXPECT_TRUE(fs::is_empty(folder / "+491" / "inbox"));
}

TEST_F(Messages, ThatCannotBeReadAreSetAside) {
  MemoryDevice device(config("+491", true));
  start(device);
  drop("+491", "a.txt", "\xFF");
  drop("+491", "b.pdu", "xyz");
  drop("+491", "c.pdu", "0004FF");
  drop("+491", "d.pdu", "FF");
  drop("+491", "e.txt", std::string(70000, 'x'));
  drop("+491", "f.txt", "good");
  EXPECT_THAT(wait_for(device, "good"), HasSubstr("good"));
  for (const char* name :
       {".a.txt.refused", ".b.pdu.refused", ".c.pdu.refused", ".d.pdu.refused", ".e.txt.refused"}) {
    EXPECT_TRUE(fs::exists(folder / "+491" / "inbox" / name)) << name;
  }
}

TEST_F(Messages, GoToTheOutboxAndToTheInboxOfAnotherProcess) {
  fs::create_directories(folder / "+492" / "inbox");
  MemoryDevice device(config("+491", true));
  start(device);
  device.send("AT#XSMS=2,\"+492\",\"hello\"\r\n");
  device.send("AT#XSMS=2,\"+493\",\"" + std::string(200, 'x') + "\"\r\n");
  EXPECT_THAT(contents("+491/outbox"),
              ElementsAre("To: +492\nDate: 2023-11-14T22:13:20Z\n\nhello\n",
                          "To: +493\nDate: 2023-11-14T22:13:20Z\n\n" + std::string(200, 'x') + "\n"));
  EXPECT_EQ(contents("+492/inbox").size(), 1U);
  MemoryDevice other(config("+492", true));
  EXPECT_THAT(start(other), HasSubstr("\"491\",\"hello\"\r\n"));
}

// The letters of a recipient come from the host.
TEST_F(Messages, ToANameThatLeadsOutOfTheSpoolFolderGoToTheOutboxOnly) {
  DeviceConfig spooled = config("+491", false);
  spooled.sms_spool = folder / "spool";
  const std::vector<std::string> names = {"../out",        "..",  ".", "./+492", "+492/deep",
                                          folder.string(), ".hid"};
  for (const std::string& name : names) {
    fs::create_directories(folder / "spool" / name / "inbox");
  }
  fs::create_directories(folder / "spool" / "Alarm" / "inbox");
  MemoryDevice device(spooled);
  start(device);
  for (const std::string& name : names) {
    ASSERT_EQ(submit(device, name), modem::ModemReply::Final::ok) << name;
  }
  ASSERT_EQ(submit(device, "Alarm"), modem::ModemReply::Final::ok);
  for (const std::string& name : names) {
    EXPECT_TRUE(fs::is_empty(folder / "spool" / name / "inbox")) << name;
  }
  EXPECT_EQ(contents("spool/Alarm/inbox").size(), 1U);
  EXPECT_EQ(contents("spool/+491/outbox").size(), names.size() + 1);
}

TEST_F(Messages, AreInTheOutboxBeforeTheHostIsToldThatTheyAreSent) {
  DeviceConfig late = config("+491", true);
  late.simulation.sms.delay = std::chrono::hours(1);
  MemoryDevice device(late);
  start(device);
  EXPECT_EQ(device.send("AT#XSMS=2,\"+492\",\"hello\"\r\n"), "\r\nOK\r\n");
  EXPECT_THAT(contents("+491/outbox"), ElementsAre("To: +492\nDate: 2023-11-14T22:13:20Z\n\nhello\n"));
}

TEST_F(Messages, ArriveAfterTheDelayOfTheServiceCentre) {
  fs::create_directories(folder / "+492" / "inbox");
  DeviceConfig late = config("+491", true);
  late.simulation.sms.delay = std::chrono::hours(1);
  MemoryDevice device(late);
  start(device);
  device.send("AT#XSMS=2,\"+492\",\"hello\"\r\n");
  device.wait(std::chrono::minutes(59));
  EXPECT_TRUE(fs::is_empty(folder / "+492" / "inbox"));
  device.wait(std::chrono::minutes(1));
  EXPECT_EQ(contents("+492/inbox").size(), 1U);
}

TEST_F(Messages, AreNotReadThroughLinks) {
  fs::create_directories(folder / "+491" / "inbox");
  std::ofstream(folder / "secret") << "a file of the user\n";
  fs::create_symlink(folder / "secret", folder / "+491" / "inbox" / "a.txt");
  ASSERT_EQ(::mkfifo((folder / "+491" / "inbox" / "b.txt").c_str(), 0600), 0);
  MemoryDevice device(config("+491", true));
  std::string said = start(device);
  drop("+491", "c.txt", "good");
  said += wait_for(device, "good");
  EXPECT_THAT(said, HasSubstr("\"good\""));
  EXPECT_THAT(said, testing::Not(HasSubstr("a file of the user")));
  EXPECT_TRUE(fs::is_symlink(folder / "+491" / "inbox" / ".a.txt.refused"));
  EXPECT_TRUE(fs::exists(folder / "+491" / "inbox" / ".b.txt.refused"));
  EXPECT_TRUE(fs::exists(folder / "secret"));
}

TEST_F(Messages, LeaveNothingUnfinishedBehind) {
  fs::create_directories(folder / "+491" / "outbox");
  std::ofstream(folder / "+491" / "outbox" / ".000001700000000-+491-000001.txt") << "To: +4";
  MemoryDevice device(config("+491", true));
  EXPECT_TRUE(fs::is_empty(folder / "+491" / "outbox"));
}

TEST_F(Messages, AreForThisUserOnlyWhateverTheUmask) {
  mode_t before = ::umask(0);
  {
    MemoryDevice device(config("+491", true));
    start(device);
    device.send("AT#XSMS=2,\"+492\",\"hello\"\r\n");
  }
  ::umask(before);
  auto others = fs::perms::group_all | fs::perms::others_all;
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    EXPECT_EQ(fs::status(entry).permissions() & others, fs::perms::none) << entry.path();
    seen += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(fs::status(folder).permissions() & others, fs::perms::none);
  EXPECT_EQ(seen, 1);
}

TEST_F(Messages, NeedAFolderThatCanBeMade) {
  std::ofstream(folder) << "a file";
  boost::asio::io_context context;
  base::ManualClock clock(context);
  auto refused = Device::create(config("+491", true), clock, [&](const Radio&, base::Journal&) {
    return std::make_unique<net::MemoryBearer>(clock);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "the SMS spool folder cannot be used");
}

TEST_F(Messages, LetADeviceGo) {
  MemoryDevice device(config("+491", true));
  start(device);
  EXPECT_TRUE(device.close_for_good());
}

}  // namespace
}  // namespace attache::device
