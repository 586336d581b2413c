#pragma once

#include "dialects/slm_device.hpp"
#include "services/memory_ftp_server.hpp"

namespace attache::dialects {

inline const std::string ftp_greeting =
    "220 (memory)\r\n200 Always in UTF8 mode.\r\n331 Password?\r\n230 Login successful.\r\n";
inline const std::string ftp_data_mode_ended = "\r\n#XFTP: 0,\"datamode\"\r\n";

/// A device and an FTP server, its only peer.
struct FtpDevice : SlmDevice {
  explicit FtpDevice(DialectOptions options = {}, std::size_t ports = 1)
      : SlmDevice(std::move(options), ports), ftp(bearer->net()) {}

  /// Logs in without a word and forgets how that went.
  void open_quietly() {
    EXPECT_EQ(send("AT#XFTP=\"verbose\",\"off\""), "\r\nVerbose mode off\r\n" + ok);
    EXPECT_EQ(send("AT#XFTP=\"open\",,,\"example.com\""), ok);
    ftp.take_commands();
  }
  /// Logs in and lets the server's words through.
  void open() {
    EXPECT_EQ(send("AT#XFTP=\"open\",,,\"example.com\""), ftp_greeting + ok);
    ftp.take_commands();
  }

  services::MemoryFtpServer ftp;
};

}  // namespace attache::dialects
