#include <gtest/gtest.h>

#include "base/text.hpp"
#include "dialects/serial_modem_device.hpp"
#include "lab/firmware_file.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

DialectOptions with_everything(std::string_view edition = "serial-modem-2.0") {
  DialectOptions options = serial_modem(edition);
  options.full_fota = true;
  options.full_dfu = true;
  options.dual_slot_bootloader = true;
  return options;
}

std::string as_urc(std::string_view text) {
  return fmt::format("\r\n{}\r\n", text);
}

/// A device and the server of its firmware.
class SerialModemUpdate : public testing::Test {
 public:
  explicit SerialModemUpdate(const DialectOptions& options = serial_modem()) : device(options) {
    device.bearer->net().on_connect(
        [this](std::shared_ptr<net::MemoryConnection> made) -> std::optional<net::Failure> {
          made->on_data([this](net::MemoryConnection& connection) { answer_with(connection); });
          connections.push_back(std::move(made));
          return std::nullopt;
        });
  }

  void answer_with(net::MemoryConnection& connection) {
    request = connection.take();
    if (image.empty()) {
      connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    } else {
      std::string head = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", image.size());
      connection.send(head + image.substr(0, given));
    }
  }
  /// What a download says, its progress left out.
  std::string download(std::string_view command) {
    std::string said = device.send(command);
    std::string rest;
    for (std::string_view line : base::split(said, '\n')) {
      if (!line.starts_with("#XFOTA: 1,0,") && line != "\r" && !line.empty()) {
        rest += fmt::format("{}\n", line);
      }
    }
    return rest;
  }
  std::string write(int type, std::string_view data) {
    std::string said = device.send(fmt::format("AT#XDFUWRITE={},0,{}", type, data.size()));
    return said + device.raw(data);
  }

  SerialModemDevice device;
  std::string image;
  std::size_t given = std::string::npos;
  std::string request;
  std::vector<std::shared_ptr<net::MemoryConnection>> connections;
};

std::string written(int type, int status = 0) {
  return fmt::format("{}\r\n#XDATAMODE: 0\r\n#XDFU: {},1,{}\r\n", ok, type, status);
}

TEST_F(SerialModemUpdate, DownloadsAnApplicationThatTheResetTakesOn) {
  image = lab::make_firmware_file({.major = 3, .minor = 1, .revision = 4, .body_size = 9000});
  EXPECT_EQ(download("AT#XFOTA=1,\"http://example.com/app.bin?build=7\",x"), "OK\r\n#XFOTA: 4,0\r\n");
  EXPECT_THAT(request, StartsWith("GET /app.bin?build=7 HTTP/1.1\r\n"));
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), error) << "one waits for the reset";
  EXPECT_EQ(device.send("AT#XFOTA=0"), error);
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n" + as_urc("#XFOTA: 5,0"));
  EXPECT_EQ(device.send("AT#XSMVER"), answer("#XSMVER: \"3.1.4\",\"3.4.1\""));
  image = lab::make_firmware_file({.major = 3, .minor = 1, .revision = 5, .body_size = 9000});
  EXPECT_EQ(download("AT#XFOTA=1,\"http://example.com/app.bin\""), "OK\r\n#XFOTA: 4,0\r\n") << "and again";
}

TEST_F(SerialModemUpdate, HasOneDownloadAtATime) {
  image = lab::make_firmware_file({.body_size = 9000});
  given = 3000;
  EXPECT_THAT(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), HasSubstr("#XFOTA: 1,0,21"));
  for (std::string_view refused : {"AT#XFOTA=1,\"http://example.com/app.bin\"", "AT#XFOTA=9",
                                   "AT#XFOTA=2,\"http://example.com/app.bin\"", "AT#XDFUINIT=0,5"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XFOTA=0"), ok + as_urc("#XFOTA: 1,2"));
  EXPECT_EQ(device.send("AT#XFOTA=0"), error);
}

TEST_F(SerialModemUpdate, GoesOnWithItsDownloadWhenAFurtherStartIsRefused) {
  image = lab::make_firmware_file({.body_size = 9000});
  given = 3000;
  device.send("AT#XFOTA=1,\"http://example.com/app.bin\"");
  EXPECT_EQ(device.send("AT#XFOTA=1,\"ftp://example.com/app.bin\""), error);
  EXPECT_EQ(device.send("AT#XFOTA=0"), ok + as_urc("#XFOTA: 1,2")) << "its stage is as it was";
}

TEST_F(SerialModemUpdate, TellsWhyADownloadFailed) {
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), ok + as_urc("#XFOTA: 0,1,1")) << "404";
  image = "no image at all";
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), ok + as_urc("#XFOTA: 0,1,2"));
  image = lab::make_modem_delta(900);
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), ok + as_urc("#XFOTA: 0,1,3"));
  device.bearer->net().on_connect([](const std::shared_ptr<net::MemoryConnection>&) {
    return net::make_failure(net::Errno::connection_refused, "connecting failed", "told so");
  });
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), ok + as_urc("#XFOTA: 0,1,1"));
}

TEST_F(SerialModemUpdate, RefusesWhatIsNoDownload) {
  for (std::string_view refused :
       {"AT#XFOTA", "AT#XFOTA?", "AT#XFOTA=3,\"http://h/f\"", "AT#XFOTA=4", "AT#XFOTA=5,\"http://h/f\"",
        "AT#XFOTA=6", "AT#XFOTA=8", "AT#XFOTA=10", "AT#XFOTA=-1", "AT#XFOTA=\"1\"", "AT#XFOTA=1",
        "AT#XFOTA=1,5", "AT#XFOTA=1,\"\"", "AT#XFOTA=1,\"http://\"", "AT#XFOTA=1,\"http://h\"",
        "AT#XFOTA=0"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XFOTA=1,\"https://h/f\""), as_urc("#XFOTA: 1,1,-22") + error);
  EXPECT_EQ(device.send("AT#XFOTA=2,\"ftp://h/f\""), as_urc("#XFOTA: 1,1,-22") + error);
  EXPECT_EQ(device.send("AT#XFOTA=?"), answer("#XFOTA: (0,1,2,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]"));
  EXPECT_EQ(device.send("AT#XFOTA=7"), answer("#XFOTA: 294912,0"));
  EXPECT_EQ(device.send("AT#XFOTA=9"), ok);
}

TEST_F(SerialModemUpdate, TakesAModemImageOnWithTheModemAlone) {
  image = lab::make_modem_delta(900);
  EXPECT_EQ(download("AT#XFOTA=2,\"http://example.com/mfw.bin\""), "OK\r\n#XFOTA: 4,0\r\n");
  EXPECT_EQ(device.send("AT#XFOTA=7"), answer("#XFOTA: 294912,2621440"));
  EXPECT_EQ(device.send_and_wait("AT#XFOTA=9", 2s), ok);
  EXPECT_EQ(device.send("AT#XFOTA=7"), answer("#XFOTA: 294912,0"));
  EXPECT_EQ(download("AT#XFOTA=2,\"http://example.com/mfw.bin\""), "OK\r\n#XFOTA: 4,0\r\n");
  EXPECT_EQ(device.send_and_wait("AT#XMODEMRESET", 2s),
            as_urc("#XFOTA: 5,0") + as_urc("#XMODEMRESET: 0") + ok);
  EXPECT_EQ(device.send_and_wait("AT#XMODEMRESET", 2s), as_urc("#XMODEMRESET: 0") + ok);
  EXPECT_EQ(device.send("AT#XFOTA=7"), answer("#XFOTA: 294912,0"));
}

class CloudNamedUpdate : public SerialModemUpdate {
 public:
  static DialectOptions names_of_cloud() {
    DialectOptions options = serial_modem();
    options.nrfcloud_fota_ends_by_name = true;
    return options;
  }
  CloudNamedUpdate() : SerialModemUpdate(names_of_cloud()) {}
};

TEST_F(CloudNamedUpdate, IsNamedAfterItsCommandIfTheHostBeganIt) {
  image = lab::make_firmware_file({.body_size = 3000});
  EXPECT_EQ(download("AT#XFOTA=1,\"http://example.com/app.bin\""), "OK\r\n#XFOTA: 4,0\r\n");
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n" + as_urc("#XFOTA: 5,0"));
}

class PreviewUpdate : public SerialModemUpdate {
 public:
  PreviewUpdate() : SerialModemUpdate(with_everything("serial-modem-1.99")) {}
};

TEST_F(PreviewUpdate, RefusesASecondDownloadWithALine) {
  image = lab::make_firmware_file({.body_size = 9000});
  given = 3000;
  device.send("AT#XFOTA=1,\"http://example.com/app.bin\"");
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), as_urc("#XFOTA: 1,1,-120") + error);
  EXPECT_EQ(device.send("AT#XFOTA=9"), ok);
}

TEST_F(PreviewUpdate, ForgetsTheStageOfItsDownloadWhenAFurtherStartIsRefused) {
  image = lab::make_firmware_file({.body_size = 9000});
  for (std::string_view refused :
       {"AT#XFOTA=1,\"http://example.com/app.bin\"", "AT#XFOTA=2,\"https://example.com/app.bin\"",
        "AT#XFOTA=1,\"ftp://example.com/app.bin\"", "AT#XFOTA=1,\"http://example.com\""}) {
    given = 3000;
    device.send("AT#XFOTA=1,\"http://example.com/app.bin\"");
    EXPECT_THAT(device.send(refused), testing::EndsWith(error)) << refused;
    EXPECT_EQ(device.send("AT#XFOTA=0"), ok + as_urc("#XFOTA: 0,2")) << refused;
  }
  device.send("AT#XFOTA=1,\"http://example.com/app.bin\"");
  EXPECT_EQ(device.send("AT#XFOTA=1"), error);
  EXPECT_EQ(device.send("AT#XFOTA=0"), ok + as_urc("#XFOTA: 1,2")) << "without a URL it does not come so far";
  device.send("AT#XFOTA=1,\"http://example.com/app.bin\"");
  device.send("AT#XFOTA=1,\"http://example.com/app.bin\"");
  connections.back()->send(image.substr(given, 3000));
  EXPECT_THAT(device.after(0s), StartsWith("\r\n#XFOTA: 1,0,"));
  EXPECT_EQ(device.send("AT#XFOTA=0"), ok + as_urc("#XFOTA: 1,2")) << "progress tells it again";
}

TEST_F(PreviewUpdate, BeginsNoDownloadWhileOneWaitsForTheReset) {
  image = lab::make_firmware_file({.major = 3, .body_size = 3000});
  EXPECT_EQ(download("AT#XFOTA=1,\"http://example.com/app.bin\""), "OK\r\n#XFOTA: 4,0\r\n");
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), error);
  EXPECT_EQ(device.send("AT#XFOTA=1,\"http://example.com/app.bin\""), error) << "that changes nothing";
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n" + as_urc("#XFOTA: 5,0"));
}

TEST_F(PreviewUpdate, StartsIntoTheModemBootloaderWithoutAWord) {
  EXPECT_EQ(device.send_and_wait("AT#XDFUINIT=2", 2s), "Bootloader mode ready\r\n");
  EXPECT_EQ(device.send("AT"), error);
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XDBGSTATSMEM"), error);
}

class WholeUpdate : public SerialModemUpdate {
 public:
  WholeUpdate() : SerialModemUpdate(with_everything()) {}
};

TEST_F(WholeUpdate, DownloadsBootloaderAndWholeModem) {
  EXPECT_EQ(device.send("AT#XFOTA=?"), answer("#XFOTA: (0,1,2,3,5,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]"));
  EXPECT_EQ(device.send("AT#XBOOTINFO=0"), answer("#XBOOTINFO: 1"));
  EXPECT_EQ(device.send("AT#XBOOTINFO=1"), answer("#XBOOTINFO: 0"));
  EXPECT_EQ(device.send("AT#XBOOTINFO=2"), error);
  image = lab::make_firmware_file({.body_size = 3000});
  EXPECT_EQ(download("AT#XFOTA=5,\"http://example.com/s1.bin\""), "OK\r\n#XFOTA: 4,0\r\n");
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n" + as_urc("#XFOTA: 5,0"));
  EXPECT_EQ(device.send("AT#XBOOTINFO=0"), answer("#XBOOTINFO: 2"));
  EXPECT_EQ(device.send("AT#XBOOTINFO=1"), answer("#XBOOTINFO: 1"));
  EXPECT_EQ(device.send("AT#XSMVER"), answer("#XSMVER: \"v2.0.0\",\"3.4.1\"")) << "the application stays";
  image = "\xD2\x84" + std::string(3000, 'm');
  EXPECT_EQ(download("AT#XFOTA=3,\"http://example.com/mfw.cbor\""), "OK\r\n#XFOTA: 4,0\r\n");
  EXPECT_EQ(device.send_and_wait("AT#XMODEMRESET", 2s),
            as_urc("#XFOTA: 5,0") + as_urc("#XMODEMRESET: 0") + ok);
  EXPECT_EQ(device.send("AT#XFOTA=2,\"http://example.com/mfw.cbor\""), ok + as_urc("#XFOTA: 0,1,3"));
}

// #XDFU…

TEST_F(SerialModemUpdate, WritesAnApplicationOverTheLine) {
  std::string app = lab::make_firmware_file({.major = 3, .minor = 2, .revision = 1, .body_size = 9000});
  EXPECT_EQ(device.send(fmt::format("AT#XDFUINIT=0,{}", app.size())), ok);
  EXPECT_EQ(write(0, app.substr(0, 4096)), written(0));
  EXPECT_EQ(write(0, app.substr(4096)), written(0)) << "more than the buffer of data mode holds";
  EXPECT_EQ(device.send("AT#XDFUAPPLY=0"), ok + "#XDFU: 0,2,0\r\n");
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n") << "no line of #XFOTA";
  EXPECT_EQ(device.send("AT#XSMVER"), answer("#XSMVER: \"3.2.1\",\"3.4.1\""));
}

TEST_F(SerialModemUpdate, TellsOfFailuresInNotificationsAlone) {
  EXPECT_EQ(write(0, "abcd"), written(0, -1)) << "without a beginning";
  EXPECT_EQ(device.send("AT#XDFUAPPLY=0"), ok + "#XDFU: 0,2,-1\r\n");
  EXPECT_EQ(device.send("AT#XDFUINIT=0,8"), ok);
  EXPECT_EQ(write(0, "a+++bcd"), written(0)) << "the terminator is data";
  EXPECT_EQ(device.send("AT#XDFUINIT=1,8"), ok) << "ends the one before";
  EXPECT_EQ(write(0, "abcd"), written(0, -1));
  EXPECT_EQ(write(1, "abcd"), written(1));
  EXPECT_EQ(device.send("AT#XDFUAPPLY=1"), ok + "#XDFU: 1,2,-1\r\n") << "no image of the modem";
  std::string delta = lab::make_modem_delta(900);
  EXPECT_EQ(device.send("AT#XDFUINIT=1,900"), ok);
  EXPECT_EQ(write(1, delta), written(1));
  EXPECT_EQ(device.send("AT#XDFUAPPLY=1"), ok + "#XDFU: 1,2,0\r\n");
  EXPECT_EQ(device.send("AT#XFOTA=7"), answer("#XFOTA: 294912,2621440"));
}

TEST_F(SerialModemUpdate, RefusesWhatTheBuildHasNot) {
  EXPECT_EQ(device.send("AT#XDFUINIT=?"), answer("#XDFUINIT: (0,1),<size>"));
  EXPECT_EQ(device.send("AT#XDFUWRITE=?"), answer("#XDFUWRITE: (0,1),<addr>,<len>"));
  EXPECT_EQ(device.send("AT#XDFUAPPLY=?"), answer("#XDFUAPPLY: (0,1)"));
  for (std::string_view refused : {"AT#XDFUINIT",        "AT#XDFUINIT?",         "AT#XDFUINIT=0",
                                   "AT#XDFUINIT=0,",     "AT#XDFUINIT=2",        "AT#XDFUINIT=3,5",
                                   "AT#XDFUINIT=4,5",    "AT#XDFUINIT=0,-1",     "AT#XDFUINIT=0,4294967295",
                                   "AT#XDFUWRITE",       "AT#XDFUWRITE?",        "AT#XDFUWRITE=0,0",
                                   "AT#XDFUWRITE=0,0,0", "AT#XDFUWRITE=0,0,1,1", "AT#XDFUWRITE=2,0,1",
                                   "AT#XDFUAPPLY",       "AT#XDFUAPPLY?",        "AT#XDFUAPPLY=2",
                                   "AT#XDFUAPPLY=3",     "AT#XDFUAPPLY=9"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
}

TEST_F(WholeUpdate, WritesTheWholeModemInBootloaderMode) {
  EXPECT_EQ(device.send("AT#XDFUINIT=?"), answer("#XDFUINIT: (0,1,2,3),<size>"));
  EXPECT_EQ(device.send_and_wait("AT#XDFUINIT=2", 2s), ok + "Bootloader mode ready\r\n");
  for (std::string_view refused : {"AT", "ATE1", "AT+CFUN?", "AT#XSMVER", "AT#XDFUINIT=0,5", "AT#XDFUAPPLY=3",
                                   "AT#XDFUWRITE=1,0,4", "AT#XRESETX"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XDFUAPPLY=2"), ok + "#XDFU: 2,2,-1\r\n") << "nothing was written";
  EXPECT_EQ(write(2, "bootloader"), written(2));
  EXPECT_EQ(device.send("at#xdfuapply=2"), ok + "#XDFU: 2,2,0\r\n");
  EXPECT_EQ(write(2, "firmware"), written(2));
  EXPECT_EQ(device.send_and_wait("AT#XDFUAPPLY=2", 2s), ok + "#XDFU: 2,2,0\r\nReady\r\n");
  EXPECT_EQ(device.send("AT"), ok);
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n") << "the mode is of one start";
}

TEST_F(WholeUpdate, WritesTheBootloaderOverTheLine) {
  std::string boot = lab::make_firmware_file({.body_size = 900});
  EXPECT_EQ(device.send(fmt::format("AT#XDFUINIT=3,{}", boot.size())), ok);
  EXPECT_EQ(write(3, boot), written(3));
  EXPECT_EQ(device.send("AT#XDFUAPPLY=3"), ok + "#XDFU: 3,2,0\r\n");
  EXPECT_EQ(device.send_and_wait("AT#XRESET", 2s), ok + "Ready\r\n");
  EXPECT_EQ(device.send("AT#XBOOTINFO=1"), answer("#XBOOTINFO: 1"));
}

}  // namespace
}  // namespace attache::dialects
